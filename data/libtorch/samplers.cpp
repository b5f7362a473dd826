#include "data/libtorch/samplers.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

#include "autograd/base/check.h"
#include "autograd/ops/random.h"
#include "autograd/tensor/creation.h"
#include "data/random_order.h"

namespace xgrad::data::samplers {

namespace {

void write_number(serialize::OutputArchive& archive, const char* key, std::size_t number) {
  archive.write(key, tensor(static_cast<std::int64_t>(number)), /*is_buffer=*/true);
}

/// A number of a state: a tensor of one element, or an integer. Throws ValueError outside [0, most].
std::size_t read_number(const char* sampler, const serialize::InputArchive& archive, const char* key, std::size_t most) {
  Value value;
  archive.read(key, value);
  check<ValueError>(!value.is_tensor() || value.to_tensor().numel() == 1, "{}: {} is no number", sampler, key);
  const std::int64_t number = value.is_tensor() ? value.to_tensor().item<std::int64_t>() : value.to_int();
  check<ValueError>(number >= 0 && static_cast<std::uint64_t>(number) <= most, "{}: {} {} is out of range for {}", sampler,
                    key, number, most);
  return static_cast<std::size_t>(number);
}

void check_batch_size(const char* sampler, std::size_t batch_size) {
  check<ValueError>(batch_size >= 1, "{}: the batch size must be at least 1", sampler);
}

}  // namespace

void SequentialSampler::reset(std::optional<std::size_t> new_size) {
  size_ = new_size.value_or(size_);
  index_ = 0;
}

std::optional<std::vector<std::size_t>> SequentialSampler::next(std::size_t batch_size) {
  check_batch_size("SequentialSampler", batch_size);
  if (index_ >= size_) return std::nullopt;
  std::vector<std::size_t> indices(std::min(batch_size, size_ - index_));
  std::iota(indices.begin(), indices.end(), index_);
  index_ += indices.size();
  return indices;
}

void SequentialSampler::save(serialize::OutputArchive& archive) const { write_number(archive, "index", index_); }

void SequentialSampler::load(serialize::InputArchive& archive) {
  index_ = read_number("SequentialSampler", archive, "index", size_);
}

RandomSampler::RandomSampler(std::int64_t size, Dtype index_dtype) : indices_(randperm(size, index_dtype)) {}

void RandomSampler::reset(std::optional<std::size_t> new_size) {
  const std::int64_t size = new_size ? static_cast<std::int64_t>(*new_size) : indices_.numel();
  indices_ = randperm(size, indices_.dtype());
  index_ = 0;
}

std::optional<std::vector<std::size_t>> RandomSampler::next(std::size_t batch_size) {
  check_batch_size("RandomSampler", batch_size);
  const auto size = static_cast<std::size_t>(indices_.numel());
  if (index_ >= size) return std::nullopt;
  const std::size_t count = std::min(batch_size, size - index_);
  const Tensor slice = indices_.narrow(0, static_cast<std::int64_t>(index_), static_cast<std::int64_t>(count)).to(kInt64);
  const auto* first = slice.data_ptr<std::int64_t>();
  index_ += count;
  return std::vector<std::size_t>(first, first + count);
}

void RandomSampler::save(serialize::OutputArchive& archive) const {
  write_number(archive, "index", index_);
  archive.write("indices", indices_, /*is_buffer=*/true);
}

void RandomSampler::load(serialize::InputArchive& archive) {
  Tensor saved;
  archive.read("indices", saved);
  const Tensor indices = saved.detach().to(indices_.dtype(), /*non_blocking=*/false, /*copy=*/true).contiguous();
  std::vector<std::int64_t> sorted = indices.to_vector<std::int64_t>();
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    check<ValueError>(indices.dim() == 1 && sorted[i] == static_cast<std::int64_t>(i),
                      "RandomSampler: the state's indices are no permutation");
  }
  check<ValueError>(indices.sizes() == indices_.sizes(), "RandomSampler: the state is of {} examples, expected {}",
                    indices.numel(), indices_.numel());
  index_ = read_number("RandomSampler", archive, "index", sorted.size());
  indices_ = indices;
}

