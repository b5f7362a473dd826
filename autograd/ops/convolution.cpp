#include "autograd/ops/convolution.h"

#include <algorithm>
#include <array>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/convolution.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/one_number.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

using kernels::Convolution;

// Three maps that are linear in each of their tensors: x and the weight give y, y and the weight x, x and y the weight. Each
// is the gradient of the others, so that the three are all that gradients of any order need.
Tensor forward_map(const Convolution& shape, const Tensor& x, const Tensor& weight, const Tensor& bias);
Tensor input_map(const Convolution& shape, const Tensor& y, const Tensor& weight, const Tensor& bias);
Tensor weight_map(const Convolution& shape, const Tensor& x, const Tensor& y);

/// Calls `compute` with the C++ type, and contiguous copies of the tensors where they are not contiguous.
template <class Compute>
void on_memory(const Tensor& a, const Tensor& b, const Tensor& bias, const Compute& compute) {
  const NoGradGuard no_grad;
  const Tensor first = contiguous(a.detach());
  const Tensor second = contiguous(b.detach());
  const Tensor third = bias.defined() ? contiguous(bias.detach()) : Tensor();
  visit_floating(a.dtype(), "conv1d", [&]<class T>() {
    compute(first.data_ptr<T>(), second.data_ptr<T>(), third.defined() ? third.data_ptr<T>() : nullptr);
  });
}

Tensor forward_map(const Convolution& shape, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const autograd::profiler::RecordFunction profiled("conv1d");
  Tensor y = empty({shape.batch, shape.groups * shape.out_channels, shape.out_length}, x.dtype());
  on_memory(x, weight, bias, [&]<class T>(const T* in, const T* factors, const T* start) {
    kernels::convolve(shape, in, factors, start, y.data_ptr<T>());
  });
  return record("Conv1d", std::move(y), {x, weight, bias},
                [shape, x = SavedTensor(x), weight = SavedTensor(weight)](const Tensor& grad, const Node& node) {
                  std::array<Tensor, 3> gradients;
                  if (node.needs_gradient(0)) gradients[0] = input_map(shape, grad, weight.unpack(), {});
                  if (node.needs_gradient(1)) gradients[1] = weight_map(shape, x.unpack(), grad);
                  if (node.needs_gradient(2)) gradients[2] = sum(grad, {0, 2});
                  return gradients;
                });
}

Tensor input_map(const Convolution& shape, const Tensor& y, const Tensor& weight, const Tensor& bias) {
  const autograd::profiler::RecordFunction profiled("conv_transpose1d");
  Tensor x = empty({shape.batch, shape.groups * shape.in_channels, shape.length}, y.dtype());
  if (x.numel() > 0) {
    on_memory(y, weight, bias, [&]<class T>(const T* in, const T* factors, const T* start) {
      kernels::convolve_transposed(shape, in, factors, start, x.data_ptr<T>());
    });
  }
  return record("ConvTranspose1d", x, {y, weight, bias},
                [shape, y = SavedTensor(y), weight = SavedTensor(weight)](const Tensor& grad, const Node& node) {
                  std::array<Tensor, 3> gradients;
                  if (node.needs_gradient(0)) gradients[0] = forward_map(shape, grad, weight.unpack(), {});
                  if (node.needs_gradient(1)) gradients[1] = weight_map(shape, grad, y.unpack());
                  if (node.needs_gradient(2)) gradients[2] = sum(grad, {0, 2});
                  return gradients;
                });
}

