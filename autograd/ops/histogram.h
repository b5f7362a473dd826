/// Histograms over edges, in one dimension and in several. Outside the graph.
#pragma once

#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Counts and bin edges: how many elements lie in each of `bins` parts of equal width of `range` (lowest, highest); without
/// a range, of the smallest to the largest element. A bin holds its left edge, the last one its right edge too; elements
/// outside do not count. With weights (x's shape and dtype), their sums; with `density`, divided by the total and the
/// widths. In x's dtype, counted in double precision. Throws TypeError for integers, ValueError for no bins or a range that
/// is not finite or upside down, ShapeError for other weights. https://pytorch.org/docs/1.13/generated/torch.histogram.html
std::tuple<Tensor, Tensor> histogram(const Tensor& x, std::int64_t bins = 100, const std::vector<double>& range = {},
                                     const Tensor& weight = {}, OnlyBool density = false);
/// The same between given edges: a vector that increases (ValueError).
std::tuple<Tensor, Tensor> histogram(const Tensor& x, const Tensor& edges, const Tensor& weight = {},
                                     OnlyBool density = false);
/// Histograms of points: x is (..., n), and dimension i of the result counts the bins of coordinate i. `range` has two
/// numbers for each coordinate. https://pytorch.org/docs/1.13/generated/torch.histogramdd.html
std::tuple<Tensor, TensorList> histogramdd(const Tensor& x, IntArrayRef bins, const std::vector<double>& range = {},
                                           const Tensor& weight = {}, OnlyBool density = false);
/// The same between given edges, a vector for each coordinate.
std::tuple<Tensor, TensorList> histogramdd(const Tensor& x, const TensorList& edges, const Tensor& weight = {},
                                           OnlyBool density = false);

}  // namespace xgrad
