#include "autograd/ops/pointwise.h"

#include <cmath>
#include <numbers>

#include "autograd/graph/record.h"
#include "autograd/kernels/vector_math.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/map.h"
#include "autograd/tensor/check.h"

namespace xgrad {

Tensor exp(const Tensor& x) {
  Tensor y = map_floating("exp", x, [](const auto& v) { return xt::exp(v); });
  return record("Exp", y, {x}, [y = SavedTensor::result(y)](const Tensor& grad) { return grad * y.unpack(); });
}

Tensor expm1(const Tensor& x) {
  Tensor y = map_scalars("expm1", x, [](auto v) { return std::expm1(v); });
  return record("Expm1", y, {x}, [y = SavedTensor::result(y)](const Tensor& grad) { return grad * (y.unpack() + 1); });
}

Tensor log(const Tensor& x) {
  Tensor y = map_floating("log", x, [](const auto& v) { return xt::log(v); });
  return record("Log", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad / x.unpack(); });
}

Tensor log1p(const Tensor& x) {
  Tensor y = map_scalars("log1p", x, [](auto v) { return std::log1p(v); });
  return record("Log1p", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad / (x.unpack() + 1); });
}

Tensor sqrt(const Tensor& x) {
  Tensor y = map_floating("sqrt", x, [](const auto& v) { return xt::sqrt(v); });
  return record("Sqrt", y, {x}, [y = SavedTensor::result(y)](const Tensor& grad) { return grad / (y.unpack() * 2); });
}

Tensor rsqrt(const Tensor& x) {
  Tensor y = map_floating("rsqrt", x, [](const auto& v) { return 1 / xt::sqrt(v); });
  return record("Rsqrt", y, {x},
                [y = SavedTensor::result(y)](const Tensor& grad) { return grad * pow(y.unpack(), 3) * -0.5; });
}

Tensor square(const Tensor& x) { return pow(x, 2); }

Tensor reciprocal(const Tensor& x) {
  Tensor y = map_floating("reciprocal", x, [](const auto& v) { return 1 / v; });
  return record("Reciprocal", y, {x},
                [y = SavedTensor::result(y)](const Tensor& grad) { return -grad * square(y.unpack()); });
}

Tensor abs(const Tensor& x) {
  Tensor y = empty(x.sizes(), x.dtype());
  visit_dtype(x.dtype(), [&]<class T>() {
    kernels::map_each(
        elementwise_loop(y, x), y.data_ptr<T>(),
        [](T v) { return std::is_same_v<T, bool> ? v : static_cast<T>(v < T(0) ? -v : v + T(0)); }, x.data_ptr<T>());
  });
  return record("Abs", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * sign(x.unpack()); });
}

Tensor sign(const Tensor& x) {
  Tensor y = empty(x.sizes(), x.dtype());
  visit_dtype(x.dtype(), [&]<class T>() {
    kernels::map_each(
        elementwise_loop(y, x), y.data_ptr<T>(), [](T v) { return static_cast<T>((T(0) < v ? 1 : 0) - (v < T(0) ? 1 : 0)); },
        x.data_ptr<T>());
  });
  return record("Sign", y, {x}, [](const Tensor& grad) { return zeros_like(grad); });
}

Tensor floor(const Tensor& x) {
  Tensor y = map_scalars("floor", x, [](auto v) { return std::floor(v); });
  return record("Floor", y, {x}, [](const Tensor& grad) { return zeros_like(grad); });
}

Tensor ceil(const Tensor& x) {
  Tensor y = map_scalars("ceil", x, [](auto v) { return std::ceil(v); });
  return record("Ceil", y, {x}, [](const Tensor& grad) { return zeros_like(grad); });
}

Tensor round(const Tensor& x) {
  Tensor y = map_scalars("round", x, [](auto v) { return std::nearbyint(v); });
  return record("Round", y, {x}, [](const Tensor& grad) { return zeros_like(grad); });
}

Tensor sin(const Tensor& x) {
  Tensor y = map_scalars("sin", x, [](auto v) { return std::sin(v); });
  return record("Sin", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * cos(x.unpack()); });
}

Tensor cos(const Tensor& x) {
  Tensor y = map_scalars("cos", x, [](auto v) { return std::cos(v); });
  return record("Cos", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return -grad * sin(x.unpack()); });
}

Tensor erf(const Tensor& x) {
  Tensor y = map_scalars("erf", x, [](auto v) { return std::erf(v); });
  return record("Erf", y, {x}, [x = SavedTensor(x)](const Tensor& grad) {
    return grad * exp(-square(x.unpack())) * (2 * std::numbers::inv_sqrtpi);
  });
}

Tensor tanh(const Tensor& x) {
  Tensor y = map_floating("tanh", x, [](const auto& v) { return kernels::tanh_expression(v); });
  return record("Tanh", y, {x}, [y = SavedTensor::result(y)](const Tensor& grad) {
    if (!GradMode::is_enabled()) {  // one pass where the gradient is not itself recorded
      return map_floating("tanh_backward", grad, y.unpack(), [](const auto& g, const auto& t) { return g * (1 - t * t); });
    }
    return grad * (1 - square(y.unpack()));
  });
}

Tensor sigmoid(const Tensor& x) {
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
  Tensor y =
      map_scalars("logsigmoid", x, [](auto v) { return std::min(v, decltype(v)(0)) - std::log1p(std::exp(-std::abs(v))); });
  return record("LogSigmoid", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * sigmoid(-x.unpack()); });
}

