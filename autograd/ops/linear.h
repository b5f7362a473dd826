/// Matrix products. All operands have one floating-point dtype (TypeError); shapes that do not fit throw ShapeError.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The product by the number of dimensions: dot product of vectors, matrix and vector, matrices, and batches of matrices
/// whose leading dimensions broadcast. https://pytorch.org/docs/1.13/generated/torch.matmul.html
Tensor matmul(const Tensor& a, const Tensor& b);
/// (n, k) (k, m) -> (n, m)
Tensor mm(const Tensor& a, const Tensor& b);
/// (n, k) (k) -> (n)
Tensor mv(const Tensor& a, const Tensor& b);
/// (b, n, k) (b, k, m) -> (b, n, m)
Tensor bmm(const Tensor& a, const Tensor& b);
/// Sum of the products of two vectors.
Tensor dot(const Tensor& a, const Tensor& b);
/// All products of two vectors: (n) (m) -> (n, m)
Tensor outer(const Tensor& a, const Tensor& b);
/// beta * bias + alpha * a b
Tensor addmm(const Tensor& bias, const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1);
/// x W^T + bias over the last dimension of x: (..., in) with W (out, in) and bias (out) -> (..., out)
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias = {});

namespace detail {
/// beta * bias + alpha * product, for a bias that broadcasts to the product (ShapeError). With beta 0 the bias counts for
/// nothing, NaN included.
Tensor scaled_sum(const char* operation, const Tensor& bias, const Tensor& product, Scalar beta, Scalar alpha);
}  // namespace detail

}  // namespace xgrad
