#include "autograd/ops/triangular.h"

#include <array>
#include <cmath>
#include <optional>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/diagonal.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// x of a x = b for one n x n matrix a and n x m numbers in b, in place. The rows of `a` are strides apart: a transposed
/// matrix is read as it lies.
template <class T>
void solve_in_place(const T* a, std::int64_t row_stride, std::int64_t column_stride, bool upper, bool unit, std::int64_t n,
                    std::int64_t m, T* x) {
  for (std::int64_t step = 0; step < n; ++step) {
    const std::int64_t i = upper ? n - 1 - step : step;
    T* row = x + i * m;
    const std::int64_t first = upper ? i + 1 : 0;
    const std::int64_t last = upper ? n : i;
    for (std::int64_t k = first; k < last; ++k) {
      const T factor = a[i * row_stride + k * column_stride];
      const T* known = x + k * m;
      for (std::int64_t j = 0; j < m; ++j) row[j] -= factor * known[j];
    }
    if (unit) continue;
    const T pivot = a[i * row_stride + i * column_stride];
    for (std::int64_t j = 0; j < m; ++j) row[j] /= pivot;
  }
}

template <class T>
bool factorise(T* matrix, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    T* row = matrix + i * n;
    for (std::int64_t j = 0; j <= i; ++j) {
      const T* other = matrix + j * n;
      T sum = row[j];
      for (std::int64_t k = 0; k < j; ++k) sum -= row[k] * other[k];
      if (i == j) {
        if (!(sum > 0)) return false;
        row[i] = std::sqrt(sum);
      } else {
        row[j] = sum / other[j];
      }
    }
    for (std::int64_t j = i + 1; j < n; ++j) row[j] = 0;
  }
  return true;
}

void require_square(const char* operation, const Tensor& a) {
  check<ShapeError>(a.dim() >= 2 && a.size(-1) == a.size(-2), "{}: expected square matrices (..., n, n), got {}", operation,
                    a.sizes());
  check<TypeError>(a.dtype() == kFloat32 || a.dtype() == kFloat64, "{}: expected float32 or float64, got {}", operation,
                   a.dtype());
}

IntArrayRef batch_sizes_of(const Tensor& x) { return {x.sizes().data(), x.sizes().size() - 2}; }

DimVector with_matrix(DimVector batch, std::int64_t rows, std::int64_t columns) {
  batch.push_back(rows);
  batch.push_back(columns);
  return batch;
}

/// The triangle that a gradient is for.
Tensor kept_triangle(const Tensor& x, bool upper, bool unitriangular) {
  return upper ? triu(x, unitriangular ? 1 : 0) : tril(x, unitriangular ? -1 : 0);
}

Tensor transposed(const Tensor& x) { return transpose(x, -2, -1); }

}  // namespace

Tensor linalg_solve_triangular(const Tensor& a, const Tensor& b, OnlyBool upper, OnlyBool left, OnlyBool unitriangular) {
  if (!left) return transposed(linalg_solve_triangular(transposed(a), transposed(b), !upper, true, unitriangular));
  const autograd::profiler::RecordFunction profiled("linalg_solve_triangular");
  require_square("linalg_solve_triangular", a);
  check<TypeError>(a.dtype() == b.dtype(), "linalg_solve_triangular: expected one dtype, got {} and {}", a.dtype(),
                   b.dtype());
  check<ShapeError>(b.dim() >= 2 && b.size(-2) == a.size(-1), "linalg_solve_triangular: {} does not fit the matrix {}",
                    b.sizes(), a.sizes());
  const std::int64_t n = a.size(-1);
  const std::int64_t m = b.size(-1);
  const DimVector batch = broadcast_shapes("linalg_solve_triangular", batch_sizes_of(a), batch_sizes_of(b));
  const std::int64_t matrices = number_of_elements(batch);
  const Tensor x = b.detach().expand(with_matrix(batch, n, m)).clone().contiguous();
  const Tensor factor = a.detach().expand(with_matrix(batch, n, n)).contiguous();
  visit_floating(x.dtype(), "linalg_solve_triangular", [&]<class T>() {
    for (std::int64_t i = 0; i < matrices; ++i) {
      solve_in_place(factor.data_ptr<T>() + i * n * n, n, 1, upper, unitriangular, n, m, x.data_ptr<T>() + i * n * m);
    }
  });
  return record("SolveTriangular", x, {a, b},
                [a = SavedTensor(a), x = SavedTensor::result(x), b_sizes = to_dims(b.sizes()), upper,
                 unitriangular](const Tensor& grad) {
                  const Tensor matrix = a.unpack();
                  const Tensor flow = linalg_solve_triangular(transposed(matrix), grad, !upper, true, unitriangular);
                  const Tensor product = -matmul(flow, transposed(x.unpack()));
                  return std::array<Tensor, 2>{sum_to(kept_triangle(product, upper, unitriangular), matrix.sizes()),
                                               sum_to(flow, b_sizes)};
                });
}

Tensor linalg_cholesky(const Tensor& a, OnlyBool upper) {
  if (upper) {
    check<ShapeError>(a.dim() >= 2, "linalg_cholesky: expected square matrices (..., n, n), got {}", a.sizes());
    return transposed(linalg_cholesky(transposed(a)));
  }
  const autograd::profiler::RecordFunction profiled("linalg_cholesky");
  require_square("linalg_cholesky", a);
  const std::int64_t n = a.size(-1);
  const Tensor factor = a.detach().clone().contiguous();
  const std::int64_t matrices = number_of_elements(batch_sizes_of(a));
  visit_floating(a.dtype(), "linalg_cholesky", [&]<class T>() {
    for (std::int64_t i = 0; i < matrices; ++i) {
      check<ValueError>(factorise(factor.data_ptr<T>() + i * n * n, n),
                        "linalg_cholesky: matrix {} is not positive definite", i);
    }
  });
  return record("Cholesky", factor, {a}, [factor = SavedTensor::result(factor)](const Tensor& grad) {
    // L^-T phi(L^T grad) L^-1, symmetric: phi takes the lower triangle and half the diagonal.
    // I. Murray, "Differentiation of the Cholesky decomposition", https://arxiv.org/abs/1602.07527
    const Tensor lower = factor.unpack();
    const Tensor product = matmul(transposed(lower), tril(grad));
    const Tensor half = tril(product) - 0.5 * diag_embed(diagonal(product, 0, -2, -1));
    const Tensor right = linalg_solve_triangular(lower, half, false, false);
    const Tensor flow = linalg_solve_triangular(transposed(lower), right, true);
    return 0.5 * (flow + transposed(flow));
  });
}

}  // namespace xgrad
