#include "autograd/ops/normal_functions.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/map.h"
#include "autograd/ops/pointwise.h"

namespace xgrad {

namespace {

constexpr double root_half = std::numbers::sqrt2 / 2;
/// The standard normal density at 0.
constexpr double central_density = std::numbers::inv_sqrtpi * root_half;

/// e^(x^2), with the error of the square put right.
double exp_square(double x) {
  const double square = x * x;
  return std::exp(square) * (1 + std::fma(x, x, -square));
}

/// e^(x^2) i^n erfc(x), the n-fold integrals of erfc, E_n: E_n' = -2 (n + 1) E_(n + 1), and 2 n E_n = E_(n - 2) - 2 x E_(n - 1).
/// For x >= 2 by the continued fraction of E_n / E_(n - 1), which is this recurrence downwards; below upwards from erfc itself.
/// Abramowitz and Stegun, Handbook of Mathematical Functions, 7.2.
double scaled_erfc_integral(int n, double x) {
  double value = 2 * std::numbers::inv_sqrtpi;  // E_-1
  if (x >= 2) {
    if (std::isinf(x)) return 0;
    double ratio = 0;
    for (int k = 120 + n; k > n; --k) ratio = 1 / (2 * (x + (k + 1) * ratio));
    for (int k = n; k >= 0; --k) {
      ratio = 1 / (2 * (x + (k + 1) * ratio));
      value *= ratio;
    }
    return value;
  }
  double next = exp_square(x) * std::erfc(x);
  for (int k = 1; k <= n; ++k) {
    const double following = (value - 2 * x * next) / (2 * k);
    value = next;
    next = following;
  }
  return next;
}

double log_ndtr(double x) {
  if (x < -1) return std::log(scaled_erfc_integral(0, -x * root_half) / 2) - x * x / 2;
  return std::log1p(-std::erfc(x * root_half) / 2);
}

double ndtri(double p) {
  if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
  if (p == 0) return -std::numeric_limits<double>::infinity();
  if (p > 0.5) return -ndtri(1 - p);
  // A first guess, good to three digits (Abramowitz and Stegun, 26.2.23), then Newton's steps.
  const double t = std::sqrt(-2 * std::log(p));
  double x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (int i = 0; i < 4; ++i) {
    if (p > 0.25) {  // where distances from the middle are exact
      x -= (std::erf(x * root_half) / 2 - (p - 0.5)) / (central_density * std::exp(-x * x / 2));
    } else {  // in logarithms
      const double slope = 2 * central_density / scaled_erfc_integral(0, -x * root_half);
      x -= (log_ndtr(x) - std::log(p)) / slope;
    }
  }
  return x;
}

Tensor scaled_erfc_integral(const char* operation, int n, const Tensor& x) {
  const autograd::profiler::RecordFunction profiled(operation);
  Tensor y = map_scalars(operation, x, [n](auto v) { return scaled_erfc_integral(n, static_cast<double>(v)); });
  return record("ScaledErfcIntegral", y, {x}, [x = SavedTensor(x), operation, n](const Tensor& grad) {
    return grad * scaled_erfc_integral(operation, n + 1, x.unpack()) * (-2.0 * (n + 1));
  });
}

Tensor normal_density(const Tensor& x) { return exp(square(x) * -0.5) * central_density; }

}  // namespace

Tensor special_erfcx(const Tensor& x) { return scaled_erfc_integral("special_erfcx", 0, x); }

Tensor special_ndtr(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("special_ndtr");
  Tensor y = map_scalars("special_ndtr", x, [](auto v) { return std::erfc(-static_cast<double>(v) * root_half) / 2; });
  return record("Ndtr", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * normal_density(x.unpack()); });
}

Tensor special_log_ndtr(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("special_log_ndtr");
  Tensor y = map_scalars("special_log_ndtr", x, [](auto v) { return log_ndtr(static_cast<double>(v)); });
  return record("LogNdtr", y, {x}, [x = SavedTensor(x)](const Tensor& grad) {
    // The density over the function: each side of 0 in the form that neither overflows nor cancels there.
    const Tensor v = x.unpack();
    const Tensor is_left = lt(v.detach(), 0);
    const Tensor left = 2 * central_density / special_erfcx(masked_fill(v, logical_not(is_left), 0) * -root_half);
    const Tensor right_place = masked_fill(v, is_left, 0);
    return grad * where(is_left, left, normal_density(right_place) / special_ndtr(right_place));
  });
}

Tensor special_ndtri(const Tensor& p) {
  const autograd::profiler::RecordFunction profiled("special_ndtri");
  Tensor x = map_scalars("special_ndtri", p, [](auto v) { return ndtri(static_cast<double>(v)); });
  return record("Ndtri", x, {p}, [x = SavedTensor::result(x)](const Tensor& grad) {
    return grad * exp(square(x.unpack()) * 0.5) * (1 / central_density);
  });
}

}  // namespace xgrad