DistributedSequentialSampler::DistributedSequentialSampler(std::size_t size, std::size_t num_replicas, std::size_t rank,
                                                           OnlyBool allow_duplicates)
    : DistributedSampler(size, num_replicas, rank, allow_duplicates) {
  DistributedSequentialSampler::reset();
}

void DistributedSequentialSampler::reset(std::optional<std::size_t> new_size) {
  size_ = new_size.value_or(size_);
  const std::size_t share = local_sample_count();
  std::size_t count = size_;
  check<ValueError>(num_replicas_ == 1 || !__builtin_mul_overflow(share, num_replicas_, &count),
                    "DistributedSampler: {} examples for each of {} replicas", share, num_replicas_);
  all_indices_ = detail::zeros_of_size<std::size_t>(count);
  // Behind the end, from the beginning once more: some examples come twice, or more often.
  for (std::size_t i = 0; i < all_indices_.size(); ++i) all_indices_[i] = i % size_;
  arrange(all_indices_);
  sample_index_ = rank_ * share;
  end_index_ = sample_index_ + share;
}

std::optional<std::vector<std::size_t>> DistributedSequentialSampler::next(std::size_t batch_size) {
  check_batch_size("DistributedSampler", batch_size);
  if (sample_index_ == end_index_) return std::nullopt;
  const auto first = all_indices_.begin() + static_cast<std::ptrdiff_t>(sample_index_);
  const std::size_t count = std::min(batch_size, end_index_ - sample_index_);
  sample_index_ += count;
  return std::vector<std::size_t>(first, first + static_cast<std::ptrdiff_t>(count));
}

void DistributedSequentialSampler::save(serialize::OutputArchive& archive) const {
  write_number(archive, "sample_index_", sample_index_);
  write_number(archive, "epoch_", epoch_);
}

void DistributedSequentialSampler::load(serialize::InputArchive& archive) {
  const std::size_t begin = end_index_ - local_sample_count();
  const std::size_t index = read_number("DistributedSampler", archive, "sample_index_", end_index_);
  check<ValueError>(index >= begin, "DistributedSampler: the state is of another rank");
  // libtorch's sequential sampler does not write the epoch.
  if (archive.find("epoch_") != nullptr) {
    epoch_ = read_number("DistributedSampler", archive, "epoch_", std::numeric_limits<std::int64_t>::max());
  }
  reset();
  sample_index_ = index;
}

DistributedRandomSampler::DistributedRandomSampler(std::size_t size, std::size_t num_replicas, std::size_t rank,
                                                   OnlyBool allow_duplicates)
    : DistributedSequentialSampler(size, num_replicas, rank, allow_duplicates) {
  reset();
}

void DistributedRandomSampler::arrange(std::vector<std::size_t>& indices) const {
  std::mt19937 generator(static_cast<std::mt19937::result_type>(epoch_));
  std::shuffle(indices.begin(), indices.end(), generator);
}

void StreamSampler::reset(std::optional<std::size_t> new_size) {
  epoch_size_ = new_size.value_or(epoch_size_);
  examples_retrieved_so_far_ = 0;
}

std::optional<BatchSize> StreamSampler::next(std::size_t batch_size) {
  check_batch_size("StreamSampler", batch_size);
  if (examples_retrieved_so_far_ >= epoch_size_) return std::nullopt;
  const std::size_t count = std::min(batch_size, epoch_size_ - examples_retrieved_so_far_);
  examples_retrieved_so_far_ += count;
  return BatchSize(count);
}

void StreamSampler::save(serialize::OutputArchive& archive) const {
  write_number(archive, "examples_retrieved_so_far", examples_retrieved_so_far_);
}

void StreamSampler::load(serialize::InputArchive& archive) {
  examples_retrieved_so_far_ = read_number("StreamSampler", archive, "examples_retrieved_so_far", epoch_size_);
}

}  // namespace xgrad::data::samplers
