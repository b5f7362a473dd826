#include "data/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/ops/random.h"
#include "autograd/ops/statistics.h"
#include "autograd/tensor/creation.h"
#include "data/random_order.h"
#include "data/scramble.h"

namespace xgrad::data {

namespace {

/// The generator of one epoch.
Generator generator_of(std::uint64_t seed, std::uint64_t epoch) { return Generator(detail::scramble(seed, epoch)); }

std::size_t number_of_batches(std::size_t examples, std::size_t batch_size, bool drop_last) {
  return examples / batch_size + (!drop_last && examples % batch_size != 0 ? 1 : 0);
}

}  // namespace

std::vector<std::size_t> detail::random_order(std::size_t size, const Generator& generator) {
  const Tensor permutation = randperm(static_cast<std::int64_t>(size), generator);
  const auto* first = permutation.data_ptr<std::int64_t>();
  return {first, first + size};
}

std::vector<std::size_t> SequentialSampler::order(std::uint64_t /*epoch*/) const {
  auto indices = detail::zeros_of_size<std::size_t>(size_);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

std::vector<std::size_t> RandomSampler::order(std::uint64_t epoch) const {
  return detail::random_order(size_, generator_of(seed_, epoch));
}

SubsetRandomSampler::SubsetRandomSampler(std::vector<std::size_t> indices, std::uint64_t seed)
    : indices_(std::move(indices)), seed_(seed) {}

std::vector<std::size_t> SubsetRandomSampler::order(std::uint64_t epoch) const {
  std::vector<std::size_t> order = detail::random_order(indices_.size(), generator_of(seed_, epoch));
  for (std::size_t& index : order) index = indices_[index];
  return order;
}

WeightedRandomSampler::WeightedRandomSampler(std::vector<double> weights, std::size_t num_samples, OnlyBool replacement,
                                             std::uint64_t seed)
    : weights_(std::move(weights)), num_samples_(num_samples), replacement_(replacement), seed_(seed) {
  for (const double weight : weights_) {
    check<ValueError>(weight >= 0 && std::isfinite(weight),
                      "WeightedRandomSampler: weights must be finite and not negative, got {}", weight);
  }
  const auto possible =
      static_cast<std::size_t>(std::count_if(weights_.begin(), weights_.end(), [](double weight) { return weight > 0; }));
  check<ValueError>(num_samples == 0 || possible > 0, "WeightedRandomSampler: no weight is above 0");
  check<ValueError>(replacement || num_samples <= possible,
                    "WeightedRandomSampler: expected at most {} samples without replacement, got {}", possible, num_samples);
}

std::vector<std::size_t> WeightedRandomSampler::order(std::uint64_t epoch) const {
  if (num_samples_ == 0) return {};
  const Tensor drawn = multinomial(tensor(weights_, kFloat64), static_cast<std::int64_t>(num_samples_), replacement_,
                                   generator_of(seed_, epoch));
  const auto* first = drawn.data_ptr<std::int64_t>();
  return {first, first + num_samples_};
}

BatchIndices::BatchIndices(std::vector<std::size_t> order, std::size_t batch_size, OnlyBool drop_last)
    : order_(std::move(order)) {
  check<ValueError>(batch_size >= 1, "BatchIndices: batch_size must be at least 1");
  ends_.resize(number_of_batches(order_.size(), batch_size, drop_last));
  std::size_t end = 0;
  for (std::size_t& batch_end : ends_) batch_end = end += std::min(batch_size, order_.size() - end);
}

BatchIndices::BatchIndices(const std::vector<std::vector<std::size_t>>& batches) {
  ends_.reserve(batches.size());
  for (const std::vector<std::size_t>& batch : batches) {
    order_.insert(order_.end(), batch.begin(), batch.end());
    ends_.push_back(order_.size());
  }
}

std::span<const std::size_t> BatchIndices::operator[](std::size_t batch) const {
  check<IndexError>(batch < size(), "BatchIndices: batch {} is out of range for {} batches", batch, size());
  const std::size_t first = batch == 0 ? 0 : ends_[batch - 1];
  return {order_.data() + first, ends_[batch] - first};
}

BatchSampler::BatchSampler(std::shared_ptr<const Sampler> sampler, std::int64_t batch_size, OnlyBool drop_last)
    : sampler_(std::move(sampler)), batch_size_(static_cast<std::size_t>(batch_size)), drop_last_(drop_last) {
  check<ValueError>(sampler_ != nullptr, "BatchSampler: expected a sampler, got a null pointer");
  check<ValueError>(batch_size >= 1, "BatchSampler: batch_size must be at least 1, got {}", batch_size);
}

BatchIndices BatchSampler::batches(std::uint64_t epoch) const { return {sampler_->order(epoch), batch_size_, drop_last_}; }

std::size_t BatchSampler::size() const { return number_of_batches(sampler_->size(), batch_size_, drop_last_); }

Padding padding_of(const BatchIndices& batches, const std::vector<std::int64_t>& lengths) {
  Padding padding;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    std::int64_t longest = 0;
    for (const std::size_t index : batches[i]) {
      check<IndexError>(index < lengths.size(), "padding_of: index {} is out of range for {} lengths", index,
                        lengths.size());
      longest = std::max(longest, lengths[index]);
      padding.elements += lengths[index];
    }
    padding.padded += longest * static_cast<std::int64_t>(batches[i].size());
  }
  return padding;
}

BucketBatchSampler::BucketBatchSampler(std::vector<std::int64_t> lengths, const BucketOptions& options)
    : lengths_(std::move(lengths)), options_(options) {
  check<ValueError>(options.batch_size >= 1, "BucketBatchSampler: batch_size must be at least 1, got {}",
                    options.batch_size);
  check<ValueError>(options.pool_batches >= 1, "BucketBatchSampler: pool_batches must be at least 1, got {}",
                    options.pool_batches);
  for (const std::int64_t length : lengths_) {
    check<ValueError>(length >= 0, "BucketBatchSampler: lengths must not be negative, got {}", length);
  }
}

BatchIndices BucketBatchSampler::batches(std::uint64_t epoch) const {
  const Generator generator = generator_of(options_.seed, epoch);
  std::vector<std::size_t> order;
  if (options_.shuffle) order = detail::random_order(lengths_.size(), generator);
  else order = SequentialSampler(lengths_.size()).order(epoch);
  const std::size_t total = order.size();
  // Where batches come in random order, the smaller one has to be apart, to come last.
  const std::size_t whole = options_.shuffle ? total - total % batch_size() : total;
  const std::size_t pool = batch_size() > total / static_cast<std::size_t>(options_.pool_batches)
                               ? std::max<std::size_t>(total, 1)
                               : batch_size() * static_cast<std::size_t>(options_.pool_batches);
  for (std::size_t begin = 0; begin < whole; begin += pool) {
    const std::size_t end = std::min(begin + pool, whole);
    std::stable_sort(order.begin() + static_cast<std::ptrdiff_t>(begin), order.begin() + static_cast<std::ptrdiff_t>(end),
                     [this](std::size_t a, std::size_t b) { return lengths_[a] < lengths_[b]; });
  }
  if (!options_.shuffle) return {std::move(order), batch_size(), options_.drop_last};
  std::vector<std::size_t> shuffled;
  shuffled.reserve(total);
  for (const std::size_t batch : detail::random_order(whole / batch_size(), generator)) {
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(batch * batch_size());
    shuffled.insert(shuffled.end(), first, first + static_cast<std::ptrdiff_t>(batch_size()));
  }
  shuffled.insert(shuffled.end(), order.begin() + static_cast<std::ptrdiff_t>(whole), order.end());
  return {std::move(shuffled), batch_size(), options_.drop_last};
}

std::size_t BucketBatchSampler::size() const { return number_of_batches(lengths_.size(), batch_size(), options_.drop_last); }

}  // namespace xgrad::data
