#include "autograd/ops/batch_norm.h"

#include <array>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/graph/record_function.h"
#include "autograd/kernels/normalization.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad {

namespace {

/// One number for each channel, in the shape that broadcasts against x.
Tensor per_channel(const Tensor& vector, std::int64_t dims) {
  DimVector sizes(static_cast<std::size_t>(dims), 1);
  sizes[1] = vector.size(0);
  return view(vector, sizes);
}

kernels::Channels channels_of(const Tensor& x) {
  return {x.size(0), x.size(1), number_of_elements(x.sizes().slice(2, x.sizes().size() - 2))};
}

/// All dimensions but that of the channels.
DimVector other_dims(const Tensor& x) {
  DimVector dims{0};
  for (std::int64_t dim = 2; dim < x.dim(); ++dim) dims.push_back(dim);
  return dims;
}

/// The gradients for x, weight and bias as operations. Average and scale are numbers unless they are the batch's own.
std::array<Tensor, 3> batch_norm_recorded(const Node& node, const Tensor& grad, const Tensor& x, const Tensor& weight,
                                          const Tensor& average, const Tensor& known_scale, bool of_batch, double eps) {
  const DimVector dims = other_dims(x);
  const Tensor centred = x - (of_batch ? mean(x, dims, true) : per_channel(average, x.dim()));
  const Tensor scale = of_batch ? rsqrt(mean(square(centred), dims, true) + eps) : per_channel(known_scale, x.dim());
  const Tensor normal = centred * scale;
  std::array<Tensor, 3> gradients;
  if (node.needs_gradient(0)) {
    const Tensor inner = weight.defined() ? grad * per_channel(weight, x.dim()) : grad;
    gradients[0] =
        of_batch ? (inner - mean(inner, dims, true) - normal * mean(inner * normal, dims, true)) * scale : inner * scale;
  }
  if (node.needs_gradient(1)) gradients[1] = sum(grad * normal, dims);
  if (node.needs_gradient(2)) gradients[2] = sum(grad, dims);
  return gradients;
}

/// The same by kernels, where none of them is recorded.
std::array<Tensor, 3> batch_norm_fused(const Node& node, const Tensor& grad, const Tensor& x, const Tensor& weight,
                                       const Tensor& average, const Tensor& scale, bool of_batch) {
  const Tensor arriving = grad.contiguous();
  const Tensor values = x.contiguous();
  const kernels::Channels shape = channels_of(x);
  const Tensor sums = empty({shape.channels}, x.dtype());
  const Tensor products = empty({shape.channels}, x.dtype());
  std::array<Tensor, 3> gradients;
  visit_floating(x.dtype(), "batch_norm", [&]<class T>() {
    kernels::channel_gradient_sums(arriving.data_ptr<T>(), values.data_ptr<T>(), shape, average.data_ptr<T>(),
                                   sums.data_ptr<T>(), products.data_ptr<T>());
    if (!node.needs_gradient(0)) return;
    const auto count = static_cast<double>(shape.count());
    const Tensor constant = of_batch ? sums / count : zeros_like(sums);
    const Tensor slope = of_batch ? products / count * scale * scale : zeros_like(sums);
    const Tensor factor = (weight.defined() ? weight * scale : scale).contiguous();
    gradients[0] = empty(x.sizes(), x.dtype());
    kernels::channel_gradient(arriving.data_ptr<T>(), values.data_ptr<T>(), shape, average.data_ptr<T>(),
                              constant.data_ptr<T>(), slope.data_ptr<T>(), factor.data_ptr<T>(), gradients[0].data_ptr<T>());
  });
  if (node.needs_gradient(1)) gradients[1] = products * scale;
  if (node.needs_gradient(2)) gradients[2] = sums;
  return gradients;
}

}  // namespace

Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var, const Tensor& weight,
                  const Tensor& bias, OnlyBool training, double momentum, double eps) {
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
  if (const Dtype wide = compute_dtype(x.dtype()); wide != x.dtype()) {
    const auto widened = [&](const Tensor& vector) { return vector.defined() ? to(vector, wide) : vector; };
    const Tensor wide_mean = widened(running_mean);
    const Tensor wide_var = widened(running_var);
    const Tensor y = batch_norm(to(x, wide), wide_mean, wide_var, widened(weight), widened(bias), training, momentum, eps);
    if (running_mean.defined() && training) {
      const NoGradGuard no_grad;
      running_mean.copy_(wide_mean);
      running_var.copy_(wide_var);
    }
    return to(y, x.dtype());
  }
  const bool of_batch = training || !running_mean.defined();
  const kernels::Channels shape = channels_of(x);
  check<ValueError>(!of_batch || channels == 0 || shape.count() != 1,
                    "batch_norm: training needs more than one value for each channel, got an input {}", x.sizes());
  const Tensor values = x.detach().contiguous();
  Tensor y = empty(x.sizes(), x.dtype());
  Tensor average;
  Tensor scale;
  {
    const NoGradGuard no_grad;
    Tensor variance;
    if (of_batch) {
      average = empty({channels}, x.dtype());
      variance = empty({channels}, x.dtype());
      visit_floating(x.dtype(), "batch_norm", [&]<class T>() {
        kernels::channel_moments(values.data_ptr<T>(), shape, average.data_ptr<T>(), variance.data_ptr<T>());
      });
      if (running_mean.defined() && shape.count() > 0) {
        const double unbiased = static_cast<double>(shape.count()) / static_cast<double>(shape.count() - 1);
        running_mean.mul_(1 - momentum).add_(average, momentum);
        running_var.mul_(1 - momentum).add_(variance, momentum * unbiased);
      }
    } else {
      average = running_mean.clone().contiguous();
      variance = running_var;
    }
    scale = rsqrt(variance + eps).contiguous();
    const Tensor factor = (weight.defined() ? weight * scale : scale).contiguous();
    const Tensor shift = bias.defined() ? bias.contiguous() : bias;
    visit_floating(x.dtype(), "batch_norm", [&]<class T>() {
      kernels::normalize_channels(values.data_ptr<T>(), shape, average.data_ptr<T>(), factor.data_ptr<T>(),
                                  shift.defined() ? shift.data_ptr<T>() : nullptr, y.data_ptr<T>());
    });
  }
  return record("batch_norm", std::move(y), {x, weight, bias},
                [x = SavedTensor(x), weight = SavedTensor(weight), average = SavedTensor(average),
                 scale = SavedTensor(scale), of_batch, eps](const Tensor& grad, const Node& node) {
                  const Tensor v = x.unpack();
                  const Tensor w = weight.unpack();
                  const bool records = GradMode::is_enabled() || grad.dtype() != v.dtype();
                  return records ? batch_norm_recorded(node, grad, v, w, average.unpack(), scale.unpack(), of_batch, eps)
                                 : batch_norm_fused(node, grad, v, w, average.unpack(), scale.unpack(), of_batch);
                });
}

}  // namespace xgrad
