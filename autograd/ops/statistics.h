/// Medians, distinct values, and samples.
#pragma once

#include "autograd/tensor/random.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The middle element in order, of an even number the lower one; NaN where there is one, and of no elements (of no integers:
/// ShapeError). Equals share the gradient. https://pytorch.org/docs/1.13/generated/torch.median.html
Tensor median(const Tensor& x);
/// Along one dimension, with the index of the element, to which the gradient goes. Throws ShapeError for no elements.
std::tuple<Tensor, Tensor> median(const Tensor& x, std::int64_t dim, bool keepdim = false);

/// The distinct elements in order, where each element of x went (x's shape), and how often each occurs. Outside the graph.
std::tuple<Tensor, Tensor, Tensor> unique(const Tensor& x);

/// Indices drawn by weights, which need not add up to 1: (n) -> (num_samples), (m, n) -> (m, num_samples). Without
/// replacement no index comes twice. Throws ShapeError for other shapes, ValueError for weights that are negative, not
/// finite or all 0, and for too many samples. https://pytorch.org/docs/1.13/generated/torch.multinomial.html
Tensor multinomial(const Tensor& weights, std::int64_t num_samples, bool replacement = false,
                   Generator generator = default_generator());

/// Normal draws with the mean and the standard deviation (not negative: ValueError) of each element, which broadcast.
/// Outside the graph. https://pytorch.org/docs/1.13/generated/torch.normal.html
Tensor normal(const Tensor& mean, const Tensor& std, Generator generator = default_generator());
Tensor normal(const Tensor& mean, double std = 1, Generator generator = default_generator());
Tensor normal(double mean, const Tensor& std, Generator generator = default_generator());
Tensor normal(double mean, double std, IntArrayRef sizes, Generator generator = default_generator(),
              TensorOptions options = {});

}  // namespace xgrad
