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
    visit_dtype(dtype, [&]<class T>() { *reinterpret_cast<T*>(bytes) = value.wrapped<T>(); });
  }
  alignas(8) std::byte bytes[8];
};

/// out = f(x, number), or f(number, x) where the number comes `first`.
void map_beside(const Tensor& out, Binary f, const Tensor& x, Scalar value, bool first) {
  const Number number(value, out.dtype());
  const void* const p = first ? number.bytes : x.data_ptr();
  const void* const q = first ? x.data_ptr() : number.bytes;
  if (is_flat(out, x)) return kernels::binary(f, out.dtype(), out.numel(), out.data_ptr(), p, q, first, !first);
  const kernels::Loop<2> loop = elementwise_loop(out, x);
  const DimVector repeated(loop.sizes.size(), 0);
  kernels::binary(f, out.dtype(),
                  {loop.sizes, {loop.strides[0], first ? repeated : loop.strides[1], first ? loop.strides[1] : repeated}},
                  out.data_ptr(), p, q);
}

}  // namespace

MaybeOwned unpacked(const SavedTensor& saved) {
  return GradMode::is_enabled() ? MaybeOwned::owned(saved.unpack()) : MaybeOwned::borrowed(saved.value());
}

MaybeOwned as_floating(const Tensor& x) {
  return x.is_floating_point() ? MaybeOwned::borrowed(x) : MaybeOwned::owned(detail::converted(x, default_dtype()));
}

void map_to(const Tensor& out, Unary f, const Tensor& x, const Parameters& parameters) {
  if (computed_wide(
          out, [&](const Tensor& y, const Tensor& wide) { map_to(y, f, wide, parameters); }, x))
    return;
  if (is_flat(out, x)) return kernels::unary(f, out.dtype(), out.numel(), out.data_ptr(), x.data_ptr(), parameters);
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
  void* const to = out.data_ptr();
  if (is_flat(out, p, q)) {
    kernels::binary(f, out.dtype(), out.numel(), to, p.data_ptr(), q.data_ptr(), false, false, parameters);
  } else {
    kernels::binary(f, out.dtype(), elementwise_loop(out, p, q), to, p.data_ptr(), q.data_ptr(), parameters);
  }
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
  void* const to = out.data_ptr();
  if (is_flat(out, p, q, r)) {
    kernels::ternary(f, out.dtype(), out.numel(), to, p.data_ptr(), q.data_ptr(), r.data_ptr(), parameters);
  } else {
    kernels::ternary(f, out.dtype(), elementwise_loop(out, p, q, r), to, p.data_ptr(), q.data_ptr(), r.data_ptr(),
                     parameters);
  }
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
  map_beside(out, f, p, q, false);
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
  map_beside(y, f, q, p, true);
  return y;
}

Tensor unary_without_slope(const char* name, const Tensor& x, Unary f) {
  const autograd::profiler::RecordFunction profiled(name);
  return record(name, map(f, x), {x}, [](const Tensor& grad) { return zeros_like(grad); });
}

}  // namespace xgrad
