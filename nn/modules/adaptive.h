/// AdaptiveLogSoftmaxWithLoss: a softmax over many classes, of which few are frequent.
#pragma once

#include <utility>
#include <vector>

#include "autograd/base/arg.h"
#include "nn/layer.h"
#include "nn/modules/container/module_list.h"
#include "nn/modules/linear.h"

namespace xgrad::nn {

struct AdaptiveLogSoftmaxWithLossOptions {
  AdaptiveLogSoftmaxWithLossOptions(OnlyInt in_features, OnlyInt n_classes, std::vector<std::int64_t> cutoffs)
      : in_features_(in_features), n_classes_(n_classes), cutoffs_(std::move(cutoffs)) {}
  XGRAD_ARG(std::int64_t, in_features);  ///< features of the input
  XGRAD_ARG(std::int64_t, n_classes);    ///< classes, in the order of their frequency: 0 is the most frequent
  /// The first class of each cluster. Those before the first cutoff are in the head.
  XGRAD_ARG(std::vector<std::int64_t>, cutoffs);
  /// Cluster number i, counted from 1, projects to in_features / div_value^i features.
  XGRAD_ARG(double, div_value) = 4;
  XGRAD_ARG(bool, head_bias) = false;  ///< whether the head adds a bias
  XGRAD_FIELDS(kept(in_features), kept(n_classes), kept(cutoffs), kept(div_value), kept(head_bias));
};

/// What AdaptiveLogSoftmaxWithLoss gives.
struct ASMoutput {
  Tensor output;    ///< the log-probability of each target: (batch), or () without a batch
  double loss = 0;  ///< -output.mean(), as a number: the gradient goes through `output`
};

/// log_softmax over classes in clusters: the head gives the frequent classes and one entry for each cluster of rarer ones,
/// and only clusters that a target is in are computed. Parameters `head.weight`, `head.bias` with head_bias, and for each
/// cluster i `tail.i.0.weight` and `tail.i.1.weight`. Throws ValueError unless sizes are positive and cutoffs grow, from 1
/// to n_classes - 1 at most. Grave et al., 2017, https://arxiv.org/abs/1609.04309;
/// https://pytorch.org/docs/1.13/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html
class AdaptiveLogSoftmaxWithLossImpl : public Layer<AdaptiveLogSoftmaxWithLossImpl, AdaptiveLogSoftmaxWithLossOptions> {
 public:
  AdaptiveLogSoftmaxWithLossImpl(std::int64_t in_features, std::int64_t n_classes, std::vector<std::int64_t> cutoffs_);
  explicit AdaptiveLogSoftmaxWithLossImpl(const AdaptiveLogSoftmaxWithLossOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  /// input (batch, in_features) and target (batch), or (in_features) and (). Throws ShapeError, and IndexError for a target
  /// that is no class.
  ASMoutput forward(const Tensor& input, const Tensor& target);
  /// The log-probabilities of all classes: (batch, in_features) -> (batch, n_classes). Throws ShapeError.
  Tensor log_prob(const Tensor& input);
  /// log_prob(input).argmax(1), without the clusters where the head decides. Throws ShapeError.
  Tensor predict(const Tensor& input);

  std::vector<std::int64_t> cutoffs;  ///< those of the options, and n_classes
  std::int64_t shortlist_size = 0;    ///< classes in the head
  std::int64_t n_clusters = 0;        ///< clusters behind the head
  std::int64_t head_size = 0;         ///< shortlist_size + n_clusters
  Linear head{nullptr};               ///< (in_features) -> (head_size)
  ModuleList tail{nullptr};           ///< of Sequentials of two Linear modules, one for each cluster

 private:
  Tensor cluster_log_softmax(std::int64_t cluster, const Tensor& input);
  Tensor all_log_probabilities(const Tensor& input, const Tensor& head_output);
};
XGRAD_MODULE(AdaptiveLogSoftmaxWithLoss);

}  // namespace xgrad::nn
