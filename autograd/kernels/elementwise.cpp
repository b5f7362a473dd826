#include "autograd/kernels/elementwise.h"

#include <array>
#include <cstring>

#include "autograd/base/error.h"
#include "autograd/kernels/elementwise_rows.h"

namespace xgrad::kernels {

// Specialised in elementwise_float.cpp, elementwise_double.cpp and elementwise_integers.cpp.
template <>
UnaryRow unary_row<float>(Unary operation);
template <>
UnaryRow unary_row<double>(Unary operation);
template <>
UnaryRow unary_row<std::int64_t>(Unary operation);
template <>
UnaryRow unary_row<bool>(Unary operation);
template <>
BinaryRow binary_row<float>(Binary operation);
template <>
BinaryRow binary_row<double>(Binary operation);
template <>
BinaryRow binary_row<std::int64_t>(Binary operation);
template <>
BinaryRow binary_row<bool>(Binary operation);

namespace {

/// Elements of what is gathered at a time.
constexpr std::int64_t block_length = 512;
constexpr std::size_t widest = 8;

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

/// An unsigned integer of the size of a dtype's elements, for what only moves them.
template <class Function>
decltype(auto) visit_size(std::size_t size, const Function& function) {
  switch (size) {
    case 1: return function.template operator()<std::uint8_t>();
    case 2: return function.template operator()<std::uint16_t>();
    case 4: return function.template operator()<std::uint32_t>();
    default: return function.template operator()<std::uint64_t>();
  }
}

void move_strided(void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride, std::int64_t n,
                  std::size_t size) {
  visit_size(size, [&]<class T>() {
    T* const target = static_cast<T*>(to);
    const T* const source = static_cast<const T*>(from);
    for (std::int64_t i = 0; i < n; ++i) target[i * to_stride] = source[i * from_stride];
  });
}

const std::byte* at(const void* data, std::int64_t element, std::size_t size) {
  return static_cast<const std::byte*>(data) + element * static_cast<std::int64_t>(size);
}
std::byte* at(void* data, std::int64_t element, std::size_t size) {
  return static_cast<std::byte*>(data) + element * static_cast<std::int64_t>(size);
}

/// Memory for one block of an operand that is not contiguous.
struct Block {
  alignas(64) std::byte bytes[block_length * widest];
};

/// Calls row(out, in..., n) for blocks of a run whose operands have any strides: through contiguous copies where needed.
template <std::size_t N, class Row>
void strided_run(const std::array<const void*, N>& in, const std::array<std::int64_t, N>& in_strides,
                 const std::array<std::size_t, N>& in_sizes, void* out, std::int64_t out_stride, std::size_t out_size,
                 std::int64_t length, const Row& row) {
  std::array<Block, N> gathered;
  Block result;
  for (std::int64_t first = 0; first < length; first += block_length) {
    const std::int64_t n = std::min(block_length, length - first);
    std::array<const void*, N> operands;
    for (std::size_t k = 0; k < N; ++k) {
      operands[k] = at(in[k], first * in_strides[k], in_sizes[k]);
      if (in_strides[k] == 1) continue;
      move_strided(gathered[k].bytes, 1, operands[k], in_strides[k], n, in_sizes[k]);
      operands[k] = gathered[k].bytes;
    }
    if (out_stride == 1) {
      row(at(out, first, out_size), operands, n);
    } else {
      row(static_cast<void*>(result.bytes), operands, n);
      move_strided(at(out, first * out_stride, out_size), out_stride, result.bytes, 1, n, out_size);
    }
  }
}

template <class T, class F>
void compare_run(bool* out, const T* p, const T* q, std::int64_t n, Repeats repeated, const F& f) {
  if (repeated.q) {
    const T y = *q;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) out[i] = f(p[i], y);
  } else {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) out[i] = f(p[i], q[i]);
  }
}

template <class T>
void compare_row(Comparison operation, bool* out, const T* p, const T* q, std::int64_t n, Repeats repeated) {
  const auto run = [&](const auto& f) { compare_run(out, p, q, n, repeated, f); };
  switch (operation) {
    case Comparison::equal: return run([](T x, T y) { return x == y; });
    case Comparison::not_equal: return run([](T x, T y) { return x != y; });
    case Comparison::less: return run([](T x, T y) { return x < y; });
    case Comparison::less_equal: return run([](T x, T y) { return x <= y; });
    case Comparison::greater: return run([](T x, T y) { return x > y; });
    case Comparison::greater_equal: return run([](T x, T y) { return x >= y; });
  }
}

template <class T>
void select_row(T* out, const std::uint8_t* condition, const T* p, const T* q, std::int64_t n, Repeats repeated) {
  const T x = *p;
  const T y = *q;
  if (repeated.p && repeated.q) {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) out[i] = condition[i] != 0 ? x : y;
  } else if (repeated.p) {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) out[i] = condition[i] != 0 ? x : q[i];
  } else if (repeated.q) {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) out[i] = condition[i] != 0 ? p[i] : y;
  } else {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) out[i] = condition[i] != 0 ? p[i] : q[i];
  }
}

}  // namespace

