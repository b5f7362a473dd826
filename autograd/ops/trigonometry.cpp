#include "autograd/ops/trigonometry.h"

#include <numbers>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/unary.h"

namespace xgrad {

Tensor sin(const Tensor& x) {
  return unary("sin", as_floating(x), Unary::sin,
               of_input(Binary::sin_gradient, [](auto& g, auto& v) { return g * cos(v); }));
}

Tensor cos(const Tensor& x) {
  return unary("cos", as_floating(x), Unary::cos,
               of_input(Binary::cos_gradient, [](auto& g, auto& v) { return -g * sin(v); }));
}

Tensor tan(const Tensor& x) {
  return unary("tan", as_floating(x), Unary::tan,
               of_result(Binary::tan_gradient, [](auto& g, auto& y) { return g * (square(y) + 1); }));
}

Tensor asin(const Tensor& x) {
  return unary("asin", as_floating(x), Unary::asin,
               of_input(Binary::asin_gradient, [](auto& g, auto& v) { return g * rsqrt(1 - square(v)); }));
}

Tensor acos(const Tensor& x) {
  return unary("acos", as_floating(x), Unary::acos,
               of_input(Binary::acos_gradient, [](auto& g, auto& v) { return -g * rsqrt(1 - square(v)); }));
}

Tensor atan(const Tensor& x) {
  return unary("atan", as_floating(x), Unary::atan,
               of_input(Binary::atan_gradient, [](auto& g, auto& v) { return g / (square(v) + 1); }));
}

Tensor sinh(const Tensor& x) {
  return unary("sinh", as_floating(x), Unary::sinh,
               of_input(Binary::sinh_gradient, [](auto& g, auto& v) { return g * cosh(v); }));
}

Tensor cosh(const Tensor& x) {
  return unary("cosh", as_floating(x), Unary::cosh,
               of_input(Binary::cosh_gradient, [](auto& g, auto& v) { return g * sinh(v); }));
}

Tensor asinh(const Tensor& x) {
  return unary("asinh", as_floating(x), Unary::asinh,
               of_input(Binary::asinh_gradient, [](auto& g, auto& v) { return g * rsqrt(square(v) + 1); }));
}

Tensor acosh(const Tensor& x) {
  return unary("acosh", as_floating(x), Unary::acosh,
               of_input(Binary::acosh_gradient, [](auto& g, auto& v) { return g * rsqrt(square(v) - 1); }));
}

Tensor atanh(const Tensor& x) {
  return unary("atanh", as_floating(x), Unary::atanh,
               of_input(Binary::atanh_gradient, [](auto& g, auto& v) { return g / (1 - square(v)); }));
}

Tensor deg2rad(const Tensor& x) { return as_floating(x) * (std::numbers::pi / 180); }

Tensor rad2deg(const Tensor& x) { return as_floating(x) * (180 / std::numbers::pi); }

}  // namespace xgrad
