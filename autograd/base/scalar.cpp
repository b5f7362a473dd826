#include "autograd/base/scalar.h"

#include <ostream>
#include <string>

namespace xgrad {

void Scalar::throw_does_not_fit() const {
  const std::string number = is_floating_point() ? std::to_string(real_) : std::to_string(integer_);
  throw ValueError("Scalar: " + number + " does not fit into the integer type asked for");
}

void Scalar::throw_beyond_int64() { throw ValueError("Scalar: an integer is beyond the largest of int64"); }

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
