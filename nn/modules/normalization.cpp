#include "nn/modules/normalization.h"

#include "autograd/base/check.h"
#include "autograd/ops/batch_norm.h"
#include "autograd/ops/products.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"
#include "nn/init/init.h"

namespace xgrad::nn {

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

BatchNorm1dImpl::BatchNorm1dImpl(const BatchNorm1dOptions& options_) : Layer(options_) {
  check<ValueError>(options.num_features() > 0, "BatchNorm1d: num_features must be positive, got {}",
                    options.num_features());
  reset();
}

void BatchNorm1dImpl::reset() {
  const auto vector = [&](bool wanted) { return wanted ? empty({options.num_features()}) : Tensor(); };
  weight = register_parameter("weight", vector(options.affine()), options.affine());
  bias = register_parameter("bias", vector(options.affine()), options.affine());
  running_mean = register_buffer("running_mean", vector(options.track_running_stats()));
  running_var = register_buffer("running_var", vector(options.track_running_stats()));
  num_batches_tracked = register_buffer("num_batches_tracked", options.track_running_stats() ? zeros({}, kInt64) : Tensor());
  reset_parameters();
}

void BatchNorm1dImpl::reset_running_stats() {
  if (!options.track_running_stats()) return;
  init::zeros_(running_mean);
  init::ones_(running_var);
  num_batches_tracked.zero_();
}

void BatchNorm1dImpl::reset_parameters() {
  reset_running_stats();
  if (weight.defined()) init::ones_(weight);
  if (bias.defined()) init::zeros_(bias);
}

Tensor BatchNorm1dImpl::forward(const Tensor& x) {
  check<ShapeError>((x.dim() == 2 || x.dim() == 3) && x.size(1) == options.num_features(),
                    "BatchNorm1d: expected an input (N, {0}) or (N, {0}, L), got {1}", options.num_features(), x.sizes());
  const bool tracks = is_training() && options.track_running_stats();
  const double momentum = options.momentum() ? *options.momentum()
                          : tracks           ? 1 / (num_batches_tracked.item<double>() + 1)
                                             : 0;
  const Tensor y = batch_norm(x, running_mean, running_var, weight, bias, is_training(), momentum, options.eps());
  if (tracks) num_batches_tracked.add_(1);
  return y;
}

}  // namespace xgrad::nn
