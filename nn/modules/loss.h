/// Losses of classes, probabilities and sequences as modules. Formulas, shapes and errors: autograd/ops/loss.h,
/// regression_loss.h and ctc_loss.h.
#pragma once

#include <cstdint>
#include <variant>

#include "autograd/base/arg.h"
#include "autograd/base/fields.h"
#include "autograd/ops/loss.h"
#include "autograd/tensor/tensor.h"
#include "nn/choices.h"
#include "nn/layer.h"
#include "nn/module.h"

namespace xgrad::nn {

struct CrossEntropyLossOptions {
  XGRAD_ARG(Tensor, weight);                     ///< a weight for each class
  XGRAD_ARG(std::int64_t, ignore_index) = -100;  ///< a target that counts for nothing
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_ARG(double, label_smoothing) = 0;  ///< how much of each target goes to all classes alike
  XGRAD_FIELDS(kept(weight), kept(ignore_index), kept(reduction), kept(label_smoothing));
};

/// nll_loss of log_softmax. https://pytorch.org/docs/1.13/generated/torch.nn.CrossEntropyLoss.html
struct CrossEntropyLossImpl : Layer<CrossEntropyLossImpl, CrossEntropyLossOptions> {
  explicit CrossEntropyLossImpl(const CrossEntropyLossOptions& options_ = {});
  void reset() override;
  Tensor forward(const Tensor& input, const Tensor& target) const;
  Tensor weight;  ///< a weight for each class, or undefined
};
XGRAD_MODULE(CrossEntropyLoss);

struct NLLLossOptions {
  XGRAD_ARG(Tensor, weight);                     ///< a weight for each class
  XGRAD_ARG(std::int64_t, ignore_index) = -100;  ///< a target that counts for nothing
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_FIELDS(kept(weight), kept(ignore_index), kept(reduction));
};

/// -weight[target] input[target] for log-probabilities. https://pytorch.org/docs/1.13/generated/torch.nn.NLLLoss.html
struct NLLLossImpl : Layer<NLLLossImpl, NLLLossOptions> {
  explicit NLLLossImpl(const NLLLossOptions& options_ = {});
  void reset() override;
  Tensor forward(const Tensor& input, const Tensor& target) const;
  Tensor weight;  ///< a weight for each class, or undefined
};
XGRAD_MODULE(NLLLoss);

struct BCELossOptions {
  XGRAD_ARG(Tensor, weight);  ///< scales the losses
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_FIELDS(kept(weight), kept(reduction));
};

/// -(t log(x) + (1 - t) log(1 - x)) for probabilities. https://pytorch.org/docs/1.13/generated/torch.nn.BCELoss.html
struct BCELossImpl : Layer<BCELossImpl, BCELossOptions> {
  explicit BCELossImpl(const BCELossOptions& options_ = {});
  void reset() override;
  Tensor forward(const Tensor& input, const Tensor& target) const;
  Tensor weight;  ///< scales the losses, or undefined
};
XGRAD_MODULE(BCELoss);

struct BCEWithLogitsLossOptions {
  XGRAD_ARG(Tensor, weight);  ///< scales the losses
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_ARG(Tensor, pos_weight);  ///< scales the losses of positives
  XGRAD_FIELDS(kept(weight), kept(reduction), kept(pos_weight));
};

/// BCELoss of sigmoid(x), without overflow. https://pytorch.org/docs/1.13/generated/torch.nn.BCEWithLogitsLoss.html
struct BCEWithLogitsLossImpl : Layer<BCEWithLogitsLossImpl, BCEWithLogitsLossOptions> {
  explicit BCEWithLogitsLossImpl(const BCEWithLogitsLossOptions& options_ = {});
  void reset() override;
  Tensor forward(const Tensor& input, const Tensor& target) const;
  Tensor weight;      ///< scales the losses, or undefined
  Tensor pos_weight;  ///< scales the losses of positives, or undefined
};
XGRAD_MODULE(BCEWithLogitsLoss);

using KLDivLossReduction = std::variant<Reduction, kBatchMeanType>;

struct KLDivLossOptions {
  KLDivLossOptions(KLDivLossReduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  /// kNone, kMean, kSum, or kBatchMean: the sum divided by the size of the batch.
  XGRAD_ARG(KLDivLossReduction, reduction);
  XGRAD_ARG(bool, log_target) = false;  ///< whether targets are logarithms too
  XGRAD_FIELDS(kept(reduction), kept(log_target));
};

/// t (log t - x) for log-probabilities x. https://pytorch.org/docs/1.13/generated/torch.nn.KLDivLoss.html
struct KLDivLossImpl : Layer<KLDivLossImpl, KLDivLossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& input, const Tensor& target) const;
};
XGRAD_MODULE(KLDivLoss);

struct PoissonNLLLossOptions {
  XGRAD_ARG(bool, log_input) = true;  ///< whether inputs are logarithms of the rate
  XGRAD_ARG(bool, full) = false;      ///< whether Stirling's approximation is added
  XGRAD_ARG(double, eps) = 1e-8;      ///< keeps the logarithm of the rate finite
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_FIELDS(kept(log_input), kept(full), kept(eps), kept(reduction));
};

/// -log of the probability of a count under a Poisson distribution.
/// https://pytorch.org/docs/1.13/generated/torch.nn.PoissonNLLLoss.html
struct PoissonNLLLossImpl : Layer<PoissonNLLLossImpl, PoissonNLLLossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& input, const Tensor& target) const;
};
XGRAD_MODULE(PoissonNLLLoss);

struct CTCLossOptions {
  XGRAD_ARG(std::int64_t, blank) = 0;  ///< the class that spells nothing
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_ARG(bool, zero_infinity) = false;  ///< whether infinite losses, of targets that do not fit, become 0
  XGRAD_FIELDS(kept(blank), kept(reduction), kept(zero_infinity));
};

/// Connectionist temporal classification; see xgrad::ctc_loss. https://pytorch.org/docs/1.13/generated/torch.nn.CTCLoss.html
struct CTCLossImpl : Layer<CTCLossImpl, CTCLossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                 const Tensor& target_lengths) const;
};
XGRAD_MODULE(CTCLoss);

}  // namespace xgrad::nn
