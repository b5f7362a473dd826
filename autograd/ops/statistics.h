/// Medians, and samples.
#pragma once

#include "autograd/ops/random.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The middle element in order, of an even number the lower one; NaN where there is one, and of no elements (of no integers:
/// ShapeError). Equals share the gradient. https://pytorch.org/docs/1.13/generated/torch.median.html
Tensor median(const Tensor& x);
/// Along one dimension, with the index of the element, to which the gradient goes. Throws ShapeError for no elements.
std::tuple<Tensor, Tensor> median(const Tensor& x, std::int64_t dim, bool keepdim = false);

/// The middle of the elements that are not NaN; NaN where there are none.
Tensor nanmedian(const Tensor& x);
std::tuple<Tensor, Tensor> nanmedian(const Tensor& x, std::int64_t dim, bool keepdim = false);
/// The k-th smallest element along a dimension, counted from 1, and its index; the gradient goes there. Throws ValueError
/// where the dimension has fewer.
std::tuple<Tensor, Tensor> kthvalue(const Tensor& x, std::int64_t k, std::int64_t dim = -1, bool keepdim = false);
/// The most frequent element along a dimension, of several the smallest, and the last index where it stands; the gradient
/// goes there. Throws ShapeError for no elements.
std::tuple<Tensor, Tensor> mode(const Tensor& x, std::int64_t dim = -1, bool keepdim = false);

void median(const Tensor& x, NoDimension auto dim, auto&&... rest) = delete;
void nanmedian(const Tensor& x, NoDimension auto dim, auto&&... rest) = delete;
void mode(const Tensor& x, NoDimension auto dim, auto&&... rest) = delete;
void kthvalue(const Tensor& x, NoDimension auto dim, auto&&... rest) = delete;

/// The covariances of variables: x (variables, observations), or (observations) for one. The sums are divided by the number
/// of observations less `correction`. With weights, one for each observation, an observation counts `fweights` (integers)
/// times, and by `aweights` more or less. Throws ShapeError for more dimensions and other numbers of weights, ValueError for
/// negative ones, TypeError for fractions in fweights. https://pytorch.org/docs/1.13/generated/torch.cov.html
Tensor cov(const Tensor& x, std::int64_t correction = 1, const OptionalTensor& fweights = std::nullopt,
           const OptionalTensor& aweights = std::nullopt);
/// Pearson's correlations of variables, limited to [-1, 1].
Tensor corrcoef(const Tensor& x);

/// How often each of 0, 1, ... comes in a vector of integers that are not negative (ValueError), or the sum of its weights;
/// at least `minlength` counts. Outside the graph. https://pytorch.org/docs/1.13/generated/torch.bincount.html
Tensor bincount(const Tensor& x, const Tensor& weights = {}, std::int64_t minlength = 0);
/// How many elements lie in each of `bins` parts of equal width of [min, max], in x's dtype; of the smallest to the largest
/// element where min and max are equal. Elements outside do not count. Throws ValueError for min > max or no bins, TypeError
/// for integers. https://pytorch.org/docs/1.13/generated/torch.histc.html
Tensor histc(const Tensor& x, std::int64_t bins = 100, Scalar min = 0, Scalar max = 0);

/// Indices drawn by weights, which need not add up to 1: (n) -> (num_samples), (m, n) -> (m, num_samples). Without
/// replacement no index comes twice. Throws ShapeError for other shapes, ValueError for weights that are negative, not
/// finite or all 0, and for too many samples. https://pytorch.org/docs/1.13/generated/torch.multinomial.html
Tensor multinomial(const Tensor& weights, std::int64_t num_samples, bool replacement = false,
                   std::optional<Generator> generator = std::nullopt);

/// Normal draws with the mean and the standard deviation (not negative: ValueError) of each element, which broadcast.
/// Outside the graph. https://pytorch.org/docs/1.13/generated/torch.normal.html
Tensor normal(const Tensor& mean, const Tensor& std, std::optional<Generator> generator = std::nullopt);
Tensor normal(const Tensor& mean, double std = 1, std::optional<Generator> generator = std::nullopt);
Tensor normal(double mean, const Tensor& std, std::optional<Generator> generator = std::nullopt);
Tensor normal(double mean, double std, IntArrayRef sizes, std::optional<Generator> generator = std::nullopt,
              TensorOptions options = {});

}  // namespace xgrad
