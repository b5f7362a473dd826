/// Convolutions in time: a layer looks at several steps at once. Channels are a dimension of their own, in groups that do
/// not see one another; memory beside the result is that of the input, whatever the kernel's size.
///
/// All take an input (batch, channels, time), or (channels, time) without a batch, of float32 or float64, and throw
/// ShapeError for what does not fit, TypeError for other dtypes or several, ValueError for a stride or dilation below 1,
/// negative padding, groups that do not divide the channels, and lists of other than one number. Results have the same bits
/// on any number of threads.
#pragma once

#include <concepts>
#include <string_view>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// y[n, o, t] = bias[o] + sum over c, k of weight[o, c, k] x[n, c, t stride + k dilation - padding], with zeros outside of
/// x. weight (out channels, channels / groups, k), bias (out channels) or undefined; the result's time is
/// (time + 2 padding - dilation (k - 1) - 1) / stride + 1.
/// https://pytorch.org/docs/1.13/generated/torch.nn.functional.conv1d.html
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias = {}, IntArrayRef stride = 1,
              IntArrayRef padding = 0, IntArrayRef dilation = 1, std::int64_t groups = 1);

namespace detail {
/// How much is put before and behind the input.
struct TimePadding {
  std::int64_t before = 0;
  std::int64_t behind = 0;
};
/// What the words "same" and "valid" mean: zeros for as many steps as there are in the input, one more behind where they are
/// odd; and none. Throws ValueError for other words, and for "same" with a stride.
TimePadding time_padding(std::string_view padding, std::int64_t kernel, std::int64_t stride, std::int64_t dilation);
/// conv1d with any padding.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, std::int64_t stride, TimePadding padding,
              std::int64_t dilation, std::int64_t groups);
/// conv1d with padding by a word.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, IntArrayRef stride, std::string_view padding,
              IntArrayRef dilation, std::int64_t groups);
}  // namespace detail

/// The same with the padding "same", for as many steps as there are in the input, or "valid", for none.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, IntArrayRef stride,
              const std::convertible_to<std::string_view> auto& padding, IntArrayRef dilation = 1, std::int64_t groups = 1) {
  return detail::conv1d(x, weight, bias, stride, std::string_view(padding), dilation, groups);
}

/// The transposed map, from a convolution's result to its input: stretches time by the stride. weight (channels, out
/// channels / groups, k), bias (out channels) or undefined; the result's time is
/// (time - 1) stride - 2 padding + dilation (k - 1) + output_padding + 1, where output_padding is less than the stride or
/// the dilation (ValueError).
/// https://pytorch.org/docs/1.13/generated/torch.nn.functional.conv_transpose1d.html
Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const Tensor& bias = {}, IntArrayRef stride = 1,
                        IntArrayRef padding = 0, IntArrayRef output_padding = 0, std::int64_t groups = 1,
                        IntArrayRef dilation = 1);

/// conv_transpose1d where `transposed`, else conv1d, which has no output padding (ValueError).
Tensor convolution(const Tensor& x, const Tensor& weight, const Tensor& bias, IntArrayRef stride, IntArrayRef padding,
                   IntArrayRef dilation, bool transposed, IntArrayRef output_padding, std::int64_t groups);
/// conv1d with the time first: x (time, batch, channels), weight (k, channels, out channels), bias (out channels).
Tensor conv_tbc(const Tensor& x, const Tensor& weight, const Tensor& bias, std::int64_t padding = 0);

}  // namespace xgrad
