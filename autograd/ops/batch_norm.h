/// Normalisation over the batch.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// (x - mean) / sqrt(variance + eps) * weight + bias for each channel of x (N, C) or (N, C, ...). While training, or without
/// running statistics, mean and (biased) variance are those of the batch, and the running ones, where defined, move towards
/// the batch's mean and unbiased variance by `momentum`, in place; else the running ones are used. All but x have the shape
/// (C), and may be undefined. Throws ShapeError, TypeError; ValueError while training on a single value for each channel.
/// Ioffe and Szegedy, 2015, https://arxiv.org/abs/1502.03167
Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var, const Tensor& weight = {},
                  const Tensor& bias = {}, OnlyBool training = false, double momentum = 0.1, double eps = 1e-5);

}  // namespace xgrad
