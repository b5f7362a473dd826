/// The options of a DataLoader, and where its loop stands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "autograd/io/value.h"
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

/// How far a loop has come.
struct LoopPosition {
  std::uint64_t epoch = 0;
  std::size_t batch = 0;  ///< the next one
};

inline constexpr std::size_t unknown_size = static_cast<std::size_t>(-1);

/// A position as a DataLoader's state; `batches` is their number, or unknown_size.
io::Value loader_state(const LoopPosition& position, std::size_t batches, std::uint64_t seed);
/// Throws ValueError for a state of another number of batches or another seed.
LoopPosition read_loader_state(const io::Value& state, std::size_t batches, std::uint64_t seed);

}  // namespace detail

}  // namespace xgrad::data
