/// Losses of numbers as modules. Formulas, shapes and errors: autograd/ops/loss.h and regression_loss.h.
#pragma once

#include "autograd/base/arg.h"
#include "autograd/ops/loss.h"
#include "nn/cloneable.h"

namespace xgrad::nn {

/// Options of MSELoss.
struct MSELossOptions {
  /// With the other options at their defaults.
  MSELossOptions(Reduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction);
};

/// (x - t)^2 https://pytorch.org/docs/1.13/generated/torch.nn.MSELoss.html
class MSELossImpl : public Cloneable<MSELossImpl> {
 public:
  /// From its options.
  explicit MSELossImpl(const MSELossOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  MSELossOptions options;
};
XGRAD_MODULE(MSELoss);

/// Options of L1Loss.
struct L1LossOptions {
  /// With the other options at their defaults.
  L1LossOptions(Reduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction);
};

/// |x - t| https://pytorch.org/docs/1.13/generated/torch.nn.L1Loss.html
class L1LossImpl : public Cloneable<L1LossImpl> {
 public:
  /// From its options.
  explicit L1LossImpl(const L1LossOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  L1LossOptions options;
};
XGRAD_MODULE(L1Loss);

/// Options of SmoothL1Loss.
struct SmoothL1LossOptions {
  /// With the other options at their defaults.
  SmoothL1LossOptions(Reduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction);
  /// Where the square becomes a line.
  XGRAD_ARG(double, beta) = 1;
};

/// (x - t)^2 / (2 beta) where |x - t| < beta, else |x - t| - beta / 2. https://pytorch.org/docs/1.13/generated/torch.nn.SmoothL1Loss.html
class SmoothL1LossImpl : public Cloneable<SmoothL1LossImpl> {
 public:
  /// From its options.
  explicit SmoothL1LossImpl(const SmoothL1LossOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  SmoothL1LossOptions options;
};
XGRAD_MODULE(SmoothL1Loss);

/// Options of HuberLoss.
struct HuberLossOptions {
  /// With the other options at their defaults.
  HuberLossOptions(Reduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction);
  /// Where the square becomes a line.
  XGRAD_ARG(double, delta) = 1;
};

/// (x - t)^2 / 2 where |x - t| <= delta, else delta (|x - t| - delta / 2). https://pytorch.org/docs/1.13/generated/torch.nn.HuberLoss.html
class HuberLossImpl : public Cloneable<HuberLossImpl> {
 public:
  /// From its options.
  explicit HuberLossImpl(const HuberLossOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  HuberLossOptions options;
};
XGRAD_MODULE(HuberLoss);

}  // namespace xgrad::nn
