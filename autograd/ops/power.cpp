#include "autograd/ops/power.h"

#include <array>
#include <cmath>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/map.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"

namespace xgrad {

namespace {

template <class T>
T power(T base, T exponent) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::pow(base, exponent);
  } else {
    if (exponent < T(0)) {  // rounded towards zero, which leaves the powers of 1 and -1
      const bool odd = static_cast<std::int64_t>(exponent) % 2 != 0;
      const auto unit = static_cast<std::int64_t>(base);
      return static_cast<T>(unit == 1 ? 1 : unit == -1 ? (odd ? -1 : 1) : 0);
    }
    auto result = std::uint64_t{1};
    auto factor = static_cast<std::uint64_t>(base);
    for (auto rest = static_cast<std::uint64_t>(exponent); rest != 0; rest >>= 1, factor *= factor) {
      if ((rest & 1) != 0) result *= factor;
    }
    return static_cast<T>(result);
  }
}

}  // namespace

Tensor pow(const Tensor& a, const Tensor& b) {
  const autograd::profiler::RecordFunction profiled("pow");
  const Promoted operands(a, b);
  Tensor y = map_each("pow", operands.a, operands.b, [](auto v, auto w) { return power(v, w); });
  return record("Pow", y, {operands.a, operands.b},
                [a = SavedTensor(operands.a), b = SavedTensor(operands.b), y = SavedTensor::result(y)](const Tensor& grad,
                                                                                                       const Node& node) {
                  const Tensor base = a.unpack();
                  const Tensor exponent = b.unpack();
                  std::array<Tensor, 2> gradients;
                  if (node.needs_gradient(0)) {
                    const Tensor slope = exponent * pow(base, exponent - 1);
                    gradients[0] = sum_to(grad * where(eq(exponent, 0), zeros_like(slope), slope), base.sizes());
                  }
                  if (node.needs_gradient(1)) {
                    const Tensor result = y.unpack();
                    const Tensor no_change = logical_and(eq(base, 0), ge(exponent, 0));
                    const Tensor slope =
                        where(no_change, zeros_like(result), result * log(where(no_change, ones_like(base), base)));
                    gradients[1] = sum_to(grad * slope, exponent.sizes());
                  }
                  return gradients;
                });
}

Tensor pow(const Tensor& a, Scalar b) {
  const autograd::profiler::RecordFunction profiled("pow");
  const Tensor x = to(a, result_type(a, b));
  const auto exponent = b.to<double>();
  check<ValueError>(x.is_floating_point() || exponent >= 0, "pow: integers to the power {} are not integers", exponent);
  Tensor y;
  if (exponent == 2) {
    y = empty(x.sizes(), x.dtype());
    map_into(y, x, [](const auto& v) { return v * v; });
  } else if (exponent == 0.5 && x.is_floating_point()) {
    y = sqrt(x.detach());
  } else {
    y = map_each("pow", x, full({}, b, x.dtype()), [](auto v, auto w) { return power(v, w); });
  }
  return record("Pow", y, {x}, [x = SavedTensor(x), exponent](const Tensor& grad) {
    if (exponent == 0) return zeros_like(grad);
    if (exponent == 1) return grad;
    const Tensor base = x.unpack();
    if (exponent == 2 && !GradMode::is_enabled() && grad.dtype() == base.dtype()) {  // one pass: nothing is recorded
      Tensor gradient = empty_for("pow", grad, base);
      map_into(gradient, grad, base, [](const auto& g, const auto& v) { return g * (v * 2); });
      return gradient;
    }
    return grad * (exponent == 2 ? base * 2 : pow(base, exponent - 1) * exponent);
  });
}

Tensor pow(Scalar a, const Tensor& b) { return pow(number_beside(b, a), b); }

}  // namespace xgrad
