#include "autograd/ops/power.h"

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/two_operands.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

Tensor pow(const Tensor& a, const Tensor& b) {
  return binary("pow", {a, b}, Binary::pow,
                by(Ternary::pow_base_gradient,
                   [](auto& g, auto& base, auto& exponent) {
                     const Tensor slope = exponent * pow(base, exponent - 1);
                     return g * where(eq(exponent, 0), zeros_like(slope), slope);
                   }),
                by(Ternary::pow_exponent_gradient, [](auto& g, auto& base, auto& exponent) {
                  const Tensor no_change = logical_and(eq(base, 0), ge(exponent, 0));
                  const Tensor result = pow(base, exponent);
                  return g * where(no_change, zeros_like(result), result * log(where(no_change, ones_like(base), base)));
                }));
}

Tensor pow(const Tensor& a, Scalar b) {
  const Tensor x = to(a, result_type(a, b));
  const auto exponent = b.to<double>();
  check<ValueError>(x.is_floating_point() || exponent >= 0, "pow: integers to the power {} are not integers", exponent);
  if (exponent == 2) {
    return unary("pow", x, Unary::square, of_input(Binary::square_gradient, [](auto& g, auto& v) { return g * (v * 2); }));
  }
  if (exponent == 3) {
    return unary("pow", x, Unary::cube,
                 of_input(Binary::cube_gradient, [](auto& g, auto& v) { return g * (square(v) * 3); }));
  }
  if (!x.is_floating_point()) return binary_without_slope("pow", Promoted(x, number_beside(x, b)), Binary::pow);
  if (exponent == 0) {
    const autograd::profiler::RecordFunction profiled("pow");
    return record("pow", map(Binary::pow, x, b), {x}, [](const Tensor& grad) { return zeros_like(grad); });
  }
  if (exponent == 0.5) {
    return unary("pow", x, Unary::sqrt, of_result(Binary::sqrt_gradient, [](auto& g, auto& y) { return g / (y * 2); }));
  }
  return unary("pow", x, Unary::pow,
               of_input(Binary::pow_gradient,
                        [=](auto& g, auto& v) { return exponent == 1 ? g : g * (pow(v, exponent - 1) * exponent); }),
               {b});
}

Tensor pow(Scalar a, const Tensor& b) { return pow(number_beside(b, a), b); }

}  // namespace xgrad
