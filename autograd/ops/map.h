/// Functions of single numbers for which there is no compiled kernel. For .cpp files of operations.
#pragma once

#include "autograd/kernels/map_each.h"
#include "autograd/ops/computed_wide.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/unary.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

/// Memory for f(a, b), where both broadcast.
inline Tensor empty_for(const char* operation, const Tensor& a, const Tensor& b) {
  if (a.sizes() == b.sizes()) return empty_as(a.sizes(), a.dtype(), a, b);
  return empty_as(broadcast_shapes(operation, a.sizes(), b.sizes()), a.dtype(), a, b);
}

/// out = f(operands...), one number at a time. All of one dtype, which may be any.
template <class F, class... Operands>
void map_each_into(const Tensor& out, const F& f, const Operands&... operands) {
  const auto on_wide = [&](const Tensor& y, const auto&... wide) { map_each_into(y, f, wide...); };
  if (computed_wide(out, on_wide, operands...)) return;
  visit_dtype(out.dtype(), [&]<class T>() {
    const auto convert = [&](auto... values) { return static_cast<T>(f(values...)); };
    kernels::map_each(kernels::elementwise_grain, elementwise_loop(out, operands...), out.data_ptr<T>(), convert,
                      operands.template data_ptr<T>()...);
  });
}

/// f(x), one number at a time, for every dtype.
template <class F>
Tensor map_each(const Tensor& x, const F& f) {
  Tensor y = empty_as(x.sizes(), x.dtype(), x);
  map_each_into(y, f, x);
  return y;
}

/// f(a, b), one number at a time, for every dtype, both of the same, which broadcast.
template <class F>
Tensor map_each(const char* operation, const Tensor& a, const Tensor& b, const F& f) {
  Tensor y = empty_for(operation, a, b);
  map_each_into(y, f, a, b);
  return y;
}

/// f(x), one number at a time, in floating point.
template <class F>
Tensor map_scalars(const char* operation, const Tensor& x, const F& f) {
  if (!x.is_floating_point()) return map_scalars(operation, as_floating(x), f);
  return visit_floating(x.dtype(), operation, [&]<class T>() {
    Tensor out = empty_as(x.sizes(), x.dtype(), x);
    kernels::map_each(
        kernels::elementwise_grain, elementwise_loop(out, x), out.data_ptr<T>(), [&](T v) { return static_cast<T>(f(v)); },
        x.data_ptr<T>());
    return out;
  });
}

}  // namespace xgrad
