#include "autograd/ops/copy.h"

#include <limits>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/copy.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/in_memory.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

template <class To, class From>
To convert(From value) {
  if constexpr (std::is_same_v<To, bool>) {
    return value != From(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // What does not fit has no meaning in C++; the smallest integer is what x86 gives.
    return value >= From(-0x1p63) && value < From(0x1p63) ? static_cast<To>(value) : std::numeric_limits<To>::min();
  } else {
    return static_cast<To>(value);
  }
}

/// Calls `function.template operator()<T, Wide>()` for a dtype that is only stored, and the one that it is computed in.
template <class Function>
void visit_narrow(Dtype dtype, Function&& function) {
  visit_any_dtype(dtype, [&]<class T>() {
    if constexpr (std::is_integral_v<T> && sizeof(T) < sizeof(std::int64_t)) {
      function.template operator()<T, std::int64_t>();
    } else if constexpr (!std::is_arithmetic_v<T>) {
      function.template operator()<T, float>();
    }
  });
}

template <class To, class From>
void convert_strided(To* out, const From* in, kernels::Loop<2> loop) {
  kernels::simplify(loop);
  kernels::for_each_run(loop, kernels::moving_grain, [=](const auto& offsets, std::int64_t n, const auto& strides) {
    To* target = out + offsets[0];
    const From* source = in + offsets[1];
    if (strides[0] == 1 && strides[1] == 1) {
      for (std::int64_t i = 0; i < n; ++i) target[i] = convert<To>(source[i]);
    } else {
      for (std::int64_t i = 0; i < n; ++i) target[i * strides[0]] = convert<To>(source[i * strides[1]]);
    }
  });
}

}  // namespace

namespace detail {

void copy_values(const Tensor& target, const Tensor& source) {
  if (target.numel() == 0) return;
  const auto loop = [&] {
    return kernels::Loop<2>{to_dims(target.sizes()), {to_dims(target.strides()), broadcast_strides(source, target.sizes())}};
  };
  const Dtype to = target.dtype();
  const Dtype from = source.dtype();
  if (to == from && is_flat(target, source)) {
    kernels::copy_elements(target.nbytes(), target.data_ptr(), source.data_ptr());
  } else if (to == from) {
    kernels::copy_elements(target.element_size(), target.data_ptr(), source.data_ptr(), loop());
  } else if (compute_dtype(to) == to && compute_dtype(from) == from) {
    visit_dtype(to, [&]<class To>() {
      visit_dtype(from, [&]<class From>() { convert_strided(target.data_ptr<To>(), source.data_ptr<From>(), loop()); });
    });
  } else if (compute_dtype(to) == from) {
    visit_narrow(to,
                 [&]<class To, class From>() { convert_strided(target.data_ptr<To>(), source.data_ptr<From>(), loop()); });
  } else if (to == compute_dtype(from)) {
    visit_narrow(from,
                 [&]<class From, class To>() { convert_strided(target.data_ptr<To>(), source.data_ptr<From>(), loop()); });
  } else {  // between other types by way of a wide one, so that not every pair of types is compiled
    copy_values(target, converted(source, compute_dtype(compute_dtype(from) == from ? to : from)));
  }
}

void copy_reordered(const Tensor& target, const Tensor& x, DimVector strides, std::int64_t first) {
  if (target.numel() == 0) return;
  const auto* from = static_cast<const std::byte*>(x.data_ptr()) + first * static_cast<std::int64_t>(x.element_size());
  kernels::copy_elements(target.element_size(), target.data_ptr(), from,
                         {to_dims(target.sizes()), {to_dims(target.strides()), std::move(strides)}});
}

Tensor converted(const Tensor& x, Dtype dtype) {
  if (x.dtype() == dtype) return x;
  Tensor y = empty_as(x.sizes(), dtype, x);
  copy_values(y, x);
  return y;
}

}  // namespace detail

Tensor to(const Tensor& x, Dtype dtype, OnlyBool copy) {
  if (x.dtype() == dtype) return copy ? clone(x) : x;
  const autograd::profiler::RecordFunction profiled("to");
  Tensor y = detail::converted(x, dtype);
  return record("ToCopy", std::move(y), {x}, [from = x.dtype()](const Tensor& grad) { return to(grad, from); });
}

Tensor clone(const Tensor& x, std::optional<MemoryFormat> format) {
  detail::require_row_major("clone", format);
  const autograd::profiler::RecordFunction profiled("clone");
  Tensor y = empty(x.sizes(), x.dtype());
  detail::copy_values(y, x);
  return record("Clone", std::move(y), {x}, [](const Tensor& grad) { return grad; });
}

Tensor contiguous(const Tensor& x) {
  if (x.is_contiguous()) return x;
  const autograd::profiler::RecordFunction profiled("contiguous");
  return clone(x);
}

Tensor Tensor::to(Dtype dtype, OnlyBool /*non_blocking*/, OnlyBool copy, std::optional<MemoryFormat> format) const {
  detail::require_row_major("to", format);
  return xgrad::to(*this, dtype, copy);
}
Tensor Tensor::clone(std::optional<MemoryFormat> format) const { return xgrad::clone(*this, format); }
Tensor Tensor::contiguous(MemoryFormat format) const {
  detail::require_row_major("contiguous", format);
  return xgrad::contiguous(*this);
}

}  // namespace xgrad
