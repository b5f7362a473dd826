#include "autograd/ops/pointwise.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>

#include "autograd/base/check.h"
#include "autograd/base/dtype_limits.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/power.h"
#include "autograd/ops/special.h"
#include "autograd/ops/unary.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

void require_floating(const char* operation, const Tensor& x) {
  check<TypeError>(x.is_floating_point(), "{}: expected a floating-point tensor, got {}", operation, x.dtype());
}

}  // namespace

Tensor exp(const Tensor& x) {
  return unary("exp", as_floating(x), Unary::exp, of_result(Binary::mul, [](auto& g, auto& y) { return g * y; }));
}

Tensor expm1(const Tensor& x) {
  return unary("expm1", as_floating(x), Unary::expm1,
               of_result(Binary::expm1_gradient, [](auto& g, auto& y) { return g * (y + 1); }));
}

Tensor log(const Tensor& x) {
  return unary("log", as_floating(x), Unary::log, of_input(Binary::div, [](auto& g, auto& v) { return g / v; }));
}

Tensor log1p(const Tensor& x) {
  return unary("log1p", as_floating(x), Unary::log1p,
               of_input(Binary::log1p_gradient, [](auto& g, auto& v) { return g / (v + 1); }));
}

Tensor log2(const Tensor& x) {
  return unary("log2", as_floating(x), Unary::log2,
               of_input(Binary::div_scaled, [](auto& g, auto& v) { return g / (v * std::numbers::ln2); }),
               {std::numbers::ln2});
}

Tensor log10(const Tensor& x) {
  return unary("log10", as_floating(x), Unary::log10,
               of_input(Binary::div_scaled, [](auto& g, auto& v) { return g / (v * std::numbers::ln10); }),
               {std::numbers::ln10});
}

Tensor sqrt(const Tensor& x) {
  return unary("sqrt", as_floating(x), Unary::sqrt,
               of_result(Binary::sqrt_gradient, [](auto& g, auto& y) { return g / (y * 2); }));
}

Tensor rsqrt(const Tensor& x) {
  return unary("rsqrt", as_floating(x), Unary::rsqrt,
               of_result(Binary::rsqrt_gradient, [](auto& g, auto& y) { return g * pow(y, 3) * -0.5; }));
}

Tensor square(const Tensor& x) { return pow(x, 2); }

Tensor reciprocal(const Tensor& x) {
  return unary("reciprocal", as_floating(x), Unary::reciprocal,
               of_result(Binary::reciprocal_gradient, [](auto& g, auto& y) { return -g * square(y); }));
}

Tensor abs(const Tensor& x) {
  return unary("abs", x, Unary::abs, of_input(Binary::abs_gradient, [](auto& g, auto& v) { return g * sign(v); }));
}

Tensor angle(const Tensor& input) { return unary_without_slope("angle", as_floating(input), Unary::angle); }

Tensor sign(const Tensor& x) { return unary_without_slope("sign", x, Unary::sign); }

namespace {

/// Rounding: integers stay what they are.
Tensor rounded(const char* name, const Tensor& x, Unary f) {
  return x.is_floating_point() ? unary_without_slope(name, x, f) : clone(x.detach());
}

}  // namespace

Tensor floor(const Tensor& x) { return rounded("floor", x, Unary::floor); }
Tensor ceil(const Tensor& x) { return rounded("ceil", x, Unary::ceil); }
Tensor round(const Tensor& x) { return rounded("round", x, Unary::round); }
Tensor trunc(const Tensor& x) { return rounded("trunc", x, Unary::trunc); }

Tensor frac(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("frac");
  require_floating("frac", x);
  return record("frac", map(Unary::frac, x), {x}, [](const Tensor& grad) { return grad; });
}

Tensor erf(const Tensor& x) {
  return unary("erf", as_floating(x), Unary::erf, of_input(Binary::erf_gradient, [](auto& g, auto& v) {
                 return g * exp(-square(v)) * (2 * std::numbers::inv_sqrtpi);
               }));
}

Tensor tanh(const Tensor& x) {
  return unary("tanh", as_floating(x), Unary::tanh,
               of_result(Binary::tanh_gradient, [](auto& g, auto& y) { return g * (1 - square(y)); }));
}

Tensor sigmoid(const Tensor& x) {
  return unary("sigmoid", as_floating(x), Unary::sigmoid,
               of_result(Binary::sigmoid_gradient, [](auto& g, auto& y) { return g * y * (1 - y); }));
}

Tensor logsigmoid(const Tensor& x) {
  require_floating("logsigmoid", x);
  return unary("logsigmoid", x, Unary::log_sigmoid,
               of_input(Binary::log_sigmoid_gradient, [](auto& g, auto& v) { return g * sigmoid(-v); }));
}

