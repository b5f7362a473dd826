/// The bridge to xtensor, both ways. The only public header that includes xtensor and xsimd; users include it themselves.
///
///   xt::xarray<float> a = {{1, 2}, {3, 4}};
///   Tensor t = from_xtensor(xt::exp(a) + 1);            // evaluates the expression into a new tensor
///   auto view = as_xtensor<float>(t);                   // the same memory, as an xtensor array
///   view += 1;
#pragma once

#ifndef XTENSOR_USE_XSIMD
#define XTENSOR_USE_XSIMD
#endif

#include <vector>
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xoperation.hpp>
#include <xtensor/xstrided_view.hpp>
#include <xtensor/xtensor.hpp>

#include "autograd/kernels/simd.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// A tensor of the expression's shape and values. Its dtype is that of the expression's value type; integers that have
/// no dtype become int64.
template <class Expression>
Tensor from_xtensor(const xt::xexpression<Expression>& expression, OnlyBool requires_grad = false) {
  const Expression& source = expression.derived_cast();
  using Value = std::decay_t<typename Expression::value_type>;
  using Stored = detail::StoredType<Value>;
  constexpr Dtype dtype = dtype_of<Stored>();
  DimVector sizes(source.shape().begin(), source.shape().end());
  Tensor result = empty(sizes, dtype);
  if (result.numel() > 0) {
    std::vector<std::size_t> shape(source.shape().begin(), source.shape().end());
    auto target = xt::adapt(result.data_ptr<Stored>(), static_cast<std::size_t>(result.numel()), xt::no_ownership(), shape);
    xt::noalias(target) = source;
  }
  if (requires_grad) result.requires_grad_();
  return result;
}

/// The tensor's memory as an xtensor view of its shape and strides. The tensor must outlive the array, and what is written
/// through it is not recorded. Throws TypeError unless T is the tensor's type.
template <class T>
auto as_xtensor(const Tensor& tensor) {
  std::vector<std::size_t> shape(tensor.sizes().begin(), tensor.sizes().end());
  std::vector<std::ptrdiff_t> strides(tensor.strides().begin(), tensor.strides().end());
  std::size_t extent = tensor.numel() == 0 ? 0 : 1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] <= 1) strides[i] = 0;  // xtensor's convention
    if (extent != 0) extent += (shape[i] - 1) * static_cast<std::size_t>(strides[i]);
  }
  // A view over the flat memory: xtensor's arrays would take it for theirs from end to end, gaps included.
  auto memory = xt::adapt(tensor.data_ptr<T>(), extent, xt::no_ownership(), std::vector<std::size_t>{extent});
  return xt::strided_view(std::move(memory), std::move(shape), std::move(strides), 0, xt::layout_type::dynamic);
}

}  // namespace xgrad
