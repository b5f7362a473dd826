#include "autograd/kernels/elementwise.h"

#include <algorithm>

#include "autograd/base/parallel.h"
#include "autograd/kernels/elementwise_rows.h"
#include "autograd/kernels/strided_rows.h"
#include "autograd/kernels/vectors.h"

namespace xgrad::kernels {

// Specialised in elementwise_unary_*.cpp, elementwise_binary_*.cpp, elementwise_ternary_*.cpp and elementwise_integers.cpp.
#define XGRAD_DECLARE_ROWS(T)             \
  template <>                             \
  UnaryRow unary_row<T>(Unary operation); \
  template <>                             \
  BinaryRow binary_row<T>(Binary operation);
XGRAD_DECLARE_ROWS(float)
XGRAD_DECLARE_ROWS(double)
XGRAD_DECLARE_ROWS(std::int64_t)
XGRAD_DECLARE_ROWS(bool)
#undef XGRAD_DECLARE_ROWS
template <>
TernaryRow ternary_row<float>(Ternary operation);
template <>
TernaryRow ternary_row<double>(Ternary operation);

namespace {

UnaryRow find_row(Unary operation, Dtype dtype) {
  switch (dtype) {
    case ScalarType::Float: return unary_row<float>(operation);
    case ScalarType::Double: return unary_row<double>(operation);
    case ScalarType::Long: return unary_row<std::int64_t>(operation);
    case ScalarType::Bool: return unary_row<bool>(operation);
    default: return nullptr;
  }
}

BinaryRow find_row(Binary operation, Dtype dtype) {
  switch (dtype) {
    case ScalarType::Float: return binary_row<float>(operation);
    case ScalarType::Double: return binary_row<double>(operation);
    case ScalarType::Long: return binary_row<std::int64_t>(operation);
    case ScalarType::Bool: return binary_row<bool>(operation);
    default: return nullptr;
  }
}

TernaryRow find_row(Ternary operation, Dtype dtype) {
  switch (dtype) {
    case ScalarType::Float: return ternary_row<float>(operation);
    case ScalarType::Double: return ternary_row<double>(operation);
    default: return nullptr;
  }
}

template <class T, class F>
void compare_run(bool* out, const T* p, const T* q, std::int64_t n, bool repeated, const F& f) {
  if (repeated) {
    const T y = *q;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) out[i] = f(p[i], y);
  } else {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) out[i] = f(p[i], q[i]);
  }
}

template <class T>
void compare_row(Comparison operation, bool* out, const T* p, const T* q, std::int64_t n, bool repeated) {
  const auto run = [&](const auto& f) { compare_run(out, p, q, n, repeated, f); };
  switch (operation) {
    case Comparison::equal: return run([](T x, T y) { return x == y; });
    case Comparison::not_equal: return run([](T x, T y) { return x != y; });
    case Comparison::less: return run([](T x, T y) { return x < y; });
    case Comparison::less_equal: return run([](T x, T y) { return x <= y; });
    case Comparison::greater: return run([](T x, T y) { return x > y; });
    case Comparison::greater_equal: return run([](T x, T y) { return x >= y; });
    // Without a jump, which would keep the loop from becoming vectors.
    case Comparison::magnitude_equal: return run([](T x, T y) { return (x == y) | (x == static_cast<T>(-y)); });
    case Comparison::logical_and: return run([](T x, T y) { return (x != T(0)) & (y != T(0)); });
    case Comparison::logical_or: return run([](T x, T y) { return (x != T(0)) | (y != T(0)); });
    case Comparison::logical_xor: return run([](T x, T y) { return (x != T(0)) != (y != T(0)); });
  }
}

/// Bits of both, by a mask: GCC would not read in vectors what only one answer needs.
template <class T, class First, class Second>
void select_numbers(T* out, const std::uint8_t* condition, std::int64_t n, const First& first, const Second& second) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) {
    const T x = first(i);
    const T y = second(i);
    const auto mask = static_cast<T>(condition[i] != 0 ? -1 : 0);
    out[i] = static_cast<T>(y ^ ((x ^ y) & mask));
  }
}

template <class T>
void select_row(T* out, const std::uint8_t* condition, const T* p, const T* q, std::int64_t n, bool p_repeated,
                bool q_repeated) {
  const auto p_at = [p](std::int64_t i) { return p[i]; };
  const auto q_at = [q](std::int64_t i) { return q[i]; };
  const auto p_always = [x = *p](std::int64_t /*i*/) { return x; };
  const auto q_always = [y = *q](std::int64_t /*i*/) { return y; };
  if (p_repeated && q_repeated) select_numbers(out, condition, n, p_always, q_always);
  else if (p_repeated) select_numbers(out, condition, n, p_always, q_at);
  else if (q_repeated) select_numbers(out, condition, n, p_at, q_always);
  else select_numbers(out, condition, n, p_at, q_at);
}

