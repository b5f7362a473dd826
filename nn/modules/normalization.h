/// LayerNorm and BatchNorm1d.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "autograd/base/arg.h"
#include "nn/layer.h"

namespace xgrad::nn {

struct LayerNormOptions {
  LayerNormOptions(std::vector<std::int64_t> normalized_shape)  // NOLINT(google-explicit-constructor): LayerNorm({8})
      : normalized_shape_(std::move(normalized_shape)) {}
  /// The last dimensions, which are normalised together.
  XGRAD_ARG(std::vector<std::int64_t>, normalized_shape);
  XGRAD_ARG(double, eps) = 1e-5;               ///< added to the variance
  XGRAD_ARG(bool, elementwise_affine) = true;  ///< whether there are `weight` and `bias`
  XGRAD_FIELDS(bare(normalized_shape), shown(eps), shown(elementwise_affine));
};

/// (x - mean) / sqrt(variance + eps) * weight + bias over the last dimensions. `weight` starts as ones, `bias` as zeros;
/// both have the shape normalized_shape. Throws ShapeError; ValueError for an empty or negative normalized_shape.
/// https://pytorch.org/docs/1.13/generated/torch.nn.LayerNorm.html
struct LayerNormImpl : Layer<LayerNormImpl, LayerNormOptions> {
  explicit LayerNormImpl(std::vector<std::int64_t> normalized_shape)
      : LayerNormImpl(LayerNormOptions(std::move(normalized_shape))) {}
  explicit LayerNormImpl(const LayerNormOptions& options_);

  void reset() override;
  /// Sets weight and bias to ones and zeros.
  void reset_parameters();
  Tensor forward(const Tensor& x) const;

  Tensor weight;  ///< normalized_shape; undefined without elementwise_affine
  Tensor bias;    ///< normalized_shape; undefined without elementwise_affine
};
XGRAD_MODULE(LayerNorm);

struct BatchNorm1dOptions {
  BatchNorm1dOptions(std::int64_t num_features) : num_features_(num_features) {}  // NOLINT(google-explicit-constructor)
  XGRAD_ARG(std::int64_t, num_features);                                          ///< channels
  XGRAD_ARG(double, eps) = 1e-5;                                                  ///< added to the variance
  /// How far the running statistics move towards the batch's; nullopt makes them the average over all batches.
  XGRAD_ARG(std::optional<double>, momentum) = 0.1;
  XGRAD_ARG(bool, affine) = true;  ///< whether there are `weight` and `bias`
  /// Whether there are running statistics, which evaluation uses in place of the batch's.
  XGRAD_ARG(bool, track_running_stats) = true;
  XGRAD_FIELDS(bare(num_features), shown(eps), shown(momentum), shown(affine), shown(track_running_stats));
};
/// Options of BatchNorm1d, under their base's name in libtorch.
using BatchNormOptions = BatchNorm1dOptions;

/// (x - mean) / sqrt(variance + eps) * weight + bias for each channel of an input (N, C) or (N, C, L); see
/// xgrad::batch_norm. Parameters `weight` and `bias`, buffers `running_mean`, `running_var` and `num_batches_tracked`.
/// Throws ShapeError; ValueError for no features, and while training on one value for each channel.
/// https://pytorch.org/docs/1.13/generated/torch.nn.BatchNorm1d.html
struct BatchNorm1dImpl : Layer<BatchNorm1dImpl, BatchNorm1dOptions> {
  explicit BatchNorm1dImpl(const BatchNorm1dOptions& options_);

  void reset() override;
  /// Sets weight and bias to ones and zeros, and forgets the running statistics.
  void reset_parameters();
  /// Forgets the running statistics.
  void reset_running_stats();
  Tensor forward(const Tensor& x);

  Tensor weight;               ///< (num_features); undefined without affine
  Tensor bias;                 ///< (num_features); undefined without affine
  Tensor running_mean;         ///< (num_features); undefined without track_running_stats
  Tensor running_var;          ///< (num_features); undefined without track_running_stats
  Tensor num_batches_tracked;  ///< int64, how many batches were seen; undefined without track_running_stats
};
XGRAD_MODULE(BatchNorm1d);

}  // namespace xgrad::nn
