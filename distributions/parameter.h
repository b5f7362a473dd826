/// Arguments of distributions and transforms.
#pragma once

#include <type_traits>
#include <utility>

#include "autograd/tensor/tensor.h"

namespace xgrad::distributions {

/// An argument of a distribution or a transform: a floating-point tensor, or a number, which takes the dtype of the tensors
/// beside it.
class Parameter {
 public:
  Parameter(Tensor tensor) : tensor_(std::move(tensor)), is_number_(false) {}  ///< NOLINT(google-explicit-constructor)
  /// A number.
  template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  Parameter(T number) : number_(static_cast<double>(number)) {}  // NOLINT(google-explicit-constructor)

  bool is_number() const { return is_number_; }     ///< and not a tensor
  const Tensor& tensor() const { return tensor_; }  ///< undefined for a number
  double number() const { return number_; }         ///< unless it is a tensor

 private:
  Tensor tensor_;
  double number_ = 0;
  bool is_number_ = true;
};

}  // namespace xgrad::distributions
