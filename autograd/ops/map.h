/// Elementwise operations on tensors through the kernels of kernels/map.h. For .cpp files of operations: it includes xtensor.
#pragma once

#include "autograd/kernels/map.h"
#include "autograd/ops/computed_wide.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/unary.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

/// Memory for f(a, b), where both broadcast.
inline Tensor empty_for(const char* operation, const Tensor& a, const Tensor& b) {
  if (a.sizes() == b.sizes()) return empty(a.sizes(), a.dtype());
  return empty(broadcast_shapes(operation, a.sizes(), b.sizes()), a.dtype());
}

/// out = f(operands...), one number at a time. All of one dtype, which may be any.
template <class F, class... Operands>
void map_each_into(const Tensor& out, const F& f, const Operands&... operands) {
  const auto on_wide = [&](const Tensor& y, const auto&... wide) { map_each_into(y, f, wide...); };
  if (computed_wide(out, on_wide, operands...)) return;
  visit_dtype(out.dtype(), [&]<class T>() {
    const auto convert = [&](auto... values) { return static_cast<T>(f(values...)); };
    kernels::map_each(elementwise_loop(out, operands...), out.data_ptr<T>(), convert, operands.template data_ptr<T>()...);
  });
}

/// f(x), one number at a time, for every dtype.
template <class F>
Tensor map_each(const Tensor& x, const F& f) {
  Tensor y = empty(x.sizes(), x.dtype());
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

/// out = f(operands...) as xtensor expressions, all of the dtype T. What is short and flat needs no loop around it:
/// map_expression would do the same, later.
template <class T, class F, class... Operands>
void map_vectors(const Tensor& out, const F& f, const Operands&... operands) {
  T* target = out.data_ptr<T>();
  if (out.numel() <= kernels::elementwise_grain && is_flat(out, operands...)) {
    kernels::map_run(target, out.numel(), f, static_cast<const T*>(operands.template data_ptr<T>())...);
  } else {
    kernels::map_expression<T, F, sizeof...(Operands)>(elementwise_loop(out, operands...), target,
                                                       {operands.template data_ptr<T>()...}, f);
  }
}

/// out = f(x): `f` is given xtensor expressions for floating-point tensors, single numbers for others. All of one dtype.
template <class F>
void map_into(const Tensor& out, const Tensor& x, const F& f) {
  if (computed_wide(
          out, [&](const Tensor& y, const Tensor& wide) { map_into(y, wide, f); }, x))
    return;
  visit_dtype(out.dtype(), [&]<class T>() {
    if constexpr (std::is_floating_point_v<T>) {
      map_vectors<T>(out, f, x);
    } else {
      kernels::map_each(
          elementwise_loop(out, x), out.data_ptr<T>(), [&](T v) { return static_cast<T>(f(v)); }, x.data_ptr<T>());
    }
  });
}

template <class F>
void map_into(const Tensor& out, const Tensor& a, const Tensor& b, const F& f) {
  const auto on_wide = [&](const Tensor& y, const Tensor& v, const Tensor& w) { map_into(y, v, w, f); };
  if (computed_wide(out, on_wide, a, b)) return;
  visit_dtype(out.dtype(), [&]<class T>() {
    if constexpr (std::is_floating_point_v<T>) {
      map_vectors<T>(out, f, a, b);
    } else {
      kernels::map_each(
          elementwise_loop(out, a, b), out.data_ptr<T>(), [&](T v, T w) { return static_cast<T>(f(v, w)); }, a.data_ptr<T>(),
          b.data_ptr<T>());
    }
  });
}

/// f(x) as xtensor expressions, in floating point. Throws TypeError that names `operation` for dtypes that are only stored.
template <class F>
Tensor map_floating(const char* operation, const Tensor& x, const F& f) {
  if (!x.is_floating_point()) return map_floating(operation, as_floating(x), f);
  return visit_floating(x.dtype(), operation, [&]<class T>() {
    Tensor out = empty(x.sizes(), x.dtype());
    map_vectors<T>(out, f, x);
    return out;
  });
}

/// f(a, b) for two floating-point tensors of one dtype that broadcast.
template <class F>
Tensor map_floating(const char* operation, const Tensor& a, const Tensor& b, const F& f) {
  return visit_floating(a.dtype(), operation, [&]<class T>() {
    Tensor out = empty_for(operation, a, b);
    map_vectors<T>(out, f, a, b);
    return out;
  });
}

/// f(x), one number at a time, in floating point: for functions without a vector form that is exact enough.
template <class F>
Tensor map_scalars(const char* operation, const Tensor& x, const F& f) {
  if (!x.is_floating_point()) return map_scalars(operation, as_floating(x), f);
  return visit_floating(x.dtype(), operation, [&]<class T>() {
    Tensor out = empty(x.sizes(), x.dtype());
    kernels::map_each(
        elementwise_loop(out, x), out.data_ptr<T>(), [&](T v) { return static_cast<T>(f(v)); }, x.data_ptr<T>());
    return out;
  });
}

}  // namespace xgrad
