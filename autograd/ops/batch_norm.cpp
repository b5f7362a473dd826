#include "autograd/ops/batch_norm.h"

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad {

Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var, const Tensor& weight,
                  const Tensor& bias, bool training, double momentum, double eps) {
  const autograd::profiler::RecordFunction profiled("batch_norm");
  check<TypeError>(x.is_floating_point(), "batch_norm: expected a floating-point tensor, got {}", x.dtype());
  check<ShapeError>(x.dim() >= 2, "batch_norm: expected an input (N, C) or (N, C, ...), got {}", x.sizes());
  const std::int64_t channels = x.size(1);
  for (const Tensor* vector : {&running_mean, &running_var, &weight, &bias}) {
    if (!vector->defined()) continue;
    check<ShapeError>(vector->sizes() == IntArrayRef({channels}), "batch_norm: got a vector {} for {} channels",
                      vector->sizes(), channels);
    check<TypeError>(vector->dtype() == x.dtype(), "batch_norm: dtypes {} and {} differ", x.dtype(), vector->dtype());
  }
  check<ValueError>(running_mean.defined() == running_var.defined(),
                    "batch_norm: running mean and running variance go together");
  DimVector per_channel(static_cast<std::size_t>(x.dim()), 1);
  per_channel[1] = channels;
  const auto broadcast = [&](const Tensor& vector) { return view(vector, per_channel); };

  Tensor centred;
  Tensor variance;
  if (training || !running_mean.defined()) {
    const std::int64_t count = channels == 0 ? 0 : x.numel() / channels;
    check<ValueError>(count != 1, "batch_norm: training needs more than one value for each channel, got an input {}",
                      x.sizes());
    DimVector dims;
    for (std::int64_t dim = 0; dim < x.dim(); ++dim) {
      if (dim != 1) dims.push_back(dim);
    }
    const Tensor average = mean(x, dims, true);
    centred = x - average;
    variance = mean(square(centred), dims, true);
    if (running_mean.defined() && count > 0) {
      const NoGradGuard no_grad;
      const double unbiased = static_cast<double>(count) / static_cast<double>(count - 1);
      running_mean.mul_(1 - momentum).add_(reshape(average, {channels}), momentum);
      running_var.mul_(1 - momentum).add_(reshape(variance, {channels}), momentum * unbiased);
    }
  } else {
    centred = x - broadcast(running_mean);
    variance = broadcast(running_var);
  }
  Tensor y = centred * rsqrt(variance + eps);
  if (weight.defined()) y = y * broadcast(weight);
  if (bias.defined()) y = y + broadcast(bias);
  return y;
}

}  // namespace xgrad
