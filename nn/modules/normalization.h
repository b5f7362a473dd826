/// LayerNorm and BatchNorm1d.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "autograd/base/arg.h"
#include "nn/cloneable.h"

namespace xgrad::nn {

/// Options of LayerNorm.
struct LayerNormOptions {
  /// With the other options at their defaults.
  LayerNormOptions(std::vector<std::int64_t> normalized_shape)  // NOLINT(google-explicit-constructor): LayerNorm({8})
      : normalized_shape_(std::move(normalized_shape)) {}
  /// The last dimensions, which are normalised together.
  XGRAD_ARG(std::vector<std::int64_t>, normalized_shape);
  /// Added to the variance.
  XGRAD_ARG(double, eps) = 1e-5;
  /// Whether there are `weight` and `bias`.
  XGRAD_ARG(bool, elementwise_affine) = true;
};

/// (x - mean) / sqrt(variance + eps) * weight + bias over the last dimensions. `weight` starts as ones, `bias` as zeros; both
/// have the shape normalized_shape. Throws ShapeError; ValueError for an empty or negative normalized_shape.
/// https://pytorch.org/docs/1.13/generated/torch.nn.LayerNorm.html
class LayerNormImpl : public Cloneable<LayerNormImpl> {
 public:
  /// With the other options at their defaults.
  explicit LayerNormImpl(std::vector<std::int64_t> normalized_shape)
      : LayerNormImpl(LayerNormOptions(std::move(normalized_shape))) {}
  /// From its options.
  explicit LayerNormImpl(const LayerNormOptions& options_);

  void reset() override;
  /// Sets weight and bias to ones and zeros.
  void reset_parameters();
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;

  /// The options that it was made with.
  LayerNormOptions options;
  Tensor weight;  ///< normalized_shape; undefined without elementwise_affine
  Tensor bias;    ///< normalized_shape; undefined without elementwise_affine
};
XGRAD_MODULE(LayerNorm);

/// Options of BatchNorm1d.
struct BatchNorm1dOptions {
  /// With the other options at their defaults.
  BatchNorm1dOptions(std::int64_t num_features) : num_features_(num_features) {}  // NOLINT(google-explicit-constructor)
  /// Channels.
  XGRAD_ARG(std::int64_t, num_features);
  /// Added to the variance.
  XGRAD_ARG(double, eps) = 1e-5;
  /// How far the running statistics move towards the batch's; nullopt makes them the average over all batches.
  XGRAD_ARG(std::optional<double>, momentum) = 0.1;
  /// Whether there are `weight` and `bias`.
  XGRAD_ARG(bool, affine) = true;
  /// Whether there are running statistics, which evaluation uses in place of the batch's.
  XGRAD_ARG(bool, track_running_stats) = true;
};
/// Options of BatchNorm1d, under their base's name in libtorch.
using BatchNormOptions = BatchNorm1dOptions;

/// (x - mean) / sqrt(variance + eps) * weight + bias for each channel of an input (N, C) or (N, C, L); see
/// xgrad::batch_norm. Parameters `weight` and `bias`, buffers `running_mean`, `running_var` and `num_batches_tracked`.
/// Throws ShapeError; ValueError for no features, and while training on one value for each channel.
/// https://pytorch.org/docs/1.13/generated/torch.nn.BatchNorm1d.html
class BatchNorm1dImpl : public Cloneable<BatchNorm1dImpl> {
 public:
  /// From its options.
  explicit BatchNorm1dImpl(const BatchNorm1dOptions& options_);

  void reset() override;
  /// Sets weight and bias to ones and zeros, and forgets the running statistics.
  void reset_parameters();
  /// Forgets the running statistics.
  void reset_running_stats();
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x);
  void pretty_print(std::ostream& stream) const override;

  /// The options that it was made with.
  BatchNorm1dOptions options;
  Tensor weight;               ///< (num_features); undefined without affine
  Tensor bias;                 ///< (num_features); undefined without affine
  Tensor running_mean;         ///< (num_features); undefined without track_running_stats
  Tensor running_var;          ///< (num_features); undefined without track_running_stats
  Tensor num_batches_tracked;  ///< int64, how many batches were seen; undefined without track_running_stats
};
XGRAD_MODULE(BatchNorm1d);

}  // namespace xgrad::nn
