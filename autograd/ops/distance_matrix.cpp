#include "autograd/ops/distance_matrix.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/base/parallel.h"
#include "autograd/graph/record.h"
#include "autograd/graph/saved_tensor.h"
#include "autograd/kernels/distances.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/power.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/scatter.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// The gradient of each difference d, of norm y: grad sign(d) (|d| / y)^(p - 1), and 0 where either is 0.
Tensor difference_gradient(const Tensor& d, const Tensor& y, const Tensor& grad, double p) {
  if (p == 0) return zeros_like(d) * grad;
  if (p == 1) return sign(d) * grad;
  // All of the largest differences count in full, where amax would share among them.
  if (std::isinf(p)) return sign(d) * eq(abs(d), y).to(d.dtype()) * grad;
  return detail::norm_gradient(d, y, grad, p);
}

/// Work, in differences of two numbers, below which rows stay on one thread.
constexpr std::int64_t distance_grain = 1 << 16;

/// f(p's own function of a difference's size), so that the loops are compiled for each kind of norm but the Euclidean one.
template <class F>
void with_power(double p, const F& f) {
  if (p == 1) f([](double d) { return d; });
  else if (p == 0) f([](double d) { return d == 0 ? 0.0 : std::isnan(d) ? d : 1.0; });
  else f([p](double d) { return std::pow(d, p); });
}

/// For batches of rows a (b, n, m) and c (b, k, m): the p-norms of all differences, in double precision, as (b, n, k).
template <class T>
void all_distances(const Tensor& a, const Tensor& c, double p, T* out) {
  const std::int64_t n = a.size(1);
  const std::int64_t k = c.size(1);
  const std::int64_t m = a.size(2);
  if (p == 2) {
    const Tensor others = c.contiguous();
    kernels::euclidean_distances(a.data_ptr<T>(), others.data_ptr<T>(), a.size(0), n, k, m, out);
    return;
  }
  const Tensor columns = transpose(c, 1, 2).contiguous();  // so that the innermost loop runs over rows of c, side by side
  const std::int64_t grain = kernels::runs_in_part(distance_grain, k * m);
  kernels::parallel_for(0, a.size(0) * n, grain, [&](std::int64_t first, std::int64_t last) {
    std::vector<double> sums(static_cast<std::size_t>(k));
    for (std::int64_t row = first; row < last; ++row) {
      std::fill(sums.begin(), sums.end(), 0.0);
      const T* point = a.data_ptr<T>() + row * m;
      const T* others = columns.data_ptr<T>() + row / n * m * k;
      const auto add_up = [&](const auto& add) {
        for (std::int64_t i = 0; i < m; ++i) {
          const auto x = static_cast<double>(point[i]);
          for (std::int64_t j = 0; j < k; ++j) {
            double& sum = sums[static_cast<std::size_t>(j)];
            sum = add(sum, std::abs(x - static_cast<double>(others[i * k + j])));
          }
        }
      };
      if (std::isinf(p)) add_up([](double sum, double d) { return d > sum || d != d ? d : sum; });
      else with_power(p, [&](const auto& power) { add_up([&](double sum, double d) { return sum + power(d); }); });
      for (std::int64_t j = 0; j < k; ++j) {
        const double sum = sums[static_cast<std::size_t>(j)];
        const bool is_norm = p == 0 || p == 1 || std::isinf(p);
        out[row * k + j] = static_cast<T>(is_norm ? sum : std::pow(sum, 1 / p));
      }
    }
  });
}

