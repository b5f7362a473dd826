/// What operations with two operands share: both in the dtype of the result. For .cpp files of operations.
#pragma once

#include <utility>

#include "autograd/base/dtype_limits.h"
#include "autograd/graph/saved_tensor.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/unary.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

/// An operand in the dtype of the result, back in its own in the gradient.
inline MaybeOwned in_dtype(const Tensor& x, Dtype dtype) {
  return x.dtype() == dtype ? MaybeOwned::borrowed(x) : MaybeOwned::owned(to(x, dtype));
}

/// Both operands in the dtype of the result. They must outlive this.
class Promoted {
 public:
  Promoted(const Tensor& first, const Tensor& second) : Promoted(first, second, result_type(first, second)) {}
  Promoted(const Tensor& first, const Tensor& second, Dtype dtype)
      : first_(in_dtype(first, dtype)), second_(in_dtype(second, dtype)), a(first_), b(second_) {}
  ~Promoted() = default;
  Promoted(const Promoted&) = delete;
  Promoted& operator=(const Promoted&) = delete;

 private:
  MaybeOwned first_;
  MaybeOwned second_;

 public:
  const Tensor& a;
  const Tensor& b;
};

/// Saves a tensor for the gradient of another one, where that one needs a gradient.
inline SavedTensor save_for(const Tensor& other, const Tensor& tensor) {
  return other.requires_grad() ? SavedTensor(tensor) : SavedTensor();
}

/// A number as a 0-d tensor of the dtype that an operation with it has. Throws ValueError where that is one of integers that
/// does not hold it.
inline Tensor number_beside(const Tensor& x, Scalar number) { return full({}, number, result_type(x, number)); }
/// The same for operations that compute with bits: what does not fit wraps around.
inline Tensor bits_beside(const Tensor& x, Scalar number) { return full({}, number).to(result_type(x, number)); }
/// The same for operations whose result is a floating-point number: whole numbers are taken as such.
inline Tensor floating_beside(const Tensor& x, Scalar number) {
  const Dtype dtype = result_type(x, number);
  return full({}, number, is_floating_point(dtype) ? dtype : default_dtype());
}
/// x and a number to be compared with it, beside it: as int64 where the integer dtype of x does not hold the number.
inline std::pair<Tensor, Tensor> comparable(const Tensor& x, Scalar number) {
  Tensor wide = x;
  if (!x.is_floating_point() && !number.is_floating_point()) {
    const detail::IntegerLimits limits = detail::integer_limits(x.dtype());
    const auto value = number.to<std::int64_t>();
    if (value < limits.least || value > limits.most) wide = to(x, kInt64);
  }
  Tensor beside = number_beside(wide, number);
  return {std::move(wide), std::move(beside)};
}

}  // namespace xgrad
