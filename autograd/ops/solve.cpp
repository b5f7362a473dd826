#include "autograd/ops/solve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/factorizations.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/diagonal.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/matrices.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/triangular.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// L U of matrices with their rows in another order, and that order: kernels::factorise_lu().
struct Factors {
  Tensor lu;
  Tensor pivots;

  std::int64_t matrices() const { return number_of_elements(leading_sizes(lu)); }
};

Factors factorised(const char* operation, const Tensor& a) {
  const Tensor lu = swapped(a.detach()).clone();
  const Tensor pivots = empty(lu.sizes().slice(0, lu.sizes().size() - 1), kInt32);
  Factors factors{lu, pivots};
  visit_floating(a.dtype(), operation, [&]<class T>() {
    kernels::factorise_lu(factors.matrices(), a.size(-1), lu.data_ptr<T>(), pivots.data_ptr<std::int32_t>());
  });
  return factors;
}

void require_invertible(const char* operation, const Factors& factors) {
  const Tensor pivots = diagonal(factors.lu, 0, -2, -1).contiguous();
  visit_floating(pivots.dtype(), operation, [&]<class T>() {
    const T* first = pivots.data_ptr<T>();
    const T* zero = std::find(first, first + pivots.numel(), T(0));
    check<ValueError>(zero == first + pivots.numel(), "{}: matrix {} has no inverse", operation,
                      (zero - first) / std::max<std::int64_t>(1, pivots.size(-1)));
  });
}

/// The x of a x = b, or of a^T x = b where `transposed`, for matrices b.
Tensor solve_with(const char* operation, const Factors& factors, bool transposed, const Tensor& b) {
  const std::int64_t n = factors.lu.size(-1);
  const std::int64_t m = b.size(-1);
  const DimVector batch = broadcast_shapes(operation, leading_sizes(factors.lu), leading_sizes(b));
  Tensor x = b.detach().expand(of_matrices(batch, n, m)).clone();
  const Tensor lu = factors.lu.expand(of_matrices(batch, n, n)).contiguous();
  const Tensor pivots = factors.pivots.expand(lu.sizes().slice(0, lu.sizes().size() - 1)).contiguous();
  visit_floating(x.dtype(), operation, [&]<class T>() {
    kernels::solve_lu(transposed, number_of_elements(batch), n, m, lu.data_ptr<T>(), pivots.data_ptr<std::int32_t>(),
                      x.data_ptr<T>());
  });
  return x;
}

/// The x of a x = b, for matrices b.
Tensor solve_matrices(const char* operation, const Tensor& a, const Tensor& b) {
  const Factors factors = factorised(operation, a);
  require_invertible(operation, factors);
  const Tensor x = solve_with(operation, factors, false, b);
  return record("LinalgSolve", x, {a, b},
                [a = SavedTensor(a), x = SavedTensor::result(x), factors, b_sizes = to_dims(b.sizes()), operation](
                    const Tensor& grad, const Node& node) {
                  const Tensor matrix = a.unpack();
                  const Tensor flow = GradMode::is_enabled() ? solve_matrices(operation, swapped(matrix), grad)
                                                             : solve_with(operation, factors, true, grad);
                  std::array<Tensor, 2> gradients;
                  if (node.needs_gradient(0)) {
                    gradients[0] = sum_to(-matmul(flow, swapped(x.unpack())), matrix.sizes());
                  }
                  if (node.needs_gradient(1)) gradients[1] = sum_to(flow, b_sizes);
                  return gradients;
                });
}

}  // namespace

Tensor linalg_solve(const Tensor& a, const Tensor& b, OnlyBool left) {
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
  const Factors factors = factorised("linalg_inv", a);
  require_invertible("linalg_inv", factors);
  const Tensor inverse = solve_with("linalg_inv", factors, false, eye(a.size(-1), a.dtype()));
  return record("LinalgInv", inverse, {a}, [inverse = SavedTensor::result(inverse)](const Tensor& grad) {
    const Tensor turned = swapped(inverse.unpack());
    return -matmul(turned, matmul(grad, turned));
  });
}

