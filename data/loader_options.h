/// The options of a DataLoader, and where its loop stands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "autograd/io/value.h"
#include "autograd/tensor/generator.h"
#include "data/sampler.h"

namespace xgrad::data {

/// What a DataLoader does with a dataset, for designated initialisers: `{.batch_size = 32, .shuffle = true}`.
struct LoaderOptions {
  std::int64_t batch_size = 1;                       ///< examples of a batch
  bool shuffle = false;                              ///< a new random order in every epoch
  std::shared_ptr<const Sampler> sampler = nullptr;  ///< another order; excludes `shuffle`
  /// Other batches; excludes batch_size, shuffle, sampler and drop_last.
  std::shared_ptr<const BatchOrder> batch_sampler = nullptr;
  int num_workers = 0;      ///< threads that prepare batches ahead, whatever the cores; 0: the loop's own thread does it
  bool drop_last = false;   ///< leaves out a last batch that is smaller than the others
  std::uint64_t seed = 0;   ///< of the random order
  int prefetch_factor = 2;  ///< batches that are prepared ahead for each worker
};

namespace detail {

/// Throws ValueError where an option makes no sense.
std::shared_ptr<const BatchOrder> make_batch_order(const LoaderOptions& options, std::size_t dataset_size);
/// The same for an iterable dataset, which gives the order itself.
void check_iterable_options(const LoaderOptions& options);
/// Throws IndexError where the sampler of a DataLoader leaves its dataset.
void check_batch(std::span<const std::size_t> indices, std::size_t dataset_size);

/// The generator of one batch. While it is made, it is the default one of the thread that makes it, so that what a dataset
/// draws follows from the seed, the epoch and the number of the batch, and not from who draws when.
Generator batch_generator(std::uint64_t seed, std::uint64_t epoch, std::size_t batch);
/// In the place of a number: what an iterable dataset draws before its first batch.
inline constexpr std::size_t before_the_first = static_cast<std::size_t>(-1);

/// How far a loop has come.
struct LoopPosition {
  std::uint64_t epoch = 0;
  std::size_t batch = 0;  ///< the next one
};

/// A position as a DataLoader's state, with what tells its batches from another's. `order` is nullptr for an iterable
/// dataset.
io::Value loader_state(const LoaderOptions& options, const BatchOrder* order, const LoopPosition& position);
/// Throws ValueError for the state of a loader with other batches.
LoopPosition read_loader_state(const LoaderOptions& options, const BatchOrder* order, const io::Value& state);

}  // namespace detail

}  // namespace xgrad::data
