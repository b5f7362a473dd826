/// Losses of numbers and of distributions beyond ops/loss.h. Inputs and targets are floating-point and have one shape
/// (ShapeError); the reduction is over all elements.
#pragma once

#include "autograd/ops/loss.h"

namespace xgrad {

/// (x - t)^2 / (2 beta) where |x - t| < beta, else |x - t| - beta / 2; with beta 0 that is l1_loss. Throws ValueError for a
/// negative beta. https://pytorch.org/docs/1.13/generated/torch.nn.SmoothL1Loss.html
Tensor smooth_l1_loss(const Tensor& input, const Tensor& target, Reduction reduction = kMean, double beta = 1);
/// (x - t)^2 / 2 where |x - t| <= delta, else delta (|x - t| - delta / 2). Throws ValueError unless delta is positive.
/// Huber, 1964; https://pytorch.org/docs/1.13/generated/torch.nn.HuberLoss.html
Tensor huber_loss(const Tensor& input, const Tensor& target, Reduction reduction = kMean, double delta = 1);
/// t (log t - x) for log-probabilities x and probabilities t, 0 where t is 0; with log_target, e^t (t - x).
/// https://pytorch.org/docs/1.13/generated/torch.nn.KLDivLoss.html
Tensor kl_div(const Tensor& input, const Tensor& target, Reduction reduction = kMean, bool log_target = false);
/// e^x - t x for a predicted logarithm of the rate, or x - t log(x + eps) for the rate itself. `full` adds Stirling's
/// approximation of log(t!), t log t - t + log(2 pi t) / 2, where t > 1.
/// https://pytorch.org/docs/1.13/generated/torch.nn.PoissonNLLLoss.html
Tensor poisson_nll_loss(const Tensor& input, const Tensor& target, bool log_input = true, bool full = false,
                        double eps = 1e-8, Reduction reduction = kMean);

}  // namespace xgrad
