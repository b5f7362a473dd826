#include "autograd/ops/solve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/triangular.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// L without its diagonal of ones, and U, of the rows of an n x n matrix in another order, in its place. Pivots are the
/// largest of their columns. `order` becomes the rows' order. Returns the sign of the order.
template <class T>
int decompose(T* matrix, std::int64_t n, std::vector<std::int64_t>& order) {
  int sign = 1;
  for (std::int64_t i = 0; i < n; ++i) order[static_cast<std::size_t>(i)] = i;
  for (std::int64_t k = 0; k < n; ++k) {
    std::int64_t largest = k;
    for (std::int64_t i = k + 1; i < n; ++i) {
      if (std::abs(matrix[i * n + k]) > std::abs(matrix[largest * n + k])) largest = i;
    }
    if (largest != k) {
      for (std::int64_t j = 0; j < n; ++j) std::swap(matrix[k * n + j], matrix[largest * n + j]);
      std::swap(order[static_cast<std::size_t>(k)], order[static_cast<std::size_t>(largest)]);
      sign = -sign;
    }
    const T pivot = matrix[k * n + k];
    if (pivot == 0) continue;
    for (std::int64_t i = k + 1; i < n; ++i) {
      const T factor = matrix[i * n + k] /= pivot;
      if (factor == 0) continue;
      for (std::int64_t j = k + 1; j < n; ++j) matrix[i * n + j] -= factor * matrix[k * n + j];
    }
  }
  return sign;
}

/// L U x = b, for n x m numbers b whose rows have the order of L, in place.
template <class T>
void substitute(const T* lu, std::int64_t n, std::int64_t m, T* x) {
  const auto subtract = [&](std::int64_t i, std::int64_t k) {
    const T factor = lu[i * n + k];
    for (std::int64_t j = 0; j < m; ++j) x[i * m + j] -= factor * x[k * m + j];
  };
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t k = 0; k < i; ++k) subtract(i, k);
  }
  for (std::int64_t i = n - 1; i >= 0; --i) {
    for (std::int64_t k = i + 1; k < n; ++k) subtract(i, k);
    for (std::int64_t j = 0; j < m; ++j) x[i * m + j] /= lu[i * n + i];
  }
}

void require_squares(const char* operation, const Tensor& a) {
  check<ShapeError>(a.dim() >= 2 && a.size(-1) == a.size(-2), "{}: expected square matrices (..., n, n), got {}", operation,
                    a.sizes());
  check<TypeError>(a.dtype() == kFloat32 || a.dtype() == kFloat64, "{}: expected float32 or float64, got {}", operation,
                   a.dtype());
}

IntArrayRef leading_sizes(const Tensor& x) { return x.sizes().slice(0, x.sizes().size() - 2); }

Tensor swapped(const Tensor& x) { return transpose(x, -2, -1); }

/// The sizes of a batch, of one of matrices.
DimVector of_matrices(DimVector batch, std::int64_t rows, std::int64_t columns) {
  batch.push_back(rows);
  batch.push_back(columns);
  return batch;
}

/// The x of a x = b, for matrices b.
Tensor solve_matrices(const char* operation, const Tensor& a, const Tensor& b) {
  const std::int64_t n = a.size(-1);
  const std::int64_t m = b.size(-1);
  const DimVector batch = broadcast_shapes(operation, leading_sizes(a), leading_sizes(b));
  const Tensor x = empty(of_matrices(batch, n, m), a.dtype());
  const Tensor factors = a.detach().expand(of_matrices(batch, n, n)).clone();
  const Tensor right = b.detach().expand(of_matrices(batch, n, m)).contiguous();
  const std::int64_t matrices = number_of_elements(batch);
  visit_floating(a.dtype(), operation, [&]<class T>() {
    std::vector<std::int64_t> order(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < matrices; ++i) {
      T* lu = factors.data_ptr<T>() + i * n * n;
      decompose(lu, n, order);
      for (std::int64_t k = 0; k < n; ++k) {
        check<ValueError>(lu[k * n + k] != 0, "{}: matrix {} has no inverse", operation, i);
      }
      const T* from = right.data_ptr<T>() + i * n * m;
      T* to = x.data_ptr<T>() + i * n * m;
      for (std::int64_t row = 0; row < n; ++row) {
        const std::int64_t source = order[static_cast<std::size_t>(row)];
        for (std::int64_t j = 0; j < m; ++j) to[row * m + j] = from[source * m + j];
      }
      substitute(lu, n, m, to);
    }
  });
  return record("LinalgSolve", x, {a, b},
                [a = SavedTensor(a), x = SavedTensor::result(x), b_sizes = to_dims(b.sizes()), operation](const Tensor& grad,
                                                                                                          const Node& node) {
                  const Tensor matrix = a.unpack();
                  const Tensor flow = solve_matrices(operation, swapped(matrix), grad);
                  std::array<Tensor, 2> gradients;
                  if (node.needs_gradient(0)) {
                    gradients[0] = sum_to(-matmul(flow, swapped(x.unpack())), matrix.sizes());
                  }
                  if (node.needs_gradient(1)) gradients[1] = sum_to(flow, b_sizes);
                  return gradients;
                });
}

}  // namespace

