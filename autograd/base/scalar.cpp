#include "autograd/base/scalar.h"

#include <ostream>
#include <string>

namespace xgrad {

void Scalar::throw_does_not_fit() const {
  throw ValueError("Scalar: " + std::to_string(real_) + " does not fit into the integer type asked for");
}

Scalar Scalar::operator-() const {
  if (is_bool()) throw TypeError("Scalar: a bool has no negative");
  return kind_ == kFloat64 ? Scalar(-real_) : Scalar(-integer_);
}

std::ostream& operator<<(std::ostream& stream, const Scalar& number) {
  if (number.is_floating_point()) return stream << number.to<double>();
  if (number.is_bool()) return stream << (number.to<bool>() ? "true" : "false");
  return stream << number.to<std::int64_t>();
}

}  // namespace xgrad
