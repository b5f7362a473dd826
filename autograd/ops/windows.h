/// Window functions, of n values; periodic ones are those of n + 1 values without the last. The options' dtype is
/// floating-point (TypeError); a negative n is a ValueError. https://pytorch.org/docs/1.13/torch.html#spectral-ops
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// A triangle: 1 - |2 k / (n - 1) - 1|
Tensor bartlett_window(std::int64_t n, bool periodic = true, TensorOptions options = {});
Tensor bartlett_window(std::int64_t n, TensorOptions options);
/// 0.42 - 0.5 cos(2 pi k / (n - 1)) + 0.08 cos(4 pi k / (n - 1))
Tensor blackman_window(std::int64_t n, bool periodic = true, TensorOptions options = {});
Tensor blackman_window(std::int64_t n, TensorOptions options);
/// alpha - beta cos(2 pi k / (n - 1))
Tensor hamming_window(std::int64_t n, bool periodic = true, double alpha = 0.54, double beta = 0.46,
                      TensorOptions options = {});
Tensor hamming_window(std::int64_t n, bool periodic, TensorOptions options);
Tensor hamming_window(std::int64_t n, TensorOptions options);
/// 0.5 - 0.5 cos(2 pi k / (n - 1))
Tensor hann_window(std::int64_t n, bool periodic = true, TensorOptions options = {});
Tensor hann_window(std::int64_t n, TensorOptions options);
/// i0(beta sqrt(1 - (2 k / (n - 1) - 1)^2)) / i0(beta)
Tensor kaiser_window(std::int64_t n, bool periodic = true, double beta = 12, TensorOptions options = {});
Tensor kaiser_window(std::int64_t n, bool periodic, TensorOptions options);
Tensor kaiser_window(std::int64_t n, TensorOptions options);

}  // namespace xgrad
