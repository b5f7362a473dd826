/// Losses of numbers as modules. Formulas, shapes and errors: autograd/ops/loss.h and regression_loss.h.
#pragma once

#include "autograd/base/arg.h"
#include "autograd/base/fields.h"
#include "autograd/ops/loss.h"
#include "autograd/tensor/tensor.h"
#include "nn/layer.h"
#include "nn/module.h"

namespace xgrad::nn {

struct MSELossOptions {
  MSELossOptions(Reduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  XGRAD_ARG(Reduction, reduction);
  XGRAD_FIELDS(kept(reduction));
};

/// (x - t)^2 https://pytorch.org/docs/1.13/generated/torch.nn.MSELoss.html
struct MSELossImpl : Layer<MSELossImpl, MSELossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& input, const Tensor& target) const;
};
XGRAD_MODULE(MSELoss);

struct L1LossOptions {
  L1LossOptions(Reduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  XGRAD_ARG(Reduction, reduction);
  XGRAD_FIELDS(kept(reduction));
};

/// |x - t| https://pytorch.org/docs/1.13/generated/torch.nn.L1Loss.html
struct L1LossImpl : Layer<L1LossImpl, L1LossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& input, const Tensor& target) const;
};
XGRAD_MODULE(L1Loss);

struct SmoothL1LossOptions {
  SmoothL1LossOptions(Reduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  XGRAD_ARG(Reduction, reduction);
  XGRAD_ARG(double, beta) = 1;  ///< where the square becomes a line
  XGRAD_FIELDS(kept(reduction), kept(beta));
};

/// (x - t)^2 / (2 beta) where |x - t| < beta, else |x - t| - beta / 2.
/// https://pytorch.org/docs/1.13/generated/torch.nn.SmoothL1Loss.html
struct SmoothL1LossImpl : Layer<SmoothL1LossImpl, SmoothL1LossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& input, const Tensor& target) const;
};
XGRAD_MODULE(SmoothL1Loss);

struct HuberLossOptions {
  HuberLossOptions(Reduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  XGRAD_ARG(Reduction, reduction);
  XGRAD_ARG(double, delta) = 1;  ///< where the square becomes a line
  XGRAD_FIELDS(kept(reduction), kept(delta));
};

/// (x - t)^2 / 2 where |x - t| <= delta, else delta (|x - t| - delta / 2).
/// https://pytorch.org/docs/1.13/generated/torch.nn.HuberLoss.html
struct HuberLossImpl : Layer<HuberLossImpl, HuberLossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& input, const Tensor& target) const;
};
XGRAD_MODULE(HuberLoss);

}  // namespace xgrad::nn
