/// Samplers: in which order a DataLoader goes through a dataset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace xgrad::data {

/// An order of indices for every epoch. The order depends on the epoch's number alone, not on what was asked before, so
/// that a run that stops after an epoch goes on as if it had not stopped.
class Sampler {
 public:
  virtual ~Sampler() = default;
  /// The indices of one epoch, size() of them.
  virtual std::vector<std::size_t> order(std::uint64_t epoch) const = 0;
  virtual std::size_t size() const = 0;

 protected:
  Sampler() = default;
  Sampler(const Sampler&) = default;
  Sampler& operator=(const Sampler&) = default;
};

/// 0, 1, ... size - 1.
class SequentialSampler : public Sampler {
 public:
  explicit SequentialSampler(std::size_t size) : size_(size) {}
  std::vector<std::size_t> order(std::uint64_t epoch) const override;
  std::size_t size() const override { return size_; }

 private:
  std::size_t size_;
};

/// A new random order in every epoch: `randperm` with a generator of its own, seeded by (seed, epoch).
class RandomSampler : public Sampler {
 public:
  explicit RandomSampler(std::size_t size, std::uint64_t seed = 0) : size_(size), seed_(seed) {}
  std::vector<std::size_t> order(std::uint64_t epoch) const override;
  std::size_t size() const override { return size_; }

 private:
  std::size_t size_;
  std::uint64_t seed_;
};

/// The order of one epoch, cut into batches.
class BatchIndices {
 public:
  BatchIndices(std::vector<std::size_t> order, std::size_t batch_size, bool drop_last);
  /// The number of batches.
  std::size_t size() const { return size_; }
  std::span<const std::size_t> operator[](std::size_t batch) const;

 private:
  std::vector<std::size_t> order_;
  std::size_t batch_size_;
  std::size_t size_;
};

/// Cuts the order of another sampler into batches of `batch_size`. The last one is smaller, or left out with `drop_last`.
class BatchSampler {
 public:
  /// Throws ValueError for no sampler, or a batch size below 1.
  BatchSampler(std::shared_ptr<const Sampler> sampler, std::int64_t batch_size, bool drop_last);
  BatchIndices batches(std::uint64_t epoch) const;
  /// The number of batches.
  std::size_t size() const;
  std::size_t batch_size() const { return batch_size_; }

 private:
  std::shared_ptr<const Sampler> sampler_;
  std::size_t batch_size_;
  bool drop_last_;
};

}  // namespace xgrad::data
