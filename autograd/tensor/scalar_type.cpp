#include "autograd/tensor/scalar_type.h"

#include <atomic>

namespace xgrad {

namespace {
std::atomic<Dtype> current_default_dtype{kFloat32};
}

std::string to_string(Dtype dtype) {
  switch (dtype) {
    case ScalarType::Bool: return "bool";
    case ScalarType::Long: return "int64";
    case ScalarType::Float: return "float32";
    default: return "float64";
  }
}

Dtype default_dtype() { return current_default_dtype.load(std::memory_order_relaxed); }

void set_default_dtype(Dtype dtype) {
  if (!is_floating_point(dtype)) {
    throw TypeError("set_default_dtype: expected float32 or float64, got " + to_string(dtype));
  }
  current_default_dtype.store(dtype, std::memory_order_relaxed);
}

}  // namespace xgrad