/// Elements from which a second thread pays: more of those that memory or the caches deliver slower than they are computed.
/// An operation and its gradient are of one kind: what one core reads that another has written comes slowly.
/// @{
std::int64_t grain_of(Unary operation) {
  switch (operation) {
    case Unary::neg:
    case Unary::abs:
    case Unary::sign:
    case Unary::square:
    case Unary::cube:
    case Unary::reciprocal:
    case Unary::floor:
    case Unary::ceil:
    case Unary::round:
    case Unary::trunc:
    case Unary::frac:
    case Unary::exp:
    case Unary::exp2:
    case Unary::log:
    case Unary::tanh:
    case Unary::sigmoid:
    case Unary::relu:
    case Unary::leaky_relu:
    case Unary::softsign:
    case Unary::hardshrink:
    case Unary::softshrink:
    case Unary::threshold:
    case Unary::clamp:
    case Unary::affine:
    case Unary::mantissa:
    case Unary::exponent: return moving_grain;
    default: return elementwise_grain;
  }
}

std::int64_t grain_of(Binary operation) {
  switch (operation) {
    case Binary::add:
    case Binary::sub:
    case Binary::mul:
    case Binary::div:
    case Binary::maximum:
    case Binary::minimum:
    case Binary::add_scaled:
    case Binary::bitwise_and:
    case Binary::bitwise_or:
    case Binary::bitwise_xor:
    case Binary::left_shift:
    case Binary::right_shift:
    case Binary::copysign:
    case Binary::lerp:
    case Binary::mul_scaled:
    case Binary::fmax:
    case Binary::fmin:
    case Binary::reciprocal_gradient:
    case Binary::tanh_gradient:
    case Binary::sigmoid_gradient:
    case Binary::relu_gradient:
    case Binary::abs_gradient:
    case Binary::square_gradient:
    case Binary::cube_gradient:
    case Binary::leaky_relu_gradient:
    case Binary::softsign_gradient:
    case Binary::hardshrink_gradient:
    case Binary::threshold_gradient:
    case Binary::clamp_gradient:
    case Binary::hardtanh_gradient:
    case Binary::squared_difference:
    case Binary::absolute_difference:
    case Binary::huber: return moving_grain;
    default: return elementwise_grain;
  }
}

std::int64_t grain_of(Ternary operation) {
  switch (operation) {
    case Ternary::addcmul:
    case Ternary::addcdiv:
    case Ternary::lerp:
    case Ternary::maximum_gradient:
    case Ternary::minimum_gradient:
    case Ternary::squared_difference_gradient:
    case Ternary::absolute_difference_gradient:
    case Ternary::huber_gradient:
    case Ternary::div_second_gradient: return moving_grain;
    default: return elementwise_grain;
  }
}
/// @}

}  // namespace

bool has_kernel(Unary operation, Dtype dtype) { return find_row(operation, dtype) != nullptr; }
bool has_kernel(Binary operation, Dtype dtype) { return find_row(operation, dtype) != nullptr; }
bool has_kernel(Ternary operation, Dtype dtype) { return find_row(operation, dtype) != nullptr; }

void unary(Unary operation, Dtype dtype, Loop<2> loop, void* out, const void* in, const Parameters& parameters) {
  const UnaryRow row = find_row(operation, dtype);
  const std::size_t size = element_size(dtype);
  for_each_row<1>(loop, out, size, {Operand{in, size, false}}, grain_of(operation),
                  [=, &parameters](void* to, const Row<1>& x, std::int64_t n) { row(to, x.data[0], n, parameters); });
}

void binary(Binary operation, Dtype dtype, Loop<3> loop, void* out, const void* p, const void* q,
            const Parameters& parameters) {
  const BinaryRow row = find_row(operation, dtype);
  const std::size_t size = element_size(dtype);
  const bool q_repeats = operation < Binary::sqrt_gradient;
  for_each_row<2>(loop, out, size, {Operand{p, size, true}, Operand{q, size, q_repeats}}, grain_of(operation),
                  [=, &parameters](void* to, const Row<2>& x, std::int64_t n) {
                    row(to, x.data[0], x.data[1], n, {x.repeated[0], x.repeated[1]}, parameters);
                  });
}

void ternary(Ternary operation, Dtype dtype, Loop<4> loop, void* out, const void* p, const void* q, const void* r,
             const Parameters& parameters) {
  const TernaryRow row = find_row(operation, dtype);
  const std::size_t size = element_size(dtype);
  for_each_row<3>(loop, out, size, {Operand{p, size, true}, Operand{q, size, false}, Operand{r, size, false}},
                  grain_of(operation), [=, &parameters](void* to, const Row<3>& x, std::int64_t n) {
                    row(to, x.data[0], x.data[1], x.data[2], n, x.repeated[0], parameters);
                  });
}

void unary(Unary operation, Dtype dtype, std::int64_t n, void* out, const void* in, const Parameters& parameters) {
  if (n == 0) return;
  if (n <= grain_of(operation)) {
    find_row(operation, dtype)(out, in, n, parameters);
  } else {
    unary(operation, dtype, {{n}, {DimVector{1}, DimVector{1}}}, out, in, parameters);
  }
}

