/// Products of vectors, and of matrices with vectors. Floating-point operands have one dtype (TypeError); shapes that do not
/// fit throw ShapeError.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// beta * bias + alpha * matrix vector, with a bias that broadcasts to (n): (n, k) (k) -> (n)
Tensor addmv(const Tensor& bias, const Tensor& matrix, const Tensor& vector, Scalar beta = 1, Scalar alpha = 1);
/// beta * bias + alpha * outer(a, b), with a bias that broadcasts to (n, m)
Tensor addr(const Tensor& bias, const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1);
/// beta * bias + alpha * the sum over the batch of a b: (b, n, k) (b, k, m) -> (n, m)
Tensor addbmm(const Tensor& bias, const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1);
/// Sums of the products along the last dimensions: (..., k) (***, k) -> (..., ***); with a 0-d tensor, the product.
Tensor inner(const Tensor& a, const Tensor& b);
/// Sum of the products of two vectors, as dot().
Tensor vdot(const Tensor& a, const Tensor& b);
/// All products of two vectors, as outer().
Tensor ger(const Tensor& a, const Tensor& b);
/// Every element of a times b, in blocks. https://pytorch.org/docs/1.13/generated/torch.kron.html
Tensor kron(const Tensor& a, const Tensor& b);
/// The vector product along a dimension of size 3, by default the first such. The other dimensions broadcast where `dim` is
/// given. https://pytorch.org/docs/1.13/generated/torch.cross.html
Tensor cross(const Tensor& a, const Tensor& b, std::optional<OnlyInt> dim = std::nullopt);

}  // namespace xgrad
