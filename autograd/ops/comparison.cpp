#include "autograd/ops/comparison.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/dtype_limits.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/map.h"
#include "autograd/ops/two_operands.h"

namespace xgrad {

namespace {

Tensor compare(const char* operation, kernels::Comparison comparison, const Tensor& first, const Tensor& second) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Dtype dtype = result_type(first, second);
  const Dtype wide = compute_dtype(dtype);
  const Tensor a = detail::converted(detail::converted(first, dtype), wide);
  const Tensor b = detail::converted(detail::converted(second, dtype), wide);
  Tensor y = empty_as(broadcast_shapes(operation, a.sizes(), b.sizes()), kBool, a, b);
  kernels::compare(comparison, wide, elementwise_loop(y, a, b), y.data_ptr<bool>(), a.data_ptr(), b.data_ptr());
  return y;
}

/// Of whether elements are other than 0.
Tensor combine(const char* operation, kernels::Comparison combination, const Tensor& first, const Tensor& second) {
  const bool alike = first.dtype() == second.dtype() && compute_dtype(first.dtype()) == first.dtype();
  if (alike) return compare(operation, combination, first, second);
  return compare(operation, combination, detail::converted(first, kBool), detail::converted(second, kBool));
}

template <class F>
Tensor map_to_bool(const Tensor& x, const F& f) {
  const Tensor a = detail::converted(x, compute_dtype(x.dtype()));
  Tensor y = empty_as(a.sizes(), kBool, a);
  visit_dtype(a.dtype(), [&]<class T>() {
    kernels::map_each(
        kernels::moving_grain, elementwise_loop(y, a), y.data_ptr<bool>(), [&](T v) { return static_cast<bool>(f(v)); },
        a.data_ptr<T>());
  });
  return y;
}

/// Beside a number that x's dtype holds.
Tensor compare_with(const char* operation, kernels::Comparison comparison, const Tensor& x, Scalar number) {
  return compare(operation, comparison, x, full({}, number, x.dtype()));
}

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Integers are not infinite.
Tensor compare_with_infinity(const char* operation, kernels::Comparison comparison, const Tensor& x, double infinite) {
  if (x.is_floating_point()) return compare_with(operation, comparison, x, infinite);
  const autograd::profiler::RecordFunction profiled(operation);
  return full(x.sizes(), false, kBool);
}

Tensor compare_number(Tensor (*comparison)(const Tensor&, const Tensor&), const Tensor& x, Scalar number) {
  const auto [wide, beside] = comparable(x, number);
  return comparison(wide, beside);
}

}  // namespace

Tensor eq(const Tensor& a, const Tensor& b) { return compare("eq", kernels::Comparison::equal, a, b); }
Tensor ne(const Tensor& a, const Tensor& b) { return compare("ne", kernels::Comparison::not_equal, a, b); }
Tensor lt(const Tensor& a, const Tensor& b) { return compare("lt", kernels::Comparison::less, a, b); }
Tensor le(const Tensor& a, const Tensor& b) { return compare("le", kernels::Comparison::less_equal, a, b); }
Tensor gt(const Tensor& a, const Tensor& b) { return compare("gt", kernels::Comparison::greater, a, b); }
Tensor ge(const Tensor& a, const Tensor& b) { return compare("ge", kernels::Comparison::greater_equal, a, b); }
Tensor eq(const Tensor& a, Scalar b) { return compare_number(eq, a, b); }
Tensor ne(const Tensor& a, Scalar b) { return compare_number(ne, a, b); }
Tensor lt(const Tensor& a, Scalar b) { return compare_number(lt, a, b); }
Tensor le(const Tensor& a, Scalar b) { return compare_number(le, a, b); }
Tensor gt(const Tensor& a, Scalar b) { return compare_number(gt, a, b); }
Tensor ge(const Tensor& a, Scalar b) { return compare_number(ge, a, b); }

Tensor logical_not(const Tensor& a) { return compare_with("logical_not", kernels::Comparison::equal, a, 0); }
Tensor logical_and(const Tensor& a, const Tensor& b) {
  return combine("logical_and", kernels::Comparison::logical_and, a, b);
}
Tensor logical_or(const Tensor& a, const Tensor& b) { return combine("logical_or", kernels::Comparison::logical_or, a, b); }
Tensor logical_xor(const Tensor& a, const Tensor& b) {
  return combine("logical_xor", kernels::Comparison::logical_xor, a, b);
}