Tensor weight_map(const Convolution& shape, const Tensor& x, const Tensor& y) {
  const autograd::profiler::RecordFunction profiled("conv1d weight gradient");
  Tensor weight = empty({shape.groups * shape.out_channels, shape.in_channels, shape.taps}, x.dtype());
  on_memory(x, y, {}, [&]<class T>(const T* in, const T* out, const T* /*bias*/) {
    kernels::convolution_weight_gradient(shape, in, out, weight.data_ptr<T>());
  });
  return record("Conv1dWeightGradient", weight, {x, y},
                [shape, x = SavedTensor(x), y = SavedTensor(y)](const Tensor& grad, const Node& node) {
                  std::array<Tensor, 2> gradients;
                  if (node.needs_gradient(0)) gradients[0] = input_map(shape, y.unpack(), grad, {});
                  if (node.needs_gradient(1)) gradients[1] = forward_map(shape, x.unpack(), grad, {});
                  return gradients;
                });
}

/// Dtypes, numbers of dimensions, and a bias for `out_channels`.
void check_tensors(const char* operation, const Tensor& x, const Tensor& weight, const Tensor& bias,
                   std::int64_t out_channels) {
  check<TypeError>(x.dtype() == kFloat32 || x.dtype() == kFloat64, "{}: expected float32 or float64, got {} {}", operation,
                   x.dtype(), x.sizes());
  check<TypeError>(weight.dtype() == x.dtype() && (!bias.defined() || bias.dtype() == x.dtype()),
                   "{}: input {}, weight {}{} differ in their dtypes", operation, x.dtype(), weight.dtype(),
                   bias.defined() ? " and the bias" : "");
  check<ShapeError>(!bias.defined() || bias.sizes() == IntArrayRef({out_channels}),
                    "{}: a bias {} does not fit a weight {}: expected [{}]", operation,
                    bias.defined() ? bias.sizes() : IntArrayRef(), weight.sizes(), out_channels);
}

void check_shapes(const char* operation, const Tensor& x, const Tensor& weight, std::int64_t groups) {
  check<ValueError>(groups > 0, "{}: groups must be at least 1, got {}", operation, groups);
  check<ShapeError>(weight.dim() == 3 && weight.numel() > 0,
                    "{}: expected a weight of three dimensions, none of them 0, got {}", operation, weight.sizes());
  check<ShapeError>(x.dim() == 3 || x.dim() == 2,
                    "{}: expected an input (batch, channels, time) or (channels, time), got {}", operation, x.sizes());
  check<ValueError>(weight.size(0) % groups == 0, "{}: {} groups do not divide the {} channels of a weight {}", operation,
                    groups, weight.size(0), weight.sizes());
}

}  // namespace

