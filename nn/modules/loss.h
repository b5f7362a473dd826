/// Losses of classes, probabilities and sequences as modules. Formulas, shapes and errors: autograd/ops/loss.h,
/// regression_loss.h and ctc_loss.h.
#pragma once

#include <variant>

#include "autograd/base/arg.h"
#include "autograd/ops/loss.h"
#include "nn/choices.h"
#include "nn/cloneable.h"

namespace xgrad::nn {

/// Options of CrossEntropyLoss.
struct CrossEntropyLossOptions {
  /// A weight for each class.
  XGRAD_ARG(Tensor, weight);
  /// A target that counts for nothing.
  XGRAD_ARG(std::int64_t, ignore_index) = -100;
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction) = kMean;
  /// How much of each target goes to all classes alike.
  XGRAD_ARG(double, label_smoothing) = 0;
};

/// nll_loss of log_softmax. https://pytorch.org/docs/1.13/generated/torch.nn.CrossEntropyLoss.html
class CrossEntropyLossImpl : public Cloneable<CrossEntropyLossImpl> {
 public:
  /// From its options.
  explicit CrossEntropyLossImpl(const CrossEntropyLossOptions& options_ = {});
  void reset() override;
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  CrossEntropyLossOptions options;
  Tensor weight;  ///< a weight for each class, or undefined
};
XGRAD_MODULE(CrossEntropyLoss);

/// Options of NLLLoss.
struct NLLLossOptions {
  /// A weight for each class.
  XGRAD_ARG(Tensor, weight);
  /// A target that counts for nothing.
  XGRAD_ARG(std::int64_t, ignore_index) = -100;
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction) = kMean;
};

/// -weight[target] input[target] for log-probabilities. https://pytorch.org/docs/1.13/generated/torch.nn.NLLLoss.html
class NLLLossImpl : public Cloneable<NLLLossImpl> {
 public:
  /// From its options.
  explicit NLLLossImpl(const NLLLossOptions& options_ = {});
  void reset() override;
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  NLLLossOptions options;
  Tensor weight;  ///< a weight for each class, or undefined
};
XGRAD_MODULE(NLLLoss);

/// Options of BCELoss.
struct BCELossOptions {
  /// Scales the losses.
  XGRAD_ARG(Tensor, weight);
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction) = kMean;
};

/// -(t log(x) + (1 - t) log(1 - x)) for probabilities. https://pytorch.org/docs/1.13/generated/torch.nn.BCELoss.html
class BCELossImpl : public Cloneable<BCELossImpl> {
 public:
  /// From its options.
  explicit BCELossImpl(const BCELossOptions& options_ = {});
  void reset() override;
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  BCELossOptions options;
  Tensor weight;  ///< scales the losses, or undefined
};
XGRAD_MODULE(BCELoss);

/// Options of BCEWithLogitsLoss.
struct BCEWithLogitsLossOptions {
  /// Scales the losses.
  XGRAD_ARG(Tensor, weight);
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction) = kMean;
  /// Scales the losses of positives.
  XGRAD_ARG(Tensor, pos_weight);
};

/// BCELoss of sigmoid(x), without overflow. https://pytorch.org/docs/1.13/generated/torch.nn.BCEWithLogitsLoss.html
class BCEWithLogitsLossImpl : public Cloneable<BCEWithLogitsLossImpl> {
 public:
  /// From its options.
  explicit BCEWithLogitsLossImpl(const BCEWithLogitsLossOptions& options_ = {});
  void reset() override;
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  BCEWithLogitsLossOptions options;
  Tensor weight;      ///< scales the losses, or undefined
  Tensor pos_weight;  ///< scales the losses of positives, or undefined
};
XGRAD_MODULE(BCEWithLogitsLoss);

/// A reduction, or kBatchMean.
using KLDivLossReduction = std::variant<Reduction, kBatchMeanType>;

/// Options of KLDivLoss.
struct KLDivLossOptions {
  /// With the other options at their defaults.
  KLDivLossOptions(KLDivLossReduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  /// kNone, kMean, kSum, or kBatchMean: the sum divided by the size of the batch.
  XGRAD_ARG(KLDivLossReduction, reduction);
  /// Whether targets are logarithms too.
  XGRAD_ARG(bool, log_target) = false;
};

/// t (log t - x) for log-probabilities x. https://pytorch.org/docs/1.13/generated/torch.nn.KLDivLoss.html
class KLDivLossImpl : public Cloneable<KLDivLossImpl> {
 public:
  /// From its options.
  explicit KLDivLossImpl(const KLDivLossOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  KLDivLossOptions options;
};
XGRAD_MODULE(KLDivLoss);

/// Options of PoissonNLLLoss.
struct PoissonNLLLossOptions {
  /// Whether inputs are logarithms of the rate.
  XGRAD_ARG(bool, log_input) = true;
  /// Whether Stirling's approximation is added.
  XGRAD_ARG(bool, full) = false;
  /// Keeps the logarithm of the rate finite.
  XGRAD_ARG(double, eps) = 1e-8;
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction) = kMean;
};

/// -log of the probability of a count under a Poisson distribution. https://pytorch.org/docs/1.13/generated/torch.nn.PoissonNLLLoss.html
class PoissonNLLLossImpl : public Cloneable<PoissonNLLLossImpl> {
 public:
  /// From its options.
  explicit PoissonNLLLossImpl(const PoissonNLLLossOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  PoissonNLLLossOptions options;
};
XGRAD_MODULE(PoissonNLLLoss);

/// Options of CTCLoss.
struct CTCLossOptions {
  /// The class that spells nothing.
  XGRAD_ARG(std::int64_t, blank) = 0;
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction) = kMean;
  /// Whether infinite losses, of targets that do not fit, become 0.
  XGRAD_ARG(bool, zero_infinity) = false;
};

/// Connectionist temporal classification; see xgrad::ctc_loss. https://pytorch.org/docs/1.13/generated/torch.nn.CTCLoss.html
class CTCLossImpl : public Cloneable<CTCLossImpl> {
 public:
  /// From its options.
  explicit CTCLossImpl(const CTCLossOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                 const Tensor& target_lengths) const;
  /// The options that it was made with.
  CTCLossOptions options;
};
XGRAD_MODULE(CTCLoss);

}  // namespace xgrad::nn
