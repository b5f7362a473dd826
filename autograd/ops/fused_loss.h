/// One sentence for a loss of an input beside a target: its kernel, and how gradients come from what arrives. For .cpp files
/// of operations.
#pragma once

#include "autograd/ops/arithmetic.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/reduced_dims.h"
#include "autograd/ops/two_operands.h"

namespace xgrad {

/// f(input, target) for two tensors of one shape; the mean or the sum in one pass, and the gradient in another.
template <class First, class Second>
Tensor fused_loss(const char* name, const Tensor& input, const Tensor& target, Reduction reduction, Binary f, First first,
                  Second second, const Parameters& parameters = {}) {
  const Dtype type = result_type(input, target);
  const Promoted operands(input, target, compute_dtype(type));
  if (reduction == Reduction::None) {
    return to(binary(name, operands, f, std::move(first), std::move(second), parameters), type);
  }
  const autograd::profiler::RecordFunction profiled(name);
  const double parts = reduction == Reduction::Mean ? static_cast<double>(operands.a.numel()) : 1;
  Tensor y = sum_of(name, f, operands.a, operands.b, parameters);
  if (reduction == Reduction::Mean) y = div(y, parts);
  y = record(name, y, {operands.a, operands.b},
             [name, first = std::move(first), second = std::move(second), parameters, a = SavedTensor(operands.a),
              b = SavedTensor(operands.b), parts](const Tensor& grad, const Node& node) {
               const Tensor share = parts == 1 ? grad : div(grad, parts);
               return two_gradients(name, node, share, a.unpack(), b.unpack(), first, second, parameters);
             });
  return to(y, type);
}

}  // namespace xgrad
