#include "autograd/ops/bessel.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>

#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/map.h"
#include "autograd/ops/pointwise.h"

namespace xgrad {

namespace {

/// e^-|x| I_n(x): up to 30 by the power series, whose terms are all positive; above by the asymptotic series, whose smallest
/// term is below e^-60. Abramowitz and Stegun, Handbook of Mathematical Functions, 9.6.10 and 9.7.1.
double scaled_modified_bessel(int n, double x) {
  const double size = std::abs(x);
  if (!(size < std::numeric_limits<double>::infinity())) return std::isnan(x) ? x : 0;
  const double sign = x < 0 && n % 2 == 1 ? -1 : 1;
  double term = 1;
  double sum = 1;
  if (size <= 30) {
    const double quarter = size * size / 4;
    for (int k = 1; term > sum * 1e-17; ++k) sum += term *= quarter / (static_cast<double>(k) * (k + n));
    double leading = 1;
    for (int k = 1; k <= n; ++k) leading *= size / (2 * k);
    return sign * leading * sum * std::exp(-size);
  }
  const double order = 4.0 * n * n;
  for (int k = 1; k < 60 && std::abs(term) > 1e-17; ++k) {
    sum += term *= -(order - (2.0 * k - 1) * (2.0 * k - 1)) / (8 * k * size);
  }
  return sign * sum / std::sqrt(2 * std::numbers::pi * size);
}

double modified_bessel(int n, double x) {
  const double half = std::exp(std::abs(x) / 2);  // e^|x| overflows where the function does not
  if (std::isinf(half)) return x < 0 && n % 2 == 1 ? -half : half;
  return half * scaled_modified_bessel(n, x) * half;
}

template <class F>
Tensor map_in_double(const char* operation, const Tensor& x, const F& f) {
  return map_scalars(operation, x, [&](auto v) { return f(static_cast<double>(v)); });
}

Tensor modified_bessel(const char* operation, int n, const Tensor& x) {
  const autograd::profiler::RecordFunction profiled(operation);
  Tensor y = map_in_double(operation, x, [n](double v) { return modified_bessel(n, v); });
  return record("ModifiedBessel", y, {x}, [x = SavedTensor(x), operation, n](const Tensor& grad) {
    const Tensor v = x.unpack();
    if (n == 0) return grad * modified_bessel(operation, 1, v);
    return grad * 0.5 * (modified_bessel(operation, n - 1, v) + modified_bessel(operation, n + 1, v));
  });
}

Tensor scaled_modified_bessel(const char* operation, int n, const Tensor& x) {
  const autograd::profiler::RecordFunction profiled(operation);
  Tensor y = map_in_double(operation, x, [n](double v) { return scaled_modified_bessel(n, v); });
  return record("ScaledModifiedBessel", y, {x}, [x = SavedTensor(x), operation, n](const Tensor& grad) {
    const Tensor v = x.unpack();
    const Tensor neighbours =
        scaled_modified_bessel(operation, std::abs(n - 1), v) + scaled_modified_bessel(operation, n + 1, v);
    return grad * (neighbours * 0.5 - sign(v) * scaled_modified_bessel(operation, n, v));
  });
}

/// J_n, or Y_n where `second_kind`. C's functions take negative orders too: J_-1 = -J_1.
Tensor bessel(const char* operation, int n, bool second_kind, const Tensor& x) {
  const autograd::profiler::RecordFunction profiled(operation);
  Tensor y = map_in_double(operation, x, [=](double v) {
    if (!second_kind) return ::jn(n, v);
    if (v < 0) return std::numeric_limits<double>::quiet_NaN();
    return ::yn(n, v);
  });
  return record("Bessel", y, {x}, [x = SavedTensor(x), operation, n, second_kind](const Tensor& grad) {
    const Tensor v = x.unpack();
    return grad * 0.5 * (bessel(operation, n - 1, second_kind, v) - bessel(operation, n + 1, second_kind, v));
  });
}

}  // namespace

Tensor i0(const Tensor& x) { return modified_bessel("i0", 0, x); }
Tensor special_i0e(const Tensor& x) { return scaled_modified_bessel("special_i0e", 0, x); }
Tensor special_i1(const Tensor& x) { return modified_bessel("special_i1", 1, x); }
Tensor special_i1e(const Tensor& x) { return scaled_modified_bessel("special_i1e", 1, x); }
Tensor special_bessel_j0(const Tensor& x) { return bessel("special_bessel_j0", 0, false, x); }
Tensor special_bessel_j1(const Tensor& x) { return bessel("special_bessel_j1", 1, false, x); }
Tensor special_bessel_y0(const Tensor& x) { return bessel("special_bessel_y0", 0, true, x); }
Tensor special_bessel_y1(const Tensor& x) { return bessel("special_bessel_y1", 1, true, x); }

}  // namespace xgrad
