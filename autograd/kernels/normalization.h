/// Normalisation over rows and over channels of plain memory. T: float, double.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// Each of `rows` rows of `n` numbers: y = (x - mean) / sqrt(variance + eps) * weight + bias, where weight and bias may be
/// null. Keeps each row's mean and 1 / sqrt(variance + eps).
template <class T>
void normalize_rows(const T* x, std::int64_t rows, std::int64_t n, const T* weight, const T* bias, double eps, T* y, T* mean,
                    T* scale);

/// The gradients of the above for x, weight and bias, of which those that are null are left out.
template <class T>
void normalize_rows_backward(const T* grad, const T* x, std::int64_t rows, std::int64_t n, const T* weight, const T* mean,
                             const T* scale, T* x_grad, T* weight_grad, T* bias_grad);

/// Numbers of several channels: `outer` x `channels` x `inner`.
struct Channels {
  std::int64_t outer;
  std::int64_t channels;
  std::int64_t inner;
  std::int64_t count() const { return outer * inner; }  ///< numbers of one channel
};

/// The mean and the variance of each channel.
template <class T>
void channel_moments(const T* x, const Channels& shape, T* mean, T* variance);

/// y = (x - mean) * factor + shift, one of each for a channel; `shift` may be null.
template <class T>
void normalize_channels(const T* x, const Channels& shape, const T* mean, const T* factor, const T* shift, T* y);

/// For each channel the sum of the gradient, and of its product with x - mean.
template <class T>
void channel_gradient_sums(const T* grad, const T* x, const Channels& shape, const T* mean, T* sum, T* sum_of_products);

/// x_grad = (grad - constant - (x - mean) * slope) * factor, one of each for a channel.
template <class T>
void channel_gradient(const T* grad, const T* x, const Channels& shape, const T* mean, const T* constant, const T* slope,
                      const T* factor, T* x_grad);

}  // namespace xgrad::kernels
