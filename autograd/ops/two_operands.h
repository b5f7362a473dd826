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
  static constexpr bool uses_first = true;
  static constexpr bool uses_second = true;

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
  static constexpr bool uses_first = true;
  static constexpr bool uses_second = true;

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

/// A gradient by what arrives and one of the operands, which alone is saved for it: expression(arriving, operand).
template <bool by_first, class Expression>
struct PartialByOne {
  static constexpr bool uses_first = by_first;
  static constexpr bool uses_second = !by_first;

  Tensor by_kernel(const char* name, const Tensor& grad, const Tensor& a, const Tensor& b,
                   const Parameters& /*parameters*/) const {
    return map(name, kernel, grad, by_first ? a : b);
  }
  Tensor expression(const Tensor& grad, const Tensor& a, const Tensor& b) const { return of_one(grad, by_first ? a : b); }

  Binary kernel;
  Expression of_one;
};
template <class Expression>
PartialByOne<true, Expression> by_first(Binary kernel, Expression expression) {
  return {kernel, std::move(expression)};
}
template <class Expression>
PartialByOne<false, Expression> by_second(Binary kernel, Expression expression) {
  return {kernel, std::move(expression)};
}

/// A gradient by what arrives alone: of_arriving(arriving).
template <class Expression>
struct PartialByArriving {
  static constexpr bool uses_first = false;
  static constexpr bool uses_second = false;

  Tensor by_kernel(const char* /*name*/, const Tensor& grad, const Tensor& /*a*/, const Tensor& /*b*/,
                   const Parameters& /*parameters*/) const {
    return of_arriving(grad);
  }
  Tensor expression(const Tensor& grad, const Tensor& /*a*/, const Tensor& /*b*/) const { return of_arriving(grad); }

  Expression of_arriving;
};
template <class Expression>
PartialByArriving<Expression> by_arriving(Expression expression) {
  return {std::move(expression)};
}

/// What arrives is the gradient.
inline auto passed_on() {
  return by_arriving([](const Tensor& grad) { return grad; });
}

/// The gradients of two operands, before what broadcasting repeated is added up.
template <class First, class Second>
std::array<Tensor, 2> two_gradients(const char* name, const Node& node, const Tensor& grad, const Tensor& a, const Tensor& b,
                                    const First& first, const Second& second, const Parameters& parameters) {
  const Tensor& operand = a.defined() ? a : b;
  const bool records = GradMode::is_enabled() || (operand.defined() && grad.dtype() != operand.dtype());
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
  const bool first_counts = operands.a.requires_grad();
  const bool second_counts = operands.b.requires_grad();
  const bool saves_a = (First::uses_first && first_counts) || (Second::uses_first && second_counts);
  const bool saves_b = (First::uses_second && first_counts) || (Second::uses_second && second_counts);
  const bool repeats = operands.a.sizes() != operands.b.sizes();
  return record(
      name, std::move(y), {operands.a, operands.b},
      [name, first = std::move(first), second = std::move(second), parameters,
       a = saves_a ? SavedTensor(operands.a) : SavedTensor(), b = saves_b ? SavedTensor(operands.b) : SavedTensor(), repeats,
       a_sizes = repeats ? to_dims(operands.a.sizes()) : DimVector(),
       b_sizes = repeats ? to_dims(operands.b.sizes()) : DimVector()](const Tensor& grad, const Node& node) {
        std::array<Tensor, 2> gradients =
            two_gradients(name, node, grad, unpacked(a), unpacked(b), first, second, parameters);
        if (repeats && gradients[0].defined()) gradients[0] = sum_to(std::move(gradients[0]), a_sizes);
        if (repeats && gradients[1].defined()) gradients[1] = sum_to(std::move(gradients[1]), b_sizes);
        return gradients;
      });
}

/// f(a, b) without a gradient.
Tensor binary_without_slope(const char* name, const Promoted& operands, Binary f);

}  // namespace xgrad
