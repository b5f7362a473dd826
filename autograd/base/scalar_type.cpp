#include "autograd/base/scalar_type.h"

#include <atomic>
#include <ostream>

namespace xgrad {

namespace {
std::atomic<Dtype> current_default_dtype{kFloat32};
}

std::string to_string(Dtype dtype) {
  switch (dtype) {
    case ScalarType::Bool: return "bool";
    case ScalarType::Byte: return "uint8";
    case ScalarType::Char: return "int8";
    case ScalarType::Short: return "int16";
    case ScalarType::Int: return "int32";
    case ScalarType::Long: return "int64";
    case ScalarType::Half: return "float16";
    case ScalarType::BFloat16: return "bfloat16";
    case ScalarType::Float: return "float32";
    default: return "float64";
  }
}

const char* toString(Dtype dtype) {
  switch (dtype) {
    case ScalarType::Bool: return "Bool";
    case ScalarType::Byte: return "Byte";
    case ScalarType::Char: return "Char";
    case ScalarType::Short: return "Short";
    case ScalarType::Int: return "Int";
    case ScalarType::Long: return "Long";
    case ScalarType::Half: return "Half";
    case ScalarType::BFloat16: return "BFloat16";
    case ScalarType::Float: return "Float";
    default: return "Double";
  }
}

std::ostream& operator<<(std::ostream& stream, Dtype dtype) { return stream << toString(dtype); }

namespace detail {

void throw_not_computed(Dtype dtype) {
  throw TypeError("this operation is not offered for " + to_string(dtype) + ": convert with to(" +
                  (is_floating_point(dtype) ? "kFloat32" : "kInt64") + ") first");
}

void throw_not_floating(const char* operation, Dtype dtype) {
  throw TypeError(std::string(operation) + ": expected a floating-point tensor (float32 or float64), got " +
                  to_string(dtype));
}

}  // namespace detail

Dtype default_dtype() { return current_default_dtype.load(std::memory_order_relaxed); }

void set_default_dtype(Dtype dtype) {
  if (dtype != kFloat32 && dtype != kFloat64) {
    throw TypeError("set_default_dtype: expected float32 or float64, got " + to_string(dtype));
  }
  current_default_dtype.store(dtype, std::memory_order_relaxed);
}

}  // namespace xgrad
