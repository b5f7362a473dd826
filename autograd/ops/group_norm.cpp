#include "autograd/ops/group_norm.h"

#include <initializer_list>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/batch_norm.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pad.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/power.h"
#include "autograd/ops/products.h"
#include "autograd/ops/rearrange.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad {

namespace {

void check_channels(const char* operation, const Tensor& x, std::initializer_list<const Tensor*> vectors) {
  check<TypeError>(x.is_floating_point(), "{}: expected a floating-point tensor, got {}", operation, x.dtype());
  check<ShapeError>(x.dim() >= 2, "{}: expected an input (N, C) or (N, C, ...), got {}", operation, x.sizes());
  for (const Tensor* vector : vectors) {
    if (!vector->defined()) continue;
    check<ShapeError>(vector->sizes() == IntArrayRef({x.size(1)}), "{}: got a vector {} for {} channels", operation,
                      vector->sizes(), x.size(1));
    check<TypeError>(vector->dtype() == x.dtype(), "{}: dtypes {} and {} differ", operation, x.dtype(), vector->dtype());
  }
}

}  // namespace

Tensor group_norm(const Tensor& x, std::int64_t groups, const Tensor& weight, const Tensor& bias, double eps,
                  OnlyBool /*cudnn_enabled*/) {
  const autograd::profiler::RecordFunction profiled("group_norm");
  check_channels("group_norm", x, {&weight, &bias});
  const std::int64_t channels = x.size(1);
  check<ValueError>(groups > 0 && channels % groups == 0, "group_norm: {} channels do not make {} groups", channels, groups);
  Tensor y = x;
  if (x.numel() > 0) {
    const std::int64_t length = x.numel() / (x.size(0) * groups);
    y = reshape(layer_norm(reshape(x, {x.size(0) * groups, length}), length, {}, {}, eps), x.sizes());
  }
  DimVector sizes(static_cast<std::size_t>(x.dim()), 1);
  sizes[1] = channels;
  if (weight.defined()) y = y * view(weight, sizes);
  return bias.defined() ? y + view(bias, sizes) : y;
}

Tensor instance_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var, const Tensor& weight,
                     const Tensor& bias, OnlyBool use_input_stats, double momentum, double eps) {
  const autograd::profiler::RecordFunction profiled("instance_norm");
  check_channels("instance_norm", x, {&running_mean, &running_var, &weight, &bias});
  check<ShapeError>(x.dim() >= 3, "instance_norm: expected an input (N, C, ...), got {}", x.sizes());
  check<ValueError>(running_mean.defined() == running_var.defined(),
                    "instance_norm: running mean and running variance go together");
  check<ValueError>(use_input_stats || running_mean.defined(),
                    "instance_norm: without statistics of the input there have to be running ones");
  const std::int64_t examples = x.size(0);
  const std::int64_t channels = x.size(1);
  std::int64_t places = 1;
  for (std::int64_t dim = 2; dim < x.dim(); ++dim) places *= x.size(dim);
  check<ValueError>(!use_input_stats || places != 1, "instance_norm: there is a single place to normalise, in an input {}",
                    x.sizes());
  const auto of_each = [examples](const Tensor& vector) { return vector.defined() ? repeat(vector, examples) : vector; };
  const Tensor means = of_each(running_mean.defined() ? running_mean.detach() : running_mean);
  const Tensor variances = of_each(running_var.defined() ? running_var.detach() : running_var);
  Tensor y = reshape(batch_norm(reshape(x, {1, examples * channels, places}), means, variances, of_each(weight),
                                of_each(bias), use_input_stats, momentum, eps),
                     x.sizes());
  if (use_input_stats && running_mean.defined() && x.numel() > 0) {
    const NoGradGuard no_grad;
    running_mean.copy_(mean(view(means, {examples, channels}), 0));
    running_var.copy_(mean(view(variances, {examples, channels}), 0));
  }
  return y;
}

Tensor instance_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& running_mean,
                     const Tensor& running_var, OnlyBool use_input_stats, double momentum, double eps,
                     OnlyBool /*cudnn_enabled*/) {
  return instance_norm(x, running_mean, running_var, weight, bias, use_input_stats, momentum, eps);
}

Tensor batch_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& running_mean,
                  const Tensor& running_var, OnlyBool training, double momentum, double eps, OnlyBool /*cudnn_enabled*/) {
  return batch_norm(x, running_mean, running_var, weight, bias, training, momentum, eps);
}

Tensor local_response_norm(const Tensor& x, std::int64_t size, double alpha, double beta, double k) {
  const autograd::profiler::RecordFunction profiled("local_response_norm");
  check<TypeError>(x.is_floating_point(), "local_response_norm: expected a floating-point tensor, got {}", x.dtype());
  check<ShapeError>(x.dim() >= 3, "local_response_norm: expected an input (N, C, ...), got {}", x.sizes());
  check<ValueError>(size >= 1 && size <= (1 << 20), "local_response_norm: the size must lie in [1, 2^20], got {}", size);
  if (x.numel() == 0) return clone(x);
  const std::int64_t channels = x.size(1);
  const std::int64_t before = std::min(size / 2, channels - 1);
  const std::int64_t behind = std::min((size - 1) / 2, channels - 1);
  DimVector padding(static_cast<std::size_t>(2 * (x.dim() - 1)), 0);
  padding[padding.size() - 2] = before;
  padding.back() = behind;
  const Tensor squares = pad(square(x), padding);
  Tensor sum = narrow(squares, 1, 0, channels);
  for (std::int64_t shift = 1; shift <= before + behind; ++shift) sum = sum + narrow(squares, 1, shift, channels);
  return x / pow(sum * (alpha / static_cast<double>(size)) + k, beta);
}

}  // namespace xgrad
