/// Conv1d and ConvTranspose1d.
#pragma once

#include <optional>
#include <variant>

#include "autograd/base/arg.h"
#include "nn/choices.h"
#include "nn/cloneable.h"
#include "nn/expanding_array.h"

namespace xgrad::nn {

/// How much is padded: a number for both ends, kValid for none, or kSame for as much as keeps the length.
using Conv1dPadding = std::variant<ExpandingArray<1>, kValidType, kSameType>;
/// What is padded with.
using Conv1dPaddingMode = std::variant<kZerosType, kReflectType, kReplicateType, kCircularType>;

/// Options of Conv1d.
struct Conv1dOptions {
  /// How Conv1dPadding is named in libtorch.
  using padding_t = Conv1dPadding;
  /// How Conv1dPaddingMode is named in libtorch.
  using padding_mode_t = Conv1dPaddingMode;
  /// With the other options at their defaults.
  Conv1dOptions(std::int64_t in_channels, std::int64_t out_channels, ExpandingArray<1> kernel_size)
      : in_channels_(in_channels), out_channels_(out_channels), kernel_size_(kernel_size) {}
  /// Channels of the input.
  XGRAD_ARG(std::int64_t, in_channels);
  /// Channels of the output.
  XGRAD_ARG(std::int64_t, out_channels);
  /// Steps that an output sees.
  XGRAD_ARG(ExpandingArray<1>, kernel_size);
  /// Steps from one output to the next.
  XGRAD_ARG(ExpandingArray<1>, stride) = 1;
  /// Steps before the first and behind the last; kSame with a stride of 1.
  XGRAD_ARG(Conv1dPadding, padding) = 0;
  /// Distance between the steps that an output sees.
  XGRAD_ARG(ExpandingArray<1>, dilation) = 1;
  /// Groups of channels that do not see one another.
  XGRAD_ARG(std::int64_t, groups) = 1;
  /// Whether a bias is added.
  XGRAD_ARG(bool, bias) = true;
  /// kZeros, kReflect, kReplicate or kCircular.
  XGRAD_ARG(Conv1dPaddingMode, padding_mode) = kZeros;
  /// Whether an output sees no step behind its own: all padding, dilation * (kernel_size - 1) steps, is before the first. Not
  /// with another padding. Of xgrad's own.
  XGRAD_ARG(bool, causal) = false;
};

/// xgrad::conv1d as a layer: (batch, in_channels, time) or (in_channels, time) to (batch, out_channels, time') or
/// (out_channels, time'). Parameters `weight` (out_channels, in_channels / groups, kernel_size) and `bias` (out_channels)
/// start uniform on [-1/sqrt(n), 1/sqrt(n)] with n = in_channels / groups * kernel_size. Throws ShapeError, TypeError;
/// ValueError for sizes that are not positive or do not divide, negative padding, and kSame with a stride.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Conv1d.html
class Conv1dImpl : public Cloneable<Conv1dImpl> {
 public:
  /// With the other options at their defaults.
  Conv1dImpl(std::int64_t in_channels, std::int64_t out_channels, ExpandingArray<1> kernel_size)
      : Conv1dImpl(Conv1dOptions(in_channels, out_channels, kernel_size)) {}
  /// From its options.
  explicit Conv1dImpl(const Conv1dOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  /// See the class for the shapes.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;

  /// The options that it was made with.
  Conv1dOptions options;
  Tensor weight;  ///< (out_channels, in_channels / groups, kernel_size)
  Tensor bias;    ///< (out_channels); undefined without bias
};
XGRAD_MODULE(Conv1d);

/// Options of ConvTranspose1d.
struct ConvTranspose1dOptions {
  /// With the other options at their defaults.
  ConvTranspose1dOptions(std::int64_t in_channels, std::int64_t out_channels, ExpandingArray<1> kernel_size)
      : in_channels_(in_channels), out_channels_(out_channels), kernel_size_(kernel_size) {}
  /// Channels of the input.
  XGRAD_ARG(std::int64_t, in_channels);
  /// Channels of the output.
  XGRAD_ARG(std::int64_t, out_channels);
  /// Outputs that a step adds to.
  XGRAD_ARG(ExpandingArray<1>, kernel_size);
  /// Outputs from one step to the next.
  XGRAD_ARG(ExpandingArray<1>, stride) = 1;
  /// Outputs that are left out at both ends.
  XGRAD_ARG(ExpandingArray<1>, padding) = 0;
  /// Outputs that are added behind.
  XGRAD_ARG(ExpandingArray<1>, output_padding) = 0;
  /// Groups of channels that do not see one another.
  XGRAD_ARG(std::int64_t, groups) = 1;
  /// Whether a bias is added.
  XGRAD_ARG(bool, bias) = true;
  /// Distance between the outputs that a step adds to.
  XGRAD_ARG(ExpandingArray<1>, dilation) = 1;
  /// kZeros.
  XGRAD_ARG(Conv1dPaddingMode, padding_mode) = kZeros;
};

/// xgrad::conv_transpose1d as a layer: (batch, in_channels, time) to (batch, out_channels, time'), and without a batch. Parameters
/// `weight` (in_channels, out_channels / groups, kernel_size) and `bias` (out_channels) start uniform on [-1/sqrt(n), 1/sqrt(n)]
/// with n = out_channels / groups * kernel_size. Throws as Conv1d, and ValueError for other padding modes than kZeros.
/// https://pytorch.org/docs/1.13/generated/torch.nn.ConvTranspose1d.html
class ConvTranspose1dImpl : public Cloneable<ConvTranspose1dImpl> {
 public:
  /// With the other options at their defaults.
  ConvTranspose1dImpl(std::int64_t in_channels, std::int64_t out_channels, ExpandingArray<1> kernel_size)
      : ConvTranspose1dImpl(ConvTranspose1dOptions(in_channels, out_channels, kernel_size)) {}
  /// From its options.
  explicit ConvTranspose1dImpl(const ConvTranspose1dOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  /// `output_size` is the time that the result shall have, one of the `stride` that the options leave open; ValueError for
  /// others.
  Tensor forward(const Tensor& x, const std::optional<IntArrayRef>& output_size = std::nullopt) const;
  void pretty_print(std::ostream& stream) const override;

  /// The options that it was made with.
  ConvTranspose1dOptions options;
  Tensor weight;  ///< (in_channels, out_channels / groups, kernel_size)
  Tensor bias;    ///< (out_channels); undefined without bias
};
XGRAD_MODULE(ConvTranspose1d);

}  // namespace xgrad::nn