Tensor relu(const Tensor& x) {
  Tensor y = empty(x.sizes(), x.dtype());
  visit_dtype(x.dtype(), [&]<class T>() {
    kernels::map_each(
        elementwise_loop(y, x), y.data_ptr<T>(), [](T v) { return v > T(0) || v != v ? v : T(0); }, x.data_ptr<T>());
  });
  return record("Relu", y, {x}, [y = SavedTensor::result(y)](const Tensor& grad) {
    return where(le(y.unpack().detach(), 0), zeros({}, grad.dtype()), grad);
  });
}

Tensor leaky_relu(const Tensor& x, double negative_slope) {
  Tensor y = map_scalars("leaky_relu", x, [=](auto v) { return v > 0 ? v : v * static_cast<decltype(v)>(negative_slope); });
  return record("LeakyRelu", y, {x}, [x = SavedTensor(x), negative_slope](const Tensor& grad) {
    return where(gt(x.unpack().detach(), 0), grad, grad * negative_slope);
  });
}

Tensor elu(const Tensor& x, double alpha) {
  Tensor y = map_scalars("elu", x, [=](auto v) { return v > 0 ? v : std::expm1(v) * static_cast<decltype(v)>(alpha); });
  return record("Elu", y, {x}, [x = SavedTensor(x), alpha](const Tensor& grad) {
    const Tensor v = x.unpack();
    return where(gt(v.detach(), 0), grad, grad * exp(clamp(v, std::nullopt, 0.0)) * alpha);
  });
}

Tensor gelu(const Tensor& x) { return x * (erf(x * (1 / std::numbers::sqrt2)) + 1) * 0.5; }

Tensor silu(const Tensor& x) { return x * sigmoid(x); }

Tensor softplus(const Tensor& x, double beta, double threshold) {
  Tensor y = map_scalars("softplus", x, [=](auto v) {
    const auto scaled = v * static_cast<decltype(v)>(beta);
    return scaled > threshold ? v : std::log1p(std::exp(scaled)) / static_cast<decltype(v)>(beta);
  });
  return record("Softplus", y, {x}, [x = SavedTensor(x), beta, threshold](const Tensor& grad) {
    const Tensor scaled = x.unpack() * beta;
    return where(gt(scaled.detach(), threshold), grad, grad * sigmoid(scaled));
  });
}

Tensor clamp(const Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max) {
  check<ValueError>(min || max, "clamp: expected a minimum, a maximum or both");
  Dtype dtype = x.dtype();
  if (min) dtype = promote_types(dtype, result_type(x, *min));
  if (max) dtype = promote_types(dtype, result_type(x, *max));
  const Tensor source = to(x, dtype);
  Tensor y = empty(x.sizes(), dtype);
  visit_dtype(dtype, [&]<class T>() {
    const T low = min ? min->to<T>() : std::numeric_limits<T>::lowest();
    const T high = max ? max->to<T>() : std::numeric_limits<T>::max();
    kernels::map_each(
        elementwise_loop(y, source), y.data_ptr<T>(),
        [=, has_low = min.has_value(), has_high = max.has_value()](T v) {
          const T raised = has_low && v < low ? low : v;
          return has_high && raised > high ? high : raised;
        },
        source.data_ptr<T>());
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
  Tensor y = clamp(x.detach(), min, max);
  return record("Hardtanh", y, {x}, [x = SavedTensor(x), min, max](const Tensor& grad) {
    const Tensor v = x.unpack().detach();
    return where(logical_and(gt(v, min), lt(v, max)), grad, zeros({}, grad.dtype()));
  });
}

Tensor& Tensor::exp_() { return write_in_place("exp_", *this, xgrad::exp(*this)); }
Tensor& Tensor::sqrt_() { return write_in_place("sqrt_", *this, xgrad::sqrt(*this)); }
Tensor& Tensor::tanh_() { return write_in_place("tanh_", *this, xgrad::tanh(*this)); }
Tensor& Tensor::sigmoid_() { return write_in_place("sigmoid_", *this, xgrad::sigmoid(*this)); }
Tensor& Tensor::relu_() { return write_in_place("relu_", *this, xgrad::relu(*this)); }
Tensor& Tensor::clamp_(std::optional<Scalar> min, std::optional<Scalar> max) {
  const Tensor start = must_record({*this}) ? xgrad::clone(*this) : *this;  // the gradient asks for the values before
  return write_in_place("clamp_", *this, xgrad::clamp(start, min, max));
}

Tensor Tensor::exp() const { return xgrad::exp(*this); }
Tensor Tensor::expm1() const { return xgrad::expm1(*this); }
Tensor Tensor::log() const { return xgrad::log(*this); }
Tensor Tensor::log1p() const { return xgrad::log1p(*this); }
Tensor Tensor::sqrt() const { return xgrad::sqrt(*this); }
Tensor Tensor::rsqrt() const { return xgrad::rsqrt(*this); }
Tensor Tensor::square() const { return xgrad::square(*this); }
Tensor Tensor::reciprocal() const { return xgrad::reciprocal(*this); }
Tensor Tensor::abs() const { return xgrad::abs(*this); }
Tensor Tensor::sign() const { return xgrad::sign(*this); }
Tensor Tensor::floor() const { return xgrad::floor(*this); }
Tensor Tensor::ceil() const { return xgrad::ceil(*this); }
Tensor Tensor::round() const { return xgrad::round(*this); }
Tensor Tensor::sin() const { return xgrad::sin(*this); }
Tensor Tensor::cos() const { return xgrad::cos(*this); }
Tensor Tensor::erf() const { return xgrad::erf(*this); }
Tensor Tensor::tanh() const { return xgrad::tanh(*this); }
Tensor Tensor::sigmoid() const { return xgrad::sigmoid(*this); }
Tensor Tensor::relu() const { return xgrad::relu(*this); }
Tensor Tensor::clamp(std::optional<Scalar> min, std::optional<Scalar> max) const { return xgrad::clamp(*this, min, max); }

}  // namespace xgrad
