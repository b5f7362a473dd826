#include "autograd/ops/incomplete_beta.h"

#include <array>
#include <cmath>
#include <limits>

#include "autograd/base/dual.h"
#include "autograd/graph/record.h"
#include "autograd/ops/map.h"
#include "autograd/ops/special.h"
#include "autograd/tensor/creation.h"

namespace xgrad::detail {

namespace {

/// The continued fraction F of I_x(a, b) = x^a (1 - x)^b F / (a B(a, b)), by Lentz's method.
/// Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.8.
Dual beta_fraction(Dual a, Dual b, double x) {
  const Dual total = a + b;
  Dual c{1, 0};
  Dual d = reciprocal(Dual{1, 0} - total * x / (a + 1));
  Dual fraction = d;
  for (int m = 1; m < 100000; ++m) {
    const double k = m;
    const Dual end = a + 2 * k;
    const Dual even = (b + -k) * (k * x) / ((end + -1) * end);
    d = reciprocal(even * d + 1);
    c = even / c + 1;
    fraction = fraction * c * d;
    const Dual odd = (a + k) * (total + k) * -x / (end * (end + 1));
    d = reciprocal(odd * d + 1);
    c = odd / c + 1;
    const Dual factor = c * d;
    fraction = fraction * factor;
    if (std::abs(factor.value - 1) < 1e-15 && std::abs(factor.slope) < 1e-15) break;
  }
  return fraction;
}

double slope_over_rest(double a, double total, double x) {
  const double b = total - a;
  if (!(a > 0 && b >= 0 && x >= 0 && x <= 1)) return std::numeric_limits<double>::quiet_NaN();
  if (b == 0 || x == 0) return 0;
  // The derivatives of log I and of log(1 - I) with respect to a, over the density.
  const double log_factor = std::log(x) - digamma_of(a) + digamma_of(total);
  if (x < (a + 1) / (total + 2)) {
    const Dual fraction = beta_fraction({a, 1}, {b, 0}, x);
    return -x / a * ((log_factor - 1 / a) * fraction.value + fraction.slope);
  }
  const Dual fraction = beta_fraction({b, 0}, {a, 1}, 1 - x);
  return x / b * (log_factor * fraction.value + fraction.slope);
}

}  // namespace

Tensor beta_quantile_slope(const Tensor& a, const Tensor& total, const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("beta_quantile_slope");
  Tensor slope = empty(x.sizes(), x.dtype());
  map_each_into(
      slope,
      [](auto order, auto sum, auto value) {
        return slope_over_rest(static_cast<double>(order), static_cast<double>(sum), static_cast<double>(value));
      },
      a, total, x);
  return record("BetaQuantileSlope", slope, {a, total, x}, [](const Tensor& /*grad*/) -> std::array<Tensor, 3> {
    throw GraphError("sample_dirichlet: its gradient has none");
  });
}

}  // namespace xgrad::detail
