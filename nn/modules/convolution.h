/// Conv1d and ConvTranspose1d.
#pragma once

#include <optional>
#include <variant>

#include "autograd/base/arg.h"
#include "nn/choices.h"
#include "nn/expanding_array.h"
#include "nn/layer.h"

namespace xgrad {

namespace nn {

/// How much is padded: a number for both ends, kValid for none, or kSame for as much as keeps the length.
using Conv1dPadding = std::variant<ExpandingArray<1>, kValidType, kSameType>;
/// What is padded with.
using Conv1dPaddingMode = std::variant<kZerosType, kReflectType, kReplicateType, kCircularType>;

}  // namespace nn

void print_field(std::ostream& stream, const nn::Conv1dPadding& option);  ///< a number, 'same' or 'valid'
io::Value value_of_field(const nn::Conv1dPadding& option);                ///< the same
void read_field(const io::Value& value, nn::Conv1dPadding& option);       ///< throws ValueError for another text

namespace nn {

struct Conv1dOptions {
  using padding_t = Conv1dPadding;           ///< libtorch's name
  using padding_mode_t = Conv1dPaddingMode;  ///< libtorch's name
  Conv1dOptions(OnlyInt in_channels, OnlyInt out_channels, ExpandingArray<1> kernel_size)
      : in_channels_(in_channels), out_channels_(out_channels), kernel_size_(kernel_size) {}
  XGRAD_ARG(std::int64_t, in_channels);
  XGRAD_ARG(std::int64_t, out_channels);
  XGRAD_ARG(ExpandingArray<1>, kernel_size);   ///< steps that an output sees
  XGRAD_ARG(ExpandingArray<1>, stride) = 1;    ///< steps from one output to the next
  XGRAD_ARG(Conv1dPadding, padding) = 0;       ///< steps before the first and behind the last; kSame with a stride of 1
  XGRAD_ARG(ExpandingArray<1>, dilation) = 1;  ///< distance between the steps that an output sees
  XGRAD_ARG(std::int64_t, groups) = 1;         ///< of channels that do not see one another
  XGRAD_ARG(bool, bias) = true;                ///< whether a bias is added
  XGRAD_ARG(Conv1dPaddingMode, padding_mode) = kZeros;
  /// Whether an output sees no step behind its own: all padding, dilation * (kernel_size - 1) steps, is before the first.
  /// Not with another padding. Of xgrad's own.
  XGRAD_ARG(bool, causal) = false;
  XGRAD_FIELDS(bare(in_channels), bare(out_channels), shown(kernel_size), shown(stride), unless(padding, Conv1dPadding(0)),
               unless(dilation, 1), unless(groups, 1), unless(bias, true), unless(padding_mode, Conv1dPaddingMode(kZeros)),
               unless(causal, false));
};

/// xgrad::conv1d as a layer: (batch, in_channels, time) or (in_channels, time) to (batch, out_channels, time') or
/// (out_channels, time'). Parameters `weight` (out_channels, in_channels / groups, kernel_size) and `bias` (out_channels)
/// start uniform on [-1/sqrt(n), 1/sqrt(n)] with n = in_channels / groups * kernel_size. Throws ShapeError, TypeError;
/// ValueError for sizes that are not positive or do not divide, negative padding, and kSame with a stride.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Conv1d.html
struct Conv1dImpl : Layer<Conv1dImpl, Conv1dOptions> {
  Conv1dImpl(std::int64_t in_channels, std::int64_t out_channels, ExpandingArray<1> kernel_size);
  explicit Conv1dImpl(const Conv1dOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  Tensor forward(const Tensor& x) const;

  Tensor weight;  ///< (out_channels, in_channels / groups, kernel_size)
  Tensor bias;    ///< (out_channels); undefined without bias
};
XGRAD_MODULE(Conv1d);

struct ConvTranspose1dOptions {
  ConvTranspose1dOptions(OnlyInt in_channels, OnlyInt out_channels, ExpandingArray<1> kernel_size)
      : in_channels_(in_channels), out_channels_(out_channels), kernel_size_(kernel_size) {}
  XGRAD_ARG(std::int64_t, in_channels);
  XGRAD_ARG(std::int64_t, out_channels);
  XGRAD_ARG(ExpandingArray<1>, kernel_size);            ///< outputs that a step adds to
  XGRAD_ARG(ExpandingArray<1>, stride) = 1;             ///< outputs from one step to the next
  XGRAD_ARG(ExpandingArray<1>, padding) = 0;            ///< outputs that are left out at both ends
  XGRAD_ARG(ExpandingArray<1>, output_padding) = 0;     ///< outputs that are added behind
  XGRAD_ARG(std::int64_t, groups) = 1;                  ///< of channels that do not see one another
  XGRAD_ARG(bool, bias) = true;                         ///< whether a bias is added
  XGRAD_ARG(ExpandingArray<1>, dilation) = 1;           ///< distance between the outputs that a step adds to
  XGRAD_ARG(Conv1dPaddingMode, padding_mode) = kZeros;  ///< no other
  XGRAD_FIELDS(bare(in_channels), bare(out_channels), shown(kernel_size), shown(stride), unless(padding, 0),
               unless(dilation, 1), unless(output_padding, 0), unless(groups, 1), unless(bias, true), kept(padding_mode));
};

/// xgrad::conv_transpose1d as a layer: (batch, in_channels, time) to (batch, out_channels, time'), and without a batch.
/// Parameters `weight` (in_channels, out_channels / groups, kernel_size) and `bias` (out_channels) start uniform on
/// [-1/sqrt(n), 1/sqrt(n)] with n = out_channels / groups * kernel_size. Throws as Conv1d, and ValueError for other padding
/// modes than kZeros. https://pytorch.org/docs/1.13/generated/torch.nn.ConvTranspose1d.html
struct ConvTranspose1dImpl : Layer<ConvTranspose1dImpl, ConvTranspose1dOptions> {
  ConvTranspose1dImpl(std::int64_t in_channels, std::int64_t out_channels, ExpandingArray<1> kernel_size);
  explicit ConvTranspose1dImpl(const ConvTranspose1dOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  /// `output_size` is the time that the result shall have, one of the `stride` that the options leave open; ValueError for
  /// others.
  Tensor forward(const Tensor& x, const std::optional<IntArrayRef>& output_size = std::nullopt) const;

  Tensor weight;  ///< (in_channels, out_channels / groups, kernel_size)
  Tensor bias;    ///< (out_channels); undefined without bias
};
XGRAD_MODULE(ConvTranspose1d);

}  // namespace nn

}  // namespace xgrad
