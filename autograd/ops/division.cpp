#include "autograd/ops/division.h"

#include <array>
#include <optional>
#include <string_view>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/two_operands.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// The number by which integers are divided. One that wraps around would be another divisor.
Tensor divisor_beside(const char* operation, const Tensor& a, Scalar b) {
  if (a.dtype() == kUInt8 && !b.is_floating_point()) {
    const auto divisor = b.to<std::int64_t>();
    check<ValueError>(divisor >= 0, "{}: {} does not hold the divisor {}", operation, a.dtype(), divisor);
  }
  return number_beside(a, b);
}

/// The same operands. Throws ValueError where integers are divided by zero.
const Promoted& divisible(const char* operation, const Promoted& operands) {
  check<ValueError>(operands.a.is_floating_point() || !any(eq(operands.b.detach(), 0)).item<bool>(),
                    "{}: an integer is divided by zero", operation);
  return operands;
}

}  // namespace

Tensor floor_divide(const Tensor& a, const Tensor& b) {
  return binary_without_slope("floor_divide", divisible("floor_divide", Promoted(a, b)), Binary::floor_divide);
}
Tensor floor_divide(const Tensor& a, Scalar b) { return floor_divide(a, divisor_beside("floor_divide", a, b)); }

Tensor remainder(const Tensor& a, const Tensor& b) {
  return binary("remainder", divisible("remainder", Promoted(a, b)), Binary::remainder, passed_on(),
                by(Ternary::remainder_second_gradient, [](auto& g, auto& v, auto& w) { return -g * floor_divide(v, w); }));
}
Tensor remainder(const Tensor& a, Scalar b) { return remainder(a, divisor_beside("remainder", a, b)); }

Tensor fmod(const Tensor& a, const Tensor& b) {
  return binary(
      "fmod", divisible("fmod", Promoted(a, b)), Binary::fmod, passed_on(),
      by(Ternary::fmod_second_gradient, [](auto& g, auto& v, auto& w) { return -g * round((v - fmod(v, w)) / w); }));
}
Tensor fmod(const Tensor& a, Scalar b) { return fmod(a, divisor_beside("fmod", a, b)); }

Tensor div(const Tensor& a, const Tensor& b, std::optional<std::string_view> rounding_mode) {
  if (!rounding_mode) return div(a, b);
  check<ValueError>(*rounding_mode == "floor" || *rounding_mode == "trunc",
                    R"(div: expected to round by "floor" or "trunc", got "{}")", *rounding_mode);
  const auto rounded = [&](const Tensor& p, const Tensor& q) {
    if (*rounding_mode == "floor") return floor_divide(p, q);
    return is_floating_point(result_type(p, q)) ? trunc(div(p, q)) : floor_divide(sub(p, fmod(p, q)), q);
  };
  const Tensor result = rounded(a.detach(), b.detach());
  return record("div", result, {a, b},
                [first = to_dims(a.sizes()), second = to_dims(b.sizes()), p = a.dtype(), q = b.dtype()](const Tensor&) {
                  return std::array<Tensor, 2>{zeros(first, p), zeros(second, q)};
                });
}

Tensor div(const Tensor& a, Scalar b, std::optional<std::string_view> rounding_mode) {
  return rounding_mode ? div(a, divisor_beside("div", a, b), rounding_mode) : div(a, b);
}

}  // namespace xgrad