bool has_kernel(Unary operation, Dtype dtype) { return find_row(operation, dtype) != nullptr; }
bool has_kernel(Binary operation, Dtype dtype) { return find_row(operation, dtype) != nullptr; }

void unary(Unary operation, Dtype dtype, Loop<2> loop, void* out, const void* in, const Parameters& parameters) {
  const UnaryRow row = find_row(operation, dtype);
  const std::size_t size = element_size(dtype);
  simplify(loop);
  for_each_run(loop, [&](const std::array<std::int64_t, 2>& offsets, std::int64_t length,
                         const std::array<std::int64_t, 2>& strides) {
    void* const target = at(out, offsets[0], size);
    const void* const source = at(in, offsets[1], size);
    if (strides[0] == 1 && strides[1] == 1) {
      row(target, source, length, parameters);
    } else {
      strided_run<1>(
          {source}, {strides[1]}, {size}, target, strides[0], size, length,
          [&](void* to, const std::array<const void*, 1>& from, std::int64_t n) { row(to, from[0], n, parameters); });
    }
  });
}

void binary(Binary operation, Dtype dtype, Loop<3> loop, void* out, const void* p, const void* q,
            const Parameters& parameters) {
  const BinaryRow row = find_row(operation, dtype);
  const std::size_t size = element_size(dtype);
  simplify(loop);
  for_each_run(loop, [&](const std::array<std::int64_t, 3>& offsets, std::int64_t length,
                         const std::array<std::int64_t, 3>& strides) {
    void* const target = at(out, offsets[0], size);
    const void* const first = at(p, offsets[1], size);
    const void* const second = at(q, offsets[2], size);
    if (strides[0] == 1 && strides[1] <= 1 && strides[1] >= 0 && strides[2] <= 1 && strides[2] >= 0) {
      row(target, first, second, length, {strides[1] == 0, strides[2] == 0}, parameters);
    } else {
      strided_run<2>({first, second}, {strides[1], strides[2]}, {size, size}, target, strides[0], size, length,
                     [&](void* to, const std::array<const void*, 2>& from, std::int64_t n) {
                       row(to, from[0], from[1], n, {false, false}, parameters);
                     });
    }
  });
}

void compare(Comparison operation, Dtype dtype, Loop<3> loop, bool* out, const void* p, const void* q) {
  const std::size_t size = element_size(dtype);
  simplify(loop);
  visit_dtype(dtype, [&]<class T>() {
    for_each_run(loop, [&](const std::array<std::int64_t, 3>& offsets, std::int64_t length,
                           const std::array<std::int64_t, 3>& strides) {
      const auto row = [&](void* to, const void* first, const void* second, std::int64_t n, bool repeated) {
        compare_row(operation, static_cast<bool*>(to), static_cast<const T*>(first), static_cast<const T*>(second), n,
                    {false, repeated});
      };
      bool* const target = out + offsets[0];
      const void* const first = at(p, offsets[1], size);
      const void* const second = at(q, offsets[2], size);
      if (strides[0] == 1 && strides[1] == 1 && (strides[2] == 1 || strides[2] == 0)) {
        row(target, first, second, length, strides[2] == 0);
      } else {
        strided_run<2>(
            {first, second}, {strides[1], strides[2]}, {size, size}, target, strides[0], sizeof(bool), length,
            [&](void* to, const std::array<const void*, 2>& from, std::int64_t n) { row(to, from[0], from[1], n, false); });
      }
    });
  });
}

void select(Dtype dtype, Loop<4> loop, void* out, const bool* condition, const void* p, const void* q) {
  const std::size_t size = element_size(dtype);
  simplify(loop);
  visit_size(size, [&]<class T>() {
    for_each_run(loop, [&](const std::array<std::int64_t, 4>& offsets, std::int64_t length,
                           const std::array<std::int64_t, 4>& strides) {
      const auto row = [](void* to, const void* which, const void* first, const void* second, std::int64_t n,
                          Repeats repeated) {
        select_row(static_cast<T*>(to), static_cast<const std::uint8_t*>(which), static_cast<const T*>(first),
                   static_cast<const T*>(second), n, repeated);
      };
      void* const target = at(out, offsets[0], size);
      const void* const which = condition + offsets[1];
      const void* const first = at(p, offsets[2], size);
      const void* const second = at(q, offsets[3], size);
      const auto steps = [&](std::size_t k) { return strides[k] == 1 || strides[k] == 0; };
      if (strides[0] == 1 && strides[1] == 1 && steps(2) && steps(3)) {
        row(target, which, first, second, length, {strides[2] == 0, strides[3] == 0});
      } else {
        strided_run<3>({which, first, second}, {strides[1], strides[2], strides[3]}, {1, size, size}, target, strides[0],
                       size, length, [&](void* to, const std::array<const void*, 3>& from, std::int64_t n) {
                         row(to, from[0], from[1], from[2], n, {false, false});
                       });
      }
    });
  });
}

}  // namespace xgrad::kernels
