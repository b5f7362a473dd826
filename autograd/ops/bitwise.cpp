#include "autograd/ops/bitwise.h"

#include <numeric>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/map.h"
#include "autograd/ops/promotion.h"

namespace xgrad {

namespace {

/// f(a, b) of two integers of the promoted dtype; bools are 0 and 1.
template <class F>
Tensor of_integers(const char* operation, bool bools_allowed, const Tensor& first, const Tensor& second, const F& f) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Promoted operands(first, second);
  const Dtype dtype = operands.a.dtype();
  check<TypeError>(!is_floating_point(dtype) && (bools_allowed || dtype != kBool), "{}: expected {} tensors, got {} and {}",
                   operation, bools_allowed ? "integer or bool" : "integer", first.dtype(), second.dtype());
  return map_each(operation, operands.a, operands.b, [&f](auto v, auto w) {
    using T = decltype(v);
    if constexpr (std::is_floating_point_v<T>) return v;  // never asked for
    else return static_cast<T>(f(v, w));
  });
}

std::uint64_t size_of(std::int64_t v) { return v < 0 ? 0 - static_cast<std::uint64_t>(v) : static_cast<std::uint64_t>(v); }

}  // namespace

Tensor bitwise_not(const Tensor& x) { return x.dtype() == kBool ? bitwise_xor(x, true) : bitwise_xor(x, -1); }

Tensor bitwise_and(const Tensor& a, const Tensor& b) {
  return of_integers("bitwise_and", true, a, b, [](auto v, auto w) { return v & w; });
}
Tensor bitwise_or(const Tensor& a, const Tensor& b) {
  return of_integers("bitwise_or", true, a, b, [](auto v, auto w) { return v | w; });
}
Tensor bitwise_xor(const Tensor& a, const Tensor& b) {
  return of_integers("bitwise_xor", true, a, b, [](auto v, auto w) { return v ^ w; });
}

Tensor bitwise_left_shift(const Tensor& a, const Tensor& b) {
  return of_integers("bitwise_left_shift", false, a, b, [](auto v, auto bits) {
    const auto by = static_cast<std::int64_t>(bits);
    const bool fits = by >= 0 && by < static_cast<std::int64_t>(8 * sizeof(v));
    return fits ? static_cast<decltype(v)>(static_cast<std::uint64_t>(v) << by) : decltype(v)(0);
  });
}
Tensor bitwise_right_shift(const Tensor& a, const Tensor& b) {
  return of_integers("bitwise_right_shift", false, a, b, [](auto v, auto bits) {
    const auto by = static_cast<std::int64_t>(bits);
    const bool fits = by >= 0 && by < static_cast<std::int64_t>(8 * sizeof(v));
    return static_cast<std::int64_t>(v) >> (fits ? by : 63);
  });
}

Tensor gcd(const Tensor& a, const Tensor& b) {
  return of_integers("gcd", false, a, b, [](auto v, auto w) { return std::gcd(size_of(v), size_of(w)); });
}
Tensor lcm(const Tensor& a, const Tensor& b) {
  return of_integers("lcm", false, a, b, [](auto v, auto w) {
    const std::uint64_t divisor = std::gcd(size_of(v), size_of(w));
    return divisor == 0 ? 0 : size_of(v) / divisor * size_of(w);
  });
}

Tensor bitwise_and(const Tensor& a, Scalar b) { return bitwise_and(a, number_beside(a, b)); }
Tensor bitwise_or(const Tensor& a, Scalar b) { return bitwise_or(a, number_beside(a, b)); }
Tensor bitwise_xor(const Tensor& a, Scalar b) { return bitwise_xor(a, number_beside(a, b)); }
Tensor bitwise_left_shift(const Tensor& a, Scalar b) { return bitwise_left_shift(a, number_beside(a, b)); }
Tensor bitwise_right_shift(const Tensor& a, Scalar b) { return bitwise_right_shift(a, number_beside(a, b)); }

}  // namespace xgrad
