#include "autograd/ops/integration.h"

#include <algorithm>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/nan_reduce.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// y[i] + y[i + 1] along a dimension.
Tensor pair_sums(const char* operation, const Tensor& y, std::int64_t dim) {
  check<ShapeError>(y.dim() > 0, "{}: a number has no dimension to integrate along", operation);
  const std::int64_t axis = wrap_dim(operation, dim, y.dim());
  const std::int64_t pairs = std::max<std::int64_t>(0, y.size(axis) - 1);
  return narrow(y, axis, y.size(axis) - pairs, pairs) + narrow(y, axis, 0, pairs);
}

/// The distances of neighbouring places, in a shape that broadcasts with pair_sums().
Tensor steps_between(const char* operation, const Tensor& y, const Tensor& x, std::int64_t dim) {
  check<ShapeError>(x.dim() > 0 && y.dim() > 0, "{}: expected places of samples, got shapes {} and {}", operation, x.sizes(),
                    y.sizes());
  const std::int64_t axis = wrap_dim(operation, dim, y.dim());
  Tensor places = x;
  if (x.dim() == 1) {
    check<ShapeError>(x.numel() == y.size(axis), "{}: {} places for {} samples", operation, x.numel(), y.size(axis));
    DimVector along(y.sizes().size(), 1);
    along[static_cast<std::size_t>(axis)] = x.numel();
    places = view(x.contiguous(), along);
  }
  const std::int64_t x_axis = axis - y.dim() + places.dim();
  check<ShapeError>(x_axis >= 0 && places.size(x_axis) == y.size(axis), "{}: places {} do not fit samples {}", operation,
                    x.sizes(), y.sizes());
  return diff(places, 1, x_axis);
}

/// The derivative along one dimension, where h[i] is the distance from sample i to the next, as (n - 1, 1, 1, ...), and all
/// of them are alike or not.
Tensor derivative(const Tensor& x, std::int64_t axis, const Tensor& h, bool alike, std::int64_t edge_order) {
  const std::int64_t n = x.size(axis);
  const Tensor rows = transpose(x, axis, 0);
  const auto row = [&](std::int64_t i) { return narrow(rows, 0, i < 0 ? n + i : i, 1); };
  const auto step = [&](std::int64_t i) { return narrow(h, 0, i < 0 ? n - 1 + i : i, 1); };
  Tensor first = (row(1) - row(0)) / step(0);
  Tensor last = (row(-1) - row(-2)) / step(-1);
  if (edge_order == 2) {
    const auto corrected = [](const Tensor& near, const Tensor& far, const Tensor& h1, const Tensor& h2) {
      return near + (near - far) * (h1 / (h1 + h2));
    };
    first = corrected(first, (row(2) - row(1)) / step(1), step(0), step(1));
    last = corrected(last, (row(-2) - row(-3)) / step(-2), step(-1), step(-2));
  }
  TensorList parts = {first};
  if (n > 2 && alike) {
    parts.push_back((narrow(rows, 0, 2, n - 2) - narrow(rows, 0, 0, n - 2)) / (step(0) * 2));
  } else if (n > 2) {
    // The slopes to the left and to the right, weighted so that parabolas come out exactly.
    const Tensor slopes = (narrow(rows, 0, 1, n - 1) - narrow(rows, 0, 0, n - 1)) / h;
    const Tensor before = narrow(h, 0, 0, n - 2);
    const Tensor after = narrow(h, 0, 1, n - 2);
    parts.push_back((narrow(slopes, 0, 0, n - 2) * after + narrow(slopes, 0, 1, n - 2) * before) / (before + after));
  }
  parts.push_back(last);
  return transpose(cat(parts, 0), axis, 0);
}

TensorList derivatives(const Tensor& x, IntArrayRef dims, std::int64_t edge_order, const TensorList* coordinates,
                       Scalar spacing) {
  check<ValueError>(edge_order == 1 || edge_order == 2, "gradient: edge_order must be 1 or 2, got {}", edge_order);
  DimVector axes;
  for (std::int64_t dim = 0; dims.empty() && dim < x.dim(); ++dim) axes.push_back(dim);
  for (const std::int64_t dim : dims) axes.push_back(wrap_dim("gradient", dim, x.dim()));
  check<ShapeError>(coordinates == nullptr || coordinates->size() == axes.size(),
                    "gradient: {} coordinates for {} dimensions", coordinates == nullptr ? 0 : coordinates->size(),
                    axes.size());
  const Tensor samples = to(x, x.is_floating_point() ? x.dtype() : default_dtype());
  TensorList results;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    check<ShapeError>(x.dim() > 0, "gradient: a number has no dimension to derive along");
    const std::int64_t n = x.size(axes[i]);
    check<ShapeError>(n > edge_order, "gradient: {} samples along dimension {} are too few", n, axes[i]);
    Tensor h = expand(full({1}, spacing, samples.dtype()), {n - 1});
    if (coordinates != nullptr) {
      const Tensor& places = (*coordinates)[i];
      check<ShapeError>(places.dim() == 1 && places.numel() == n, "gradient: places of shape {} for {} samples",
                        places.sizes(), n);
      h = diff(to(places, samples.dtype()));
    }
    DimVector along(x.sizes().size(), 1);
    along[0] = n - 1;
    results.push_back(derivative(samples, axes[i], view(h, along), coordinates == nullptr, edge_order));
  }
  return results;
}

}  // namespace

Tensor trapezoid(const Tensor& y, const Tensor& x, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("trapezoid");
  return sum(pair_sums("trapezoid", y, dim) * steps_between("trapezoid", y, x, dim), {dim}) / 2;
}
Tensor trapezoid(const Tensor& y, Scalar dx, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("trapezoid");
  return sum(pair_sums("trapezoid", y, dim), {dim}) * (dx.to<double>() / 2);
}
Tensor cumulative_trapezoid(const Tensor& y, const Tensor& x, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("cumulative_trapezoid");
  return cumsum(pair_sums("cumulative_trapezoid", y, dim) * steps_between("cumulative_trapezoid", y, x, dim), dim) / 2;
}
Tensor cumulative_trapezoid(const Tensor& y, Scalar dx, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("cumulative_trapezoid");
  return cumsum(pair_sums("cumulative_trapezoid", y, dim), dim) * (dx.to<double>() / 2);
}

TensorList gradient(const Tensor& x, Scalar spacing, IntArrayRef dims, std::int64_t edge_order) {
  const autograd::profiler::RecordFunction profiled("gradient");
  return derivatives(x, dims, edge_order, nullptr, spacing);
}
TensorList gradient(const Tensor& x, const TensorList& coordinates, IntArrayRef dims, std::int64_t edge_order) {
  const autograd::profiler::RecordFunction profiled("gradient");
  return derivatives(x, dims, edge_order, &coordinates, 1);
}

}  // namespace xgrad
