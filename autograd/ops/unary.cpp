#include "autograd/ops/unary.h"

#include "autograd/base/check.h"
#include "autograd/ops/computed_wide.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/elementwise.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// A number in the type of elements, on the stack: a kernel reads it as an operand that repeats.
struct Number {
  Number(Scalar value, Dtype dtype) {
    visit_dtype(dtype, [&]<class T>() { *reinterpret_cast<T*>(bytes) = value.to<T>(); });
  }
  alignas(8) std::byte bytes[8];
};

/// The loop over a result, an operand and a number, which comes last or, where `first`, before the operand.
kernels::Loop<3> loop_with_number(const Tensor& out, const Tensor& x, bool first) {
  const kernels::Loop<2> loop = elementwise_loop(out, x);
  const DimVector repeated(loop.sizes.size(), 0);
  return {loop.sizes, {loop.strides[0], first ? repeated : loop.strides[1], first ? loop.strides[1] : repeated}};
}

}  // namespace

Tensor as_floating(const Tensor& x) { return x.is_floating_point() ? x : detail::converted(x, default_dtype()); }

void map_to(const Tensor& out, Unary f, const Tensor& x, const Parameters& parameters) {
  if (computed_wide(
          out, [&](const Tensor& y, const Tensor& wide) { map_to(y, f, wide, parameters); }, x))
    return;
  kernels::unary(f, out.dtype(), elementwise_loop(out, x), out.data_ptr(), x.data_ptr(), parameters);
}

Tensor map(Unary f, const Tensor& x, const Parameters& parameters) {
  Tensor y = empty_as(x.sizes(), x.dtype(), x);
  map_to(y, f, x, parameters);
  return y;
}

void map_to(const Tensor& out, Binary f, const Tensor& p, const Tensor& q, const Parameters& parameters) {
  const auto on_wide = [&](const Tensor& y, const Tensor& v, const Tensor& w) { map_to(y, f, v, w, parameters); };
  if (computed_wide(out, on_wide, p, q)) return;
  kernels::binary(f, out.dtype(), elementwise_loop(out, p, q), out.data_ptr(), p.data_ptr(), q.data_ptr(), parameters);
}

Tensor map(const char* operation, Binary f, const Tensor& p, const Tensor& q, const Parameters& parameters) {
  Tensor y = p.sizes() == q.sizes() ? empty_as(p.sizes(), p.dtype(), p, q)
                                    : empty_as(broadcast_shapes(operation, p.sizes(), q.sizes()), p.dtype(), p, q);
  map_to(y, f, p, q, parameters);
  return y;
}

void map_to(const Tensor& out, Ternary f, const Tensor& p, const Tensor& q, const Tensor& r, const Parameters& parameters) {
  const auto on_wide = [&](const Tensor& y, const Tensor& u, const Tensor& v, const Tensor& w) {
    map_to(y, f, u, v, w, parameters);
  };
  if (computed_wide(out, on_wide, p, q, r)) return;
  kernels::ternary(f, out.dtype(), elementwise_loop(out, p, q, r), out.data_ptr(), p.data_ptr(), q.data_ptr(), r.data_ptr(),
                   parameters);
}

Tensor map(const char* operation, Ternary f, const Tensor& p, const Tensor& q, const Tensor& r,
           const Parameters& parameters) {
  const bool alike = p.sizes() == q.sizes() && q.sizes() == r.sizes();
  Tensor y = alike ? empty_as(p.sizes(), p.dtype(), p, q, r)
                   : empty_as(broadcast_shapes(operation, broadcast_shapes(operation, p.sizes(), q.sizes()), r.sizes()),
                              p.dtype(), p, q, r);
  map_to(y, f, p, q, r, parameters);
  return y;
}

void map_to(const Tensor& out, Binary f, const Tensor& p, Scalar q) {
  if (computed_wide(
          out, [&](const Tensor& y, const Tensor& wide) { map_to(y, f, wide, q); }, p))
    return;
  const Number number(q, out.dtype());
  kernels::binary(f, out.dtype(), loop_with_number(out, p, false), out.data_ptr(), p.data_ptr(), number.bytes);
}

Tensor map(Binary f, const Tensor& p, Scalar q) {
  Tensor y = empty_as(p.sizes(), p.dtype(), p);
  map_to(y, f, p, q);
  return y;
}

Tensor map(Binary f, Scalar p, const Tensor& q) {
  const Dtype wide = compute_dtype(q.dtype());
  if (wide != q.dtype()) return detail::converted(map(f, p, detail::converted(q, wide)), q.dtype());
  Tensor y = empty_as(q.sizes(), q.dtype(), q);
  const Number number(p, y.dtype());
  kernels::binary(f, y.dtype(), loop_with_number(y, q, true), y.data_ptr(), number.bytes, q.data_ptr());
  return y;
}

Tensor unary_without_slope(const char* name, const Tensor& x, Unary f) {
  const autograd::profiler::RecordFunction profiled(name);
  return record(name, map(f, x), {x}, [](const Tensor& grad) { return zeros_like(grad); });
}

}  // namespace xgrad
