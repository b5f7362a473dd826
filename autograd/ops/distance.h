/// Products of, and distances between, vectors that lie along one dimension.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// y_k = x1^T W_k x2 + bias_k over the last dimensions: (..., n), (..., m) with W (out, n, m) and bias (out) -> (..., out).
/// Throws ShapeError. https://pytorch.org/docs/1.13/generated/torch.nn.functional.bilinear.html
Tensor bilinear(const Tensor& x1, const Tensor& x2, const Tensor& weight, const Tensor& bias = {});
/// x1 . x2 / (max(|x1|, eps) max(|x2|, eps)) along `dim`; the inputs broadcast.
/// https://pytorch.org/docs/1.13/generated/torch.nn.functional.cosine_similarity.html
Tensor cosine_similarity(const Tensor& x1, const Tensor& x2, OnlyInt dim = 1, double eps = 1e-8);
/// The p-norm of x1 - x2 + eps along the last dimension; the inputs broadcast.
/// https://pytorch.org/docs/1.13/generated/torch.nn.functional.pairwise_distance.html
Tensor pairwise_distance(const Tensor& x1, const Tensor& x2, OnlyReal p = 2, double eps = 1e-6, OnlyBool keepdim = false);
/// x / max(|x|_p, eps) along `dim`. https://pytorch.org/docs/1.13/generated/torch.nn.functional.normalize.html
Tensor normalize(const Tensor& x, OnlyReal p = 2, OnlyInt dim = 1, double eps = 1e-12);

}  // namespace xgrad
