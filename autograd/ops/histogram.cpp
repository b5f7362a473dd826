#include "autograd/ops/histogram.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/kernels/search.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/nan_reduce.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// (..., n) as points (count, n).
Tensor as_points(const char* operation, const Tensor& x) {
  check<TypeError>(x.dtype() == kFloat32 || x.dtype() == kFloat64, "{}: expected float32 or float64, got {}", operation,
                   x.dtype());
  check<ShapeError>(x.dim() >= 1 && x.size(-1) > 0, "{}: expected points (..., n), got shape {}", operation, x.sizes());
  return reshape(x.detach(), {x.numel() / x.size(-1), x.size(-1)}).contiguous();
}

Tensor even_edges(const char* operation, const Tensor& coordinate, std::int64_t bins, double low, double high, bool given) {
  check<ValueError>(bins > 0, "{}: expected at least one bin, got {}", operation, bins);
  if (!given && coordinate.numel() > 0) {
    low = min(coordinate).item<double>();
    high = max(coordinate).item<double>();
  } else if (!given) {
    high = 1;
  }
  check<ValueError>(std::isfinite(low) && std::isfinite(high) && low <= high, "{}: there are no bins from {} to {}",
                    operation, low, high);
  if (low == high) {
    low -= 0.5;
    high += 0.5;
  }
  return linspace(low, high, bins + 1, coordinate.dtype());
}

/// The bins of a coordinate.
template <class T>
struct Axis {
  explicit Axis(const Tensor& border) : edges(border.data_ptr<T>()), bins(border.numel() - 1) {
    per_unit = static_cast<T>(bins) / (edges[bins] - edges[0]);
  }

  /// In which of them a value lies; -1 outside. Most edges are even: what they would say is tried first.
  std::int64_t bin_of(T value) const {
    if (!(value >= edges[0] && value <= edges[bins])) return -1;
    const T even = (value - edges[0]) * per_unit;
    const auto guess = even < static_cast<T>(bins) ? static_cast<std::int64_t>(even) : bins - 1;
    if (value >= edges[guess] && value < edges[guess + 1]) return guess;
    const std::int64_t below = kernels::partition_point(bins + 1, [&](std::int64_t i) { return edges[i] <= value; });
    return std::min(below, bins) - 1;
  }

  const T* edges;
  std::int64_t bins;
  T per_unit;
};

std::tuple<Tensor, TensorList> count_points(const char* operation, const Tensor& points, const TensorList& edges,
                                            const Tensor& weight, bool density) {
  const std::int64_t coordinates = points.size(1);
  check<ShapeError>(static_cast<std::int64_t>(edges.size()) == coordinates, "{}: edges of {} coordinates for points of {}",
                    operation, edges.size(), coordinates);
  check<ShapeError>(!weight.defined() || weight.numel() == points.size(0), "{}: {} weights for {} points", operation,
                    weight.defined() ? weight.numel() : 0, points.size(0));
  check<TypeError>(!weight.defined() || weight.dtype() == points.dtype(), "{}: weights of {} for points of {}", operation,
                   weight.defined() ? weight.dtype() : points.dtype(), points.dtype());
  TensorList borders;
  DimVector sizes;
  for (const Tensor& edge : edges) {
    check<ShapeError>(edge.dim() == 1 && edge.numel() > 1, "{}: expected a vector of at least two edges, got shape {}",
                      operation, edge.sizes());
    check<TypeError>(edge.dtype() == points.dtype(), "{}: edges of {} for points of {}", operation, edge.dtype(),
                     points.dtype());
    borders.push_back(edge.detach().contiguous());
    sizes.push_back(edge.numel() - 1);
  }
  const Tensor weights = weight.defined() ? reshape(weight.detach(), {-1}).contiguous() : Tensor();
  const Tensor sums = zeros(sizes, kFloat64);
  visit_floating(points.dtype(), operation, [&]<class T>() {
    std::vector<Axis<T>> axes;
    for (const Tensor& border : borders) {
      const Axis<T>& axis = axes.emplace_back(border);
      check<ValueError>(std::is_sorted(axis.edges, axis.edges + axis.bins + 1), "{}: the edges do not increase", operation);
    }
    const T* point = points.data_ptr<T>();
    const T* const counted = weights.defined() ? weights.data_ptr<T>() : nullptr;
    auto* const totals = sums.data_ptr<double>();
    for (std::int64_t i = 0; i < points.size(0); ++i, point += coordinates) {
      std::int64_t place = 0;
      for (std::int64_t d = 0; place >= 0 && d < coordinates; ++d) {
        const Axis<T>& axis = axes[static_cast<std::size_t>(d)];
        const std::int64_t bin = axis.bin_of(point[d]);
        place = bin < 0 ? -1 : place * axis.bins + bin;
      }
      if (place >= 0) totals[place] += counted != nullptr ? static_cast<double>(counted[i]) : 1;
    }
  });
  Tensor counts = sums;
  if (density) {
    counts = counts / sum(counts);
    for (std::size_t d = 0; d < borders.size(); ++d) {
      DimVector along(sizes.size(), 1);
      along[d] = sizes[d];
      counts = counts / view(diff(to(borders[d], kFloat64)), along);
    }
  }
  return {to(counts, points.dtype()), borders};
}

