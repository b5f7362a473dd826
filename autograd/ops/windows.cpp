#include "autograd/ops/windows.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/bessel.h"
#include "autograd/ops/copy.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// The values of `at`, a function of the place from 0 to 1.
template <class Function>
Tensor window(const char* operation, std::int64_t n, bool periodic, const TensorOptions& options, const Function& at) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Dtype dtype = options.dtype_or(default_dtype());
  check<ValueError>(n >= 0, "{}: a window of {} values does not exist", operation, n);
  check<TypeError>(is_floating_point(dtype), "{}: expected a floating-point dtype, got {}", operation, dtype);
  const Tensor values = empty({n}, kFloat64);
  const auto steps = static_cast<double>(periodic ? n : n - 1);
  for (std::int64_t k = 0; k < n; ++k) {
    values.data_ptr<double>()[k] = n == 1 ? 1.0 : at(static_cast<double>(k) / steps);
  }
  const Tensor result = to(values, dtype);
  if (options.requires_grad()) result.requires_grad_();
  return result;
}

}  // namespace

Tensor bartlett_window(std::int64_t n, bool periodic, TensorOptions options) {
  return window("bartlett_window", n, periodic, options, [](double place) { return 1 - std::abs(2 * place - 1); });
}

Tensor blackman_window(std::int64_t n, bool periodic, TensorOptions options) {
  return window("blackman_window", n, periodic, options, [](double place) {
    const double angle = 2 * std::numbers::pi * place;
    return 0.42 - 0.5 * std::cos(angle) + 0.08 * std::cos(2 * angle);
  });
}

Tensor hamming_window(std::int64_t n, bool periodic, double alpha, double beta, TensorOptions options) {
  return window("hamming_window", n, periodic, options,
                [=](double place) { return alpha - beta * std::cos(2 * std::numbers::pi * place); });
}

Tensor hann_window(std::int64_t n, bool periodic, TensorOptions options) {
  return window("hann_window", n, periodic, options,
                [](double place) { return 0.5 - 0.5 * std::cos(2 * std::numbers::pi * place); });
}

Tensor kaiser_window(std::int64_t n, bool periodic, double beta, TensorOptions options) {
  const auto bessel_i0 = [](double x) { return i0(full({}, x, kFloat64)).item<double>(); };
  const double middle = bessel_i0(beta);
  return window("kaiser_window", n, periodic, options, [=](double place) {
    const double distance = 2 * place - 1;
    return bessel_i0(beta * std::sqrt(std::max(0.0, 1 - distance * distance))) / middle;
  });
}

Tensor bartlett_window(std::int64_t n, TensorOptions options) { return bartlett_window(n, true, options); }
Tensor blackman_window(std::int64_t n, TensorOptions options) { return blackman_window(n, true, options); }
Tensor hamming_window(std::int64_t n, bool periodic, TensorOptions options) {
  return hamming_window(n, periodic, 0.54, 0.46, options);
}
Tensor hamming_window(std::int64_t n, TensorOptions options) { return hamming_window(n, true, options); }
Tensor hann_window(std::int64_t n, TensorOptions options) { return hann_window(n, true, options); }
Tensor kaiser_window(std::int64_t n, bool periodic, TensorOptions options) {
  return kaiser_window(n, periodic, 12, options);
}
Tensor kaiser_window(std::int64_t n, TensorOptions options) { return kaiser_window(n, true, options); }

}  // namespace xgrad
