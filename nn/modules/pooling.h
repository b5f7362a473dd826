/// Pools over time, as layers: (batch, channels, time) or (channels, time). Formulas and errors: autograd/ops/pooling.h.
#pragma once

#include <optional>
#include <tuple>
#include <vector>

#include "autograd/base/arg.h"
#include "nn/expanding_array.h"
#include "nn/layer.h"

namespace xgrad::nn {

struct MaxPool1dOptions {
  MaxPool1dOptions(ExpandingArray<1> kernel_size) : kernel_size_(kernel_size), stride_(kernel_size) {}  // NOLINT
  MaxPool1dOptions(std::int64_t kernel_size) : MaxPool1dOptions(ExpandingArray<1>(kernel_size)) {}      // NOLINT
  XGRAD_ARG(ExpandingArray<1>, kernel_size);   ///< steps of a window
  XGRAD_ARG(ExpandingArray<1>, stride);        ///< from one window to the next; by default they follow one another
  XGRAD_ARG(ExpandingArray<1>, padding) = 0;   ///< how far windows reach beyond both ends
  XGRAD_ARG(ExpandingArray<1>, dilation) = 1;  ///< from one step of a window to the next
  XGRAD_ARG(bool, ceil_mode) = false;          ///< whether a last window that reaches beyond the end counts
  XGRAD_FIELDS(shown(kernel_size), shown(stride), shown(padding), shown(dilation), shown(ceil_mode));
};

/// The largest of each window. https://pytorch.org/docs/1.13/generated/torch.nn.MaxPool1d.html
struct MaxPool1dImpl : Layer<MaxPool1dImpl, MaxPool1dOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
  /// The same, and the steps where they stand, for MaxUnpool1d.
  std::tuple<Tensor, Tensor> forward_with_indices(const Tensor& x) const;
};
XGRAD_MODULE(MaxPool1d);

struct MaxUnpool1dOptions {
  MaxUnpool1dOptions(ExpandingArray<1> kernel_size) : kernel_size_(kernel_size), stride_(kernel_size) {}  // NOLINT
  MaxUnpool1dOptions(std::int64_t kernel_size) : MaxUnpool1dOptions(ExpandingArray<1>(kernel_size)) {}    // NOLINT
  XGRAD_ARG(ExpandingArray<1>, kernel_size);  ///< steps of a window
  XGRAD_ARG(ExpandingArray<1>, stride);       ///< from one window to the next
  XGRAD_ARG(ExpandingArray<1>, padding) = 0;  ///< how far windows reached beyond both ends
  XGRAD_FIELDS(shown(kernel_size), shown(stride), shown(padding));
};

/// Puts what MaxPool1d::forward_with_indices chose back in its place, with zeros elsewhere.
/// https://pytorch.org/docs/1.13/generated/torch.nn.MaxUnpool1d.html
struct MaxUnpool1dImpl : Layer<MaxUnpool1dImpl, MaxUnpool1dOptions> {
  using Layer::Layer;
  /// The result's time is the last of `output_size`, or the least that the pool may have had:
  /// (time - 1) stride - 2 padding + kernel_size.
  Tensor forward(const Tensor& x, const Tensor& indices,
                 const std::optional<std::vector<std::int64_t>>& output_size = std::nullopt) const;
};
XGRAD_MODULE(MaxUnpool1d);

struct AvgPool1dOptions {
  AvgPool1dOptions(ExpandingArray<1> kernel_size) : kernel_size_(kernel_size), stride_(kernel_size) {}  // NOLINT
  AvgPool1dOptions(std::int64_t kernel_size) : AvgPool1dOptions(ExpandingArray<1>(kernel_size)) {}      // NOLINT
  XGRAD_ARG(ExpandingArray<1>, kernel_size);  ///< steps of a window
  XGRAD_ARG(ExpandingArray<1>, stride);       ///< from one window to the next; by default they follow one another
  XGRAD_ARG(ExpandingArray<1>, padding) = 0;  ///< how far windows reach beyond both ends
  XGRAD_ARG(bool, ceil_mode) = false;         ///< whether a last window that reaches beyond the end counts
  XGRAD_ARG(bool, count_include_pad) = true;  ///< whether padding counts as zeros
  XGRAD_FIELDS(shown(kernel_size), shown(stride), shown(padding), kept(ceil_mode), kept(count_include_pad));
};

/// The mean of each window. https://pytorch.org/docs/1.13/generated/torch.nn.AvgPool1d.html
struct AvgPool1dImpl : Layer<AvgPool1dImpl, AvgPool1dOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(AvgPool1d);

struct LPPool1dOptions {
  LPPool1dOptions(double norm_type, ExpandingArray<1> kernel_size)
      : norm_type_(norm_type), kernel_size_(kernel_size), stride_(kernel_size) {}
  XGRAD_ARG(double, norm_type);               ///< the exponent
  XGRAD_ARG(ExpandingArray<1>, kernel_size);  ///< steps of a window
  XGRAD_ARG(ExpandingArray<1>, stride);       ///< from one window to the next; by default they follow one another
  XGRAD_ARG(bool, ceil_mode) = false;         ///< whether a last window that reaches beyond the end counts
  XGRAD_FIELDS(shown(norm_type), shown(kernel_size), shown(stride), shown(ceil_mode));
};

/// A norm of each window. https://pytorch.org/docs/1.13/generated/torch.nn.LPPool1d.html
struct LPPool1dImpl : Layer<LPPool1dImpl, LPPool1dOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(LPPool1d);

/// Options of AdaptiveAvgPool1d and AdaptiveMaxPool1d.
struct AdaptiveAvgPool1dOptions {
  AdaptiveAvgPool1dOptions(ExpandingArray<1> output_size) : output_size_(output_size) {}  // NOLINT
  AdaptiveAvgPool1dOptions(std::int64_t output_size) : output_size_(output_size) {}       // NOLINT
  XGRAD_ARG(ExpandingArray<1>, output_size);  ///< how many windows share out the time
  XGRAD_FIELDS(shown(output_size));
};
using AdaptiveMaxPool1dOptions = AdaptiveAvgPool1dOptions;

/// Means of windows that share out the time. https://pytorch.org/docs/1.13/generated/torch.nn.AdaptiveAvgPool1d.html
struct AdaptiveAvgPool1dImpl : Layer<AdaptiveAvgPool1dImpl, AdaptiveAvgPool1dOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(AdaptiveAvgPool1d);

/// The largest of windows that share out the time. https://pytorch.org/docs/1.13/generated/torch.nn.AdaptiveMaxPool1d.html
struct AdaptiveMaxPool1dImpl : Layer<AdaptiveMaxPool1dImpl, AdaptiveMaxPool1dOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
  /// The same, and the steps where they stand.
  std::tuple<Tensor, Tensor> forward_with_indices(const Tensor& x) const;
};
XGRAD_MODULE(AdaptiveMaxPool1d);

}  // namespace xgrad::nn
