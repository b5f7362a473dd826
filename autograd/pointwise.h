/// An elementwise operation of one's own, in one sentence: its name, its value, and one lambda for each operand's gradient.
///
///   Tensor bent(const Tensor& x) {
///     return pointwise("bent", x, [](const auto& v) { return (sqrt(v * v + 1) - 1) / 2 + v; },
///                      [](const Tensor& grad, const Tensor& x) { return grad * (x / (2 * sqrt(x * x + 1)) + 1); });
///   }
///
/// The profiler's scope, what is saved and checked, whether a gradient is needed, broadcasting and threads come with it.
/// Includes xsimd; users include it themselves, and compile it with -march=native or the like: vectors are as wide as these
/// instructions.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/parallel.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/simd.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/joining.h"
#include "autograd/ops/reduce.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace detail {

/// `n` numbers, fewer than a vector has lanes, and the last one again behind. Its name tells instruction sets apart: the
/// library may be compiled for another.
template <class Batch, class T>
Batch load_padded(const T* data, std::int64_t n) {
  alignas(64) T lanes[Batch::size];
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(Batch::size); ++i) lanes[i] = data[std::min(i, n - 1)];
  return Batch::load_aligned(lanes);
}

/// out[i] = value(in[i]...). What does not fill a vector is padded, so that threads give the same bits.
template <class Batch, class T, class Value, class... In>
void map_run(T* out, std::int64_t n, const Value& value, const In*... in) {
  constexpr auto width = static_cast<std::int64_t>(Batch::size);
  std::int64_t i = 0;
  for (; i + width <= n; i += width) value(Batch::load_unaligned(in + i)...).store_unaligned(out + i);
  if (i == n) return;
  alignas(64) T lanes[Batch::size];
  value(load_padded<Batch>(in + i, n - i)...).store_aligned(lanes);
  std::copy_n(lanes, n - i, out + i);
}

/// The same for tensors of one shape and dtype, contiguous.
template <class Value, class... Operands>
void compute_pointwise(const char* name, const Tensor& out, const Value& value, const Operands&... operands) {
  visit_floating(out.dtype(), name, [&]<class T>() {
    kernels::parallel_for(0, out.numel(), kernels::elementwise_grain, [&](std::int64_t first, std::int64_t last) {
      map_run<xsimd::batch<T>>(out.data_ptr<T>() + first, last - first, value,
                               static_cast<const T*>(operands.template data_ptr<T>() + first)...);
    });
  });
}

}  // namespace detail

/// value(x) for a float32 or float64 tensor (TypeError). `value` is given vectors of xsimd; functions such as exp are found
/// without their namespace. `gradient(grad, x)` consists of operations on tensors, and so can be differentiated again.
template <class Value, class Gradient>
Tensor pointwise(const char* name, const Tensor& x, const Value& value, Gradient gradient) {
  const autograd::profiler::RecordFunction profiled(name);
  const Tensor y = empty(x.sizes(), x.dtype());
  detail::compute_pointwise(name, y, value, contiguous(x.detach()));
  return record(name, y, {x}, [x = SavedTensor(x), gradient = std::move(gradient)](const Tensor& grad) {
    return gradient(grad, x.unpack());
  });
}

/// value(a, b) for two tensors of one dtype, float32 or float64 (TypeError), which broadcast (ShapeError).
/// `gradient_a(grad, a, b)` and `gradient_b(grad, a, b)` have the shape of the result.
template <class Value, class GradientA, class GradientB>
Tensor pointwise(const char* name, const Tensor& a, const Tensor& b, const Value& value, GradientA gradient_a,
                 GradientB gradient_b) {
  const autograd::profiler::RecordFunction profiled(name);
  if (a.dtype() != b.dtype()) throw TypeError(std::string(name) + ": the two tensors have different dtypes");
  const TensorList both = broadcast_tensors({a.detach(), b.detach()});
  const Tensor y = empty(both[0].sizes(), a.dtype());
  detail::compute_pointwise(name, y, value, contiguous(both[0]), contiguous(both[1]));
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
