/// An operation of two operands in one sentence: name, kernel, and the gradient of each. For .cpp files of operations.
///
///   Tensor hypot(const Tensor& a, const Tensor& b) {
///     return binary("hypot", in_floating(a, b), Binary::hypot,
///                   by(Ternary::hypot_gradient, [](auto& g, auto& v, auto& w) { return g * (v / hypot(v, w)); }),
///                   by_swapped(Ternary::hypot_gradient, [](auto& g, auto& v, auto& w) { return g * (w / hypot(v, w)); }));
///   }
#pragma once

#include <array>
#include <utility>

#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/unary.h"

namespace xgrad {

/// Both operands in the promoted dtype, integers as numbers of the default dtype.
inline Promoted in_floating(const Tensor& a, const Tensor& b) {
  const Dtype promoted = result_type(a, b);
  return Promoted(a, b, is_floating_point(promoted) ? promoted : default_dtype());
}

/// How the gradient of one operand comes from what arrives and both operands: by one pass of a kernel, and, where the
/// gradient is itself recorded, as an expression of operations. Nothing here knows of broadcasting: what it repeated is
/// added up.
template <class Expression>
struct Partial {
  static constexpr bool uses_operands = true;

  Tensor by_kernel(const char* name, const Tensor& grad, const Tensor& a, const Tensor& b,
                   const Parameters& parameters) const {
    return swapped ? map(name, kernel, grad, b, a, parameters) : map(name, kernel, grad, a, b, parameters);
  }

  Ternary kernel;
  bool swapped;  ///< the kernel takes the second operand first
  Expression expression;
};

template <class Expression>
Partial<Expression> by(Ternary kernel, Expression expression) {
  return {kernel, false, std::move(expression)};
}
/// By the kernel that is the other operand's, with the operands in each other's place.
template <class Expression>
Partial<Expression> by_swapped(Ternary kernel, Expression expression) {
  return {kernel, true, std::move(expression)};
}

/// A gradient for which there are operations alone: expression(arriving, a, b).
template <class Expression>
struct PartialByOperations {
  static constexpr bool uses_operands = true;

  Tensor by_kernel(const char* /*name*/, const Tensor& grad, const Tensor& a, const Tensor& b,
                   const Parameters& /*parameters*/) const {
    return expression(grad, a, b);
  }

  Expression expression;
};
template <class Expression>
PartialByOperations<Expression> by_operations(Expression expression) {
  return {std::move(expression)};
}

/// What arrives is the gradient.
struct PassedOn {
  static constexpr bool uses_operands = false;

  Tensor by_kernel(const char* /*name*/, const Tensor& grad, const Tensor& /*a*/, const Tensor& /*b*/,
                   const Parameters& /*parameters*/) const {
    return grad;
  }
  Tensor expression(const Tensor& grad, const Tensor& /*a*/, const Tensor& /*b*/) const { return grad; }
};

/// The gradients of two operands, before what broadcasting repeated is added up.
template <class First, class Second>
std::array<Tensor, 2> two_gradients(const char* name, const Node& node, const Tensor& grad, const Tensor& a, const Tensor& b,
                                    const First& first, const Second& second, const Parameters& parameters) {
  const bool records = GradMode::is_enabled() || (a.defined() && grad.dtype() != a.dtype());
  const auto gradient = [&](const auto& partial) {
    return records ? partial.expression(grad, a, b) : partial.by_kernel(name, grad, a, b, parameters);
  };
  std::array<Tensor, 2> gradients;
  if (node.needs_gradient(0)) gradients[0] = gradient(first);
  if (node.needs_gradient(1)) gradients[1] = gradient(second);
  return gradients;
}

/// f(a, b), recorded. The operands have one dtype, for which there is a kernel, or one that is only stored.
template <class First, class Second>
Tensor binary(const char* name, const Promoted& operands, Binary f, First first, Second second,
              const Parameters& parameters = {}) {
  const autograd::profiler::RecordFunction profiled(name);
  Tensor y = map(name, f, operands.a, operands.b, parameters);
  if (!must_record({operands.a, operands.b})) return y;
  const bool saves =
      (First::uses_operands && operands.a.requires_grad()) || (Second::uses_operands && operands.b.requires_grad());
  return record(
      name, y, {operands.a, operands.b},
      [name, first = std::move(first), second = std::move(second), parameters,
       a = saves ? SavedTensor(operands.a) : SavedTensor(), b = saves ? SavedTensor(operands.b) : SavedTensor(),
       a_sizes = to_dims(operands.a.sizes()), b_sizes = to_dims(operands.b.sizes())](const Tensor& grad, const Node& node) {
        std::array<Tensor, 2> gradients =
            two_gradients(name, node, grad, Unpacked(a), Unpacked(b), first, second, parameters);
        if (gradients[0].defined()) gradients[0] = sum_to(std::move(gradients[0]), a_sizes);
        if (gradients[1].defined()) gradients[1] = sum_to(std::move(gradients[1]), b_sizes);
        return gradients;
      });
}

/// f(a, b) without a gradient.
Tensor binary_without_slope(const char* name, const Promoted& operands, Binary f);

}  // namespace xgrad