Tensor isnan(const Tensor& a) {
  const autograd::profiler::RecordFunction profiled("isnan");
  return map_to_bool(a, [](auto v) { return v != v; });
}
Tensor isinf(const Tensor& a) { return compare_with_infinity("isinf", kernels::Comparison::magnitude_equal, a, infinity); }
Tensor isfinite(const Tensor& a) {
  const autograd::profiler::RecordFunction profiled("isfinite");
  return map_to_bool(a, [](auto v) { return v - v == 0; });  // of infinity and NaN, it is NaN
}

Tensor isposinf(const Tensor& a) { return compare_with_infinity("isposinf", kernels::Comparison::equal, a, infinity); }
Tensor isneginf(const Tensor& a) { return compare_with_infinity("isneginf", kernels::Comparison::equal, a, -infinity); }
Tensor isreal(const Tensor& a) { return full(a.sizes(), true, kBool); }
Tensor signbit(const Tensor& a) {
  const autograd::profiler::RecordFunction profiled("signbit");
  return map_to_bool(a, []<class T>(T v) {
    if constexpr (std::is_same_v<T, float>) return std::bit_cast<std::int32_t>(v) < 0;
    else if constexpr (std::is_same_v<T, double>) return std::bit_cast<std::int64_t>(v) < 0;
    else return v < T(0);
  });
}

Tensor nan_to_num(const Tensor& x, std::optional<double> nan, std::optional<double> positive,
                  std::optional<double> negative) {
  if (!x.is_floating_point()) return x.clone();
  const double largest = detail::float_limits(x.dtype()).largest;
  const Tensor numbers = masked_fill(x, isnan(x), nan.value_or(0));
  const Tensor below = masked_fill(numbers, isposinf(x), positive.value_or(largest));
  return masked_fill(below, isneginf(x), negative.value_or(-largest));
}

namespace {

/// The gradient of the operand that loses where loses(a, b) is 1: all of it, halves where both are equal.
Tensor shared_gradient(const Tensor& grad, const Tensor& v, const Tensor& w, const Tensor& loses) {
  return grad * (1 - loses.to(grad.dtype()) - eq(v, w).to(grad.dtype()) * 0.5);
}

/// The gradients of maximum and minimum: to the operand that was taken, halves to both where they are equal, and all of it
/// to both where one is NaN.
template <bool larger>
Tensor extremum_of_two(const char* name, const Tensor& a, const Tensor& b) {
  constexpr Ternary kernel = larger ? Ternary::maximum_gradient : Ternary::minimum_gradient;
  const auto loses = [](const Tensor& v, const Tensor& w) { return larger ? lt(v, w) : gt(v, w); };
  return binary(name, {a, b}, larger ? Binary::maximum : Binary::minimum,
                by(kernel, [=](auto& g, auto& v, auto& w) { return shared_gradient(g, v, w, loses(v, w)); }),
                by_swapped(kernel, [=](auto& g, auto& v, auto& w) { return shared_gradient(g, v, w, loses(w, v)); }));
}

}  // namespace

Tensor maximum(const Tensor& a, const Tensor& b) { return extremum_of_two<true>("maximum", a, b); }
Tensor minimum(const Tensor& a, const Tensor& b) { return extremum_of_two<false>("minimum", a, b); }

namespace {

/// The operand for which takes_first(a, b) decides where neither is NaN.
template <class Compare>
Tensor extremum_of_numbers(const char* operation, const Tensor& first, const Tensor& second, const Compare& takes_first) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Promoted operands(first, second);
  return where(logical_or(takes_first(operands.a.detach(), operands.b.detach()), isnan(operands.b)), operands.a, operands.b);
}

}  // namespace

Tensor fmax(const Tensor& a, const Tensor& b) {
  return extremum_of_numbers("fmax", a, b, [](const Tensor& v, const Tensor& w) { return ge(v, w); });
}
Tensor fmin(const Tensor& a, const Tensor& b) {
  return extremum_of_numbers("fmin", a, b, [](const Tensor& v, const Tensor& w) { return le(v, w); });
}

