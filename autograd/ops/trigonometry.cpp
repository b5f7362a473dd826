#include "autograd/ops/trigonometry.h"

#include <cmath>
#include <numbers>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/map.h"
#include "autograd/ops/pointwise.h"

namespace xgrad {

Tensor sin(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("sin");
  Tensor y = map_scalars("sin", x, [](auto v) { return std::sin(v); });
  return record("Sin", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * cos(x.unpack()); });
}

Tensor cos(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("cos");
  Tensor y = map_scalars("cos", x, [](auto v) { return std::cos(v); });
  return record("Cos", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return -grad * sin(x.unpack()); });
}

Tensor tan(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("tan");
  Tensor y = map_scalars("tan", x, [](auto v) { return std::tan(v); });
  return record("Tan", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad / square(cos(x.unpack())); });
}

Tensor asin(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("asin");
  Tensor y = map_scalars("asin", x, [](auto v) { return std::asin(v); });
  return record("Asin", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * rsqrt(1 - square(x.unpack())); });
}

Tensor acos(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("acos");
  Tensor y = map_scalars("acos", x, [](auto v) { return std::acos(v); });
  return record("Acos", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return -grad * rsqrt(1 - square(x.unpack())); });
}

Tensor atan(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("atan");
  Tensor y = map_scalars("atan", x, [](auto v) { return std::atan(v); });
  return record("Atan", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad / (square(x.unpack()) + 1); });
}

Tensor sinh(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("sinh");
  Tensor y = map_scalars("sinh", x, [](auto v) { return std::sinh(v); });
  return record("Sinh", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * cosh(x.unpack()); });
}

Tensor cosh(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("cosh");
  Tensor y = map_scalars("cosh", x, [](auto v) { return std::cosh(v); });
  return record("Cosh", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * sinh(x.unpack()); });
}

Tensor asinh(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("asinh");
  Tensor y = map_scalars("asinh", x, [](auto v) { return std::asinh(v); });
  return record("Asinh", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * rsqrt(square(x.unpack()) + 1); });
}

Tensor acosh(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("acosh");
  Tensor y = map_scalars("acosh", x, [](auto v) { return std::acosh(v); });
  return record("Acosh", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * rsqrt(square(x.unpack()) - 1); });
}

Tensor atanh(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("atanh");
  Tensor y = map_scalars("atanh", x, [](auto v) { return std::atanh(v); });
  return record("Atanh", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad / (1 - square(x.unpack())); });
}

Tensor deg2rad(const Tensor& x) {
  check<TypeError>(x.is_floating_point(), "deg2rad: expected a floating-point tensor, got {}", x.dtype());
  return x * (std::numbers::pi / 180);
}

Tensor rad2deg(const Tensor& x) {
  check<TypeError>(x.is_floating_point(), "rad2deg: expected a floating-point tensor, got {}", x.dtype());
  return x * (180 / std::numbers::pi);
}

}  // namespace xgrad