Tensor linalg_solve(const Tensor& a, const Tensor& b, bool left) {
  const autograd::profiler::RecordFunction profiled("linalg_solve");
  require_squares("linalg_solve", a);
  check<TypeError>(a.dtype() == b.dtype(), "linalg_solve: expected one dtype, got {} and {}", a.dtype(), b.dtype());
  const bool of_vectors = b.dim() == 1 || (b.dim() == a.dim() - 1 && b.sizes() == a.sizes().slice(0, b.sizes().size()));
  if (of_vectors) {
    check<ShapeError>(left && b.size(-1) == a.size(-1), "linalg_solve: {} does not fit the matrix {}", b.sizes(), a.sizes());
    return squeeze(solve_matrices("linalg_solve", a, unsqueeze(b, -1)), -1);
  }
  check<ShapeError>(b.dim() >= 2 && b.size(left ? -2 : -1) == a.size(-1), "linalg_solve: {} does not fit the matrix {}",
                    b.sizes(), a.sizes());
  if (left) return solve_matrices("linalg_solve", a, b);
  return swapped(solve_matrices("linalg_solve", swapped(a), swapped(b)));
}

Tensor linalg_inv(const Tensor& a) {
  const autograd::profiler::RecordFunction profiled("linalg_inv");
  require_squares("linalg_inv", a);
  return solve_matrices("linalg_inv", a, eye(a.size(-1), a.dtype()));
}

namespace {

/// Of each matrix: function(the diagonal of U, the sign of the rows' order).
template <class Function>
void visit_pivots(const char* operation, const Tensor& a, const Function& function) {
  const std::int64_t n = a.size(-1);
  const Tensor factors = a.detach().clone();
  const std::int64_t matrices = number_of_elements(leading_sizes(a));
  visit_floating(a.dtype(), operation, [&]<class T>() {
    std::vector<std::int64_t> order(static_cast<std::size_t>(n));
    std::vector<T> pivots(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < matrices; ++i) {
      T* lu = factors.data_ptr<T>() + i * n * n;
      const int sign = decompose(lu, n, order);
      for (std::int64_t k = 0; k < n; ++k) pivots[static_cast<std::size_t>(k)] = lu[k * n + k];
      function(i, pivots, sign);
    }
  });
}

/// The transposed inverse, times a number for each matrix.
Tensor scaled_inverse(const char* operation, const Tensor& a, const Tensor& factor) {
  return swapped(solve_matrices(operation, a, eye(a.size(-1), a.dtype()))) * unsqueeze(unsqueeze(factor, -1), -1);
}

}  // namespace

Tensor linalg_det(const Tensor& a) {
  const autograd::profiler::RecordFunction profiled("linalg_det");
  require_squares("linalg_det", a);
  const Tensor y = empty(leading_sizes(a), a.dtype());
  visit_pivots("linalg_det", a, [&]<class T>(std::int64_t i, const std::vector<T>& pivots, int sign) {
    T product = static_cast<T>(sign);
    for (const T pivot : pivots) product *= pivot;
    y.data_ptr<T>()[i] = product;
  });
  return record("LinalgDet", y, {a}, [a = SavedTensor(a), y = SavedTensor::result(y)](const Tensor& grad) {
    return scaled_inverse("linalg_det", a.unpack(), grad * y.unpack());
  });
}

