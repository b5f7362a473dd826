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

Generator epoch_generator(std::uint64_t seed, std::uint64_t epoch) {
  return Generator(scramble(scramble(scramble(seed) ^ epoch)));
}

Generator batch_generator(std::uint64_t seed, std::uint64_t epoch, std::size_t batch) {
  return Generator(scramble(scramble(scramble(seed) ^ epoch) ^ (static_cast<std::uint64_t>(batch) + 1)));
}

LoaderIdentity::LoaderIdentity(const LoaderOptions& options, std::shared_ptr<const BatchOrder> order)
    : order_(std::move(order)), batch_size_(options.batch_size), seed_(options.seed) {}

std::uint64_t LoaderIdentity::batches_hash() const {
  const BatchIndices batches = order_->batches(0);
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    hash = scramble(hash ^ batches[i].size());
    for (const std::size_t index : batches[i]) hash = scramble(hash ^ index);
  }
  return hash;
}

Value LoaderIdentity::state(const LoopPosition& position) const {
  Value::Dict state{{"epoch", position.epoch}, {"position", position.batch}, {"seed", seed_}};
  if (order_) {
    state["batches"] = order_->size();
    state["order"] = batches_hash();
  } else {
    state["batch_size"] = batch_size_;
  }
  return state;
}

LoopPosition LoaderIdentity::read(const Value& state) const {
  const std::int64_t epoch = state.at("epoch").to_int();
  const std::int64_t position = state.at("position").to_int();
  check<ValueError>(epoch >= 0 && position >= 0, "DataLoader: epoch {} and position {} make no sense", epoch, position);
  const auto saved_seed = static_cast<std::uint64_t>(state.at("seed").to_int());
  check<ValueError>(saved_seed == seed_, "DataLoader: the state is of a loader with seed {}, this one has {}", saved_seed,
                    seed_);
  if (order_) {
    const auto saved = static_cast<std::uint64_t>(state.at("batches").to_int());
    check<ValueError>(saved == order_->size(), "DataLoader: the state is of a loader with {} batches, this one has {}",
                      saved, order_->size());
    check<ValueError>(static_cast<std::uint64_t>(position) <= saved, "DataLoader: position {} is behind {} batches",
                      position, saved);
    // States of older loaders do not have it, nor the batch size of an iterable dataset.
    check<ValueError>(!state.contains("order") || static_cast<std::uint64_t>(state.at("order").to_int()) == batches_hash(),
                      "DataLoader: the state is of a loader with other batches: another number of examples, batch size, "
                      "sampler or shuffle");
  } else if (state.contains("batch_size")) {
    const std::int64_t saved = state.at("batch_size").to_int();
    check<ValueError>(saved == batch_size_, "DataLoader: the state is of a loader with batches of {}, this one's are of {}",
                      saved, batch_size_);
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
