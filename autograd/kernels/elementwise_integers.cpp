#include <algorithm>
#include <cstdint>
#include <numeric>

#include "autograd/kernels/elementwise_rows.h"

namespace xgrad::kernels {

namespace {

/// Arithmetic that wraps where it overflows.
constexpr std::int64_t wrap(std::uint64_t value) { return static_cast<std::int64_t>(value); }
constexpr std::uint64_t bits(std::int64_t value) { return static_cast<std::uint64_t>(value); }
constexpr std::uint64_t size(std::int64_t value) { return value < 0 ? 0 - bits(value) : bits(value); }

std::int64_t power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) {  // rounded towards zero, which leaves the powers of 1 and -1
    return base == 1 ? 1 : base == -1 ? (exponent % 2 != 0 ? -1 : 1) : 0;
  }
  std::uint64_t result = 1;
  std::uint64_t factor = bits(base);
  for (std::uint64_t rest = bits(exponent); rest != 0; rest >>= 1, factor *= factor) {
    if ((rest & 1) != 0) result *= factor;
  }
  return wrap(result);
}

template <class T, class F>
void unary_loop(void* out, const void* in, std::int64_t n, const Parameters& parameters) {
  T* const target = static_cast<T*>(out);
  const T* const source = static_cast<const T*>(in);
  const auto a = parameters.a.to<std::int64_t>();
  const auto b = parameters.b.to<std::int64_t>();
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) target[i] = static_cast<T>(F()(static_cast<std::int64_t>(source[i]), a, b));
}

template <class T, class F>
void binary_loop(void* out, const void* p, const void* q, std::int64_t n, Repeats repeated, const Parameters& parameters) {
  T* const target = static_cast<T*>(out);
  const T* const first = static_cast<const T*>(p);
  const T* const second = static_cast<const T*>(q);
  const auto a = parameters.a.to<std::int64_t>();
  const auto f = [a](T x, T y) {
    return static_cast<T>(F()(static_cast<std::int64_t>(x), static_cast<std::int64_t>(y), a));
  };
  if (repeated.p) {
    const T x = *first;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) target[i] = f(x, second[repeated.q ? 0 : i]);
  } else if (repeated.q) {
    const T y = *second;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) target[i] = f(first[i], y);
  } else {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) target[i] = f(first[i], second[i]);
  }
}

#define XGRAD_INTEGER_UNARY(Name, expression)                                                                         \
  struct Name {                                                                                                       \
    std::int64_t operator()(std::int64_t x, [[maybe_unused]] std::int64_t a, [[maybe_unused]] std::int64_t b) const { \
      return expression;                                                                                              \
    }                                                                                                                 \
  };
XGRAD_INTEGER_UNARY(Neg, wrap(0 - bits(x)))
XGRAD_INTEGER_UNARY(Abs, x < 0 ? wrap(0 - bits(x)) : x)
XGRAD_INTEGER_UNARY(Sign, (x > 0) - (x < 0))
XGRAD_INTEGER_UNARY(Square, wrap(bits(x) * bits(x)))
XGRAD_INTEGER_UNARY(Cube, wrap(bits(x) * bits(x) * bits(x)))
XGRAD_INTEGER_UNARY(Relu, x > 0 ? x : 0)
XGRAD_INTEGER_UNARY(Clamp, std::min(std::max(x, a), b))
#undef XGRAD_INTEGER_UNARY

#define XGRAD_INTEGER_BINARY(Name, expression)                                                                            \
  struct Name {                                                                                                           \
    std::int64_t operator()(std::int64_t p, std::int64_t q, [[maybe_unused]] std::int64_t a) const { return expression; } \
  };
