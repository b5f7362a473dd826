#include "data/sampler.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "autograd/tensor/check.h"
#include "autograd/tensor/random.h"

namespace xgrad::data {

namespace {

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input counts for every bit of the result.
std::uint64_t scramble(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::size_t number_of_batches(std::size_t examples, std::size_t batch_size, bool drop_last) {
  return examples / batch_size + (!drop_last && examples % batch_size != 0 ? 1 : 0);
}

}  // namespace

std::vector<std::size_t> SequentialSampler::order(std::uint64_t /*epoch*/) const {
  std::vector<std::size_t> indices(size_);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

std::vector<std::size_t> RandomSampler::order(std::uint64_t epoch) const {
  const Tensor permutation = randperm(static_cast<std::int64_t>(size_), Generator(scramble(scramble(seed_) ^ epoch)));
  const auto* first = permutation.data_ptr<std::int64_t>();
  return {first, first + size_};
}

BatchIndices::BatchIndices(std::vector<std::size_t> order, std::size_t batch_size, bool drop_last)
    : order_(std::move(order)), batch_size_(batch_size), size_(number_of_batches(order_.size(), batch_size, drop_last)) {}

std::span<const std::size_t> BatchIndices::operator[](std::size_t batch) const {
  const std::size_t first = batch * batch_size_;
  return {order_.data() + first, std::min(batch_size_, order_.size() - first)};
}

BatchSampler::BatchSampler(std::shared_ptr<const Sampler> sampler, std::int64_t batch_size, bool drop_last)
    : sampler_(std::move(sampler)), batch_size_(static_cast<std::size_t>(batch_size)), drop_last_(drop_last) {
  check<ValueError>(sampler_ != nullptr, "BatchSampler: expected a sampler, got a null pointer");
  check<ValueError>(batch_size >= 1, "BatchSampler: batch_size must be at least 1, got {}", batch_size);
}

BatchIndices BatchSampler::batches(std::uint64_t epoch) const { return {sampler_->order(epoch), batch_size_, drop_last_}; }

std::size_t BatchSampler::size() const { return number_of_batches(sampler_->size(), batch_size_, drop_last_); }

}  // namespace xgrad::data
