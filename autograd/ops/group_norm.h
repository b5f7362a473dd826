/// Normalisation of single examples, over groups of channels. Inputs are (N, C) or (N, C, ...), floating-point (TypeError).
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// (x - mean) / sqrt(variance + eps) over each of `groups` groups of neighbouring channels of an example, times weight (C)
/// plus bias (C) of the channel, both of which may be undefined. Throws ShapeError for other vectors, ValueError where the
/// channels do not make so many groups. Wu and He, 2018, https://arxiv.org/abs/1803.08494
Tensor group_norm(const Tensor& x, std::int64_t groups, const Tensor& weight = {}, const Tensor& bias = {},
                  double eps = 1e-5, bool cudnn_enabled = true);

/// The same over each channel of an example by itself, of an input (N, C, ...), with the (biased) variance of its places,
/// or, unless `use_input_stats`, with the running statistics, which else move towards the mean over the examples of theirs
/// by `momentum`. All but x have the shape (C), and may be undefined. Throws ShapeError; ValueError for a single place, and
/// where there are no statistics. Ulyanov et al., 2016, https://arxiv.org/abs/1607.08022
Tensor instance_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var, const Tensor& weight = {},
                     const Tensor& bias = {}, bool use_input_stats = true, double momentum = 0.1, double eps = 1e-5);
/// The same, and batch_norm, in libtorch's order of arguments.
/// @{
Tensor instance_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& running_mean,
                     const Tensor& running_var, bool use_input_stats, double momentum, double eps, bool cudnn_enabled);
Tensor batch_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& running_mean,
                  const Tensor& running_var, bool training, double momentum, double eps, bool cudnn_enabled);
/// @}

/// x / (k + alpha * the mean of x^2 over `size` neighbouring channels)^beta; channels beyond the ends count as 0. Throws
/// ValueError for a size below 1, ShapeError for fewer than three dimensions.
/// https://pytorch.org/docs/1.13/generated/torch.nn.LocalResponseNorm.html
Tensor local_response_norm(const Tensor& x, std::int64_t size, double alpha = 1e-4, double beta = 0.75, double k = 1);

}  // namespace xgrad
