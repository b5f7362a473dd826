/// libtorch's IValue, as programs use it with archives: a Value with libtorch's names for what it holds.
#pragma once

#include <xgrad/xgrad.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace xgrad {

/// See Value.
struct IValue : io::Value {
  using io::Value::Value;
  IValue() = default;
  IValue(io::Value value) : io::Value(std::move(value)) {}  // NOLINT(google-explicit-constructor): as a Value is

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

/// The bytes of a file that Python's torch.load reads.
inline std::vector<char> pickle_save(const IValue& value) {
  std::ostringstream stream;
  save_value(value, stream);
  const std::string bytes = stream.str();
  return {bytes.begin(), bytes.end()};
}
/// What such bytes hold. Throws FileError.
inline IValue pickle_load(const std::vector<char>& bytes) {
  std::istringstream stream(std::string(bytes.begin(), bytes.end()));
  return load_value(stream);
}

}  // namespace xgrad