Tensor where(const Tensor& condition, const Tensor& first, const Tensor& second) {
  const autograd::profiler::RecordFunction profiled("where");
  check<TypeError>(condition.dtype() == kBool, "where: the condition must be a bool tensor, got {}", condition.dtype());
  const Dtype dtype = result_type(first, second);
  const Tensor a = to(first, dtype);
  const Tensor b = to(second, dtype);
  const DimVector sizes = broadcast_shapes("where", broadcast_shapes("where", a.sizes(), b.sizes()), condition.sizes());
  Tensor y = empty_as(sizes, dtype, condition, a, b);
  kernels::select(dtype, elementwise_loop(y, condition, a, b), y.data_ptr(), condition.data_ptr<bool>(), a.data_ptr(),
                  b.data_ptr());
  return record("Where", std::move(y), {a, b},
                [condition = SavedTensor(condition), a_sizes = to_dims(a.sizes()), b_sizes = to_dims(b.sizes())](
                    const Tensor& grad, const Node& node) {
                  const Tensor takes_a = condition.unpack();
                  std::array<Tensor, 2> gradients;
                  const bool same_sizes = grad.sizes() == takes_a.sizes() && grad.sizes() == IntArrayRef(a_sizes) &&
                                          grad.sizes() == IntArrayRef(b_sizes);
                  if (!GradMode::is_enabled() && same_sizes && node.needs_gradient(0) && node.needs_gradient(1) &&
                      grad.is_contiguous() && takes_a.is_contiguous()) {
                    gradients = {empty_like(grad), empty_like(grad)};
                    kernels::split(grad.dtype(), grad.numel(), gradients[0].data_ptr(), gradients[1].data_ptr(),
                                   takes_a.data_ptr<bool>(), grad.data_ptr());
                    return gradients;
                  }
                  const Tensor zero = zeros({}, grad.dtype());
                  if (node.needs_gradient(0)) gradients[0] = sum_to(where(takes_a, grad, zero), a_sizes);
                  if (node.needs_gradient(1)) gradients[1] = sum_to(where(takes_a, zero, grad), b_sizes);
                  return gradients;
                });
}

Tensor where(const Tensor& condition, const Tensor& a, Scalar b) { return where(condition, a, number_beside(a, b)); }
Tensor where(const Tensor& condition, Scalar a, const Tensor& b) { return where(condition, number_beside(b, a), b); }

Tensor where(const Tensor& condition, Scalar a, Scalar b) { return where(condition, full({}, a), full({}, b)); }

TensorList where(const Tensor& condition) { return condition.nonzero_numpy(); }

Tensor masked_fill(const Tensor& x, const Tensor& mask, const Tensor& value) {
  check<TypeError>(mask.dtype() == kBool, "masked_fill: the mask must be a bool tensor, got {}", mask.dtype());
  check<ShapeError>(value.dim() == 0, "masked_fill: expected a value without dimensions, got shape {}", value.sizes());
  broadcast_shapes("masked_fill", x.sizes(), mask.sizes());  // throws where there is no such shape
  return where(mask, to(value, x.dtype()), x);
}

Tensor masked_fill(const Tensor& x, const Tensor& mask, Scalar value) {
  check<TypeError>(mask.dtype() == kBool, "masked_fill: the mask must be a bool tensor, got {}", mask.dtype());
  broadcast_shapes("masked_fill", x.sizes(), mask.sizes());  // throws where there is no such shape
  return where(mask, full({}, value, x.dtype()), x);
}

bool equal(const Tensor& a, const Tensor& b) {
  const autograd::profiler::RecordFunction profiled("equal");
  if (!(a.sizes() == b.sizes())) return false;
  if (a.dtype() != b.dtype() || compute_dtype(a.dtype()) != a.dtype() || !a.is_contiguous() || !b.is_contiguous())
    return all(eq(a, b)).item<bool>();
  return kernels::all_equal(a.dtype(), a.data_ptr(), b.data_ptr(), a.numel());
}

Tensor isclose(const Tensor& first, const Tensor& second, double rtol, double atol, OnlyBool equal_nan) {
  const autograd::profiler::RecordFunction profiled("isclose");
  check<TypeError>(first.dtype() == second.dtype(), "isclose: dtypes {} and {} differ", first.dtype(), second.dtype());
  const Tensor a = first.detach().to(kFloat64);
  const Tensor b = second.detach().to(kFloat64);
  Tensor close = empty_as(broadcast_shapes("isclose", a.sizes(), b.sizes()), kBool, a, b);
  kernels::map_each(
      kernels::moving_grain, elementwise_loop(close, a, b), close.data_ptr<bool>(),
      [=](double v, double w) {
        if (v == w || (equal_nan && v != v && w != w)) return true;
        return std::isfinite(v) && std::isfinite(w) && std::abs(v - w) <= atol + rtol * std::abs(w);
      },
      a.data_ptr<double>(), b.data_ptr<double>());
  return close;
}

bool allclose(const Tensor& a, const Tensor& b, double rtol, double atol, OnlyBool equal_nan) {
  return all(isclose(a, b, rtol, atol, equal_nan)).item<bool>();
}

}  // namespace xgrad
