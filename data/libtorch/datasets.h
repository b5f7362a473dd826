/// Datasets as libtorch has them, for `make_data_loader`: they know their own type, and give whole batches.
///
///   class Reviews : public data::datasets::Dataset<Reviews> {
///    public:
///     data::Example<> get(std::size_t index) override { ... }
///     std::optional<std::size_t> size() const override { ... }
///   };
///
/// https://pytorch.org/cppdocs/api/namespace_torch__data__datasets.html
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/base/array_ref.h"
#include "autograd/base/error.h"
#include "autograd/io/archive.h"
#include "autograd/ops/indexing.h"
#include "data/dataset.h"
#include "data/libtorch/example.h"

namespace xgrad::data::datasets {

namespace detail {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <bool condition, class T>
using OptionalIf = std::conditional_t<condition, std::optional<T>, T>;

/// What is in a batch that may be missing.
template <class T>
struct Unwrapped {
  using Type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using Type = T;
};

/// A batch of a dataset with a state. in_turn(work) calls work() when it is the request's turn; what does not depend on the
/// state, as transforms, is done outside of it.
template <class Dataset, class InTurn>
auto get_batch_in_turn(Dataset& dataset, typename Dataset::BatchRequestType request, const InTurn& in_turn) {
  if constexpr (requires { dataset.get_batch_in_turn(std::move(request), in_turn); }) {
    return dataset.get_batch_in_turn(std::move(request), in_turn);
  } else {
    return in_turn([&] { return dataset.get_batch(std::move(request)); });
  }
}

}  // namespace detail

template <class SourceDataset, class AppliedTransform>
class MapDataset;

/// Gives batches on request: of indices, unless `BatchRequest` is something else. `Self` is the class that derives. One that
/// gives std::optional batches has a state: it ends its epoch by giving none.
template <class Self, class Batch = std::vector<Example<>>, class BatchRequest = ArrayRef<std::size_t>>
class BatchDataset {
 public:
  using SelfType = Self;
  using BatchType = Batch;
  using BatchRequestType = BatchRequest;
  /// Whether the dataset has a state.
  static constexpr bool is_stateful = detail::IsOptional<BatchType>::value;

  virtual ~BatchDataset() = default;
  virtual Batch get_batch(BatchRequest request) = 0;
  /// The number of examples, where it is known.
  virtual std::optional<std::size_t> size() const = 0;

  /// This dataset with a transform (data/transforms) of its batches.
  template <class TransformType>
  MapDataset<Self, TransformType> map(TransformType transform) & {
    return {static_cast<Self&>(*this), std::move(transform)};
  }
  /// As above, of a dataset that is not needed any more.
  template <class TransformType>
  MapDataset<Self, TransformType> map(TransformType transform) && {
    return {std::move(static_cast<Self&>(*this)), std::move(transform)};
  }
};

/// Gives single examples by index. With workers, each has a copy of the dataset, so that `get` may change it.
template <class Self, class SingleExample = Example<>>
class Dataset : public BatchDataset<Self, std::vector<SingleExample>> {
 public:
  using ExampleType = SingleExample;