std::tuple<Tensor, Tensor> linalg_slogdet(const Tensor& a) {
  const autograd::profiler::RecordFunction profiled("linalg_slogdet");
  require_squares("linalg_slogdet", a);
  const Tensor signs = empty(leading_sizes(a), a.dtype());
  const Tensor logarithms = empty(leading_sizes(a), a.dtype());
  visit_pivots("linalg_slogdet", a, [&]<class T>(std::int64_t i, const std::vector<T>& pivots, int sign) {
    T product = static_cast<T>(sign);
    T total = 0;
    for (const T pivot : pivots) {
      product = pivot == 0 ? T(0) : pivot < 0 ? -product : product;
      total += std::log(std::abs(pivot));
    }
    signs.data_ptr<T>()[i] = product;
    logarithms.data_ptr<T>()[i] = total;
  });
  const Tensor recorded = record("LinalgSlogdet", logarithms, {a}, [a = SavedTensor(a)](const Tensor& grad) {
    return scaled_inverse("linalg_slogdet", a.unpack(), grad);
  });
  return {signs, recorded};
}

Tensor logdet(const Tensor& a) {
  const auto [signs, logarithms] = linalg_slogdet(a);
  return where(lt(signs, 0), full({}, std::nan(""), a.dtype()), logarithms);
}

Tensor linalg_tensorinv(const Tensor& a, std::int64_t ind) {
  check<ValueError>(ind > 0 && ind <= a.dim(), "linalg_tensorinv: ind must lie in [1, {}], got {}", a.dim(), ind);
  const auto first = static_cast<std::size_t>(ind);
  const IntArrayRef to = a.sizes().slice(0, first);
  const IntArrayRef from = a.sizes().slice(first);
  const std::int64_t n = number_of_elements(to);
  check<ShapeError>(n == number_of_elements(from), "linalg_tensorinv: {} and {} have different numbers of elements", to,
                    from);
  DimVector sizes = to_dims(from);
  for (const std::int64_t size : to) sizes.push_back(size);
  return reshape(linalg_inv(reshape(a, {n, n})), sizes);
}

Tensor linalg_tensorsolve(const Tensor& given, const Tensor& b, IntArrayRef dims) {
  Tensor a = given;
  if (!dims.empty()) {
    std::vector<bool> moves(std::max<std::size_t>(1, a.sizes().size()), false);  // a number, too, has a dimension 0
    DimVector behind;
    for (const std::int64_t dim : dims) {
      behind.push_back(wrap_dim("linalg_tensorsolve", dim, a.dim()));
      check<IndexError>(!moves[static_cast<std::size_t>(behind.back())],
                        "linalg_tensorsolve: dimension {} comes twice in {}", dim, dims);
      moves[static_cast<std::size_t>(behind.back())] = true;
    }
    DimVector order;
    for (std::int64_t dim = 0; dim < a.dim(); ++dim) {
      if (!moves[static_cast<std::size_t>(dim)]) order.push_back(dim);
    }
    for (const std::int64_t dim : behind) order.push_back(dim);
    a = permute(a, order);
  }
  const std::size_t leading = b.sizes().size();
  check<ShapeError>(a.sizes().size() >= leading && a.sizes().slice(0, leading) == b.sizes() &&
                        number_of_elements(a.sizes().slice(leading)) == b.numel(),
                    "linalg_tensorsolve: {} does not fit {}: expected its sizes, and others of the same product", a.sizes(),
                    b.sizes());
  const IntArrayRef sizes = a.sizes().slice(leading);
  return reshape(linalg_solve(reshape(a, {b.numel(), b.numel()}), reshape(b, {-1})), sizes);
}

Tensor cholesky(const Tensor& a, bool upper) { return linalg_cholesky(a, upper); }

Tensor cholesky_solve(const Tensor& b, const Tensor& factor, bool upper) {
  const Tensor lower = upper ? swapped(factor) : factor;
  return linalg_solve_triangular(swapped(lower), linalg_solve_triangular(lower, b, false), true);
}

Tensor cholesky_inverse(const Tensor& factor, bool upper) {
  require_squares("cholesky_inverse", factor);
  return cholesky_solve(eye(factor.size(-1), factor.dtype()), factor, upper);
}

std::tuple<Tensor, Tensor> triangular_solve(const Tensor& b, const Tensor& a, bool upper, bool transposed,
                                            bool unitriangular) {
  require_squares("triangular_solve", a);
  const Tensor matrix = transposed ? swapped(a) : a;
  return {linalg_solve_triangular(matrix, b, upper != transposed, true, unitriangular), a.clone()};
}

}  // namespace xgrad