/// The gradient of a in all_distances(a, c), whose results y have the gradients `grad`, for 0 < p < infinity: without the
/// (b, n, k, m) differences in memory.
template <class T>
void all_distances_backward(const Tensor& a, const Tensor& c, const Tensor& y, const Tensor& grad, double p, T* out) {
  const std::int64_t n = a.size(1);
  const std::int64_t k = c.size(1);
  const std::int64_t m = a.size(2);
  if (p == 2) {
    const Tensor scales = empty(y.sizes(), y.dtype());
    kernels::difference_scales(grad.data_ptr<T>(), y.data_ptr<T>(), y.numel(), scales.data_ptr<T>());
    kernels::sum_differences(scales.data_ptr<T>(), a.data_ptr<T>(), c.data_ptr<T>(), a.size(0), n, k, m, out);
    return;
  }
  const std::int64_t grain = kernels::runs_in_part(distance_grain, k * m);
  kernels::parallel_for(0, a.size(0) * n, grain, [&](std::int64_t first, std::int64_t last) {
    std::vector<double> sums(static_cast<std::size_t>(m));
    for (std::int64_t row = first; row < last; ++row) {
      std::fill(sums.begin(), sums.end(), 0.0);
      const T* point = a.data_ptr<T>() + row * m;
      for (std::int64_t j = 0; j < k; ++j) {
        const auto length = static_cast<double>(y.data_ptr<T>()[row * k + j]);
        const auto weight = static_cast<double>(grad.data_ptr<T>()[row * k + j]);
        if (length == 0) continue;
        const T* other = c.data_ptr<T>() + (row / n * k + j) * m;
        const auto add_up = [&](const auto& slope) {
          for (std::int64_t i = 0; i < m; ++i) {
            sums[static_cast<std::size_t>(i)] += slope(static_cast<double>(point[i]) - static_cast<double>(other[i]));
          }
        };
        if (p == 1) {
          add_up([=](double d) { return d == 0 ? 0.0 : std::copysign(weight, weight * d); });
        } else {
          add_up([=](double d) { return d == 0 ? 0.0 : std::copysign(std::pow(std::abs(d) / length, p - 1), d) * weight; });
        }
      }
      for (std::int64_t i = 0; i < m; ++i) out[row * m + i] = static_cast<T>(sums[static_cast<std::size_t>(i)]);
    }
  });
}

/// The gradient of a. Where it will be differentiated itself, it is composed of operations.
Tensor gradient_of_first(const Tensor& a, const Tensor& c, const Tensor& y, const Tensor& grad, double p) {
  if (must_record({a, c, y, grad}) || p == 0 || std::isinf(p)) {
    const Tensor differences = unsqueeze(a, 2) - unsqueeze(c, 1);
    return sum(difference_gradient(differences, unsqueeze(y, 3), unsqueeze(grad, 3), p), {2});
  }
  Tensor result = empty(a.sizes(), a.dtype());
  visit_floating(a.dtype(), "cdist", [&]<class T>() {
    all_distances_backward(a.contiguous(), c.contiguous(), y.contiguous(), grad.contiguous(), p, result.data_ptr<T>());
  });
  return result;
}

/// For batches of matrices.
Tensor distances_of_batches(const Tensor& a, const Tensor& c, double p) {
  Tensor y = empty({a.size(0), a.size(1), c.size(1)}, a.dtype());
  visit_floating(a.dtype(), "cdist",
                 [&]<class T>() { all_distances(a.detach().contiguous(), c.detach(), p, y.data_ptr<T>()); });
  return record(
      "Cdist", y, {a, c},
      [a = SavedTensor(a), c = SavedTensor(c), y = SavedTensor::result(y), p](const Tensor& grad, const Node& node) {
        const Tensor first = a.unpack();
        const Tensor second = c.unpack();
        const Tensor lengths = y.unpack();
        std::array<Tensor, 2> gradients;
        if (node.needs_gradient(0)) gradients[0] = gradient_of_first(first, second, lengths, grad, p);
        if (node.needs_gradient(1))
          gradients[1] = gradient_of_first(second, first, transpose(lengths, 1, 2), transpose(grad, 1, 2), p);
        return gradients;
      });
}

/// The places above the diagonal of an n x n matrix.
Tensor places_above_diagonal(std::int64_t n) {
  Tensor places = empty({n * (n - 1) / 2}, kInt64);
  auto* place = places.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = i + 1; j < n; ++j) *place++ = i * n + j;
  }
  return places;
}

/// The symmetric matrix that has these values above its diagonal, and zeros on it.
Tensor symmetric(const Tensor& values, std::int64_t n) {
  const Tensor above = index_copy(zeros({n * n}, values.dtype()), 0, places_above_diagonal(n), values);
  const Tensor square = reshape(above, {n, n});
  return square + transpose(square, 0, 1);
}