Tensor relu(const Tensor& x) {
  return unary("relu", x, Unary::relu, of_result(Binary::relu_gradient, [](auto& g, auto& y) {
                 return where(le(y.detach(), 0), zeros({}, g.dtype()), g);
               }));
}

Tensor leaky_relu(const Tensor& x, double negative_slope) {
  require_floating("leaky_relu", x);
  return unary("leaky_relu", x, Unary::leaky_relu,
               of_input(Binary::leaky_relu_gradient,
                        [negative_slope](auto& g, auto& v) { return where(gt(v.detach(), 0), g, g * negative_slope); }),
               {negative_slope});
}

Tensor elu(const Tensor& x, double alpha) {
  require_floating("elu", x);
  return unary("elu", x, Unary::elu,
               of_input(Binary::elu_gradient,
                        [alpha](auto& g, auto& v) {
                          return where(gt(v.detach(), 0), g, g * exp(clamp(v, std::nullopt, 0.0)) * alpha);
                        }),
               {alpha});
}

Tensor silu(const Tensor& x) {
  require_floating("silu", x);
  return unary("silu", x, Unary::silu,
               of_input(Binary::silu_gradient, [](auto& g, auto& v) { return g * sigmoid(v) * (v * sigmoid(-v) + 1); }));
}

Tensor softplus(const Tensor& x, double beta, double threshold) {
  require_floating("softplus", x);
  return unary("softplus", x, Unary::softplus,
               of_input(Binary::softplus_gradient,
                        [=](auto& g, auto& v) {
                          const Tensor scaled = v * beta;
                          return where(gt(scaled.detach(), threshold), g, g * sigmoid(scaled));
                        }),
               {beta, threshold});
}

Tensor clamp(const Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max) {
  check<ValueError>(min || max, "clamp: expected a minimum, a maximum or both");
  Dtype dtype = x.dtype();
  if (min) dtype = promote_types(dtype, result_type(x, *min));
  if (max) dtype = promote_types(dtype, result_type(x, *max));
  const bool real = is_floating_point(dtype);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Scalar lowest = min ? *min : real ? Scalar(-infinity) : Scalar(std::numeric_limits<std::int64_t>::min());
  const Scalar highest = max ? *max : real ? Scalar(infinity) : Scalar(std::numeric_limits<std::int64_t>::max());
  if (!real) {
    const detail::IntegerLimits limits = detail::integer_limits(dtype);
    check<ValueError>(lowest.to<std::int64_t>() <= limits.most && highest.to<std::int64_t>() >= limits.least,
                      "clamp: {} holds nothing between {} and {}", dtype, lowest.to<std::int64_t>(),
                      highest.to<std::int64_t>());
  } else if (std::isnan(lowest.to<double>()) || std::isnan(highest.to<double>())) {
    return add(mul(to(x, dtype), 0), std::numeric_limits<double>::quiet_NaN());
  }
  return unary("clamp", to(x, dtype), Unary::clamp,
               of_input(Binary::clamp_gradient,
                        [=](auto& g, auto& v) {
                          const Tensor value = v.detach();
                          return where(logical_and(ge(value, lowest), le(value, highest)), g, zeros({}, g.dtype()));
                        }),
               {lowest, highest});
}

Tensor hardtanh(const Tensor& x, double min, double max) {
  check<ValueError>(min <= max, "hardtanh: the minimum {} is above the maximum {}", min, max);
  return unary("hardtanh", to(x, promote_types(result_type(x, min), result_type(x, max))), Unary::clamp,
               of_input(Binary::hardtanh_gradient,
                        [=](auto& g, auto& v) {
                          const Tensor value = v.detach();
                          return where(logical_and(gt(value, min), lt(value, max)), g, zeros({}, g.dtype()));
                        }),
               {min, max});
}

Tensor round(const Tensor& x, std::int64_t decimals) {
  check<TypeError>(x.is_floating_point(), "round: expected a floating-point tensor for decimals, got {}", x.dtype());
  const double scale = std::pow(10.0, static_cast<double>(std::abs(decimals)));
  if (decimals == 0) return round(x);
  return decimals > 0 ? div(round(mul(x, scale)), scale) : mul(round(div(x, scale)), scale);
}

Tensor clamp(const Tensor& x, const OptionalTensor& min, const OptionalTensor& max) {
  const bool has_min = min && min->defined();
  const bool has_max = max && max->defined();
  check<ValueError>(has_min || has_max, "clamp: expected a minimum, a maximum or both");
  Tensor y = x;
  if (has_min) y = where(logical_or(lt(y, *min), ne(*min, *min)), *min, y);
  if (has_max) y = where(logical_or(gt(y, *max), ne(*max, *max)), *max, y);
  return y;
}

}  // namespace xgrad