  virtual ExampleType get(std::size_t index) = 0;
  std::vector<ExampleType> get_batch(ArrayRef<std::size_t> indices) override {
    std::vector<ExampleType> batch;
    batch.reserve(indices.size());
    for (const std::size_t index : indices) batch.push_back(get(index));
    return batch;
  }
};

/// Gives as many examples as are asked for.
template <class Self, class Batch = std::vector<Example<>>>
using StreamDataset = BatchDataset<Self, Batch, std::size_t>;

/// Gives batches in an order of its own, until it gives none. With workers, `get_batch` is called on several
/// threads: one at a time, and transforms of batches at once, unless the loader's enforce_ordering is off.
template <class Self, class Batch = std::vector<Example<>>, class BatchRequest = std::size_t>
class StatefulDataset : public BatchDataset<Self, std::optional<Batch>, BatchRequest> {
 public:
  /// Begins an epoch.
  virtual void reset() = 0;
  /// Writes the state. Throws Error unless it is overridden.
  virtual void save(serialize::OutputArchive& /*archive*/) const {
    throw Error("StatefulDataset: a dataset that is to be saved overrides save");
  }
  /// Reads what `save` wrote. Throws Error unless it is overridden.
  virtual void load(serialize::InputArchive& /*archive*/) {
    throw Error("StatefulDataset: a dataset that is to be loaded overrides load");
  }
};

/// A dataset whose batches go through a transform.
template <class SourceDataset, class AppliedTransform>
class MapDataset
    : public BatchDataset<MapDataset<SourceDataset, AppliedTransform>,
                          detail::OptionalIf<SourceDataset::is_stateful, typename AppliedTransform::OutputBatchType>,
                          typename SourceDataset::BatchRequestType> {
 public:
  using DatasetType = SourceDataset;
  using TransformType = AppliedTransform;
  using BatchRequestType = typename SourceDataset::BatchRequestType;
  using OutputBatchType = detail::OptionalIf<SourceDataset::is_stateful, typename AppliedTransform::OutputBatchType>;
  static_assert(std::is_same_v<typename detail::Unwrapped<typename SourceDataset::BatchType>::Type,
                               typename AppliedTransform::InputBatchType>,
                "the transform does not take the batches of the dataset");

  /// The batches of `dataset`, through `transform`.
  MapDataset(DatasetType dataset, TransformType transform)
      : dataset_(std::move(dataset)), transform_(std::move(transform)) {}

  OutputBatchType get_batch(BatchRequestType request) override {
    if constexpr (SourceDataset::is_stateful) return transformed(dataset_.get_batch(std::move(request)));
    else return transform_.apply_batch(dataset_.get_batch(std::move(request)));
  }
  /// See detail::get_batch_in_turn.
  template <class InTurn>
  OutputBatchType get_batch_in_turn(BatchRequestType request, const InTurn& in_turn) {
    return transformed(detail::get_batch_in_turn(dataset_, std::move(request), in_turn));
  }
  std::optional<std::size_t> size() const override { return dataset_.size(); }
  /// Begins an epoch of a dataset with a state.
  void reset() { dataset_.reset(); }
  /// The dataset whose batches are transformed.
  const SourceDataset& dataset() const noexcept { return dataset_; }
  const AppliedTransform& transform() const noexcept { return transform_; }

 private:
  OutputBatchType transformed(typename SourceDataset::BatchType batch) {
    if (!batch) return std::nullopt;
    return transform_.apply_batch(*std::move(batch));
  }

  SourceDataset dataset_;
  AppliedTransform transform_;
};

/// A dataset whose batches go through a transform: `dataset.map(transform)` as a function.
template <class DatasetType, class TransformType>
MapDataset<DatasetType, TransformType> map(DatasetType dataset, TransformType transform) {
  return {std::move(dataset), std::move(transform)};
}

/// The rows of a tensor, without targets.
struct TensorDataset : public Dataset<TensorDataset, TensorExample> {
  /// Tensors of one shape, each a row.
  explicit TensorDataset(const std::vector<Tensor>& tensors) : TensorDataset(stack(tensors)) {}
  /// The rows of a tensor.
  explicit TensorDataset(Tensor tensor_) : tensor(std::move(tensor_)) {}
  TensorExample get(std::size_t index) override { return tensor[static_cast<std::int64_t>(index)]; }
  std::optional<std::size_t> size() const override { return static_cast<std::size_t>(tensor.size(0)); }

  Tensor tensor;
};

/// A dataset that its copies share: for one with a state, or one too large to copy for each worker.
template <class UnderlyingDataset>
class SharedBatchDataset : public BatchDataset<SharedBatchDataset<UnderlyingDataset>, typename UnderlyingDataset::BatchType,
                                               typename UnderlyingDataset::BatchRequestType> {
 public:
  using BatchType = typename UnderlyingDataset::BatchType;
  using BatchRequestType = typename UnderlyingDataset::BatchRequestType;

  /// Throws ValueError for a null pointer.
  SharedBatchDataset(std::shared_ptr<UnderlyingDataset> shared_dataset)  // NOLINT(google-explicit-constructor)
      : dataset_(std::move(shared_dataset)) {
    if (dataset_ == nullptr) throw ValueError("SharedBatchDataset: the pointer is null");
  }

  BatchType get_batch(BatchRequestType request) override { return dataset_->get_batch(std::move(request)); }
  /// See detail::get_batch_in_turn.
  template <class InTurn>
  BatchType get_batch_in_turn(BatchRequestType request, const InTurn& in_turn) {
    return detail::get_batch_in_turn(*dataset_, std::move(request), in_turn);
  }
  std::optional<std::size_t> size() const override { return dataset_->size(); }
  UnderlyingDataset& operator*() { return *dataset_; }
  const UnderlyingDataset& operator*() const { return *dataset_; }
  UnderlyingDataset* operator->() { return dataset_.get(); }
  const UnderlyingDataset* operator->() const { return dataset_.get(); }
  /// Begins an epoch of a dataset with a state.
  void reset() { dataset_->reset(); }

 private:
  std::shared_ptr<UnderlyingDataset> dataset_;
};

/// Makes a dataset that its copies share.
template <class UnderlyingDataset, class... Args>
SharedBatchDataset<UnderlyingDataset> make_shared_dataset(Args&&... args) {
  return std::make_shared<UnderlyingDataset>(std::forward<Args>(args)...);
}

}  // namespace xgrad::data::datasets

namespace xgrad::data {

using datasets::BatchDataset;

/// See datasets::Dataset.
template <class Self, class SingleExample>
class Dataset : public datasets::Dataset<Self, SingleExample> {};

}  // namespace xgrad::data
