/// Pools over time as functions, with libtorch's options. Formulas, shapes and errors: autograd/ops/pooling.h.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "autograd/base/arg.h"
#include "autograd/tensor/tensor.h"
#include "nn/expanding_array.h"
#include "nn/modules/pooling.h"

namespace xgrad::nn::functional {

using MaxPool1dFuncOptions = MaxPool1dOptions;
/// xgrad::max_pool1d with these options.
Tensor max_pool1d(const Tensor& x, const MaxPool1dFuncOptions& options);
/// xgrad::max_pool1d_with_indices with these options.
std::tuple<Tensor, Tensor> max_pool1d_with_indices(const Tensor& x, const MaxPool1dFuncOptions& options);

/// Options of max_unpool1d.
struct MaxUnpool1dFuncOptions {
  /// With the other options at their defaults.
  MaxUnpool1dFuncOptions(ExpandingArray<1> kernel_size)  // NOLINT(google-explicit-constructor)
      : kernel_size_(kernel_size), stride_(kernel_size) {}
  /// Steps of a window.
  XGRAD_ARG(ExpandingArray<1>, kernel_size);
  /// From one window to the next.
  XGRAD_ARG(ExpandingArray<1>, stride);
  /// How far windows reached beyond both ends.
  XGRAD_ARG(ExpandingArray<1>, padding) = 0;
  /// The result's shape, or its time; by default the least time that the pool may have had.
  XGRAD_ARG(std::optional<std::vector<std::int64_t>>, output_size) = std::nullopt;
};
/// xgrad::max_unpool1d with these options. Throws ValueError for an output size that no pool with these options has.
Tensor max_unpool1d(const Tensor& x, const Tensor& indices, const MaxUnpool1dFuncOptions& options);

using AvgPool1dFuncOptions = AvgPool1dOptions;
/// xgrad::avg_pool1d with these options.
Tensor avg_pool1d(const Tensor& x, const AvgPool1dFuncOptions& options);

using LPPool1dFuncOptions = LPPool1dOptions;
/// xgrad::lp_pool1d with these options.
Tensor lp_pool1d(const Tensor& x, const LPPool1dFuncOptions& options);

using AdaptiveAvgPool1dFuncOptions = AdaptiveAvgPool1dOptions;
/// xgrad::adaptive_avg_pool1d with these options.
Tensor adaptive_avg_pool1d(const Tensor& x, const AdaptiveAvgPool1dFuncOptions& options);
using AdaptiveMaxPool1dFuncOptions = AdaptiveMaxPool1dOptions;
/// The first result of xgrad::adaptive_max_pool1d with these options.
Tensor adaptive_max_pool1d(const Tensor& x, const AdaptiveMaxPool1dFuncOptions& options);
/// Both of its results.
std::tuple<Tensor, Tensor> adaptive_max_pool1d_with_indices(const Tensor& x, const AdaptiveMaxPool1dFuncOptions& options);

}  // namespace xgrad::nn::functional
