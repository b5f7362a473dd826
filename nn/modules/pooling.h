/// Pools over time, as layers: (batch, channels, time) or (channels, time). Formulas and errors: autograd/ops/pooling.h.
#pragma once

#include <optional>
#include <tuple>
#include <vector>

#include "autograd/base/arg.h"
#include "nn/cloneable.h"
#include "nn/expanding_array.h"

namespace xgrad::nn {

/// Options of MaxPool1d.
struct MaxPool1dOptions {
  /// With the other options at their defaults.
  MaxPool1dOptions(ExpandingArray<1> kernel_size)  // NOLINT(google-explicit-constructor)
      : kernel_size_(kernel_size), stride_(kernel_size) {}
  /// Steps of a window.
  XGRAD_ARG(ExpandingArray<1>, kernel_size);
  /// From one window to the next; by default the windows follow one another.
  XGRAD_ARG(ExpandingArray<1>, stride);
  /// How far windows reach beyond both ends.
  XGRAD_ARG(ExpandingArray<1>, padding) = 0;
  /// From one step of a window to the next.
  XGRAD_ARG(ExpandingArray<1>, dilation) = 1;
  /// Whether a last window that reaches beyond the end counts.
  XGRAD_ARG(bool, ceil_mode) = false;
};

/// The largest of each window. https://pytorch.org/docs/1.13/generated/torch.nn.MaxPool1d.html
struct MaxPool1dImpl : Cloneable<MaxPool1dImpl> {
  /// From the windows' size.
  MaxPool1dImpl(ExpandingArray<1> kernel_size)  // NOLINT(google-explicit-constructor)
      : MaxPool1dImpl(MaxPool1dOptions(kernel_size)) {}
  /// From its options.
  explicit MaxPool1dImpl(const MaxPool1dOptions& options_) : options(options_) {}
  void reset() override {}
  /// xgrad::max_pool1d.
  Tensor forward(const Tensor& x) const;
  /// The same, and the steps where they stand, for MaxUnpool1d.
  std::tuple<Tensor, Tensor> forward_with_indices(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  MaxPool1dOptions options;
};
XGRAD_MODULE(MaxPool1d);

/// Options of MaxUnpool1d.
struct MaxUnpool1dOptions {
  /// With the other options at their defaults.
  MaxUnpool1dOptions(ExpandingArray<1> kernel_size)  // NOLINT(google-explicit-constructor)
      : kernel_size_(kernel_size), stride_(kernel_size) {}
  /// Steps of a window.
  XGRAD_ARG(ExpandingArray<1>, kernel_size);
  /// From one window to the next.
  XGRAD_ARG(ExpandingArray<1>, stride);
  /// How far windows reached beyond both ends.
  XGRAD_ARG(ExpandingArray<1>, padding) = 0;
};

/// Puts what MaxPool1d::forward_with_indices chose back in its place, with zeros elsewhere.
/// https://pytorch.org/docs/1.13/generated/torch.nn.MaxUnpool1d.html
struct MaxUnpool1dImpl : Cloneable<MaxUnpool1dImpl> {
  /// From the windows' size.
  MaxUnpool1dImpl(ExpandingArray<1> kernel_size)  // NOLINT(google-explicit-constructor)
      : MaxUnpool1dImpl(MaxUnpool1dOptions(kernel_size)) {}
  /// From its options.
  explicit MaxUnpool1dImpl(const MaxUnpool1dOptions& options_) : options(options_) {}
  void reset() override {}
  /// The result's time is the last of `output_size`, or the least that the pool may have had: (time - 1) stride - 2 padding +
  /// kernel_size.
  Tensor forward(const Tensor& x, const Tensor& indices,
                 const std::optional<std::vector<std::int64_t>>& output_size = std::nullopt) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  MaxUnpool1dOptions options;
};
XGRAD_MODULE(MaxUnpool1d);

/// Options of AvgPool1d.
struct AvgPool1dOptions {
  /// With the other options at their defaults.
  AvgPool1dOptions(ExpandingArray<1> kernel_size)  // NOLINT(google-explicit-constructor)
      : kernel_size_(kernel_size), stride_(kernel_size) {}
  /// Steps of a window.
  XGRAD_ARG(ExpandingArray<1>, kernel_size);
  /// From one window to the next; by default the windows follow one another.
  XGRAD_ARG(ExpandingArray<1>, stride);
  /// How far windows reach beyond both ends.
  XGRAD_ARG(ExpandingArray<1>, padding) = 0;
  /// Whether a last window that reaches beyond the end counts.
  XGRAD_ARG(bool, ceil_mode) = false;
  /// Whether padding counts as zeros.
  XGRAD_ARG(bool, count_include_pad) = true;
};

/// The mean of each window. https://pytorch.org/docs/1.13/generated/torch.nn.AvgPool1d.html
struct AvgPool1dImpl : Cloneable<AvgPool1dImpl> {
  /// From the windows' size.
  AvgPool1dImpl(ExpandingArray<1> kernel_size)  // NOLINT(google-explicit-constructor)
      : AvgPool1dImpl(AvgPool1dOptions(kernel_size)) {}
  /// From its options.
  explicit AvgPool1dImpl(const AvgPool1dOptions& options_) : options(options_) {}
  void reset() override {}
  /// xgrad::avg_pool1d.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  AvgPool1dOptions options;
};
XGRAD_MODULE(AvgPool1d);

/// Options of LPPool1d.
struct LPPool1dOptions {
  /// With the other options at their defaults.
  LPPool1dOptions(double norm_type, ExpandingArray<1> kernel_size) : norm_type_(norm_type), kernel_size_(kernel_size) {}
  /// The exponent.
  XGRAD_ARG(double, norm_type);
  /// Steps of a window.
  XGRAD_ARG(ExpandingArray<1>, kernel_size);
  /// From one window to the next; by default the windows follow one another.
  XGRAD_ARG(std::optional<ExpandingArray<1>>, stride) = std::nullopt;
  /// Whether a last window that reaches beyond the end counts.
  XGRAD_ARG(bool, ceil_mode) = false;
};

/// A norm of each window. https://pytorch.org/docs/1.13/generated/torch.nn.LPPool1d.html
struct LPPool1dImpl : Cloneable<LPPool1dImpl> {
  /// From the exponent and the windows' size.
  LPPool1dImpl(double norm_type, ExpandingArray<1> kernel_size) : LPPool1dImpl(LPPool1dOptions(norm_type, kernel_size)) {}
  /// From its options.
  explicit LPPool1dImpl(const LPPool1dOptions& options_) : options(options_) {}
  void reset() override {}
  /// xgrad::lp_pool1d.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  LPPool1dOptions options;
};
XGRAD_MODULE(LPPool1d);

/// Options of AdaptiveAvgPool1d and AdaptiveMaxPool1d.
struct AdaptiveAvgPool1dOptions {
  /// The only option.
  AdaptiveAvgPool1dOptions(ExpandingArray<1> output_size) : output_size_(output_size) {}  // NOLINT
  /// How many windows share out the time.
  XGRAD_ARG(ExpandingArray<1>, output_size);
};
/// Options of AdaptiveMaxPool1d.
using AdaptiveMaxPool1dOptions = AdaptiveAvgPool1dOptions;

/// Means of windows that share out the time. https://pytorch.org/docs/1.13/generated/torch.nn.AdaptiveAvgPool1d.html
struct AdaptiveAvgPool1dImpl : Cloneable<AdaptiveAvgPool1dImpl> {
  /// From the number of windows.
  AdaptiveAvgPool1dImpl(ExpandingArray<1> output_size)  // NOLINT(google-explicit-constructor)
      : AdaptiveAvgPool1dImpl(AdaptiveAvgPool1dOptions(output_size)) {}
  /// From its options.
  explicit AdaptiveAvgPool1dImpl(const AdaptiveAvgPool1dOptions& options_) : options(options_) {}
  void reset() override {}
  /// xgrad::adaptive_avg_pool1d.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  AdaptiveAvgPool1dOptions options;
};
XGRAD_MODULE(AdaptiveAvgPool1d);

/// The largest of windows that share out the time. https://pytorch.org/docs/1.13/generated/torch.nn.AdaptiveMaxPool1d.html
struct AdaptiveMaxPool1dImpl : Cloneable<AdaptiveMaxPool1dImpl> {
  /// From the number of windows.
  AdaptiveMaxPool1dImpl(ExpandingArray<1> output_size)  // NOLINT(google-explicit-constructor)
      : AdaptiveMaxPool1dImpl(AdaptiveMaxPool1dOptions(output_size)) {}
  /// From its options.
  explicit AdaptiveMaxPool1dImpl(const AdaptiveMaxPool1dOptions& options_) : options(options_) {}
  void reset() override {}
  /// The first result of xgrad::adaptive_max_pool1d.
  Tensor forward(const Tensor& x) const;
  /// Both results.
  std::tuple<Tensor, Tensor> forward_with_indices(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  AdaptiveMaxPool1dOptions options;
};
XGRAD_MODULE(AdaptiveMaxPool1d);

}  // namespace xgrad::nn
