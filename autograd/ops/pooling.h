/// Pools over time: what windows of an input (batch, channels, time), or (channels, time), have in common. Windows are
/// `kernel_size` long, one every `stride` steps (by default as many as they are long), and with padding they reach beyond
/// both ends, by no more than half their size.
///
/// All throw ShapeError for other inputs and for ones too short, TypeError unless they are float32 or float64, ValueError
/// for sizes below 1, a padding that is negative or too large, and lists of other than one number. `ceil_mode` keeps a last
/// window that reaches beyond the end, where it begins within the input or the padding before it.
#pragma once

#include <tuple>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The largest of each window, of which `dilation` is the distance between steps; NaN where there is one. The gradient goes
/// to the step that was chosen, the first of several.
/// https://pytorch.org/docs/1.13/generated/torch.nn.functional.max_pool1d.html
Tensor max_pool1d(const Tensor& x, IntArrayRef kernel_size, IntArrayRef stride = {}, IntArrayRef padding = 0,
                  IntArrayRef dilation = 1, bool ceil_mode = false);
/// The same, and the steps where they stand, as int64.
std::tuple<Tensor, Tensor> max_pool1d_with_indices(const Tensor& x, IntArrayRef kernel_size, IntArrayRef stride = {},
                                                   IntArrayRef padding = 0, IntArrayRef dilation = 1,
                                                   bool ceil_mode = false);
/// Puts values back to steps (int64, of x's shape) of a time of `length`, zeros elsewhere: max_pool1d_with_indices undone.
/// Throws IndexError for a step outside.
Tensor max_unpool1d(const Tensor& x, const Tensor& indices, std::int64_t length);

/// The mean of each window; padding counts as zeros, or does not count without `count_include_pad`.
/// https://pytorch.org/docs/1.13/generated/torch.nn.functional.avg_pool1d.html
Tensor avg_pool1d(const Tensor& x, IntArrayRef kernel_size, IntArrayRef stride = {}, IntArrayRef padding = 0,
                  bool ceil_mode = false, bool count_include_pad = true);

/// (sum over each window of x^norm_type)^(1 / norm_type), as mean times the window's size: a last window that `ceil_mode`
/// keeps counts as a whole one. https://pytorch.org/docs/1.13/generated/torch.nn.functional.lp_pool1d.html
Tensor lp_pool1d(const Tensor& x, double norm_type, IntArrayRef kernel_size, IntArrayRef stride = {},
                 bool ceil_mode = false);

/// Means of `output_size` windows that share out the time: window i from floor(i time / size) up to ceil((i + 1) time /
/// size). https://pytorch.org/docs/1.13/generated/torch.nn.functional.adaptive_avg_pool1d.html
Tensor adaptive_avg_pool1d(const Tensor& x, IntArrayRef output_size);
/// The largest of such windows, and the steps where they stand.
std::tuple<Tensor, Tensor> adaptive_max_pool1d(const Tensor& x, IntArrayRef output_size);

}  // namespace xgrad
