/// Example: data and its target, as libtorch's datasets give them.
#pragma once

#include <utility>

#include "autograd/tensor/tensor.h"

namespace xgrad::data {

/// Data and the target to learn for it. https://pytorch.org/cppdocs/api/structtorch_1_1data_1_1_example.html
template <class Data = Tensor, class Target = Tensor>
struct Example {
  using DataType = Data;
  using TargetType = Target;

  Example() = default;
  Example(Data data_, Target target_) : data(std::move(data_)), target(std::move(target_)) {}

  Data data;
  Target target;
};

namespace example {
/// Stands for a target that is not there.
using NoTarget = void;
}  // namespace example

/// Data without a target; converts to the data.
template <class Data>
struct Example<Data, example::NoTarget> {
  using DataType = Data;
  using TargetType = example::NoTarget;

  Example() = default;
  Example(Data data_) : data(std::move(data_)) {}  // NOLINT(google-explicit-constructor)
  operator Data&() { return data; }                // NOLINT(google-explicit-constructor)
  operator const Data&() const { return data; }    // NOLINT(google-explicit-constructor)

  Data data;
};

/// A tensor without a target.
using TensorExample = Example<Tensor, example::NoTarget>;

}  // namespace xgrad::data
