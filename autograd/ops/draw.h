/// How the functions of ops/random.h and ops/distributions.cpp fill a tensor: for .cpp files.
#pragma once

#include "autograd/ops/copy.h"
#include "autograd/ops/random.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::detail {

/// The tensor with its dimensions in the order of its memory, where its elements lie in it without gaps from large strides
/// to small ones.
Tensor in_memory_order(const Tensor& x);

/// Calls function(contiguous tensor) for the target in the order of its memory; one that is not contiguous is drawn into a
/// contiguous one first.
template <class Function>
void draw_in_memory_order(const Tensor& target, const Function& function) {
  const NoGradGuard no_grad;
  const Tensor ordered = target.is_contiguous() ? target : in_memory_order(target);
  const Tensor contiguous = ordered.is_contiguous() ? ordered : empty(ordered.sizes(), ordered.dtype());
  function(contiguous);
  if (!ordered.is_contiguous()) copy_values(ordered, contiguous);
}

/// The same with function(data, n) for float32 and float64; other dtypes are given the numbers of float32.
template <class Function>
void draw(const Tensor& target, const char* operation, const Function& function) {
  draw_in_memory_order(target, [&](const Tensor& contiguous) {
    const bool direct = target.dtype() == kFloat32 || target.dtype() == kFloat64;
    const Tensor drawn = direct ? contiguous : empty(contiguous.sizes(), kFloat32);
    visit_floating(drawn.dtype(), operation, [&]<class T>() { function(drawn.data_ptr<T>(), drawn.numel()); });
    if (!direct) copy_values(contiguous, drawn);
  });
}
/// Throws TypeError unless the tensor is a floating-point one.
void require_floating(const char* operation, const Tensor& target);

/// Throws ValueError unless low < high, and where the dtype is one of integers that do not hold all of [low, high).
void check_integers(const char* operation, Dtype dtype, std::int64_t low, std::int64_t high);
/// Uniform integers in [low, high), as numbers of any dtype. `high` may be one above the largest number: it wraps around.
void fill_integers(const Tensor& target, std::int64_t low, std::int64_t high, Generator generator);

}  // namespace xgrad::detail
