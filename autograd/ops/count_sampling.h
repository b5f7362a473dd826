/// Random counts. Results are outside the graph, and contiguous.
#pragma once

#include "autograd/ops/random.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// A Poisson number for each rate. Throws ValueError for a rate that is negative or NaN, TypeError for integers.
/// Hoermann, 1993: "The transformed rejection method for generating Poisson random variables".
/// https://pytorch.org/docs/1.13/generated/torch.poisson.html
Tensor poisson(const Tensor& rate, Generator generator = default_generator());
/// How many of `count` chances of probability `prob` come true, for each element of both, which broadcast. Throws ValueError
/// for counts that are negative and for what is no probability, TypeError for integers.
/// Hoermann, 1993: "The generation of binomial random variates".
Tensor binomial(const Tensor& count, const Tensor& prob, Generator generator = default_generator());

}  // namespace xgrad
