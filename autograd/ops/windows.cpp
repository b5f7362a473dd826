#include "autograd/ops/windows.h"

#include <numbers>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/bessel.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/trigonometry.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// The values of `at`, a function of the places from 0 to 1.
template <class Function>
Tensor window(const char* operation, std::int64_t n, bool periodic, const TensorOptions& options, const Function& at) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Dtype dtype = options.dtype_or(default_dtype());
  check<ValueError>(n >= 0, "{}: a window of {} values does not exist", operation, n);
  check<TypeError>(is_floating_point(dtype), "{}: expected a floating-point dtype, got {}", operation, dtype);
  const Tensor places = arange(n, kFloat64) / static_cast<double>(periodic ? n : n - 1);
  const Tensor result = n == 1 ? ones({1}, dtype) : to(at(places), dtype);
  if (options.requires_grad()) result.requires_grad_();
  return result;
}

/// The cosine of a place, which goes once around the circle.
Tensor cosine(const Tensor& places) { return cos(places * (2 * std::numbers::pi)); }

}  // namespace

Tensor bartlett_window(std::int64_t n, bool periodic, TensorOptions options) {
  return window("bartlett_window", n, periodic, options, [](const Tensor& places) { return 1 - abs(2 * places - 1); });
}

Tensor blackman_window(std::int64_t n, bool periodic, TensorOptions options) {
  return window("blackman_window", n, periodic, options,
                [](const Tensor& places) { return 0.42 - 0.5 * cosine(places) + 0.08 * cosine(2 * places); });
}

Tensor hamming_window(std::int64_t n, bool periodic, double alpha, double beta, TensorOptions options) {
  return window("hamming_window", n, periodic, options, [=](const Tensor& places) { return alpha - beta * cosine(places); });
}

Tensor hann_window(std::int64_t n, bool periodic, TensorOptions options) {
  return window("hann_window", n, periodic, options, [](const Tensor& places) { return 0.5 - 0.5 * cosine(places); });
}

Tensor kaiser_window(std::int64_t n, bool periodic, double beta, TensorOptions options) {
  return window("kaiser_window", n, periodic, options, [=](const Tensor& places) {
    const Tensor distance = 2 * places - 1;
    return i0(beta * sqrt(clamp(1 - distance * distance, 0))) / i0(full({}, beta, kFloat64));
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
