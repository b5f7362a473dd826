#include "autograd/ops/windows.h"

#include <algorithm>
#include <cmath>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/kernels/windows.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/bessel.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/in_memory.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad {

namespace {

/// A window whose values up to the middle `fill(first half, period)` writes: the others are their mirror image.
template <class Fill>
Tensor window(const char* operation, std::int64_t n, bool periodic, const TensorOptions& options, const Fill& fill) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Dtype dtype = options.dtype_or(default_dtype());
  check<ValueError>(n >= 0, "{}: a window of {} values does not exist", operation, n);
  check<TypeError>(is_floating_point(dtype), "{}: expected a floating-point dtype, got {}", operation, dtype);
  const NoGradGuard no_grad;
  Tensor result = n == 1 ? ones({1}, compute_dtype(dtype)) : empty({n}, compute_dtype(dtype));
  if (n > 1) {
    const std::int64_t period = periodic ? n : n - 1;
    const std::int64_t half = period / 2 + 1;
    fill(narrow(result, 0, 0, half), period);
    detail::copy_reordered(narrow(result, 0, half, n - half), result, DimVector(1, -1), period - half);
  }
  result = detail::converted(result, dtype);
  if (options.requires_grad()) result.requires_grad_();
  return result;
}

/// c0 - c1 cos(2 pi k / period) + c2 cos(4 pi k / period)
Tensor sum_of_cosines(const char* operation, std::int64_t n, bool periodic, const TensorOptions& options, double c0,
                      double c1, double c2) {
  return window(operation, n, periodic, options, [=](const Tensor& half, std::int64_t period) {
    visit_floating(half.dtype(), operation,
                   [&]<class T>() { kernels::cosine_window(period, c0, c1, c2, half.data_ptr<T>()); });
  });
}

}  // namespace

Tensor bartlett_window(std::int64_t n, OnlyBool periodic, TensorOptions options) {
  return window("bartlett_window", n, periodic, options, [](const Tensor& half, std::int64_t period) {
    visit_floating(half.dtype(), "bartlett_window",
                   [&]<class T>() { kernels::triangle_window(period, half.data_ptr<T>()); });
  });
}

Tensor blackman_window(std::int64_t n, OnlyBool periodic, TensorOptions options) {
  return sum_of_cosines("blackman_window", n, periodic, options, 0.42, 0.5, 0.08);
}

Tensor hamming_window(std::int64_t n, OnlyBool periodic, double alpha, double beta, TensorOptions options) {
  return sum_of_cosines("hamming_window", n, periodic, options, alpha, beta, 0);
}

Tensor hann_window(std::int64_t n, OnlyBool periodic, TensorOptions options) {
  return sum_of_cosines("hann_window", n, periodic, options, 0.5, 0.5, 0);
}

Tensor kaiser_window(std::int64_t n, OnlyBool periodic, double beta, TensorOptions options) {
  return window("kaiser_window", n, periodic, options, [=](const Tensor& half, std::int64_t period) {
    const std::int64_t count = half.size(0);
    const Tensor arguments = empty({count + 1}, kFloat64);  // behind the window's, its middle's
    auto* const argument = arguments.data_ptr<double>();
    for (std::int64_t i = 0; i < count; ++i) {
      const double distance = static_cast<double>(2 * i) / static_cast<double>(period) - 1;
      argument[i] = beta * std::sqrt(std::max(0.0, 1 - distance * distance));
    }
    argument[count] = beta;
    const Tensor values = i0(arguments);
    detail::copy_values(half, narrow(values, 0, 0, count) / select(values, 0, count));
  });
}

Tensor bartlett_window(std::int64_t n, TensorOptions options) { return bartlett_window(n, true, options); }
Tensor blackman_window(std::int64_t n, TensorOptions options) { return blackman_window(n, true, options); }
Tensor hamming_window(std::int64_t n, OnlyBool periodic, TensorOptions options) {
  return hamming_window(n, periodic, 0.54, 0.46, options);
}
Tensor hamming_window(std::int64_t n, TensorOptions options) { return hamming_window(n, true, options); }
Tensor hann_window(std::int64_t n, TensorOptions options) { return hann_window(n, true, options); }
Tensor kaiser_window(std::int64_t n, OnlyBool periodic, TensorOptions options) {
  return kaiser_window(n, periodic, 12, options);
}
Tensor kaiser_window(std::int64_t n, TensorOptions options) { return kaiser_window(n, true, options); }

}  // namespace xgrad
