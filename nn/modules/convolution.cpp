#include "nn/modules/convolution.h"

#include <cmath>
#include <ostream>

#include "autograd/base/check.h"
#include "autograd/ops/convolution.h"
#include "autograd/ops/pad.h"
#include "autograd/tensor/creation.h"
#include "nn/init/init.h"

namespace xgrad {

void print_field(std::ostream& stream, const nn::Conv1dPadding& option) {
  if (const auto* number = std::get_if<ExpandingArray<1>>(&option)) stream << *number;
  else stream << (std::holds_alternative<kSameType>(option) ? "'same'" : "'valid'");
}

Value value_of_field(const nn::Conv1dPadding& option) {
  if (const auto* number = std::get_if<ExpandingArray<1>>(&option)) return value_of_field(*number);
  return std::string(std::holds_alternative<kSameType>(option) ? "same" : "valid");
}

void read_field(const Value& value, nn::Conv1dPadding& option) {
  if (!value.is_string()) {
    ExpandingArray<1> number = 0;
    read_field(value, number);
    option = number;
    return;
  }
  const std::string& text = value.to_string();
  check<ValueError>(text == "same" || text == "valid", "Conv1d: there is no padding named {}", text);
  if (text == "same") option = kSame;
  else option = kValid;
}

}  // namespace xgrad

namespace xgrad::nn {

namespace {

template <class Options>
void check_options(const char* module, const Options& options) {
  for (const std::int64_t size : {options.in_channels(), options.out_channels(), options.kernel_size()->front(),
                                  options.stride()->front(), options.dilation()->front(), options.groups()}) {
    check<ValueError>(size > 0, "{}: channels, kernel_size, stride, dilation and groups must be positive, got {}", module,
                      size);
  }
  check<ValueError>(options.in_channels() % options.groups() == 0 && options.out_channels() % options.groups() == 0,
                    "{}: {} groups do not divide {} and {} channels", module, options.groups(), options.in_channels(),
                    options.out_channels());
}

/// As PyTorch draws them: by what an output sees, which is the weight without its first dimension.
void draw(const Tensor& weight, const Tensor& bias) {
  init::kaiming_uniform_(weight, std::sqrt(5.0));
  if (!bias.defined()) return;
  const double bound = 1 / std::sqrt(static_cast<double>(weight.size(1) * weight.size(2)));
  init::uniform_(bias, -bound, bound);
}

}  // namespace

Conv1dImpl::Conv1dImpl(std::int64_t in_channels, std::int64_t out_channels, ExpandingArray<1> kernel_size)
    : Conv1dImpl(Conv1dOptions(in_channels, out_channels, kernel_size)) {}

Conv1dImpl::Conv1dImpl(const Conv1dOptions& options_) : Layer(options_) {
  check_options("Conv1d", options);
  if (const auto* padding = std::get_if<ExpandingArray<1>>(&options.padding())) {
    check<ValueError>((*padding)->front() >= 0, "Conv1d: padding must not be negative, got {}", (*padding)->front());
    check<ValueError>(!options.causal() || (*padding)->front() == 0, "Conv1d: a causal one has no other padding, got {}",
                      (*padding)->front());
  } else {
    check<ValueError>(!options.causal(), "Conv1d: a causal one has no other padding");
    check<ValueError>(std::holds_alternative<kValidType>(options.padding()) || options.stride()->front() == 1,
                      "Conv1d: padding kSame goes with a stride of 1, got {}", options.stride()->front());
  }
  reset();
}

void Conv1dImpl::reset() {
  weight = register_parameter(
      "weight", empty({options.out_channels(), options.in_channels() / options.groups(), options.kernel_size()->front()}));
  bias = register_parameter("bias", options.bias() ? empty({options.out_channels()}) : Tensor(), options.bias());
  reset_parameters();
}

void Conv1dImpl::reset_parameters() { draw(weight, bias); }

Tensor Conv1dImpl::forward(const Tensor& x) const {
  const std::int64_t taps = options.kernel_size()->front();
  const std::int64_t stride = options.stride()->front();
  const std::int64_t dilation = options.dilation()->front();
  xgrad::detail::TimePadding padding;
  if (const auto* number = std::get_if<ExpandingArray<1>>(&options.padding())) {
    padding = {(*number)->front(), (*number)->front()};
    if (options.causal()) padding.before = dilation * (taps - 1);
  } else {
    const bool same = std::holds_alternative<kSameType>(options.padding());
    padding = xgrad::detail::time_padding(same ? "same" : "valid", taps, stride, dilation);
  }
  if (std::holds_alternative<kZerosType>(options.padding_mode())) {
    return xgrad::detail::conv1d(x, weight, bias, stride, padding, dilation, options.groups());
  }
  // The modes in the order of Conv1dPaddingMode.
  constexpr PadMode modes[] = {PadMode::Constant, PadMode::Reflect, PadMode::Replicate, PadMode::Circular};
  return xgrad::detail::conv1d(xgrad::pad(x, {padding.before, padding.behind}, modes[options.padding_mode().index()]),
                               weight, bias, stride, {}, dilation, options.groups());
}

ConvTranspose1dImpl::ConvTranspose1dImpl(std::int64_t in_channels, std::int64_t out_channels, ExpandingArray<1> kernel_size)
    : ConvTranspose1dImpl(ConvTranspose1dOptions(in_channels, out_channels, kernel_size)) {}

ConvTranspose1dImpl::ConvTranspose1dImpl(const ConvTranspose1dOptions& options_) : Layer(options_) {
  check_options("ConvTranspose1d", options);
  check<ValueError>(options.padding()->front() >= 0 && options.output_padding()->front() >= 0,
                    "ConvTranspose1d: paddings must not be negative, got {} and {}", options.padding()->front(),
                    options.output_padding()->front());
  check<ValueError>(std::holds_alternative<kZerosType>(options.padding_mode()),
                    "ConvTranspose1d: the padding mode must be kZeros");
  reset();
}

void ConvTranspose1dImpl::reset() {
  weight = register_parameter(
      "weight", empty({options.in_channels(), options.out_channels() / options.groups(), options.kernel_size()->front()}));
  bias = register_parameter("bias", options.bias() ? empty({options.out_channels()}) : Tensor(), options.bias());
  reset_parameters();
}

void ConvTranspose1dImpl::reset_parameters() { draw(weight, bias); }

Tensor ConvTranspose1dImpl::forward(const Tensor& x, const std::optional<IntArrayRef>& output_size) const {
  std::int64_t more = options.output_padding()->front();
  if (output_size) {
    check<ValueError>(!output_size->empty(), "ConvTranspose1d: the output size is empty");
    check<ShapeError>(x.dim() == 3 || x.dim() == 2, "ConvTranspose1d: expected an input (batch, channels, time), got {}",
                      x.sizes());
    const std::int64_t least = (x.size(-1) - 1) * options.stride()->front() - 2 * options.padding()->front() +
                               options.dilation()->front() * (options.kernel_size()->front() - 1) + 1;
    more = output_size->back() - least;
    check<ValueError>(more >= 0 && more < options.stride()->front(),
                      "ConvTranspose1d: an output of {} steps, expected {} to {}", output_size->back(), least,
                      least + options.stride()->front() - 1);
  }
  return conv_transpose1d(x, weight, bias, options.stride(), options.padding(), more, options.groups(), options.dilation());
}

}  // namespace xgrad::nn
