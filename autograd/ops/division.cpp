#include "autograd/ops/division.h"

#include <array>
#include <cmath>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/map.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"

namespace xgrad {

namespace {

struct FloorDivide {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      if (b == 0) return a / b;
      // As Python's: of what remains, not of the rounded quotient, which may be the next whole number.
      const T rest = std::fmod(a, b);
      const T quotient = (a - rest) / b - (rest != 0 && (rest < 0) != (b < 0) ? T(1) : T(0));
      if (quotient == 0) return std::copysign(T(0), a / b);
      const T whole = std::floor(quotient);
      return quotient - whole > T(0.5) ? whole + 1 : whole;
    } else {
      check<ValueError>(b != 0, "floor_divide: an integer is divided by zero");
      const std::int64_t x = a;
      const std::int64_t y = b;
      if (y == -1) return static_cast<T>(-static_cast<std::uint64_t>(x));
      const std::int64_t quotient = x / y;
      return static_cast<T>(quotient - ((x % y != 0 && (x % y < 0) != (y < 0)) ? 1 : 0));
    }
  }
};

struct Remainder {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      const T rest = std::fmod(a, b);
      return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    } else {
      check<ValueError>(b != 0, "remainder: an integer is divided by zero");
      const std::int64_t x = a;
      const std::int64_t y = b;
      if (y == -1) return T(0);
      const std::int64_t rest = x % y;
      return static_cast<T>(rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest);
    }
  }
};

struct TruncatedRemainder {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      return std::fmod(a, b);
    } else {
      check<ValueError>(b != 0, "fmod: an integer is divided by zero");
      return static_cast<std::int64_t>(b) == -1 ? T(0) : static_cast<T>(a % b);
    }
  }
};

}  // namespace

Tensor floor_divide(const Tensor& a, const Tensor& b) {
  const autograd::profiler::RecordFunction profiled("floor_divide");
  const Promoted operands(a, b);
  return map_each("floor_divide", operands.a.detach(), operands.b.detach(), FloorDivide());
}

Tensor floor_divide(const Tensor& a, Scalar b) { return floor_divide(a, number_beside(a, b)); }

namespace {

/// What is left of a when a whole number of b's is taken away: quotient(a, b) of them.
template <class Rest>
Tensor rest_of(const char* operation, const char* name, const Tensor& first, const Tensor& second, const Rest& rest,
               Tensor (*quotient)(const Tensor&, const Tensor&)) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Promoted operands(first, second);
  Tensor y = map_each(operation, operands.a, operands.b, rest);
  return record(
      name, y, {operands.a, operands.b},
      [a = save_for(operands.b, operands.a), b = save_for(operands.b, operands.b), a_sizes = to_dims(first.sizes()),
       b_sizes = to_dims(second.sizes()), quotient](const Tensor& grad, const Node& node) {
        std::array<Tensor, 2> gradients;
        if (node.needs_gradient(0)) gradients[0] = sum_to(grad, a_sizes);
        if (node.needs_gradient(1)) gradients[1] = sum_to(-grad * quotient(a.unpack(), b.unpack()), b_sizes);
        return gradients;
      });
}

}  // namespace

Tensor remainder(const Tensor& a, const Tensor& b) {
  return rest_of("remainder", "Remainder", a, b, Remainder(), floor_divide);
}

Tensor remainder(const Tensor& a, Scalar b) { return remainder(a, number_beside(a, b)); }

Tensor fmod(const Tensor& a, const Tensor& b) {
  return rest_of("fmod", "Fmod", a, b, TruncatedRemainder(),
                 [](const Tensor& x, const Tensor& y) { return round((x - fmod(x, y)) / y); });
}

Tensor fmod(const Tensor& a, Scalar b) { return fmod(a, number_beside(a, b)); }

Tensor div(const Tensor& a, const Tensor& b, std::optional<std::string_view> rounding_mode) {
  if (!rounding_mode) return div(a, b);
  if (*rounding_mode == "floor") return floor_divide(a, b);
  check<ValueError>(*rounding_mode == "trunc", "div: expected to round by \"floor\" or \"trunc\", got \"{}\"",
                    *rounding_mode);
  if (is_floating_point(result_type(a, b))) return trunc(div(a.detach(), b.detach()));
  return floor_divide(sub(a, fmod(a, b)), b);
}

Tensor div(const Tensor& a, Scalar b, std::optional<std::string_view> rounding_mode) {
  return rounding_mode ? div(a, number_beside(a, b), rounding_mode) : div(a, b);
}

}  // namespace xgrad
