/// The kernels of one dtype: for each operation a function that computes contiguous elements. For elementwise_*.cpp. The
/// templates in elementwise_*_rows.h are hidden: their names would take a hundredth of the library.
#pragma once

#include "autograd/kernels/elementwise.h"

namespace xgrad::kernels {

/// out[i] = f(in[i]) for i below n.
using UnaryRow = void (*)(void* out, const void* in, std::int64_t n, const Parameters& parameters);
/// out[i] = f(p[i], q[i]); an operand that is `repeated` has one element.
struct Repeats {
  bool p;
  bool q;
};
using BinaryRow = void (*)(void* out, const void* p, const void* q, std::int64_t n, Repeats repeated,
                           const Parameters& parameters);
/// out[i] = f(p[i], q[i], r[i]); where `repeated`, p has one element.
using TernaryRow = void (*)(void* out, const void* p, const void* q, const void* r, std::int64_t n, bool repeated,
                            const Parameters& parameters);

/// Null where the operation has no kernel for T.
template <class T>
UnaryRow unary_row(Unary operation);
template <class T>
BinaryRow binary_row(Binary operation);
template <class T>
TernaryRow ternary_row(Ternary operation);

/// Those of special functions, which take long to compile, in elementwise_special_*.cpp: for float and double, else null.
template <class T>
UnaryRow special_unary_row(Unary operation);
template <class T>
BinaryRow special_binary_row(Binary operation);
template <class T>
TernaryRow special_ternary_row(Ternary operation);

}  // namespace xgrad::kernels
