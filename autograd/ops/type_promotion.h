/// Which dtype an operation on several operands has, and which dtypes fit into which.
/// https://pytorch.org/docs/1.13/tensor_attributes.html#type-promotion-doc
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The dtype of an operation on both, by PyTorch's rules: of the dtypes' categories (bool, integer, floating-point) the
/// higher wins, and within one category tensors with dimensions win over 0-d tensors, and those over numbers.
Dtype result_type(const Tensor& a, const Tensor& b);
Dtype result_type(const Tensor& a, Scalar b);
Dtype result_type(Scalar a, const Tensor& b);
Dtype result_type(Scalar a, Scalar b);

/// Whether an operation in place may put a result of one dtype into a tensor of another: no fractions into integers, no
/// integers into bools. https://pytorch.org/docs/1.13/generated/torch.can_cast.html
bool can_cast(Dtype from, Dtype to);

}  // namespace xgrad
