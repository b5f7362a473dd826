#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/normalization.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/products.h"
#include "autograd/ops/reduce.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// What a kernel takes where a tensor may be missing.
template <class T>
const T* data_or_null(const Tensor& x) {
  return x.defined() ? x.data_ptr<T>() : nullptr;
}

/// Rows of n numbers, with the mean and the scale of each.
struct NormalizedRows {
  DimVector dims;  ///< that are normalised, from the last one on
  std::int64_t rows;
  std::int64_t n;
  double eps;
};

/// The gradients for x, weight and bias in one pass, where none of them is recorded.
std::array<Tensor, 3> layer_norm_fused(const Node& node, const Tensor& grad, const Tensor& x, const Tensor& weight,
                                       const Tensor& mean, const Tensor& scale, const NormalizedRows& of) {
  const Tensor arriving = grad.contiguous();
  const Tensor values = x.contiguous();
  const Tensor factors = weight.defined() ? weight.contiguous() : weight;
  std::array<Tensor, 3> gradients;
  if (node.needs_gradient(0)) gradients[0] = empty(x.sizes(), x.dtype());
  const IntArrayRef shape = x.sizes().slice(x.sizes().size() - of.dims.size(), of.dims.size());
  for (std::size_t i = 1; i < 3; ++i) {
    if (node.needs_gradient(i)) gradients[i] = empty(shape, x.dtype());
  }
  visit_floating(x.dtype(), "layer_norm", [&]<class T>() {
    const auto target = [&](std::size_t i) { return gradients[i].defined() ? gradients[i].data_ptr<T>() : nullptr; };
    kernels::normalize_rows_backward(arriving.data_ptr<T>(), values.data_ptr<T>(), of.rows, of.n, data_or_null<T>(factors),
                                     mean.data_ptr<T>(), scale.data_ptr<T>(), target(0), target(1), target(2));
  });
  return gradients;
}

/// The same as operations.
std::array<Tensor, 3> layer_norm_recorded(const Node& node, const Tensor& grad, const Tensor& x, const Tensor& weight,
                                          const NormalizedRows& of) {
  const Tensor centred = x - mean(x, of.dims, true);
  const Tensor scale = rsqrt(mean(square(centred), of.dims, true) + of.eps);
  const Tensor normal = centred * scale;
  std::array<Tensor, 3> gradients;
  if (node.needs_gradient(0)) {
    const Tensor inner = weight.defined() ? grad * weight : grad;
    gradients[0] = (inner - mean(inner, of.dims, true) - normal * mean(inner * normal, of.dims, true)) * scale;
  }
  const IntArrayRef shape = x.sizes().slice(x.sizes().size() - of.dims.size(), of.dims.size());
  if (node.needs_gradient(1)) gradients[1] = sum_to(grad * normal, shape);
  if (node.needs_gradient(2)) gradients[2] = sum_to(grad, shape);
  return gradients;
}

}  // namespace

Tensor layer_norm(const Tensor& x, IntArrayRef normalized_shape, const Tensor& weight, const Tensor& bias, double eps) {
  const autograd::profiler::RecordFunction profiled("layer_norm");
  const std::size_t n = normalized_shape.size();
  check<TypeError>(x.is_floating_point(), "layer_norm: expected a floating-point tensor, got {}", x.dtype());
  check<ShapeError>(n > 0 && n <= x.sizes().size() && x.sizes().slice(x.sizes().size() - n, n) == normalized_shape,
                    "layer_norm: shape {} does not end in {}", x.sizes(), normalized_shape);
  for (const Tensor* parameter : {&weight, &bias}) {
    if (!parameter->defined()) continue;
    check<ShapeError>(parameter->sizes() == normalized_shape, "layer_norm: a weight or bias of shape {}, expected {}",
                      parameter->sizes(), normalized_shape);
    check<TypeError>(parameter->dtype() == x.dtype(), "layer_norm: dtypes {} and {} differ", x.dtype(), parameter->dtype());
  }
  if (const Dtype wide = compute_dtype(x.dtype()); wide != x.dtype()) {
    const auto widened = [&](const Tensor& parameter) { return parameter.defined() ? to(parameter, wide) : parameter; };
    return to(layer_norm(to(x, wide), normalized_shape, widened(weight), widened(bias), eps), x.dtype());
  }
  NormalizedRows of{{}, 1, number_of_elements(normalized_shape), eps};
  for (std::size_t i = 0; i < n; ++i) of.dims.push_back(-static_cast<std::int64_t>(i) - 1);
  for (std::size_t i = 0; i + n < x.sizes().size(); ++i) of.rows *= x.sizes()[i];
  const Tensor values = x.detach().contiguous();
  const Tensor factors = weight.defined() ? weight.detach().contiguous() : weight;
  const Tensor shifts = bias.defined() ? bias.detach().contiguous() : bias;
  Tensor y = empty(x.sizes(), x.dtype());
  const Tensor mean = empty({of.rows}, x.dtype());
  const Tensor scale = empty({of.rows}, x.dtype());
  visit_floating(x.dtype(), "layer_norm", [&]<class T>() {
    kernels::normalize_rows(values.data_ptr<T>(), of.rows, of.n, data_or_null<T>(factors), data_or_null<T>(shifts), eps,
                            y.data_ptr<T>(), mean.data_ptr<T>(), scale.data_ptr<T>());
  });
  return record("layer_norm", std::move(y), {x, weight, bias},
                [x = SavedTensor(x), weight = SavedTensor(weight), mean = SavedTensor(mean), scale = SavedTensor(scale), of](
                    const Tensor& grad, const Node& node) {
                  const Tensor v = x.unpack();
                  const Tensor w = weight.unpack();
                  if (GradMode::is_enabled() || grad.dtype() != v.dtype()) return layer_norm_recorded(node, grad, v, w, of);
                  return layer_norm_fused(node, grad, v, w, mean.unpack(), scale.unpack(), of);
                });
}

}  // namespace xgrad