namespace detail {

TimePadding time_padding(std::string_view padding, std::int64_t kernel, std::int64_t stride, std::int64_t dilation) {
  check<ValueError>(padding == "same" || padding == "valid", R"(conv1d: padding must be "same" or "valid", got "{}")",
                    padding);
  if (padding == "valid") return {};
  check<ValueError>(stride == 1, "conv1d: padding \"same\" goes with a stride of 1, got {}", stride);
  const std::int64_t all = dilation * (kernel - 1);
  return {all / 2, all - all / 2};
}

Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, std::int64_t stride, TimePadding padding,
              std::int64_t dilation, std::int64_t groups) {
  check_shapes("conv1d", x, weight, groups);
  check_tensors("conv1d", x, weight, bias, weight.size(0));
  const std::int64_t channels = x.size(-2);
  check<ShapeError>(channels == weight.size(1) * groups,
                    "conv1d: input {} does not fit weight {}: expected {} channels in {} groups", x.sizes(), weight.sizes(),
                    weight.size(1) * groups, groups);
  if (x.dim() == 2) return squeeze(conv1d(unsqueeze(x, 0), weight, bias, stride, padding, dilation, groups), 0);
  Convolution shape{x.size(0),      groups, weight.size(1), weight.size(0) / groups, x.size(2), 0,
                    weight.size(2), stride, dilation,       padding.before};
  const std::int64_t padded = x.size(2) + padding.before + padding.behind;
  const std::int64_t extent = dilation * (shape.taps - 1) + 1;
  check<ShapeError>(padded >= extent, "conv1d: an input {} of {} steps with its padding is shorter than the kernel's {}",
                    x.sizes(), padded, extent);
  shape.out_length = (padded - extent) / stride + 1;
  return forward_map(shape, x, weight, bias);
}

Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, IntArrayRef stride, std::string_view padding,
              IntArrayRef dilation, std::int64_t groups) {
  check_shapes("conv1d", x, weight, groups);
  const std::int64_t step = one_number("conv1d", "the stride", stride, 1);
  const std::int64_t spread = one_number("conv1d", "the dilation", dilation, 1);
  return conv1d(x, weight, bias, step, time_padding(padding, weight.size(2), step, spread), spread, groups);
}

}  // namespace detail

Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, IntArrayRef stride, IntArrayRef padding,
              IntArrayRef dilation, std::int64_t groups) {
  const std::int64_t both = one_number("conv1d", "the padding", padding, 0);
  return detail::conv1d(x, weight, bias, one_number("conv1d", "the stride", stride, 1), {both, both},
                        one_number("conv1d", "the dilation", dilation, 1), groups);
}

Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const Tensor& bias, IntArrayRef stride, IntArrayRef padding,
                        IntArrayRef output_padding, std::int64_t groups, IntArrayRef dilation) {
  const char* operation = "conv_transpose1d";
  const std::int64_t step = one_number(operation, "the stride", stride, 1);
  const std::int64_t left = one_number(operation, "the padding", padding, 0);
  const std::int64_t spread = one_number(operation, "the dilation", dilation, 1);
  const std::int64_t more = one_number(operation, "the output padding", output_padding, 0);
  check<ValueError>(more < std::max(step, spread),
                    "conv_transpose1d: the output padding {} must be less than the stride {} or the dilation {}", more, step,
                    spread);
  check_shapes(operation, x, weight, groups);
  check_tensors(operation, x, weight, bias, weight.size(1) * groups);
  check<ShapeError>(x.size(-2) == weight.size(0), "conv_transpose1d: input {} does not fit weight {}: expected {} channels",
                    x.sizes(), weight.sizes(), weight.size(0));
  if (x.dim() == 2) {
    return squeeze(conv_transpose1d(unsqueeze(x, 0), weight, bias, stride, padding, output_padding, groups, dilation), 0);
  }
  Convolution shape{x.size(0), groups, weight.size(1), weight.size(0) / groups, 0, x.size(2), weight.size(2), step,
                    spread,    left};
  shape.length = (x.size(2) - 1) * step - 2 * left + spread * (shape.taps - 1) + more + 1;
  check<ShapeError>(x.size(2) > 0 && shape.length > 0, "conv_transpose1d: an input {} gives {} steps", x.sizes(),
                    shape.length);
  return input_map(shape, x, weight, bias);
}

Tensor convolution(const Tensor& x, const Tensor& weight, const Tensor& bias, IntArrayRef stride, IntArrayRef padding,
                   IntArrayRef dilation, OnlyBool transposed, IntArrayRef output_padding, std::int64_t groups) {
  if (transposed) return conv_transpose1d(x, weight, bias, stride, padding, output_padding, groups, dilation);
  for (const std::int64_t more : output_padding) {
    check<ValueError>(more == 0, "convolution: output_padding {} is of transposed convolutions", output_padding);
  }
  return conv1d(x, weight, bias, stride, padding, dilation, groups);
}

Tensor conv_tbc(const Tensor& x, const Tensor& weight, const Tensor& bias, std::int64_t padding) {
  check<ShapeError>(x.dim() == 3 && weight.dim() == 3,
                    "conv_tbc: expected an input (time, batch, channels) and a weight (k, channels, out), got {} and {}",
                    x.sizes(), weight.sizes());
  return permute(conv1d(permute(x, {1, 2, 0}), permute(weight, {2, 1, 0}), bias, 1, padding), {2, 0, 1});
}

}  // namespace xgrad
