/// Samplers as libtorch has them: they hand out the indices of one batch after the other. For `make_data_loader`.
/// https://pytorch.org/cppdocs/api/namespace_torch__data__samplers.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "autograd/io/archive.h"
#include "autograd/io/value.h"
#include "autograd/tensor/tensor.h"

namespace xgrad::data::samplers {

/// Hands out requests for batches until an epoch is over.
template <class BatchRequest = std::vector<std::size_t>>
class Sampler {
 public:
  using BatchRequestType = BatchRequest;

  virtual ~Sampler() = default;
  /// Begins an epoch, of another number of examples where one is given.
  virtual void reset(std::optional<std::size_t> new_size) = 0;
  /// The request for the next batch, of at most `batch_size` examples; nothing where the epoch is over.
  virtual std::optional<BatchRequest> next(std::size_t batch_size) = 0;
  /// Writes where the sampler stands, under libtorch's keys.
  virtual void save(serialize::OutputArchive& /*archive*/) const {}
  /// Goes to where `save` was called. Throws IndexError for a key that is missing, ValueError for a state that makes no
  /// sense.
  virtual void load(serialize::InputArchive& /*archive*/) {}
  /// What `save` writes, for a Checkpoint.
  io::Value state_dict() const {
    serialize::OutputArchive archive;
    save(archive);
    return archive.entries();
  }
  /// Goes to where `state_dict` was taken. Throws as `load`.
  void load_state_dict(const io::Value& state) {
    serialize::InputArchive archive(state);
    load(archive);
  }
};

/// 0, 1, ... size - 1.
class SequentialSampler : public Sampler<> {
 public:
  explicit SequentialSampler(std::size_t size) : size_(size) {}
  void reset(std::optional<std::size_t> new_size = std::nullopt) override;
  std::optional<std::vector<std::size_t>> next(std::size_t batch_size) override;
  void save(serialize::OutputArchive& archive) const override;
  void load(serialize::InputArchive& archive) override;
  /// How many indices were handed out.
  std::size_t index() const noexcept { return index_; }

 private:
  std::size_t size_;
  std::size_t index_ = 0;
};

/// A new random order in every epoch, from the default generator: `randperm`, once when the sampler is made, and at each
/// reset. So a seed gives libtorch's batches.
class RandomSampler : public Sampler<> {
 public:
  explicit RandomSampler(std::int64_t size, Dtype index_dtype = kInt64);
  void reset(std::optional<std::size_t> new_size = std::nullopt) override;
  std::optional<std::vector<std::size_t>> next(std::size_t batch_size) override;
  void save(serialize::OutputArchive& archive) const override;
  void load(serialize::InputArchive& archive) override;
  /// How many indices were handed out.
  std::size_t index() const noexcept { return index_; }

 private:
  Tensor indices_;
  std::size_t index_ = 0;
};

/// A share of the indices for each of several processes. Where the examples cannot be shared out evenly, some come twice or
/// more often, or are left out without `allow_duplicates`.
template <class BatchRequest = std::vector<std::size_t>>
class DistributedSampler : public Sampler<BatchRequest> {
 public:
  /// The share of process `rank` out of `num_replicas`, of `size` indices. Throws ValueError unless rank < num_replicas.
  DistributedSampler(std::size_t size, std::size_t num_replicas = 1, std::size_t rank = 0, OnlyBool allow_duplicates = true)
      : size_(size), num_replicas_(num_replicas), rank_(rank), allow_duplicates_(allow_duplicates) {
    if (rank >= num_replicas) {
      throw ValueError("DistributedSampler: rank " + std::to_string(rank) + " is out of range for " +
                       std::to_string(num_replicas) + " replicas");
    }
  }
  /// Chooses the epoch that the next reset begins: its order follows from it, and is the same in all processes.
  void set_epoch(std::size_t epoch) { epoch_ = epoch; }
  std::size_t epoch() const { return epoch_; }

 protected:
  /// The number of examples of one process.
  std::size_t local_sample_count() const {
    return allow_duplicates_ ? (size_ + num_replicas_ - 1) / num_replicas_ : size_ / num_replicas_;
  }

  std::size_t size_;
  std::size_t num_replicas_;
  std::size_t rank_;
  std::size_t epoch_ = 0;
  /// Whether some examples may come twice.
  bool allow_duplicates_;
};

/// The indices of one process in order: rank r has the r-th share.
class DistributedSequentialSampler : public DistributedSampler<> {
 public:
  /// Throws ValueError unless rank < num_replicas.
  DistributedSequentialSampler(std::size_t size, std::size_t num_replicas = 1, std::size_t rank = 0,
                               OnlyBool allow_duplicates = true);
  void reset(std::optional<std::size_t> new_size = std::nullopt) override;
  std::optional<std::vector<std::size_t>> next(std::size_t batch_size) override;
  void save(serialize::OutputArchive& archive) const override;
  void load(serialize::InputArchive& archive) override;
  /// Where the sampler stands in the order of all processes.
  std::size_t index() const noexcept { return sample_index_; }

 protected:
  /// Puts the epoch's indices in order.
  virtual void arrange(std::vector<std::size_t>& /*indices*/) const {}

 private:
  std::size_t end_index_ = 0;
  std::size_t sample_index_ = 0;
  std::vector<std::size_t> all_indices_;
};

/// The same after all indices were shuffled, in an order that follows from the epoch alone.
class DistributedRandomSampler : public DistributedSequentialSampler {
 public:
  /// Throws ValueError unless rank < num_replicas.
  DistributedRandomSampler(std::size_t size, std::size_t num_replicas = 1, std::size_t rank = 0,
                           OnlyBool allow_duplicates = true);

 protected:
  void arrange(std::vector<std::size_t>& indices) const override;
};

/// What requests derive from that are of a type of one's own: `struct Places : CustomBatchRequest { ... };
/// class PlacesSampler : public Sampler<Places> { ... };`
struct CustomBatchRequest {
  virtual ~CustomBatchRequest() = default;
  /// The number of examples that are asked for.
  virtual std::size_t size() const = 0;
};

/// The size of a batch, as a request to a stream.
struct BatchSize : public CustomBatchRequest {
  explicit BatchSize(std::size_t size) : size_(size) {}
  std::size_t size() const noexcept override { return size_; }
  operator std::size_t() const noexcept { return size_; }  // NOLINT(google-explicit-constructor): a request as it is

  std::size_t size_;
};

/// Asks a stream for so many examples an epoch.
class StreamSampler : public Sampler<BatchSize> {
 public:
  /// An epoch of `epoch_size` examples.
  explicit StreamSampler(std::size_t epoch_size) : epoch_size_(epoch_size) {}
  void reset(std::optional<std::size_t> new_size = std::nullopt) override;
  std::optional<BatchSize> next(std::size_t batch_size) override;
  void save(serialize::OutputArchive& archive) const override;
  void load(serialize::InputArchive& archive) override;

 private:
  std::size_t examples_retrieved_so_far_ = 0;
  std::size_t epoch_size_;
};

}  // namespace xgrad::data::samplers