XGRAD_INTEGER_BINARY(Add, wrap(bits(p) + bits(q)))
XGRAD_INTEGER_BINARY(Sub, wrap(bits(p) - bits(q)))
XGRAD_INTEGER_BINARY(Mul, wrap(bits(p) * bits(q)))
XGRAD_INTEGER_BINARY(Maximum, p < q ? q : p)
XGRAD_INTEGER_BINARY(Minimum, q < p ? q : p)
XGRAD_INTEGER_BINARY(AddScaled, wrap(bits(p) + bits(a) * bits(q)))
XGRAD_INTEGER_BINARY(Heaviside, p == 0 ? q : p > 0)
XGRAD_INTEGER_BINARY(BitwiseAnd, p& q)
XGRAD_INTEGER_BINARY(BitwiseOr, p | q)
XGRAD_INTEGER_BINARY(BitwiseXor, p ^ q)
XGRAD_INTEGER_BINARY(LeftShift, q >= 0 && q < 64 ? wrap(bits(p) << q) : 0)
XGRAD_INTEGER_BINARY(RightShift, p >> (q >= 0 && q < 64 ? q : 63))
XGRAD_INTEGER_BINARY(GreatestCommonDivisor, wrap(std::gcd(size(p), size(q))))
XGRAD_INTEGER_BINARY(LeastCommonMultiple, p == 0 && q == 0 ? 0 : wrap(size(p) / std::gcd(size(p), size(q)) * size(q)))
// q is not 0. The smallest number has no quotient by -1.
XGRAD_INTEGER_BINARY(Fmod, q == -1 ? 0 : p % q)
XGRAD_INTEGER_BINARY(Remainder, q == -1 ? 0 : p % q + (p % q != 0 && (p % q < 0) != (q < 0) ? q : 0))
XGRAD_INTEGER_BINARY(FloorDivide, q == -1 ? wrap(0 - bits(p)) : p / q - (p % q != 0 && (p % q < 0) != (q < 0) ? 1 : 0))
XGRAD_INTEGER_BINARY(Pow, power(p, q))
#undef XGRAD_INTEGER_BINARY

template <class T>
UnaryRow integer_unary_row(Unary operation) {
  switch (operation) {
    case Unary::neg: return unary_loop<T, Neg>;
    case Unary::abs: return unary_loop<T, Abs>;
    case Unary::sign: return unary_loop<T, Sign>;
    case Unary::square: return unary_loop<T, Square>;
    case Unary::cube: return unary_loop<T, Cube>;
    case Unary::relu: return unary_loop<T, Relu>;
    case Unary::clamp: return unary_loop<T, Clamp>;
    default: return nullptr;
  }
}

template <class T>
BinaryRow integer_binary_row(Binary operation) {
  switch (operation) {
    case Binary::add: return binary_loop<T, Add>;
    case Binary::sub: return binary_loop<T, Sub>;
    case Binary::mul: return binary_loop<T, Mul>;
    case Binary::maximum: return binary_loop<T, Maximum>;
    case Binary::minimum: return binary_loop<T, Minimum>;
    case Binary::add_scaled: return binary_loop<T, AddScaled>;
    case Binary::pow: return binary_loop<T, Pow>;
    case Binary::fmod: return binary_loop<T, Fmod>;
    case Binary::remainder: return binary_loop<T, Remainder>;
    case Binary::floor_divide: return binary_loop<T, FloorDivide>;
    case Binary::heaviside: return binary_loop<T, Heaviside>;
    case Binary::bitwise_and: return binary_loop<T, BitwiseAnd>;
    case Binary::bitwise_or: return binary_loop<T, BitwiseOr>;
    case Binary::bitwise_xor: return binary_loop<T, BitwiseXor>;
    case Binary::left_shift: return binary_loop<T, LeftShift>;
    case Binary::right_shift: return binary_loop<T, RightShift>;
    case Binary::greatest_common_divisor: return binary_loop<T, GreatestCommonDivisor>;
    case Binary::least_common_multiple: return binary_loop<T, LeastCommonMultiple>;
    default: return nullptr;
  }
}

}  // namespace

template <>
UnaryRow unary_row<std::int64_t>(Unary operation) {
  return integer_unary_row<std::int64_t>(operation);
}
template <>
UnaryRow unary_row<bool>(Unary operation) {
  return integer_unary_row<bool>(operation);
}
template <>
BinaryRow binary_row<std::int64_t>(Binary operation) {
  return integer_binary_row<std::int64_t>(operation);
}
template <>
BinaryRow binary_row<bool>(Binary operation) {
  return integer_binary_row<bool>(operation);
}

}  // namespace xgrad::kernels
