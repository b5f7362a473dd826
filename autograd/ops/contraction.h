/// Sums of products over chosen dimensions, and chains of matrix products.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The sum of the products over the dimensions `a_dims` of a and `b_dims` of b, pair by pair; the result has the other
/// dimensions of a, then those of b. One matrix product. A dimension of size 1 is repeated to its partner's. Throws
/// ShapeError where sizes or numbers of dimensions differ, TypeError as matmul().
/// https://pytorch.org/docs/1.13/generated/torch.tensordot.html
Tensor tensordot(const Tensor& a, const Tensor& b, IntArrayRef a_dims, IntArrayRef b_dims);
/// The product of matrices, multiplied in the order that takes the fewest operations. Throws ShapeError for tensors that are
/// no matrices or do not fit, ValueError for none. Cormen et al., Introduction to Algorithms, section 15.2.
/// https://pytorch.org/docs/1.13/generated/torch.chain_matmul.html
Tensor chain_matmul(const TensorList& matrices);

}  // namespace xgrad
