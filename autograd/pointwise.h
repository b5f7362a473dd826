/// An elementwise operation of one's own, in one sentence: its name, its value, and one lambda for each operand's gradient.
///
///   Tensor bent(const Tensor& x) {
///     return pointwise("bent", x, [](const auto& v) { return (sqrt(v * v + 1) - 1) / 2 + v; },
///                      [](const Tensor& grad, const Tensor& x) { return grad * (x / (2 * sqrt(x * x + 1)) + 1); });
///   }
///
/// The profiler's scope, what is saved and checked, whether a gradient is needed, broadcasting and threads come with it. Includes
/// xtensor and xsimd, as autograd/xtensor.h does; users include it themselves, and compile it with -march=native or the like:
/// vectors are as wide as these instructions.
#pragma once

#include <array>
#include <span>
#include <utility>

#include "autograd/graph/record.h"
#include "autograd/ops/map.h"
#include "autograd/ops/reduce.h"

namespace xgrad {

/// value(x) for a floating-point x; TypeError for one that is only stored. `value` is given xtensor expressions, which become
/// loops over vectors; functions such as exp are found without their namespace. `gradient(grad, x)` consists of operations on
/// tensors, and so can be differentiated again.
template <class Value, class Gradient>
Tensor pointwise(const char* name, const Tensor& x, const Value& value, Gradient gradient) {
  const autograd::profiler::RecordFunction profiled(name);
  const Tensor y = map_floating(name, x, value);
  return record(name, y, {x}, [x = SavedTensor(x), gradient = std::move(gradient)](const Tensor& grad) {
    return gradient(grad, x.unpack());
  });
}

/// value(a, b) for two floating-point tensors of one dtype, which broadcast (ShapeError). `value` is given xtensor expressions, or
/// a number in the place of one. `gradient_a(grad, a, b)` and `gradient_b(grad, a, b)` have the shape of the result.
template <class Value, class GradientA, class GradientB>
Tensor pointwise(const char* name, const Tensor& a, const Tensor& b, const Value& value, GradientA gradient_a,
                 GradientB gradient_b) {
  const autograd::profiler::RecordFunction profiled(name);
  const Tensor y = map_floating(name, a, b, value);
  record_all(name, {&y, 1}, {a, b},
             [a = SavedTensor(a), b = SavedTensor(b), gradient_a = std::move(gradient_a),
              gradient_b = std::move(gradient_b)](std::span<Tensor> grads, const Node& node) {
               const Tensor p = a.unpack();
               const Tensor q = b.unpack();
               std::array<Tensor, 2> gradients;
               if (node.needs_gradient(0)) gradients[0] = sum_to(gradient_a(grads[0], p, q), p.sizes());
               if (node.needs_gradient(1)) gradients[1] = sum_to(gradient_b(grads[0], p, q), q.sizes());
               return gradients;
             });
  return y;
}

}  // namespace xgrad
