#include "autograd/ops/division.h"

#include <optional>
#include <string_view>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/two_operands.h"

namespace xgrad {

namespace {

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
Tensor floor_divide(const Tensor& a, Scalar b) { return floor_divide(a, number_beside(a, b)); }

Tensor remainder(const Tensor& a, const Tensor& b) {
  return binary("remainder", divisible("remainder", Promoted(a, b)), Binary::remainder, passed_on(),
                by(Ternary::remainder_second_gradient, [](auto& g, auto& v, auto& w) { return -g * floor_divide(v, w); }));
}
Tensor remainder(const Tensor& a, Scalar b) { return remainder(a, number_beside(a, b)); }

Tensor fmod(const Tensor& a, const Tensor& b) {
  return binary(
      "fmod", divisible("fmod", Promoted(a, b)), Binary::fmod, passed_on(),
      by(Ternary::fmod_second_gradient, [](auto& g, auto& v, auto& w) { return -g * round((v - fmod(v, w)) / w); }));
}
Tensor fmod(const Tensor& a, Scalar b) { return fmod(a, number_beside(a, b)); }

Tensor div(const Tensor& a, const Tensor& b, std::optional<std::string_view> rounding_mode) {
  if (!rounding_mode) return div(a, b);
  if (*rounding_mode == "floor") return floor_divide(a, b);
  check<ValueError>(*rounding_mode == "trunc", R"(div: expected to round by "floor" or "trunc", got "{}")", *rounding_mode);
  if (is_floating_point(result_type(a, b))) return trunc(div(a.detach(), b.detach()));
  return floor_divide(sub(a, fmod(a, b)), b);
}

Tensor div(const Tensor& a, Scalar b, std::optional<std::string_view> rounding_mode) {
  return rounding_mode ? div(a, number_beside(a, b), rounding_mode) : div(a, b);
}

}  // namespace xgrad
