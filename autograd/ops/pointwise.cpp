#include "autograd/ops/pointwise.h"

#include <cmath>
#include <numbers>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/vector_math.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/map.h"
#include "autograd/ops/power.h"
#include "autograd/ops/special.h"

namespace xgrad {

namespace {

void require_floating(const char* operation, const Tensor& x) {
  check<TypeError>(x.is_floating_point(), "{}: expected a floating-point tensor, got {}", operation, x.dtype());
}

}  // namespace

Tensor exp(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("exp");
  Tensor y = map_floating("exp", x, [](const auto& v) { return kernels::exp_expression(v); });
  return record("Exp", y, {x}, [y = SavedTensor::result(y)](const Tensor& grad) { return grad * y.unpack(); });
}

Tensor expm1(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("expm1");
  Tensor y = map_scalars("expm1", x, [](auto v) { return std::expm1(v); });
  return record("Expm1", y, {x}, [y = SavedTensor::result(y)](const Tensor& grad) { return grad * (y.unpack() + 1); });
}

Tensor log(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("log");
  Tensor y = map_floating("log", x, [](const auto& v) { return xt::log(v); });
  return record("Log", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad / x.unpack(); });
}

Tensor log1p(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("log1p");
  Tensor y = map_scalars("log1p", x, [](auto v) { return std::log1p(v); });
  return record("Log1p", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad / (x.unpack() + 1); });
}

Tensor log2(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("log2");
  Tensor y = map_scalars("log2", x, [](auto v) { return std::log2(v); });
  return record("Log2", y, {x},
                [x = SavedTensor(x)](const Tensor& grad) { return grad / (x.unpack() * std::numbers::ln2); });
}

Tensor log10(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("log10");
  Tensor y = map_scalars("log10", x, [](auto v) { return std::log10(v); });
  return record("Log10", y, {x},
                [x = SavedTensor(x)](const Tensor& grad) { return grad / (x.unpack() * std::numbers::ln10); });
}

Tensor sqrt(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("sqrt");
  Tensor y = map_floating("sqrt", x, [](const auto& v) { return xt::sqrt(v); });
  return record("Sqrt", y, {x}, [y = SavedTensor::result(y)](const Tensor& grad) { return grad / (y.unpack() * 2); });
}

Tensor rsqrt(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("rsqrt");
  Tensor y = map_floating("rsqrt", x, [](const auto& v) { return 1 / xt::sqrt(v); });
  return record("Rsqrt", y, {x},
                [y = SavedTensor::result(y)](const Tensor& grad) { return grad * pow(y.unpack(), 3) * -0.5; });
}

Tensor square(const Tensor& x) { return pow(x, 2); }

Tensor reciprocal(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("reciprocal");
  Tensor y = map_floating("reciprocal", x, [](const auto& v) { return 1 / v; });
  return record("Reciprocal", y, {x},
                [y = SavedTensor::result(y)](const Tensor& grad) { return -grad * square(y.unpack()); });
}

Tensor abs(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("abs");
  Tensor y = map_each(x, [](auto v) {
    using T = decltype(v);
    return std::is_same_v<T, bool> ? v : static_cast<T>(v < T(0) ? -v : v + T(0));
  });
  return record("Abs", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * sign(x.unpack()); });
}

Tensor sign(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("sign");
  Tensor y = map_each(x, [](auto v) { return (decltype(v)(0) < v ? 1 : 0) - (v < decltype(v)(0) ? 1 : 0); });
  return record("Sign", y, {x}, [](const Tensor& grad) { return zeros_like(grad); });
}

namespace {

/// Rounding: integers stay what they are.
template <class F>
Tensor map_rounding(const char* operation, const Tensor& x, const F& f) {
  return x.is_floating_point() ? map_scalars(operation, x, f) : clone(x.detach());
}

}  // namespace

Tensor floor(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("floor");
  Tensor y = map_rounding("floor", x, [](auto v) { return std::floor(v); });
  return record("Floor", y, {x}, [](const Tensor& grad) { return zeros_like(grad); });
}

Tensor ceil(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("ceil");
  Tensor y = map_rounding("ceil", x, [](auto v) { return std::ceil(v); });
  return record("Ceil", y, {x}, [](const Tensor& grad) { return zeros_like(grad); });
}

Tensor round(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("round");
  Tensor y = map_rounding("round", x, [](auto v) { return std::nearbyint(v); });
  return record("Round", y, {x}, [](const Tensor& grad) { return zeros_like(grad); });
}

Tensor trunc(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("trunc");
  Tensor y = map_rounding("trunc", x, [](auto v) { return std::trunc(v); });
  return record("Trunc", y, {x}, [](const Tensor& grad) { return zeros_like(grad); });
}

Tensor frac(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("frac");
  require_floating("frac", x);
  Tensor y = map_scalars("frac", x, [](auto v) { return v - std::trunc(v); });
  return record("Frac", y, {x}, [](const Tensor& grad) { return grad; });
}

Tensor erf(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("erf");
  Tensor y = map_scalars("erf", x, [](auto v) { return std::erf(v); });
  return record("Erf", y, {x}, [x = SavedTensor(x)](const Tensor& grad) {
    return grad * exp(-square(x.unpack())) * (2 * std::numbers::inv_sqrtpi);
  });
}

