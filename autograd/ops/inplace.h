/// Writing into a tensor's memory, and what that means for the graph.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Throws GraphError where grad mode is on and `target` is a leaf that requires a gradient, or a view of one; ShapeError
/// where several of its elements share one place in memory. The first thing that an in-place operation does.
void require_writable(const char* operation, const Tensor& target);

/// Notes that `target` was overwritten with values that depend on nothing: its version rises, and its gradient ends here.
void mark_written(const Tensor& target);

/// Writes `value`, broadcast and converted, into `target`, and makes it `target`'s history: the last step of every in-place
/// operation that is recorded. Its base and the base's other views follow. Throws as require_writable, and ShapeError where
/// the shape does not fit.
Tensor& write_in_place(const char* operation, Tensor& target, const Tensor& value);

/// The same for the result of an operation. Throws TypeError besides, where the result's dtype is of a higher category than
/// the target's: a floating-point number does not fit into an integer, nor an integer into a bool.
Tensor& write_result(const char* operation, Tensor& target, const Tensor& result);

/// What an operation in place computes from: a copy of the target where the graph will ask for the values before.
Tensor before_change(const Tensor& target);

}  // namespace xgrad

/// Defines the methods of a function of one tensor: x.name() and x.name_(). For use inside namespace xgrad.
#define XGRAD_POINTWISE_METHODS(name)                        \
  Tensor Tensor::name() const { return xgrad::name(*this); } \
  Tensor& Tensor::name##_() { return write_result(#name "_", *this, xgrad::name(before_change(*this))); }

/// The same for a function of two: x.name(other) and x.name_(other), where `other` is a tensor, or a number.
#define XGRAD_BINARY_METHODS_WITH(name, Other)                                 \
  Tensor Tensor::name(Other other) const { return xgrad::name(*this, other); } \
  Tensor& Tensor::name##_(Other other) { return write_result(#name "_", *this, xgrad::name(before_change(*this), other)); }
/// For both.
#define XGRAD_BINARY_METHODS(name)               \
  XGRAD_BINARY_METHODS_WITH(name, const Tensor&) \
  XGRAD_BINARY_METHODS_WITH(name, Scalar)
