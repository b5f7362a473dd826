/// Losses over large vocabularies that look at a few classes only: the right one and some drawn from noise. For training;
/// the probabilities of all classes are the softmax of x W^T + b.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/ops/loss.h"
#include "autograd/ops/random.h"
#include "autograd/tensor/tensor.h"

namespace xgrad::nn {

/// Draws classes by their weights in constant time, with replacement. Walker, 1977; Vose, 1991.
class ClassSampler {
 public:
  /// Weights (classes), such as counts to the power of 0.75, that are not negative, finite and not all 0 (ValueError).
  explicit ClassSampler(const Tensor& weights);
  /// For classes in the order of their frequency: (log(k + 2) - log(k + 1)) / log(classes + 1). Throws ValueError without
  /// classes.
  static ClassSampler log_uniform(std::int64_t classes);

  std::int64_t classes() const { return log_probability_.size(0); }
  /// int64 (count). Throws ValueError for a negative count.
  Tensor sample(std::int64_t count, Generator generator = default_generator()) const;
  /// Their logarithms, float64 (classes): -inf for those that are never drawn.
  const Tensor& log_probability() const { return log_probability_; }

 private:
  Tensor log_probability_;
  std::vector<double> threshold_;     ///< below it, a place gives itself
  std::vector<std::int64_t> others_;  ///< else this one
};

namespace functional {

/// Options of sampled_softmax_loss and nce_loss.
struct SampledLossOptions {
  std::int64_t samples = 64;                  ///< classes that are drawn, the same for all of the batch
  Reduction reduction = kMean;                ///< what is made of the losses of the batch
  Generator generator = default_generator();  ///< that draws them
};

/// An estimate of the cross entropy over all classes: the sum of exponentials that it divides by is that of the right class,
/// and of the drawn ones over how often each is expected, k q, without the right one. Inputs x (batch, features), int64
/// targets (batch), weight W (classes, features) and bias b (classes; may be undefined). Throws ShapeError, TypeError;
/// ValueError without samples and for a target of weight 0, IndexError for one that is no class. Bengio and Senecal, 2008:
/// "Adaptive importance sampling to accelerate training of a neural probabilistic language model"; Jean et al., 2015,
/// https://arxiv.org/abs/1412.2007
Tensor sampled_softmax_loss(const Tensor& x, const Tensor& targets, const Tensor& weight, const Tensor& bias,
                            const ClassSampler& sampler, const SampledLossOptions& options = {});

/// Noise-contrastive estimation: the logistic loss of telling the right class from the drawn ones, scores taken for
/// logarithms of probabilities: -log sigmoid(s - log(k q)) of the right one, and -log(1 - sigmoid(s' - log(k q'))) summed
/// over the k drawn ones. Arguments and errors as of sampled_softmax_loss. Gutmann and Hyvarinen, 2010; Mnih and Teh, 2012.
Tensor nce_loss(const Tensor& x, const Tensor& targets, const Tensor& weight, const Tensor& bias,
                const ClassSampler& sampler, const SampledLossOptions& options = {});

}  // namespace functional

}  // namespace xgrad::nn
