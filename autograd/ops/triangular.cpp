#include "autograd/ops/triangular.h"

#include <array>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/factorizations.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/diagonal.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/matrices.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// The triangle that a gradient is for.
Tensor kept_triangle(const Tensor& x, bool upper, bool unitriangular) {
  return upper ? triu(x, unitriangular ? 1 : 0) : tril(x, unitriangular ? -1 : 0);
}

}  // namespace

Tensor linalg_solve_triangular(const Tensor& a, const Tensor& b, OnlyBool upper, OnlyBool left, OnlyBool unitriangular) {
  if (!left) return swapped(linalg_solve_triangular(swapped(a), swapped(b), !upper, true, unitriangular));
  const autograd::profiler::RecordFunction profiled("linalg_solve_triangular");
  require_squares("linalg_solve_triangular", a);
  check<TypeError>(a.dtype() == b.dtype(), "linalg_solve_triangular: expected one dtype, got {} and {}", a.dtype(),
                   b.dtype());
  check<ShapeError>(b.dim() >= 2 && b.size(-2) == a.size(-1), "linalg_solve_triangular: {} does not fit the matrix {}",
                    b.sizes(), a.sizes());
  const std::int64_t n = a.size(-1);
  const std::int64_t m = b.size(-1);
  const DimVector batch = broadcast_shapes("linalg_solve_triangular", leading_sizes(a), leading_sizes(b));
  const std::int64_t matrices = number_of_elements(batch);
  const Tensor x = b.detach().expand(of_matrices(batch, n, m)).clone();
  const Tensor expanded = a.detach().expand(of_matrices(batch, n, n));
  // A transposed matrix is read as it lies.
  const bool turned = !expanded.is_contiguous() && swapped(expanded).is_contiguous();
  const Tensor factor = turned ? swapped(expanded) : expanded.contiguous();
  const kernels::Triangle triangle{upper != turned, turned, unitriangular};
  visit_floating(x.dtype(), "linalg_solve_triangular", [&]<class T>() {
    kernels::solve_triangular(triangle, matrices, n, m, factor.data_ptr<T>(), x.data_ptr<T>());
  });
  return record("SolveTriangular", x, {a, b},
                [a = SavedTensor(a), x = SavedTensor::result(x), b_sizes = to_dims(b.sizes()), upper,
                 unitriangular](const Tensor& grad) {
                  const Tensor matrix = a.unpack();
                  const Tensor flow = linalg_solve_triangular(swapped(matrix), grad, !upper, true, unitriangular);
                  const Tensor product = -matmul(flow, swapped(x.unpack()));
                  return std::array<Tensor, 2>{sum_to(kept_triangle(product, upper, unitriangular), matrix.sizes()),
                                               sum_to(flow, b_sizes)};
                });
}

Tensor linalg_cholesky(const Tensor& a, OnlyBool upper) {
  if (upper) {
    check<ShapeError>(a.dim() >= 2, "linalg_cholesky: expected square matrices (..., n, n), got {}", a.sizes());
    return swapped(linalg_cholesky(swapped(a)));
  }
  const autograd::profiler::RecordFunction profiled("linalg_cholesky");
  require_squares("linalg_cholesky", a);
  const std::int64_t n = a.size(-1);
  const Tensor factor = a.detach().clone();
  const std::int64_t matrices = number_of_elements(leading_sizes(a));
  visit_floating(a.dtype(), "linalg_cholesky", [&]<class T>() {
    const std::int64_t refused = kernels::factorise_cholesky(matrices, n, factor.data_ptr<T>());
    check<ValueError>(refused < 0, "linalg_cholesky: matrix {} is not positive definite", refused);
  });
  return record("Cholesky", factor, {a}, [factor = SavedTensor::result(factor)](const Tensor& grad) {
    // L^-T phi(L^T grad) L^-1, symmetric: phi takes the lower triangle and half the diagonal.
    // I. Murray, "Differentiation of the Cholesky decomposition", https://arxiv.org/abs/1602.07527
    const Tensor lower = factor.unpack();
    const Tensor product = matmul(swapped(lower), tril(grad));
    const Tensor half = tril(product) - 0.5 * diag_embed(diagonal(product, 0, -2, -1));
    const Tensor right = linalg_solve_triangular(lower, half, false, false);
    const Tensor flow = linalg_solve_triangular(swapped(lower), right, true);
    return 0.5 * (flow + swapped(flow));
  });
}

}  // namespace xgrad
