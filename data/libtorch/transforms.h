/// Transforms of examples and batches, for the `map` of libtorch's datasets:
///
///   auto dataset = MyDataset().map(data::transforms::Lambda<data::Example<>>(shorten)).map(data::transforms::Stack<>());
///
/// https://pytorch.org/cppdocs/api/namespace_torch__data__transforms.html
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "autograd/base/array_ref.h"
#include "autograd/ops/indexing.h"
#include "autograd/tensor/creation.h"
#include "data/libtorch/example.h"

namespace xgrad::data::transforms {

/// Makes one batch of another.
template <class InputBatch, class OutputBatch>
class BatchTransform {
 public:
  using InputBatchType = InputBatch;
  using OutputBatchType = OutputBatch;

  virtual ~BatchTransform() = default;
  virtual OutputBatch apply_batch(InputBatch input_batch) = 0;
};

/// Makes one example of another.
template <class Input, class Output>
class Transform : public BatchTransform<std::vector<Input>, std::vector<Output>> {
 public:
  using InputType = Input;
  using OutputType = Output;

  virtual OutputType apply(InputType input) = 0;
  /// Each example, or all of them together.
  std::vector<Output> apply_batch(std::vector<Input> input_batch) override {
    std::vector<Output> output_batch;
    output_batch.reserve(input_batch.size());
    for (Input& input : input_batch) output_batch.push_back(apply(std::move(input)));
    return output_batch;
  }
};

/// A BatchTransform by a function.
template <class Input, class Output = Input>
class BatchLambda : public BatchTransform<Input, Output> {
 public:
  using FunctionType = std::function<Output(Input)>;
  explicit BatchLambda(FunctionType function) : function_(std::move(function)) {}
  Output apply_batch(Input input_batch) override { return function_(std::move(input_batch)); }

 private:
  FunctionType function_;
};

/// A Transform by a function.
template <class Input, class Output = Input>
class Lambda : public Transform<Input, Output> {
 public:
  using FunctionType = std::function<Output(Input)>;
  explicit Lambda(FunctionType function) : function_(std::move(function)) {}
  Output apply(Input input) override { return function_(std::move(input)); }

 private:
  FunctionType function_;
};

/// Makes one T of a batch of them.
template <class T, class BatchType = std::vector<T>>
using Collation = BatchTransform<BatchType, T>;

/// A Collation by a function: `Collate<Example<>>([](std::vector<Example<>> examples) { ... })`.
template <class T, class BatchType = std::vector<T>>
using Collate = BatchLambda<BatchType, T>;

/// Stacks data, and targets, along a new first dimension. Throws ShapeError where shapes differ.
template <class T = Example<>>
struct Stack;

/// Stacks data and targets.
template <>
struct Stack<Example<>> : public Collation<Example<>> {
  /// Each example, or all of them together.
  Example<> apply_batch(std::vector<Example<>> examples) override {
    TensorList data;
    TensorList targets;
    for (Example<>& example : examples) {
      data.push_back(std::move(example.data));
      targets.push_back(std::move(example.target));
    }
    return {stack(data), stack(targets)};
  }
};

/// Stacks data.
template <>
struct Stack<TensorExample> : public Collation<TensorExample> {
  /// Each example, or all of them together.
  TensorExample apply_batch(std::vector<TensorExample> examples) override {
    TensorList data;
    for (TensorExample& example : examples) data.push_back(std::move(example.data));
    return stack(data);
  }
};

/// Changes the data of examples, and leaves their targets.
template <class Target = Tensor>
class TensorTransform : public Transform<Example<Tensor, Target>, Example<Tensor, Target>> {
 public:
  virtual Tensor operator()(Tensor input) = 0;
  Example<Tensor, Target> apply(Example<Tensor, Target> input) override {
    input.data = (*this)(std::move(input.data));
    return input;
  }
};

/// A TensorTransform by a function.
template <class Target = Tensor>
class TensorLambda : public TensorTransform<Target> {
 public:
  using FunctionType = std::function<Tensor(Tensor)>;
  explicit TensorLambda(FunctionType function) : function_(std::move(function)) {}
  Tensor operator()(Tensor input) override { return function_(std::move(input)); }

 private:
  FunctionType function_;
};

/// (x - mean) / stddev, where both have a number for each channel: the data is [channels, ..., ...]. Or one for all of them.
template <class Target = Tensor>
struct Normalize : public TensorTransform<Target> {
  Normalize(double mean_, double stddev_) : Normalize(ArrayRef<double>(&mean_, 1), ArrayRef<double>(&stddev_, 1)) {}
  Normalize(ArrayRef<double> mean_, ArrayRef<double> stddev_)
      : mean(xgrad::tensor(mean_.vec(), kFloat32).unsqueeze(1).unsqueeze(2)),
        stddev(xgrad::tensor(stddev_.vec(), kFloat32).unsqueeze(1).unsqueeze(2)) {}
  Tensor operator()(Tensor input) override { return input.sub(mean).div(stddev); }

  /// [channels, 1, 1].
  Tensor mean;
  /// [channels, 1, 1].
  Tensor stddev;
};

}  // namespace xgrad::data::transforms
