#include "autograd/ops/comparison.h"

#include <array>
#include <cmath>
#include <functional>

#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/map.h"
#include "autograd/ops/reduce.h"
#include "autograd/tensor/check.h"

namespace xgrad {

namespace {

template <class F>
Tensor compare(const char* operation, const Tensor& first, const Tensor& second, const F& f) {
  const NoGradGuard no_grad;
  const Dtype dtype = result_type(first, second);
  const Tensor a = to(first, dtype);
  const Tensor b = to(second, dtype);
  Tensor y = empty(broadcast_shapes(operation, a.sizes(), b.sizes()), kBool);
  visit_dtype(dtype, [&]<class T>() {
    kernels::map_each(
        elementwise_loop(y, a, b), y.data_ptr<bool>(), [&](T v, T w) { return static_cast<bool>(f(v, w)); }, a.data_ptr<T>(),
        b.data_ptr<T>());
  });
  return y;
}

template <class F>
Tensor test(const Tensor& a, const F& f) {
  Tensor y = empty(a.sizes(), kBool);
  visit_dtype(a.dtype(), [&]<class T>() {
    kernels::map_each(
        elementwise_loop(y, a), y.data_ptr<bool>(), [&](T v) { return static_cast<bool>(f(v)); }, a.data_ptr<T>());
  });
  return y;
}

Tensor number_beside(const Tensor& a, Scalar b) { return full({}, b, result_type(a, b)); }

}  // namespace

Tensor eq(const Tensor& a, const Tensor& b) { return compare("eq", a, b, std::equal_to<>()); }
Tensor ne(const Tensor& a, const Tensor& b) { return compare("ne", a, b, std::not_equal_to<>()); }
Tensor lt(const Tensor& a, const Tensor& b) { return compare("lt", a, b, std::less<>()); }
Tensor le(const Tensor& a, const Tensor& b) { return compare("le", a, b, std::less_equal<>()); }
Tensor gt(const Tensor& a, const Tensor& b) { return compare("gt", a, b, std::greater<>()); }
Tensor ge(const Tensor& a, const Tensor& b) { return compare("ge", a, b, std::greater_equal<>()); }
Tensor eq(const Tensor& a, Scalar b) { return eq(a, number_beside(a, b)); }
Tensor ne(const Tensor& a, Scalar b) { return ne(a, number_beside(a, b)); }
Tensor lt(const Tensor& a, Scalar b) { return lt(a, number_beside(a, b)); }
Tensor le(const Tensor& a, Scalar b) { return le(a, number_beside(a, b)); }
Tensor gt(const Tensor& a, Scalar b) { return gt(a, number_beside(a, b)); }
Tensor ge(const Tensor& a, Scalar b) { return ge(a, number_beside(a, b)); }

Tensor logical_not(const Tensor& a) {
  return test(a, [](auto v) { return v == decltype(v)(0); });
}
Tensor logical_and(const Tensor& a, const Tensor& b) {
  return compare("logical_and", a.to(kBool), b.to(kBool), std::logical_and<>());
}
Tensor logical_or(const Tensor& a, const Tensor& b) {
  return compare("logical_or", a.to(kBool), b.to(kBool), std::logical_or<>());
}
Tensor logical_xor(const Tensor& a, const Tensor& b) {
  return compare("logical_xor", a.to(kBool), b.to(kBool), std::not_equal_to<>());
}

Tensor isnan(const Tensor& a) {
  return test(a, [](auto v) { return v != v; });
}
Tensor isinf(const Tensor& a) {
  return test(a, [](auto v) { return std::isinf(static_cast<double>(v)); });
}
Tensor isfinite(const Tensor& a) {
  return test(a, [](auto v) { return std::isfinite(static_cast<double>(v)); });
}

Tensor where(const Tensor& condition, const Tensor& first, const Tensor& second) {
  check<TypeError>(condition.dtype() == kBool, "where: the condition must be a bool tensor, got {}", condition.dtype());
  const Dtype dtype = result_type(first, second);
  const Tensor a = to(first, dtype);
  const Tensor b = to(second, dtype);
  const DimVector sizes = broadcast_shapes("where", broadcast_shapes("where", a.sizes(), b.sizes()), condition.sizes());
  Tensor y = empty(sizes, dtype);
  visit_dtype(dtype, [&]<class T>() {
    kernels::map_each(
        elementwise_loop(y, condition, a, b), y.data_ptr<T>(), [](bool c, T v, T w) { return c ? v : w; },
        condition.data_ptr<bool>(), a.data_ptr<T>(), b.data_ptr<T>());
  });
  return record("Where", y, {a, b},
                [condition = SavedTensor(condition), a_sizes = to_dims(a.sizes()), b_sizes = to_dims(b.sizes())](
                    const Tensor& grad, const Node& node) {
                  const Tensor takes_a = condition.unpack();
                  const Tensor zero = zeros({}, grad.dtype());
                  std::array<Tensor, 2> gradients;
                  if (node.needs_gradient(0)) gradients[0] = sum_to(where(takes_a, grad, zero), a_sizes);
                  if (node.needs_gradient(1)) gradients[1] = sum_to(where(takes_a, zero, grad), b_sizes);
                  return gradients;
                });
}

Tensor masked_fill(const Tensor& x, const Tensor& mask, Scalar value) {
  check<TypeError>(mask.dtype() == kBool, "masked_fill: the mask must be a bool tensor, got {}", mask.dtype());
  broadcast_shapes("masked_fill", x.sizes(), mask.sizes());  // throws where there is no such shape
  return where(mask, full({}, value, x.dtype()), x);
}

bool equal(const Tensor& a, const Tensor& b) {
  check<TypeError>(a.dtype() == b.dtype(), "equal: dtypes {} and {} differ", a.dtype(), b.dtype());
  return a.sizes() == b.sizes() && all(eq(a, b)).item<bool>();
}

bool allclose(const Tensor& first, const Tensor& second, double rtol, double atol, bool equal_nan) {
  check<TypeError>(first.dtype() == second.dtype(), "allclose: dtypes {} and {} differ", first.dtype(), second.dtype());
  const Tensor a = first.detach().to(kFloat64);
  const Tensor b = second.detach().to(kFloat64);
  const DimVector sizes = broadcast_shapes("allclose", a.sizes(), b.sizes());
  Tensor close = empty(sizes, kBool);
  kernels::map_each(
      elementwise_loop(close, a, b), close.data_ptr<bool>(),
      [=](double v, double w) {
        if (v == w || (equal_nan && v != v && w != w)) return true;
        return std::isfinite(v) && std::isfinite(w) && std::abs(v - w) <= atol + rtol * std::abs(w);
      },
      a.data_ptr<double>(), b.data_ptr<double>());
  return all(close).item<bool>();
}

Tensor& Tensor::masked_fill_(const Tensor& mask, Scalar value) {
  return write_in_place("masked_fill_", *this, xgrad::masked_fill(*this, mask, value));
}

Tensor Tensor::eq(const Tensor& other) const { return xgrad::eq(*this, other); }
Tensor Tensor::eq(Scalar other) const { return xgrad::eq(*this, other); }
Tensor Tensor::ne(const Tensor& other) const { return xgrad::ne(*this, other); }
Tensor Tensor::ne(Scalar other) const { return xgrad::ne(*this, other); }
Tensor Tensor::lt(const Tensor& other) const { return xgrad::lt(*this, other); }
Tensor Tensor::lt(Scalar other) const { return xgrad::lt(*this, other); }
Tensor Tensor::le(const Tensor& other) const { return xgrad::le(*this, other); }
Tensor Tensor::le(Scalar other) const { return xgrad::le(*this, other); }
Tensor Tensor::gt(const Tensor& other) const { return xgrad::gt(*this, other); }
Tensor Tensor::gt(Scalar other) const { return xgrad::gt(*this, other); }
Tensor Tensor::ge(const Tensor& other) const { return xgrad::ge(*this, other); }
Tensor Tensor::ge(Scalar other) const { return xgrad::ge(*this, other); }
Tensor Tensor::logical_not() const { return xgrad::logical_not(*this); }
Tensor Tensor::logical_and(const Tensor& other) const { return xgrad::logical_and(*this, other); }
Tensor Tensor::logical_or(const Tensor& other) const { return xgrad::logical_or(*this, other); }
Tensor Tensor::isnan() const { return xgrad::isnan(*this); }
Tensor Tensor::isinf() const { return xgrad::isinf(*this); }
Tensor Tensor::isfinite() const { return xgrad::isfinite(*this); }
Tensor Tensor::masked_fill(const Tensor& mask, Scalar value) const { return xgrad::masked_fill(*this, mask, value); }
bool Tensor::equal(const Tensor& other) const { return xgrad::equal(*this, other); }
bool Tensor::allclose(const Tensor& other, double rtol, double atol, bool equal_nan) const {
  return xgrad::allclose(*this, other, rtol, atol, equal_nan);
}

}  // namespace xgrad
