#include "distributions/multivariate_normal.h"

#include <cmath>
#include <cstdint>
#include <numbers>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/diagonal.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/random.h"
#include "autograd/ops/rearrange.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/triangular.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad::distributions {

namespace {

constexpr const char* kind = "MultivariateNormal";

/// The factor of the inverse of a positive definite matrix: flipped, its own factor is upper triangular.
Tensor factor_of_inverse(const Tensor& precision) {
  const Tensor factor = linalg_cholesky(flip(precision, {-2, -1}));
  const Tensor upper = transpose(flip(factor, {-2, -1}), -2, -1);
  return linalg_solve_triangular(upper, eye(precision.size(-1), precision.dtype()), false);
}

Tensor factor_of(const Covariance& covariance) {
  const Tensor* given = nullptr;
  int count = 0;
  for (const Tensor* matrix :
       {&covariance.covariance_matrix, &covariance.precision_matrix, &covariance.scale_tril, &covariance.diagonal}) {
    if (!matrix->defined()) continue;
    given = matrix;
    ++count;
  }
  check<ValueError>(count == 1, "{}: expected one of covariance_matrix, precision_matrix, scale_tril and diagonal, got {}",
                    kind, count);
  check<TypeError>(given->is_floating_point(), "{}: expected floating-point arguments, got {}", kind, given->dtype());
  if (given == &covariance.diagonal) {
    check<ShapeError>(given->dim() >= 1, "{}: expected a diagonal (..., n), got {}", kind, given->sizes());
    detail::require(kind, "diagonal", *given, constraints::positive());
    return diag_embed(*given);
  }
  check<ShapeError>(given->dim() >= 2 && given->size(-1) == given->size(-2), "{}: expected a matrix (..., n, n), got {}",
                    kind, given->sizes());
  if (given == &covariance.scale_tril) {
    detail::require(kind, "scale_tril", *given, constraints::lower_cholesky());
    return *given;
  }
  const char* which = given == &covariance.covariance_matrix ? "covariance_matrix" : "precision_matrix";
  check<ValueError>(!detail::validates_args() || allclose(given->detach(), given->detach().transpose(-2, -1), 1e-5, 1e-6),
                    "{}: {} must be symmetric", kind, which);
  return given == &covariance.covariance_matrix ? linalg_cholesky(*given) : factor_of_inverse(*given);
}

}  // namespace

MultivariateNormal::MultivariateNormal(const Tensor& loc, const Covariance& covariance) : DistributionOf(kind) {
  check<TypeError>(loc.is_floating_point(), "{}: expected floating-point arguments, got {}", kind, loc.dtype());
  check<ShapeError>(loc.dim() >= 1, "{}: expected loc (..., n), got {}", kind, loc.sizes());
  detail::require(kind, "loc", loc, constraints::real());
  const Tensor factor = factor_of(covariance);
  check<TypeError>(factor.dtype() == loc.dtype(), "{}: loc is {}, but the matrix {}", kind, loc.dtype(), factor.dtype());
  const std::int64_t n = loc.size(-1);
  check<ShapeError>(factor.size(-1) == n, "{}: loc {} does not fit the matrix {}", kind, loc.sizes(), factor.sizes());
  const IntArrayRef matrices = factor.sizes();
  const IntArrayRef vectors = loc.sizes();
  const DimVector batch = broadcast_shapes(kind, IntArrayRef(matrices.data(), matrices.size() - 2),
                                           IntArrayRef(vectors.data(), vectors.size() - 1));
  set_shapes(batch, {n});
  loc_ = loc.expand(detail::joined(batch, {n}));
  scale_tril_ = factor.expand(detail::joined(batch, {n, n}));
}

MultivariateNormal MultivariateNormal::expand(IntArrayRef batch_shape) const {
  const DimVector shape = expanded_shape(batch_shape);
  return MultivariateNormal(loc_.expand(shape), {.scale_tril = scale_tril_.expand(detail::joined(shape, {loc_.size(-1)}))});
}

Tensor MultivariateNormal::covariance_matrix() const { return matmul(scale_tril_, transpose(scale_tril_, -2, -1)); }

Tensor MultivariateNormal::precision_matrix() const {
  const Tensor inverse = linalg_solve_triangular(scale_tril_, eye(loc_.size(-1), dtype()), false);
  return matmul(transpose(inverse, -2, -1), inverse);
}

Tensor MultivariateNormal::rsample(IntArrayRef sample_shape) const {
  const Tensor z = randn(extended_shape(sample_shape), dtype());
  return loc_ + squeeze(matmul(scale_tril_, unsqueeze(z, -1)), -1);
}

Tensor MultivariateNormal::log_prob(const Tensor& value) const {
  const Tensor difference = checked_value(value) - loc_;
  const Tensor z = squeeze(linalg_solve_triangular(scale_tril_, unsqueeze(difference, -1), false), -1);
  const double log_two_pi = std::log(2 * std::numbers::pi) * static_cast<double>(loc_.size(-1));
  return -0.5 * (sum(square(z), -1) + log_two_pi) - sum(log(diagonal(scale_tril_, 0, -2, -1)), -1);
}

Tensor MultivariateNormal::entropy() const {
  const double constant = 0.5 * static_cast<double>(loc_.size(-1)) * (1 + std::log(2 * std::numbers::pi));
  return sum(log(diagonal(scale_tril_, 0, -2, -1)), -1) + constant;
}

Tensor MultivariateNormal::variance() const { return sum(square(scale_tril_), -1); }

}  // namespace xgrad::distributions
