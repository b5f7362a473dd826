/// Sums of products beyond matmul, running products, and layer normalisation.
#pragma once

#include <string>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Einstein's summation: "bij,bjk->bik". A letter names a dimension; letters that the result leaves out are summed over, a
/// letter twice in one operand takes its diagonal, "..." stands for leading dimensions that broadcast, and without "->" the
/// result has the letters that come once, in order. Operands are multiplied from left to right, each pair as one batch of
/// matrix products: floating-point, of one dtype (TypeError). Throws ValueError for an equation that makes no sense,
/// ShapeError where sizes do not fit it. https://pytorch.org/docs/1.13/generated/torch.einsum.html
Tensor einsum(const std::string& equation, const TensorList& operands);
/// beta * bias + alpha * a b, with (b, n, k) (b, k, m) and a bias that broadcasts to (b, n, m). Throws ShapeError.
Tensor baddbmm(const Tensor& bias, const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1);
/// Running products along a dimension; bool and integers multiply to int64. The gradient is right next to zeros too.
Tensor cumprod(const Tensor& x, OnlyInt dim);
/// The same of x in another dtype.
inline Tensor cumprod(const Tensor& x, OnlyInt dim, std::optional<Dtype> dtype) {
  return dtype ? cumprod(x.to(*dtype), dim).to(*dtype) : cumprod(x, dim);
}
/// (x - mean) / sqrt(variance + eps) * weight + bias, over the last dimensions, which `normalized_shape` names (ShapeError).
/// Weight and bias have that shape and may be undefined. Ba et al., https://arxiv.org/abs/1607.06450
Tensor layer_norm(const Tensor& x, IntArrayRef normalized_shape, const Tensor& weight = {}, const Tensor& bias = {},
                  double eps = 1e-5);

}  // namespace xgrad