std::tuple<Tensor, Tensor> only_one(std::tuple<Tensor, TensorList> counted) {
  return {std::get<0>(counted), std::get<1>(counted)[0]};
}

void check_weight_shape(const Tensor& x, const Tensor& weight) {
  check<ShapeError>(!weight.defined() || weight.sizes() == x.sizes(), "histogram: weights of shape {} for shape {}",
                    weight.defined() ? weight.sizes() : x.sizes(), x.sizes());
}

}  // namespace

std::tuple<Tensor, Tensor> histogram(const Tensor& x, std::int64_t bins, const std::vector<double>& range,
                                     const Tensor& weight, OnlyBool density) {
  const autograd::profiler::RecordFunction profiled("histogram");
  check<ValueError>(range.empty() || range.size() == 2, "histogram: expected a range of two numbers, got {}", range.size());
  check_weight_shape(x, weight);
  const Tensor points = as_points("histogram", reshape(x, {x.numel(), 1}));
  const Tensor edges =
      even_edges("histogram", points, bins, range.empty() ? 0 : range[0], range.empty() ? 0 : range[1], !range.empty());
  return only_one(count_points("histogram", points, {edges}, weight, density));
}

std::tuple<Tensor, Tensor> histogram(const Tensor& x, const Tensor& edges, const Tensor& weight, OnlyBool density) {
  const autograd::profiler::RecordFunction profiled("histogram");
  check_weight_shape(x, weight);
  return only_one(count_points("histogram", as_points("histogram", reshape(x, {x.numel(), 1})), {edges}, weight, density));
}

std::tuple<Tensor, TensorList> histogramdd(const Tensor& x, IntArrayRef bins, const std::vector<double>& range,
                                           const Tensor& weight, OnlyBool density) {
  const autograd::profiler::RecordFunction profiled("histogramdd");
  const Tensor points = as_points("histogramdd", x);
  check<ShapeError>(static_cast<std::int64_t>(bins.size()) == points.size(1),
                    "histogramdd: {} numbers of bins for points {}", bins.size(), points.sizes());
  check<ValueError>(range.empty() || range.size() == 2 * bins.size(),
                    "histogramdd: a range of {} numbers for {} coordinates", range.size(), bins.size());
  TensorList edges;
  for (std::size_t d = 0; d < bins.size(); ++d) {
    edges.push_back(even_edges("histogramdd", select(points, 1, static_cast<std::int64_t>(d)), bins[d],
                               range.empty() ? 0 : range[2 * d], range.empty() ? 0 : range[2 * d + 1], !range.empty()));
  }
  return count_points("histogramdd", points, edges, weight, density);
}

std::tuple<Tensor, TensorList> histogramdd(const Tensor& x, const TensorList& edges, const Tensor& weight,
                                           OnlyBool density) {
  const autograd::profiler::RecordFunction profiled("histogramdd");
  return count_points("histogramdd", as_points("histogramdd", x), edges, weight, density);
}

}  // namespace xgrad