Tensor tanh(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("tanh");
  Tensor y = map_floating("tanh", x, [](const auto& v) { return kernels::tanh_expression(v); });
  return record("Tanh", y, {x}, [y = SavedTensor::result(y)](const Tensor& grad) {
    if (!GradMode::is_enabled()) {  // one pass where the gradient is not itself recorded
      return map_floating("tanh_backward", grad, y.unpack(), [](const auto& g, const auto& t) { return g * (1 - t * t); });
    }
    return grad * (1 - square(y.unpack()));
  });
}

Tensor sigmoid(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("sigmoid");
  Tensor y = map_floating("sigmoid", x, [](const auto& v) { return kernels::sigmoid_expression(v); });
  return record("Sigmoid", y, {x}, [y = SavedTensor::result(y)](const Tensor& grad) {
    const Tensor s = y.unpack();
    if (!GradMode::is_enabled()) {
      return map_floating("sigmoid_backward", grad, s, [](const auto& g, const auto& v) { return g * v * (1 - v); });
    }
    return grad * s * (1 - s);
  });
}

Tensor logsigmoid(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("logsigmoid");
  require_floating("logsigmoid", x);
  Tensor y = map_floating("logsigmoid", x, [](const auto& v) { return kernels::log_sigmoid_expression(v); });
  return record("LogSigmoid", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * sigmoid(-x.unpack()); });
}

Tensor relu(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("relu");
  Tensor y = map_each(x, [](auto v) { return v > decltype(v)(0) || v != v ? v : decltype(v)(0); });
  return record("Relu", y, {x}, [y = SavedTensor::result(y)](const Tensor& grad) {
    return where(le(y.unpack().detach(), 0), zeros({}, grad.dtype()), grad);
  });
}

Tensor leaky_relu(const Tensor& x, double negative_slope) {
  const autograd::profiler::RecordFunction profiled("leaky_relu");
  require_floating("leaky_relu", x);
  Tensor y = map_scalars("leaky_relu", x, [=](auto v) { return v > 0 ? v : v * static_cast<decltype(v)>(negative_slope); });
  return record("LeakyRelu", y, {x}, [x = SavedTensor(x), negative_slope](const Tensor& grad) {
    return where(gt(x.unpack().detach(), 0), grad, grad * negative_slope);
  });
}

Tensor elu(const Tensor& x, double alpha) {
  const autograd::profiler::RecordFunction profiled("elu");
  require_floating("elu", x);
  Tensor y = map_scalars("elu", x, [=](auto v) { return v > 0 ? v : std::expm1(v) * static_cast<decltype(v)>(alpha); });
  return record("Elu", y, {x}, [x = SavedTensor(x), alpha](const Tensor& grad) {
    const Tensor v = x.unpack();
    return where(gt(v.detach(), 0), grad, grad * exp(clamp(v, std::nullopt, 0.0)) * alpha);
  });
}

Tensor silu(const Tensor& x) {
  require_floating("silu", x);
  return x * sigmoid(x);
}

Tensor softplus(const Tensor& x, double beta, double threshold) {
  const autograd::profiler::RecordFunction profiled("softplus");
  require_floating("softplus", x);
  const Tensor scaled = beta == 1 ? x.detach() : x.detach() * beta;
  Tensor y = map_floating("softplus", scaled, [](const auto& v) { return kernels::softplus_expression(v); });
  if (beta != 1) y = y / beta;
  y = where(gt(scaled, threshold), x.detach(), y);
  return record("Softplus", y, {x}, [x = SavedTensor(x), beta, threshold](const Tensor& grad) {
    const Tensor v = x.unpack() * beta;
    return where(gt(v.detach(), threshold), grad, grad * sigmoid(v));
  });
}

Tensor clamp(const Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max) {
  const autograd::profiler::RecordFunction profiled("clamp");
  check<ValueError>(min || max, "clamp: expected a minimum, a maximum or both");
  Dtype dtype = x.dtype();
  if (min) dtype = promote_types(dtype, result_type(x, *min));
  if (max) dtype = promote_types(dtype, result_type(x, *max));
  const Tensor source = to(x, dtype);
  Tensor y = map_each(source, [&min, &max](auto v) {
    using T = decltype(v);
    const T raised = min && v < min->to<T>() ? min->to<T>() : v;
    return max && raised > max->to<T>() ? max->to<T>() : raised;
  });
  return record("Clamp", y, {source}, [x = SavedTensor(source), min, max](const Tensor& grad) {
    const Tensor v = x.unpack().detach();
    Tensor inside = ones_like(v, kBool);
    if (min) inside = logical_and(inside, ge(v, *min));
    if (max) inside = logical_and(inside, le(v, *max));
    return where(inside, grad, zeros({}, grad.dtype()));
  });
}

Tensor hardtanh(const Tensor& x, double min, double max) {
  const autograd::profiler::RecordFunction profiled("hardtanh");
  Tensor y = clamp(x.detach(), min, max);
  return record("Hardtanh", y, {x}, [x = SavedTensor(x), min, max](const Tensor& grad) {
    const Tensor v = x.unpack().detach();
    return where(logical_and(gt(v, min), lt(v, max)), grad, zeros({}, grad.dtype()));
  });
}

}  // namespace xgrad
