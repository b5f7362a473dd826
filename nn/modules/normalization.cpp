#include "nn/modules/normalization.h"

#include <typeinfo>

#include "autograd/base/check.h"
#include "autograd/ops/batch_norm.h"
#include "autograd/ops/group_norm.h"
#include "autograd/ops/products.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"
#include "nn/init/init.h"

namespace xgrad::nn {

LayerNormImpl::LayerNormImpl(std::vector<std::int64_t> normalized_shape)
    : LayerNormImpl(LayerNormOptions(std::move(normalized_shape))) {}

LayerNormImpl::LayerNormImpl(const LayerNormOptions& options_) : Layer(options_) {
  check<ValueError>(!options.normalized_shape().empty(), "LayerNorm: normalized_shape is empty");
  for (const std::int64_t size : options.normalized_shape()) {
    check<ValueError>(size >= 0, "LayerNorm: normalized_shape {} has a negative size",
                      IntArrayRef(options.normalized_shape()));
  }
  reset();
}

void LayerNormImpl::reset() {
  const bool affine = options.elementwise_affine();
  weight = register_parameter("weight", affine ? xgrad::empty(options.normalized_shape()) : Tensor(), affine);
  bias = register_parameter("bias", affine ? xgrad::empty(options.normalized_shape()) : Tensor(), affine);
  reset_parameters();
}

void LayerNormImpl::reset_parameters() {
  if (weight.defined()) init::ones_(weight);
  if (bias.defined()) init::zeros_(bias);
}

Tensor LayerNormImpl::forward(const Tensor& x) const {
  return layer_norm(x, options.normalized_shape(), weight, bias, options.eps());
}

namespace detail {

template <class Self, class Options>
ChannelNorm<Self, Options>::ChannelNorm(const Options& options_) : Layer<Self, Options>(options_) {
  check<ValueError>(options_.num_features() > 0, "{}: num_features must be positive, got {}", module_name(typeid(Self)),
                    options_.num_features());
  reset();
}

template <class Self, class Options>
void ChannelNorm<Self, Options>::reset() {
  const Options& options = this->options;
  const auto vector = [&](bool wanted) { return wanted ? empty({options.num_features()}) : Tensor(); };
  weight = this->register_parameter("weight", vector(options.affine()), options.affine());
  bias = this->register_parameter("bias", vector(options.affine()), options.affine());
  running_mean = this->register_buffer("running_mean", vector(options.track_running_stats()));
  running_var = this->register_buffer("running_var", vector(options.track_running_stats()));
  num_batches_tracked =
      this->register_buffer("num_batches_tracked", options.track_running_stats() ? zeros({}, kInt64) : Tensor());
  reset_parameters();
}

template <class Self, class Options>
void ChannelNorm<Self, Options>::reset_running_stats() {
  if (!this->options.track_running_stats()) return;
  init::zeros_(running_mean);
  init::ones_(running_var);
  num_batches_tracked.zero_();
}

template <class Self, class Options>
void ChannelNorm<Self, Options>::reset_parameters() {
  reset_running_stats();
  if (weight.defined()) init::ones_(weight);
  if (bias.defined()) init::zeros_(bias);
}

template struct ChannelNorm<BatchNorm1dImpl, BatchNorm1dOptions>;
template struct ChannelNorm<InstanceNorm1dImpl, InstanceNorm1dOptions>;

}  // namespace detail

Tensor BatchNorm1dImpl::forward(const Tensor& x) {
  check<ShapeError>((x.dim() == 2 || x.dim() == 3) && x.size(1) == options.num_features(),
                    "BatchNorm1d: expected an input (N, {0}) or (N, {0}, L), got {1}", options.num_features(), x.sizes());
  const bool tracks = is_training() && options.track_running_stats();
  const double momentum = options.momentum() ? *options.momentum()
                          : tracks           ? 1 / (num_batches_tracked.item<double>() + 1)
                                             : 0;
  Tensor y = batch_norm(x, running_mean, running_var, weight, bias, is_training(), momentum, options.eps());
  if (tracks) num_batches_tracked.add_(1);
  return y;
}

Tensor InstanceNorm1dImpl::forward(const Tensor& x) {
  check<ShapeError>((x.dim() == 2 || x.dim() == 3) && x.size(-2) == options.num_features(),
                    "InstanceNorm1d: expected an input (N, {0}, L) or ({0}, L), got {1}", options.num_features(), x.sizes());
  const Tensor y = instance_norm(x.dim() == 2 ? unsqueeze(x, 0) : x, running_mean, running_var, weight, bias,
                                 is_training() || !options.track_running_stats(), options.momentum(), options.eps());
  return x.dim() == 2 ? squeeze(y, 0) : y;
}

GroupNormImpl::GroupNormImpl(std::int64_t num_groups, std::int64_t num_channels)
    : GroupNormImpl(GroupNormOptions(num_groups, num_channels)) {}

GroupNormImpl::GroupNormImpl(const GroupNormOptions& options_) : Layer(options_) {
  check<ValueError>(
      options.num_groups() > 0 && options.num_channels() > 0 && options.num_channels() % options.num_groups() == 0,
      "GroupNorm: {} channels do not make {} groups", options.num_channels(), options.num_groups());
  reset();
}

void GroupNormImpl::reset() {
  const auto vector = [&] { return options.affine() ? xgrad::empty({options.num_channels()}) : Tensor(); };
  weight = register_parameter("weight", vector(), options.affine());
  bias = register_parameter("bias", vector(), options.affine());
  reset_parameters();
}

void GroupNormImpl::reset_parameters() {
  if (weight.defined()) init::ones_(weight);
  if (bias.defined()) init::zeros_(bias);
}

Tensor GroupNormImpl::forward(const Tensor& x) const {
  check<ShapeError>(x.dim() >= 2 && x.size(1) == options.num_channels(), "GroupNorm: expected an input (N, {}, ...), got {}",
                    options.num_channels(), x.sizes());
  return group_norm(x, options.num_groups(), weight, bias, options.eps());
}

Tensor LocalResponseNormImpl::forward(const Tensor& x) const {
  return local_response_norm(x, options.size(), options.alpha(), options.beta(), options.k());
}

}  // namespace xgrad::nn