namespace {

/// Of each matrix: function(its number, the diagonal of U, the sign of the rows' order).
template <class Function>
void visit_pivots(const char* operation, const Factors& factors, const Function& function) {
  const std::int64_t n = factors.lu.size(-1);
  visit_floating(factors.lu.dtype(), operation, [&]<class T>() {
    std::vector<T> diagonal(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < factors.matrices(); ++i) {
      const T* lu = factors.lu.data_ptr<T>() + i * n * n;
      const auto* pivots = factors.pivots.data_ptr<std::int32_t>() + i * n;
      int sign = 1;
      for (std::int64_t k = 0; k < n; ++k) {
        diagonal[static_cast<std::size_t>(k)] = lu[k * n + k];
        if (pivots[k] != k + 1) sign = -sign;
      }
      function(i, diagonal, sign);
    }
  });
}

/// The transposed inverse, times a number for each matrix.
Tensor scaled_inverse(const char* operation, const Tensor& a, const Factors& factors, const Tensor& factor) {
  const Tensor identity = eye(a.size(-1), a.dtype());
  Tensor inverse;
  if (GradMode::is_enabled()) {
    inverse = solve_matrices(operation, swapped(a), identity);
  } else {
    require_invertible(operation, factors);
    inverse = solve_with(operation, factors, true, identity);
  }
  return inverse * unsqueeze(unsqueeze(factor, -1), -1);
}

}  // namespace

Tensor linalg_det(const Tensor& a) {
  const autograd::profiler::RecordFunction profiled("linalg_det");
  require_squares("linalg_det", a);
  const Tensor y = empty(leading_sizes(a), a.dtype());
  const Factors factors = factorised("linalg_det", a);
  visit_pivots("linalg_det", factors, [&]<class T>(std::int64_t i, const std::vector<T>& pivots, int sign) {
    T product = static_cast<T>(sign);
    for (const T pivot : pivots) product *= pivot;
    y.data_ptr<T>()[i] = product;
  });
  return record("LinalgDet", y, {a}, [a = SavedTensor(a), y = SavedTensor::result(y), factors](const Tensor& grad) {
    return scaled_inverse("linalg_det", a.unpack(), factors, grad * y.unpack());
  });
}

std::tuple<Tensor, Tensor> linalg_slogdet(const Tensor& a) {
  const autograd::profiler::RecordFunction profiled("linalg_slogdet");
  require_squares("linalg_slogdet", a);
  const Tensor signs = empty(leading_sizes(a), a.dtype());
  const Tensor logarithms = empty(leading_sizes(a), a.dtype());
  const Factors factors = factorised("linalg_slogdet", a);
  visit_pivots("linalg_slogdet", factors, [&]<class T>(std::int64_t i, const std::vector<T>& pivots, int sign) {
    T product = static_cast<T>(sign);
    T total = 0;
    for (const T pivot : pivots) {
      product = pivot == 0 ? T(0) : pivot < 0 ? -product : product;
      total += std::log(std::abs(pivot));
    }
    signs.data_ptr<T>()[i] = product;
    logarithms.data_ptr<T>()[i] = total;
  });
  const Tensor recorded = record("LinalgSlogdet", logarithms, {a}, [a = SavedTensor(a), factors](const Tensor& grad) {
    return scaled_inverse("linalg_slogdet", a.unpack(), factors, grad);
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

Tensor cholesky(const Tensor& a, OnlyBool upper) { return linalg_cholesky(a, upper); }

Tensor cholesky_solve(const Tensor& b, const Tensor& factor, OnlyBool upper) {
  const Tensor lower = upper ? swapped(factor) : factor;
  return linalg_solve_triangular(swapped(lower), linalg_solve_triangular(lower, b, false), true);
}

Tensor cholesky_inverse(const Tensor& factor, OnlyBool upper) {
  require_squares("cholesky_inverse", factor);
  return cholesky_solve(eye(factor.size(-1), factor.dtype()), factor, upper);
}

std::tuple<Tensor, Tensor> triangular_solve(const Tensor& b, const Tensor& a, OnlyBool upper, OnlyBool transposed,
                                            OnlyBool unitriangular) {
  require_squares("triangular_solve", a);
  const Tensor matrix = transposed ? swapped(a) : a;
  return {linalg_solve_triangular(matrix, b, upper != transposed, true, unitriangular), a.clone()};
}

}  // namespace xgrad
