/// Losses as modules. Formulas, shapes and errors: autograd/ops/loss.h.
#pragma once

#include "autograd/ops/loss.h"
#include "autograd/tensor/arg.h"
#include "nn/module.h"

namespace xgrad::nn {

struct CrossEntropyLossOptions {
  XGRAD_ARG(Tensor, weight);
  XGRAD_ARG(std::int64_t, ignore_index) = -100;
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_ARG(double, label_smoothing) = 0;
};

/// https://pytorch.org/docs/1.13/generated/torch.nn.CrossEntropyLoss.html
struct CrossEntropyLossImpl : Module {
  explicit CrossEntropyLossImpl(const CrossEntropyLossOptions& options = {});
  Tensor forward(const Tensor& input, const Tensor& target) const;
  CrossEntropyLossOptions options;
};
XGRAD_MODULE(CrossEntropyLoss);

struct NLLLossOptions {
  XGRAD_ARG(Tensor, weight);
  XGRAD_ARG(std::int64_t, ignore_index) = -100;
  XGRAD_ARG(Reduction, reduction) = kMean;
};

struct NLLLossImpl : Module {
  explicit NLLLossImpl(const NLLLossOptions& options = {});
  Tensor forward(const Tensor& input, const Tensor& target) const;
  NLLLossOptions options;
};
XGRAD_MODULE(NLLLoss);

struct BCELossOptions {
  XGRAD_ARG(Tensor, weight);
  XGRAD_ARG(Reduction, reduction) = kMean;
};

struct BCELossImpl : Module {
  explicit BCELossImpl(const BCELossOptions& options = {});
  Tensor forward(const Tensor& input, const Tensor& target) const;
  BCELossOptions options;
};
XGRAD_MODULE(BCELoss);

struct BCEWithLogitsLossOptions {
  XGRAD_ARG(Tensor, weight);
  XGRAD_ARG(Tensor, pos_weight);
  XGRAD_ARG(Reduction, reduction) = kMean;
};

struct BCEWithLogitsLossImpl : Module {
  explicit BCEWithLogitsLossImpl(const BCEWithLogitsLossOptions& options = {});
  Tensor forward(const Tensor& input, const Tensor& target) const;
  BCEWithLogitsLossOptions options;
};
XGRAD_MODULE(BCEWithLogitsLoss);

struct MSELossOptions {
  MSELossOptions(Reduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  XGRAD_ARG(Reduction, reduction);
};

struct MSELossImpl : Module {
  explicit MSELossImpl(const MSELossOptions& options_ = {}) : options(options_) {}
  Tensor forward(const Tensor& input, const Tensor& target) const;
  MSELossOptions options;
};
XGRAD_MODULE(MSELoss);

using L1LossOptions = MSELossOptions;

struct L1LossImpl : Module {
  explicit L1LossImpl(const L1LossOptions& options_ = {}) : options(options_) {}
  Tensor forward(const Tensor& input, const Tensor& target) const;
  L1LossOptions options;
};
XGRAD_MODULE(L1Loss);

}  // namespace xgrad::nn
