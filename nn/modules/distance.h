/// CosineSimilarity and PairwiseDistance. Formulas, shapes and errors: autograd/ops/distance.h.
#pragma once

#include <cstdint>

#include "autograd/base/arg.h"
#include "autograd/base/fields.h"
#include "autograd/tensor/tensor.h"
#include "nn/layer.h"
#include "nn/module.h"

namespace xgrad::nn {

struct CosineSimilarityOptions {
  XGRAD_ARG(std::int64_t, dim) = 1;  ///< the dimension along which vectors lie
  XGRAD_ARG(double, eps) = 1e-8;     ///< the least length of a vector
  XGRAD_FIELDS(shown(dim), shown(eps));
};

/// The cosine of the angle of vectors. https://pytorch.org/docs/1.13/generated/torch.nn.CosineSimilarity.html
struct CosineSimilarityImpl : Layer<CosineSimilarityImpl, CosineSimilarityOptions> {
  using Layer::Layer;
  /// One number for each pair of vectors.
  Tensor forward(const Tensor& x1, const Tensor& x2) const;
};
XGRAD_MODULE(CosineSimilarity);

struct PairwiseDistanceOptions {
  XGRAD_ARG(double, p) = 2;          ///< the norm
  XGRAD_ARG(double, eps) = 1e-6;     ///< added to the differences
  XGRAD_ARG(bool, keepdim) = false;  ///< whether the last dimension stays, with size 1
  XGRAD_FIELDS(shown(p), shown(eps), shown(keepdim));
};

/// The p-norm of x1 - x2 + eps. https://pytorch.org/docs/1.13/generated/torch.nn.PairwiseDistance.html
struct PairwiseDistanceImpl : Layer<PairwiseDistanceImpl, PairwiseDistanceOptions> {
  using Layer::Layer;
  /// One number for each pair of vectors.
  Tensor forward(const Tensor& x1, const Tensor& x2) const;
};
XGRAD_MODULE(PairwiseDistance);

}  // namespace xgrad::nn