void binary(Binary operation, Dtype dtype, std::int64_t n, void* out, const void* p, const void* q, bool p_repeats,
            bool q_repeats, const Parameters& parameters) {
  if (n == 0) return;
  if (n <= grain_of(operation)) {
    find_row(operation, dtype)(out, p, q, n, {p_repeats, q_repeats}, parameters);
  } else {
    const DimVector p_stride{p_repeats ? 0 : 1};
    const DimVector q_stride{q_repeats ? 0 : 1};
    binary(operation, dtype, {{n}, {DimVector{1}, p_stride, q_stride}}, out, p, q, parameters);
  }
}

void ternary(Ternary operation, Dtype dtype, std::int64_t n, void* out, const void* p, const void* q, const void* r,
             const Parameters& parameters) {
  if (n == 0) return;
  if (n <= grain_of(operation)) {
    find_row(operation, dtype)(out, p, q, r, n, false, parameters);
  } else {
    ternary(operation, dtype, {{n}, {DimVector{1}, DimVector{1}, DimVector{1}, DimVector{1}}}, out, p, q, r, parameters);
  }
}

void compare(Comparison operation, Dtype dtype, Loop<3> loop, bool* out, const void* p, const void* q) {
  const std::size_t size = element_size(dtype);
  visit_dtype(dtype, [&]<class T>() {
    for_each_row<2>(loop, out, sizeof(bool), {Operand{p, size, false}, Operand{q, size, true}}, moving_grain,
                    [=](void* to, const Row<2>& x, std::int64_t n) {
                      compare_row(operation, static_cast<bool*>(to), static_cast<const T*>(x.data[0]),
                                  static_cast<const T*>(x.data[1]), n, x.repeated[1]);
                    });
  });
}

bool all_equal(Dtype dtype, const void* p, const void* q, std::int64_t n) {
  return visit_dtype(dtype, [&]<class T>() {
    constexpr std::int64_t block = 4096;  // elements between looks
    const T* const first = static_cast<const T*>(p);
    const T* const second = static_cast<const T*>(q);
    for (std::int64_t begin = 0; begin < n; begin += block) {
      const std::int64_t end = std::min(n, begin + block);
      int different = 0;
      for (std::int64_t i = begin; i < end; ++i) different |= static_cast<int>(first[i] != second[i]);
      if (different != 0) return false;
    }
    return true;
  });
}

void select(Dtype dtype, Loop<4> loop, void* out, const bool* condition, const void* p, const void* q) {
  const std::size_t size = element_size(dtype);
  visit_size(size, [&]<class T>() {
    for_each_row<3>(
        loop, out, size, {Operand{condition, sizeof(bool), false}, Operand{p, size, true}, Operand{q, size, true}},
        moving_grain, [](void* to, const Row<3>& x, std::int64_t n) {
          const auto rows = [&](T* target, std::int64_t first, std::int64_t count) {
            select_row(target, static_cast<const std::uint8_t*>(x.data[0]) + first,
                       static_cast<const T*>(x.data[1]) + (x.repeated[1] ? 0 : first),
                       static_cast<const T*>(x.data[2]) + (x.repeated[2] ? 0 : first), count, x.repeated[1], x.repeated[2]);
          };
          if (goes_past_caches(static_cast<T*>(to), n)) fill_past_caches(static_cast<T*>(to), n, rows);
          else rows(static_cast<T*>(to), 0, n);
        });
  });
}

void split(Dtype dtype, std::int64_t n, void* first, void* second, const bool* condition, const void* p) {
  visit_size(element_size(dtype), [&]<class T>() {
    parallel_for(0, n, moving_grain, [&](std::int64_t begin, std::int64_t end) {
      constexpr std::int64_t block = 4096;  // what the second result reads is in a cache
      const auto* const bits = reinterpret_cast<const std::uint8_t*>(condition);
      const auto* const values = static_cast<const T*>(p);
      constexpr T zero = 0;
      const bool past_caches = goes_past_caches(static_cast<T*>(first) + begin, end - begin) &&
                               goes_past_caches(static_cast<T*>(second) + begin, end - begin);
      const auto write = [&](T* out, std::int64_t from, std::int64_t count, bool takes_true) {
        const auto rows = [&](T* target, std::int64_t at, std::int64_t length) {
          const T* const part = values + from + at;
          if (takes_true) select_row(target, bits + from + at, part, &zero, length, false, true);
          else select_row(target, bits + from + at, &zero, part, length, true, false);
        };
        if (past_caches) fill_past_caches(out + from, count, rows);
        else rows(out + from, 0, count);
      };
      for (std::int64_t from = begin; from < end; from += block) {
        const std::int64_t count = std::min(block, end - from);
        write(static_cast<T*>(first), from, count, true);
        write(static_cast<T*>(second), from, count, false);
      }
    });
  });
}

}  // namespace xgrad::kernels
