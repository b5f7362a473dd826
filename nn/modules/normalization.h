/// LayerNorm, GroupNorm, BatchNorm1d, InstanceNorm1d and LocalResponseNorm.
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
  explicit LayerNormImpl(std::vector<std::int64_t> normalized_shape);
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
  BatchNorm1dOptions(IsBool auto num_features) = delete;
  XGRAD_ARG(std::int64_t, num_features);  ///< channels
  XGRAD_ARG(double, eps) = 1e-5;          ///< added to the variance
  /// How far the running statistics move towards the batch's; nullopt makes them the average over all batches.
  XGRAD_ARG(std::optional<double>, momentum) = 0.1;
  XGRAD_ARG(bool, affine) = true;  ///< whether there are `weight` and `bias`
  /// Whether there are running statistics, which evaluation uses in place of the batch's.
  XGRAD_ARG(bool, track_running_stats) = true;
  XGRAD_FIELDS(bare(num_features), shown(eps), shown(momentum), shown(affine), shown(track_running_stats));
};
/// Options of BatchNorm1d, under their base's name in libtorch.
using BatchNormOptions = BatchNorm1dOptions;

struct InstanceNorm1dOptions {
  InstanceNorm1dOptions(std::int64_t num_features)  // NOLINT(google-explicit-constructor)
      : num_features_(num_features) {}
  InstanceNorm1dOptions(IsBool auto num_features) = delete;
  XGRAD_ARG(std::int64_t, num_features);  ///< channels
  XGRAD_ARG(double, eps) = 1e-5;          ///< added to the variance
  XGRAD_ARG(double, momentum) = 0.1;      ///< how far the running statistics move
  XGRAD_ARG(bool, affine) = false;        ///< whether there are `weight` and `bias`
  /// Whether there are running statistics, which evaluation uses in place of the example's.
  XGRAD_ARG(bool, track_running_stats) = false;
  XGRAD_FIELDS(bare(num_features), shown(eps), shown(momentum), shown(affine), shown(track_running_stats));
};
/// Options of InstanceNorm1d, under their base's name in libtorch.
using InstanceNormOptions = InstanceNorm1dOptions;

namespace detail {

/// What BatchNorm1d and InstanceNorm1d share: the parameters and running statistics of channels. Throws ValueError for no
/// features.
template <class Self, class Options>
struct ChannelNorm : Layer<Self, Options> {
  explicit ChannelNorm(const Options& options_);

  void reset() override;
  /// Sets weight and bias to ones and zeros, and forgets the running statistics.
  void reset_parameters();
  /// Forgets the running statistics.
  void reset_running_stats();

  Tensor weight;               ///< (num_features); undefined without affine
  Tensor bias;                 ///< (num_features); undefined without affine
  Tensor running_mean;         ///< (num_features); undefined without track_running_stats
  Tensor running_var;          ///< (num_features); undefined without track_running_stats
  Tensor num_batches_tracked;  ///< int64, how many batches were seen; undefined without track_running_stats
};

}  // namespace detail

/// (x - mean) / sqrt(variance + eps) * weight + bias for each channel of an input (N, C) or (N, C, L); see
/// xgrad::batch_norm. Parameters `weight` and `bias`, buffers `running_mean`, `running_var` and `num_batches_tracked`.
/// Throws ShapeError; ValueError for no features, and while training on one value for each channel.
/// https://pytorch.org/docs/1.13/generated/torch.nn.BatchNorm1d.html
struct BatchNorm1dImpl : detail::ChannelNorm<BatchNorm1dImpl, BatchNorm1dOptions> {
  using ChannelNorm::ChannelNorm;
  Tensor forward(const Tensor& x);
};
XGRAD_MODULE(BatchNorm1d);

/// The same for each channel of each example by itself, of an input (N, C, L), or (C, L) for one example; see
/// xgrad::instance_norm. Throws ShapeError; ValueError for no features, and for a single place where the example's
/// statistics are used. https://pytorch.org/docs/1.13/generated/torch.nn.InstanceNorm1d.html
struct InstanceNorm1dImpl : detail::ChannelNorm<InstanceNorm1dImpl, InstanceNorm1dOptions> {
  using ChannelNorm::ChannelNorm;
  Tensor forward(const Tensor& x);
};
XGRAD_MODULE(InstanceNorm1d);

struct GroupNormOptions {
  GroupNormOptions(OnlyInt num_groups, OnlyInt num_channels) : num_groups_(num_groups), num_channels_(num_channels) {}
  XGRAD_ARG(std::int64_t, num_groups);    ///< of channels, which are normalised together
  XGRAD_ARG(std::int64_t, num_channels);  ///< a multiple of the number of groups
  XGRAD_ARG(double, eps) = 1e-5;          ///< added to the variance
  XGRAD_ARG(bool, affine) = true;         ///< whether there are `weight` and `bias`
  XGRAD_FIELDS(bare(num_groups), bare(num_channels), shown(eps), shown(affine));
};

/// xgrad::group_norm of an input (N, C, ...). `weight` (C) starts as ones, `bias` (C) as zeros. Throws ShapeError;
/// ValueError for channels that do not make the groups. https://pytorch.org/docs/1.13/generated/torch.nn.GroupNorm.html
struct GroupNormImpl : Layer<GroupNormImpl, GroupNormOptions> {
  GroupNormImpl(std::int64_t num_groups, std::int64_t num_channels);
  explicit GroupNormImpl(const GroupNormOptions& options_);

  void reset() override;
  /// Sets weight and bias to ones and zeros.
  void reset_parameters();
  Tensor forward(const Tensor& x) const;

  Tensor weight;  ///< (num_channels); undefined without affine
  Tensor bias;    ///< (num_channels); undefined without affine
};
XGRAD_MODULE(GroupNorm);

struct LocalResponseNormOptions {
  LocalResponseNormOptions(std::int64_t size) : size_(size) {}  // NOLINT(google-explicit-constructor)
  LocalResponseNormOptions(IsBool auto size) = delete;
  XGRAD_ARG(std::int64_t, size);    ///< neighbouring channels
  XGRAD_ARG(double, alpha) = 1e-4;  ///< of the mean of squares
  XGRAD_ARG(double, beta) = 0.75;   ///< the power
  XGRAD_ARG(double, k) = 1;         ///< added to the mean
  XGRAD_FIELDS(bare(size), shown(alpha), shown(beta), shown(k));
};

/// xgrad::local_response_norm of an input (N, C, ...). Throws ShapeError, ValueError.
struct LocalResponseNormImpl : Layer<LocalResponseNormImpl, LocalResponseNormOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(LocalResponseNorm);

}  // namespace xgrad::nn
