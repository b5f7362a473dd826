/// Random numbers of the gamma distribution and vectors of the Dirichlet distribution, with implicit gradients: how a draw
/// moves when an argument does and its place in the distribution stays. Both throw ValueError for concentrations that are
/// negative or NaN, TypeError for integers. The gradients have no gradients. https://arxiv.org/abs/1805.08498
#pragma once

#include "autograd/ops/random.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// A draw of the density x^(c - 1) e^-x / Gamma(c) for each concentration c; 0 for 0. Marsaglia and Tsang, 2000: "A simple
/// method for generating gamma variables".
Tensor standard_gamma(const Tensor& concentration, Generator generator = default_generator());
/// Probabilities along the last dimension with the density product p_k^(c_k - 1) (up to a constant), for concentrations c.
/// Throws ShapeError without dimensions.
Tensor sample_dirichlet(const Tensor& concentration, Generator generator = default_generator());

}  // namespace xgrad
