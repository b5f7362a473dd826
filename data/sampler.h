/// Samplers: in which order a DataLoader goes through a dataset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "autograd/base/only.h"

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

/// A new random order of some indices in every epoch.
/// https://pytorch.org/docs/1.13/data.html#torch.utils.data.SubsetRandomSampler
class SubsetRandomSampler : public Sampler {
 public:
  explicit SubsetRandomSampler(std::vector<std::size_t> indices, std::uint64_t seed = 0);
  std::vector<std::size_t> order(std::uint64_t epoch) const override;
  std::size_t size() const override { return indices_.size(); }

 private:
  std::vector<std::size_t> indices_;
  std::uint64_t seed_;
};

/// Indices drawn by weights, new ones in every epoch: `multinomial` with a generator of its own, seeded by (seed, epoch).
/// https://pytorch.org/docs/1.13/data.html#torch.utils.data.WeightedRandomSampler
class WeightedRandomSampler : public Sampler {
 public:
  /// `num_samples` of them an epoch; without replacement no index comes twice. Throws ValueError for weights that are
  /// negative, not finite or all 0, and for more samples than there are weights above 0 where no index may come twice.
  WeightedRandomSampler(std::vector<double> weights, std::size_t num_samples, OnlyBool replacement = true,
                        std::uint64_t seed = 0);
  std::vector<std::size_t> order(std::uint64_t epoch) const override;
  std::size_t size() const override { return num_samples_; }

 private:
  std::vector<double> weights_;
  std::size_t num_samples_;
  bool replacement_;
  std::uint64_t seed_;
};

/// The order of one epoch, cut into batches.
class BatchIndices {
 public:
  /// Batches of `batch_size`. The last one is smaller, or left out with `drop_last`. Throws ValueError for a batch size of
  /// 0.
  BatchIndices(std::vector<std::size_t> order, std::size_t batch_size, OnlyBool drop_last);
  /// Batches of any sizes, as those with about as many tokens each.
  explicit BatchIndices(const std::vector<std::vector<std::size_t>>& batches);
  /// The number of batches.
  std::size_t size() const { return ends_.size(); }
  /// The indices of one batch. Throws IndexError unless batch < size().
  std::span<const std::size_t> operator[](std::size_t batch) const;

 private:
  std::vector<std::size_t> order_;
  std::vector<std::size_t> ends_;  ///< of the batches, in the order
};

/// Which examples make the batches of every epoch. As with a Sampler, they depend on the epoch's number alone.
class BatchOrder {
 public:
  virtual ~BatchOrder() = default;
  /// The batches of one epoch, size() of them.
  virtual BatchIndices batches(std::uint64_t epoch) const = 0;
  /// The number of batches.
  virtual std::size_t size() const = 0;
  /// The number of examples of a batch, or of the largest one where they differ; the last one may have fewer.
  virtual std::size_t batch_size() const = 0;

 protected:
  BatchOrder() = default;
  BatchOrder(const BatchOrder&) = default;
  BatchOrder& operator=(const BatchOrder&) = default;
};

/// Cuts the order of another sampler into batches of `batch_size`. The last one is smaller, or left out with `drop_last`.
/// https://pytorch.org/docs/1.13/data.html#torch.utils.data.BatchSampler
class BatchSampler : public BatchOrder {
 public:
  /// Throws ValueError for no sampler, or a batch size below 1.
  BatchSampler(std::shared_ptr<const Sampler> sampler, std::int64_t batch_size, OnlyBool drop_last);
  BatchIndices batches(std::uint64_t epoch) const override;
  std::size_t size() const override;
  std::size_t batch_size() const override { return batch_size_; }

 private:
  std::shared_ptr<const Sampler> sampler_;
  std::size_t batch_size_;
  bool drop_last_;
};

/// What padding costs: sequences of a batch are as long as its longest one.
struct Padding {
  std::int64_t elements = 0;  ///< of the sequences themselves
  std::int64_t padded = 0;    ///< of the batches
  /// The share of the batches that is padding: 0 where all sequences of each are of one length.
  double share() const { return padded == 0 ? 0 : 1 - static_cast<double>(elements) / static_cast<double>(padded); }
};

/// What padding costs in batches of sequences of the given lengths. Throws IndexError for an index without a length.
Padding padding_of(const BatchIndices& batches, const std::vector<std::int64_t>& lengths);

/// How BucketBatchSampler makes batches: `{.batch_size = 32, .seed = 1}`.
struct BucketOptions {
  std::int64_t batch_size = 1;     ///< examples of a batch
  bool shuffle = true;             ///< a new random order in every epoch; without it, the dataset's
  bool drop_last = false;          ///< leaves out a last batch that is smaller than the others
  std::uint64_t seed = 0;          ///< of the random order
  std::int64_t pool_batches = 50;  ///< so many batches' examples are sorted by length at a time
};

/// Batches of sequences of similar length, so that little of them is padding, and nearly as random as others: the random
/// order of an epoch is cut into pools of `pool_batches` batches, each pool is sorted by length and cut into batches, and
/// the batches come in random order, a smaller one last.
///
///   auto buckets = std::make_shared<data::BucketBatchSampler>(lengths, data::BucketOptions{.batch_size = 32});
///   data::DataLoader loader(reviews, {.batch_sampler = buckets}, collate);
///   fmt::print("padding: {}", buckets->padding(0).share());
class BucketBatchSampler : public BatchOrder {
 public:
  /// For a dataset of lengths.size() examples. Throws ValueError for a negative length, and options that make no sense.
  BucketBatchSampler(std::vector<std::int64_t> lengths, const BucketOptions& options);
  BatchIndices batches(std::uint64_t epoch) const override;
  std::size_t size() const override;
  std::size_t batch_size() const override { return static_cast<std::size_t>(options_.batch_size); }
  /// What padding costs in an epoch. Compare with `padding_of` another order's batches.
  Padding padding(std::uint64_t epoch) const { return padding_of(batches(epoch), lengths_); }

 private:
  std::vector<std::int64_t> lengths_;
  BucketOptions options_;
};

}  // namespace xgrad::data
