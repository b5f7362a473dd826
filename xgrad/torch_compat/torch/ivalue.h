/// libtorch's IValue, as programs use it with archives: a Value with libtorch's names for what it holds.
#pragma once

#include <xgrad/xgrad.h>

#include <cstdint>
#include <string>
#include <utility>

namespace xgrad {

/// See Value.
struct IValue : Value {
  using Value::Value;
  IValue() = default;
  IValue(Value value) : Value(std::move(value)) {}  // NOLINT(google-explicit-constructor): as a Value is

  bool isNone() const { return is_none(); }
  bool isBool() const { return is_bool(); }
  bool isInt() const { return is_int(); }
  bool isDouble() const { return is_double(); }
  bool isString() const { return is_string(); }
  bool isTensor() const { return is_tensor(); }
  bool toBool() const { return to_bool(); }
  std::int64_t toInt() const { return to_int(); }
  double toDouble() const { return to_double(); }
  const std::string& toStringRef() const { return to_string(); }
  const Tensor& toTensor() const { return to_tensor(); }
};

}  // namespace xgrad
