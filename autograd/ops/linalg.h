/// Linear algebra out of products and reductions. Matrices are the last two dimensions, in batches. Floating-point operands
/// have one dtype (TypeError); shapes that do not fit throw ShapeError. What solves systems of equations is in solve.h and
/// triangular.h. https://pytorch.org/docs/1.13/linalg.html
#pragma once

#include <concepts>
#include <optional>
#include <string_view>

#include "autograd/ops/diagonal.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// matmul(a, b)
inline Tensor linalg_matmul(const Tensor& a, const Tensor& b) { return matmul(a, b); }
/// The product of two or more matrices, in the order that takes the fewest multiplications; the first and the last may be
/// vectors. https://pytorch.org/docs/1.13/generated/torch.linalg.multi_dot.html
Tensor linalg_multi_dot(const TensorList& matrices);
/// sum(a * b, dim), of operands that broadcast.
Tensor linalg_vecdot(const Tensor& a, const Tensor& b, OnlyInt dim = -1);
/// The vector product along a dimension of size 3 of tensors that broadcast, with equally many dimensions.
Tensor linalg_cross(const Tensor& a, const Tensor& b, OnlyInt dim = -1);
/// Diagonals of matrices, as views.
inline Tensor linalg_diagonal(const Tensor& a, std::int64_t offset = 0, OnlyInt dim1 = -2, OnlyInt dim2 = -1) {
  return diagonal(a, offset, dim1, dim2);
}
/// The product of n times the matrix; the identity for 0, and of inverses for negative n.
Tensor linalg_matrix_power(const Tensor& a, std::int64_t n);
/// linalg_matrix_power() by its older name.
inline Tensor matrix_power(const Tensor& a, std::int64_t n) { return linalg_matrix_power(a, n); }
/// Powers 0 ... n - 1 of numbers: (..., m) -> (..., m, n); n is m unless given. Throws ValueError for n < 2.
Tensor linalg_vander(const Tensor& x, std::optional<std::int64_t> n = std::nullopt);

namespace detail {
Tensor named_matrix_norm(const Tensor& x, std::string_view ord, IntArrayRef dims, bool keepdim, std::optional<Dtype> dtype);
Tensor named_norm(const Tensor& x, std::string_view ord, IntArrayRef dims, bool keepdim, std::optional<Dtype> dtype);
}  // namespace detail

/// (sum |x|^ord)^(1/ord) over `dims` (all where there are none), as norm(). In `dtype`, where one is given.
Tensor linalg_vector_norm(const Tensor& x, Scalar ord = 2, IntArrayRef dims = {}, OnlyBool keepdim = false,
                          std::optional<Dtype> dtype = std::nullopt);
inline Tensor linalg_vector_norm(const Tensor& x, Scalar ord, std::nullopt_t /*dims*/, OnlyBool keepdim = false,
                                 std::optional<Dtype> dtype = std::nullopt) {
  return linalg_vector_norm(x, ord, IntArrayRef(), keepdim, dtype);
}
/// Of matrices, in two dimensions: "fro", the root of the sum of squares; or 1 and -1, the largest and smallest sum of |x|
/// of a column; infinity and -infinity, of a row. Throws ValueError for others: 2, -2 and "nuc" ask for singular values,
/// which are not there.
Tensor linalg_matrix_norm(const Tensor& x, Scalar ord, IntArrayRef dims = {-2, -1}, OnlyBool keepdim = false,
                          std::optional<Dtype> dtype = std::nullopt);
/// The same by name, "fro" where it is left out.
Tensor linalg_matrix_norm(const Tensor& x);
Tensor linalg_matrix_norm(const Tensor& x, const std::convertible_to<std::string_view> auto& ord,
                          IntArrayRef dims = {-2, -1}, OnlyBool keepdim = false, std::optional<Dtype> dtype = std::nullopt) {
  return detail::named_matrix_norm(x, std::string_view(ord), dims, keepdim, dtype);
}
/// The vector norm over one dimension, the matrix norm over two. Without `ord`, the root of the sum of squares over
/// whichever dimensions; without dimensions, x is a vector or a matrix.
/// https://pytorch.org/docs/1.13/generated/torch.linalg.norm.html
Tensor linalg_norm(const Tensor& x, std::optional<Scalar> ord = std::nullopt, IntArrayRef dims = {},
                   OnlyBool keepdim = false, std::optional<Dtype> dtype = std::nullopt);
inline Tensor linalg_norm(const Tensor& x, std::optional<Scalar> ord, std::nullopt_t /*dims*/, OnlyBool keepdim = false,
                          std::optional<Dtype> dtype = std::nullopt) {
  return linalg_norm(x, ord, IntArrayRef(), keepdim, dtype);
}
Tensor linalg_norm(const Tensor& x, const std::convertible_to<std::string_view> auto& ord, IntArrayRef dims = {},
                   OnlyBool keepdim = false, std::optional<Dtype> dtype = std::nullopt) {
  return detail::named_norm(x, std::string_view(ord), dims, keepdim, dtype);
}

}  // namespace xgrad