/// The gradient of x in pdist(x, 2), whose results y have the gradients `grad`.
template <class T>
void pdist_backward(const Tensor& x, const Tensor& y, const Tensor& grad, T* out) {
  const std::int64_t n = x.size(0);
  const Tensor scales = empty({n, n}, x.dtype());
  kernels::symmetric_difference_scales(grad.data_ptr<T>(), y.data_ptr<T>(), n, scales.data_ptr<T>());
  kernels::sum_differences(scales.data_ptr<T>(), x.data_ptr<T>(), x.data_ptr<T>(), 1, n, n, x.size(1), out);
}

}  // namespace

Tensor pdist(const Tensor& x, OnlyReal p) {
  const autograd::profiler::RecordFunction profiled("pdist");
  check<TypeError>(x.is_floating_point(), "pdist: expected a floating-point tensor, got {}", x.dtype());
  check<ShapeError>(x.dim() == 2, "pdist: expected a matrix, got {}", x.sizes());
  check<ValueError>(p >= 0, "pdist: p must not be negative, got {}", p);
  const std::int64_t n = x.size(0);
  Tensor y = empty({n * (n - 1) / 2}, x.dtype());
  visit_floating(x.dtype(), "pdist", [&]<class T>() {
    const Tensor all = empty({n, n}, x.dtype());
    const Tensor rows = unsqueeze(x.detach().contiguous(), 0);
    all_distances(rows, rows, p, all.data_ptr<T>());
    T* target = y.data_ptr<T>();
    for (std::int64_t i = 0; i < n; ++i) {
      const T* const row = all.data_ptr<T>() + i * n;
      target = std::copy(row + i + 1, row + n, target);
    }
  });
  return record("Pdist", y, {x}, [x = SavedTensor(x), y = SavedTensor::result(y), p](const Tensor& grad) {
    const Tensor points = x.unpack();
    const Tensor lengths = y.unpack();
    if (p == 2 && !must_record({points, lengths, grad})) {
      Tensor gradient = empty(points.sizes(), points.dtype());
      visit_floating(points.dtype(), "pdist", [&]<class T>() {
        pdist_backward(points.detach().contiguous(), lengths, grad.contiguous(), gradient.data_ptr<T>());
      });
      return gradient;
    }
    const std::int64_t rows = points.size(0);
    const Tensor batch = unsqueeze(points, 0);
    const Tensor gradient =
        gradient_of_first(batch, batch, unsqueeze(symmetric(lengths, rows), 0), unsqueeze(symmetric(grad, rows), 0), p);
    return reshape(gradient, points.sizes());
  });
}

Tensor cdist(const Tensor& x1, const Tensor& x2, OnlyReal p, std::optional<std::int64_t> /*compute_mode*/) {
  const autograd::profiler::RecordFunction profiled("cdist");
  check<TypeError>(x1.is_floating_point() && x1.dtype() == x2.dtype(),
                   "cdist: expected floating-point tensors of one dtype, got {} and {}", x1.dtype(), x2.dtype());
  check<ShapeError>(x1.dim() >= 2 && x2.dim() >= 2 && x1.size(-1) == x2.size(-1),
                    "cdist: expected matrices with rows of one length, got {} and {}", x1.sizes(), x2.sizes());
  check<ValueError>(p >= 0, "cdist: p must not be negative, got {}", p);
  const auto batch = [](const Tensor& x) { return x.sizes().slice(0, x.sizes().size() - 2); };
  DimVector sizes = broadcast_shapes("cdist", batch(x1), batch(x2));
  const std::int64_t batches = number_of_elements(sizes);
  const auto as_batches = [&](const Tensor& x) {
    DimVector expanded = sizes;
    expanded.push_back(x.size(-2));
    expanded.push_back(x.size(-1));
    return reshape(detail::expanded(x, expanded), {batches, x.size(-2), x.size(-1)});
  };
  const Tensor y = distances_of_batches(as_batches(x1), as_batches(x2), p);
  sizes.push_back(x1.size(-2));
  sizes.push_back(x2.size(-2));
  return reshape(y, sizes);
}

}  // namespace xgrad
