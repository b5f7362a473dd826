#include "autograd/ops/argument_forms.h"

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"

namespace xgrad {

Tensor bitwise_left_shift(Scalar a, const Tensor& b) { return bitwise_left_shift(number_beside(b, a), b); }
Tensor bitwise_right_shift(Scalar a, const Tensor& b) { return bitwise_right_shift(number_beside(b, a), b); }
Tensor remainder(Scalar a, const Tensor& b) { return remainder(number_beside(b, a), b); }
Tensor float_power(Scalar a, const Tensor& b) { return float_power(full({}, a, kFloat64), b); }
Tensor special_zeta(Scalar s, const Tensor& q) { return special_zeta(number_beside(q, s), q); }
Tensor special_zeta(const Tensor& s, Scalar q) { return special_zeta(s, number_beside(s, q)); }

Tensor elu(const Tensor& x, Scalar alpha, Scalar scale, Scalar input_scale) {
  const autograd::profiler::RecordFunction profiled("elu");
  check<TypeError>(x.is_floating_point(), "elu: expected a floating-point tensor, got {}", x.dtype());
  const Tensor is_positive = gt(x.detach(), 0);
  const Tensor below = expm1(masked_fill(x, is_positive, 0) * input_scale) * alpha;
  return where(is_positive, x, below) * scale;
}

Tensor& elu_(Tensor& x, Scalar alpha, Scalar scale, Scalar input_scale) {
  return write_in_place("elu_", x, elu(before_change(x), alpha, scale, input_scale));
}

Tensor& gelu_(Tensor& x, std::string_view approximate) {
  return write_in_place("gelu_", x, gelu(before_change(x), approximate));
}

Tensor& rrelu_(Tensor& x, Scalar lower, Scalar upper, OnlyBool training, std::optional<Generator> generator) {
  return write_in_place("rrelu_", x, rrelu(before_change(x), lower, upper, training, std::move(generator)));
}

Tensor ctc_loss(const Tensor& log_probs, const Tensor& targets, IntArrayRef input_lengths, IntArrayRef target_lengths,
                std::int64_t blank, Reduction reduction, OnlyBool zero_infinity) {
  return ctc_loss(log_probs, targets, tensor(input_lengths.vec(), kInt64), tensor(target_lengths.vec(), kInt64), blank,
                  reduction, zero_infinity);
}

TensorList detail::spaced_gradient(const Tensor& x, ArrayRef<Scalar> spacings, IntArrayRef dims, std::int64_t edge_order) {
  DimVector axes = to_dims(dims);
  for (std::int64_t dim = 0; dims.empty() && dim < x.dim(); ++dim) axes.push_back(dim);
  check<ValueError>(spacings.size() == axes.size(), "gradient: {} spacings for {} dimensions", spacings.size(), axes.size());
  TensorList results;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    results.push_back(gradient(x, spacings[i], axes[i], edge_order).front());
  }
  return results;
}

Tensor narrow(const Tensor& x, OnlyInt dim, const Tensor& start, std::int64_t length) {
  check<ShapeError>(start.dim() == 0, "narrow: expected a start without dimensions, got {}", start.sizes());
  check<TypeError>(!start.is_floating_point() && start.dtype() != kBool, "narrow: expected an integer as start, got {}",
                   start.dtype());
  return narrow(x, dim, start.item<std::int64_t>(), length);
}

Tensor detail::of_output_size(const Tensor& y, std::int64_t dim, std::optional<std::int64_t> output_size) {
  check<ShapeError>(!output_size || *output_size == y.size(dim),
                    "repeat_interleave: output_size is {}, but the repeats add up to {}", output_size.value_or(0),
                    y.size(dim));
  return y;
}

Tensor repeat_interleave(const Tensor& x, std::int64_t repeats, std::optional<OnlyInt> dim,
                         std::optional<std::int64_t> output_size) {
  return detail::of_output_size(repeat_interleave(x, repeats, dim), dim.value_or(0), output_size);
}
Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, std::optional<OnlyInt> dim,
                         std::optional<std::int64_t> output_size) {
  return detail::of_output_size(repeat_interleave(x, repeats, dim), dim.value_or(0), output_size);
}

namespace {

PadMode pad_mode(std::string_view name) {
  if (name == "constant") return PadMode::Constant;
  if (name == "reflect") return PadMode::Reflect;
  if (name == "replicate") return PadMode::Replicate;
  check<ValueError>(name == "circular",
                    "pad: the mode is \"constant\", \"reflect\", \"replicate\" or \"circular\", got \"{}\"", name);
  return PadMode::Circular;
}

void require_pair(const char* operation, IntArrayRef padding) {
  check<ValueError>(padding.size() == 2, "{}: expected two paddings, got {}", operation, padding);
}

}  // namespace

Tensor pad(const Tensor& x, IntArrayRef padding, std::string_view mode, std::optional<double> value) {
  const PadMode found = pad_mode(mode);
  check<ValueError>(found == PadMode::Constant || value.value_or(0) == 0, "pad: the mode \"{}\" takes no value", mode);
  return pad(x, padding, found, value.value_or(0));
}

Tensor reflection_pad1d(const Tensor& x, IntArrayRef padding) {
  require_pair("reflection_pad1d", padding);
  return pad(x, padding, PadMode::Reflect);
}

Tensor replication_pad1d(const Tensor& x, IntArrayRef padding) {
  require_pair("replication_pad1d", padding);
  return pad(x, padding, PadMode::Replicate);
}

}  // namespace xgrad
