#include "autograd/ops/bitwise.h"

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/unary.h"

namespace xgrad {

namespace {

/// f(a, b) of two integers of the promoted dtype; bools are 0 and 1.
Tensor of_integers(const char* operation, bool bools_allowed, const Tensor& first, const Tensor& second, Binary f) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Promoted operands(first, second);
  const Dtype dtype = operands.a.dtype();
  check<TypeError>(!is_floating_point(dtype) && (bools_allowed || dtype != kBool), "{}: expected {} tensors, got {} and {}",
                   operation, bools_allowed ? "integer or bool" : "integer", first.dtype(), second.dtype());
  return map(operation, f, operands.a, operands.b);
}

}  // namespace

Tensor bitwise_not(const Tensor& x) { return x.dtype() == kBool ? bitwise_xor(x, true) : bitwise_xor(x, -1); }

Tensor bitwise_and(const Tensor& a, const Tensor& b) { return of_integers("bitwise_and", true, a, b, Binary::bitwise_and); }
Tensor bitwise_or(const Tensor& a, const Tensor& b) { return of_integers("bitwise_or", true, a, b, Binary::bitwise_or); }
Tensor bitwise_xor(const Tensor& a, const Tensor& b) { return of_integers("bitwise_xor", true, a, b, Binary::bitwise_xor); }
Tensor bitwise_left_shift(const Tensor& a, const Tensor& b) {
  return of_integers("bitwise_left_shift", false, a, b, Binary::left_shift);
}
Tensor bitwise_right_shift(const Tensor& a, const Tensor& b) {
  return of_integers("bitwise_right_shift", false, a, b, Binary::right_shift);
}
Tensor gcd(const Tensor& a, const Tensor& b) { return of_integers("gcd", false, a, b, Binary::greatest_common_divisor); }
Tensor lcm(const Tensor& a, const Tensor& b) { return of_integers("lcm", false, a, b, Binary::least_common_multiple); }

Tensor bitwise_and(const Tensor& a, Scalar b) { return bitwise_and(a, bits_beside(a, b)); }
Tensor bitwise_or(const Tensor& a, Scalar b) { return bitwise_or(a, bits_beside(a, b)); }
Tensor bitwise_xor(const Tensor& a, Scalar b) { return bitwise_xor(a, bits_beside(a, b)); }
Tensor bitwise_left_shift(const Tensor& a, Scalar b) { return bitwise_left_shift(a, number_beside(a, b)); }
Tensor bitwise_right_shift(const Tensor& a, Scalar b) { return bitwise_right_shift(a, number_beside(a, b)); }

}  // namespace xgrad
