/// Linear algebra under the names that it has in torch::linalg: each is the function with linalg_ before its name.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>

#include "autograd/ops/linalg.h"
#include "autograd/ops/solve.h"
#include "autograd/ops/triangular.h"

namespace xgrad::linalg {

/// Systems of equations, determinants and factors.
/// @{
inline Tensor cholesky(const Tensor& a) { return linalg_cholesky(a); }
inline Tensor det(const Tensor& a) { return linalg_det(a); }
inline Tensor inv(const Tensor& a) { return linalg_inv(a); }
inline std::tuple<Tensor, Tensor> slogdet(const Tensor& a) { return linalg_slogdet(a); }
inline Tensor solve(const Tensor& a, const Tensor& b, OnlyBool left = true) { return linalg_solve(a, b, left); }
inline Tensor solve_triangular(const Tensor& a, const Tensor& b, OnlyBool upper, OnlyBool left = true,
                               OnlyBool unitriangular = false) {
  return linalg_solve_triangular(a, b, upper, left, unitriangular);
}
inline Tensor tensorinv(const Tensor& a, std::int64_t ind = 2) { return linalg_tensorinv(a, ind); }
inline Tensor tensorsolve(const Tensor& a, const Tensor& b, IntArrayRef dims = {}) { return linalg_tensorsolve(a, b, dims); }
/// @}
/// Products and norms.
/// @{
inline Tensor matrix_power(const Tensor& a, std::int64_t n) { return linalg_matrix_power(a, n); }
inline Tensor multi_dot(const TensorList& matrices) { return linalg_multi_dot(matrices); }
inline Tensor norm(const Tensor& x, std::optional<Scalar> ord = std::nullopt, IntArrayRef dims = {},
                   OnlyBool keepdim = false, std::optional<Dtype> dtype = std::nullopt) {
  return linalg_norm(x, ord, dims, keepdim, dtype);
}
inline Tensor norm(const Tensor& x, std::optional<Scalar> ord, std::nullopt_t dims, OnlyBool keepdim = false,
                   std::optional<Dtype> dtype = std::nullopt) {
  return linalg_norm(x, ord, dims, keepdim, dtype);
}
Tensor norm(const Tensor& x, const std::convertible_to<std::string_view> auto& ord, IntArrayRef dims = {},
            OnlyBool keepdim = false, std::optional<Dtype> dtype = std::nullopt) {
  return linalg_norm(x, ord, dims, keepdim, dtype);
}
inline Tensor vector_norm(const Tensor& x, Scalar ord = 2, IntArrayRef dims = {}, OnlyBool keepdim = false,
                          std::optional<Dtype> dtype = std::nullopt) {
  return linalg_vector_norm(x, ord, dims, keepdim, dtype);
}
inline Tensor vector_norm(const Tensor& x, Scalar ord, std::nullopt_t dims, OnlyBool keepdim = false,
                          std::optional<Dtype> dtype = std::nullopt) {
  return linalg_vector_norm(x, ord, dims, keepdim, dtype);
}
inline Tensor matrix_norm(const Tensor& x, Scalar ord, IntArrayRef dims = {-2, -1}, OnlyBool keepdim = false,
                          std::optional<Dtype> dtype = std::nullopt) {
  return linalg_matrix_norm(x, ord, dims, keepdim, dtype);
}
inline Tensor matrix_norm(const Tensor& x) { return linalg_matrix_norm(x); }
Tensor matrix_norm(const Tensor& x, const std::convertible_to<std::string_view> auto& ord, IntArrayRef dims = {-2, -1},
                   OnlyBool keepdim = false, std::optional<Dtype> dtype = std::nullopt) {
  return linalg_matrix_norm(x, ord, dims, keepdim, dtype);
}
/// @}

}  // namespace xgrad::linalg
