/// Convolutions along time over plain memory: the product of weights and values, and its two gradients.
///
/// None makes the copy of k times the input that a matrix product would want. A tile of the input is copied once, so that
/// padding is in place and steps that a stride leaves out do not lie between those that it takes; the taps of the kernel are
/// views of the tile, shifted. Every element of a result is a sum in an order that depends on the shapes alone.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// y[n, o, t] = sum over c, k of weight[o, c, k] x[n, c, t stride + k dilation - left], with zeros outside of x; channels in
/// groups: x (batch, groups * in_channels, length), weight (groups * out_channels, in_channels, taps), y (batch, groups *
/// out_channels, out_length), all row-major without gaps.
struct Convolution {
  std::int64_t batch;
  std::int64_t groups;
  std::int64_t in_channels;   ///< of a group
  std::int64_t out_channels;  ///< of a group
  std::int64_t length;
  std::int64_t out_length;
  std::int64_t taps;
  std::int64_t stride;
  std::int64_t dilation;
  std::int64_t left;  ///< steps of padding before the first; negative where steps are left out
};

/// y from x; `bias` (groups * out_channels) is added, or null. T is float or double.
template <class T>
void convolve(const Convolution& shape, const T* x, const T* weight, const T* bias, T* y);

/// x from y: the gradient of the input, or the transposed convolution. `bias` (groups * in_channels) is added, or null.
template <class T>
void convolve_transposed(const Convolution& shape, const T* y, const T* weight, const T* bias, T* x);

/// The weight's gradient, of the input and the result's gradient.
template <class T>
void convolution_weight_gradient(const Convolution& shape, const T* x, const T* y, T* weight);

}  // namespace xgrad::kernels
