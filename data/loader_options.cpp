#include "data/loader_options.h"

#include <utility>

#include "autograd/base/check.h"
#include "data/scramble.h"

namespace xgrad::data::detail {

namespace {

void check_numbers(const LoaderOptions& options) {
  check<ValueError>(options.batch_size >= 1, "DataLoader: batch_size must be at least 1, got {}", options.batch_size);
  check<ValueError>(options.num_workers >= 0, "DataLoader: num_workers must not be negative, got {}", options.num_workers);
  check<ValueError>(options.prefetch_factor >= 1, "DataLoader: prefetch_factor must be at least 1, got {}",
                    options.prefetch_factor);
}

/// A number for the batches of an order's first epoch: other examples, sizes, seeds or samplers give another one.
std::uint64_t hash_of_batches(const BatchOrder& order) {
  const BatchIndices batches = order.batches(0);
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    hash = scramble(hash ^ batches[i].size());
    for (const std::size_t index : batches[i]) hash = scramble(hash ^ index);
  }
  return hash;
}

}  // namespace

std::shared_ptr<const BatchOrder> make_batch_order(const LoaderOptions& options, std::size_t dataset_size) {
  check_numbers(options);
  check<ValueError>(!options.shuffle || options.sampler == nullptr,
                    "DataLoader: a sampler gives the order already; it excludes shuffle");
  if (options.batch_sampler) {
    check<ValueError>(options.batch_size == 1 && !options.shuffle && options.sampler == nullptr && !options.drop_last,
                      "DataLoader: batch_sampler excludes batch_size, shuffle, sampler and drop_last");
    return options.batch_sampler;
  }
  std::shared_ptr<const Sampler> sampler = options.sampler;
  if (options.shuffle) {
    sampler = std::make_shared<RandomSampler>(dataset_size, options.seed);
  } else if (sampler == nullptr) {
    sampler = std::make_shared<SequentialSampler>(dataset_size);
  }
  return std::make_shared<BatchSampler>(std::move(sampler), options.batch_size, options.drop_last);
}

void check_iterable_options(const LoaderOptions& options) {
  check_numbers(options);
  check<ValueError>(!options.shuffle && options.sampler == nullptr && options.batch_sampler == nullptr,
                    "DataLoader: an iterable dataset gives the order already; it excludes shuffle and samplers");
}

Generator batch_generator(std::uint64_t seed, std::uint64_t epoch, std::size_t batch) {
  return Generator(scramble(seed, epoch, static_cast<std::uint64_t>(batch) + 1));
}

Value loader_state(const LoaderOptions& options, const BatchOrder* order, const LoopPosition& position) {
  Value::Dict state{{"epoch", position.epoch}, {"position", position.batch}, {"seed", options.seed}};
  if (order != nullptr) {
    state["batches"] = order->size();
    state["order"] = hash_of_batches(*order);
  } else {
    state["batch_size"] = options.batch_size;
  }
  return state;
}

LoopPosition read_loader_state(const LoaderOptions& options, const BatchOrder* order, const Value& state) {
  const std::int64_t epoch = state.at("epoch").to_int();
  const std::int64_t position = state.at("position").to_int();
  check<ValueError>(epoch >= 0 && position >= 0, "DataLoader: epoch {} and position {} make no sense", epoch, position);
  const auto saved_seed = static_cast<std::uint64_t>(state.at("seed").to_int());
  check<ValueError>(saved_seed == options.seed, "DataLoader: the state is of a loader with seed {}, this one has {}",
                    saved_seed, options.seed);
  if (order != nullptr) {
    const auto saved = static_cast<std::uint64_t>(state.at("batches").to_int());
    check<ValueError>(saved == order->size(), "DataLoader: the state is of a loader with {} batches, this one has {}", saved,
                      order->size());
    check<ValueError>(static_cast<std::uint64_t>(position) <= saved, "DataLoader: position {} is behind {} batches",
                      position, saved);
    // States of older loaders do not have it, nor the batch size of an iterable dataset.
    check<ValueError>(
        !state.contains("order") || static_cast<std::uint64_t>(state.at("order").to_int()) == hash_of_batches(*order),
        "DataLoader: the state is of a loader with other batches: another number of examples, batch size, "
        "sampler or shuffle");
  } else if (state.contains("batch_size")) {
    const std::int64_t saved = state.at("batch_size").to_int();
    check<ValueError>(saved == options.batch_size,
                      "DataLoader: the state is of a loader with batches of {}, this one's are of {}", saved,
                      options.batch_size);
  }
  return {static_cast<std::uint64_t>(epoch), static_cast<std::size_t>(position)};
}

void check_batch(std::span<const std::size_t> indices, std::size_t dataset_size) {
  for (const std::size_t index : indices) {
    check<IndexError>(index < dataset_size, "DataLoader: the sampler's index {} is out of range for {} examples", index,
                      dataset_size);
  }
}

}  // namespace xgrad::data::detail
