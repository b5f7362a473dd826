#include "autograd/ops/cumulative.h"

#include <array>
#include <cmath>
#include <limits>

#include "autograd/base/check.h"
#include "autograd/base/parallel.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/running.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduced_dims.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

template <bool largest>
std::tuple<Tensor, Tensor> running(const char* operation, const Tensor& x, std::int64_t dim) {
  const autograd::profiler::RecordFunction profiled(operation);
  const std::int64_t axis = wrap_dim(operation, dim, x.dim());
  if (x.dim() == 0) return {x.clone(), zeros({}, kInt64)};
  if (const Dtype wide = compute_dtype(x.dtype()); wide != x.dtype()) {
    auto [values, indices] = running<largest>(operation, to(x, wide), axis);
    return {to(values, x.dtype()), std::move(indices)};
  }
  const Middle middle(x, ReducedDims(operation, x, axis));
  Tensor values = empty(x.sizes(), x.dtype());
  Tensor indices = empty(x.sizes(), kInt64);
  visit_dtype(x.dtype(), [&]<class T>() {
    kernels::running_extremum<T, largest>(middle.data.data_ptr<T>(), middle.outer, middle.length, middle.inner,
                                          values.data_ptr<T>(), indices.data_ptr<std::int64_t>());
  });
  record(operation, values, {x},
         [indices = SavedTensor(indices), axis, outer = middle.outer, length = middle.length,
          inner = middle.inner](const Tensor& grad) {
           const Tensor at = indices.unpack();
           if (GradMode::is_enabled()) return scatter_add(zeros(at.sizes(), grad.dtype()), axis, at, grad);
           const Tensor arriving = contiguous(grad);
           Tensor gradient = empty(at.sizes(), grad.dtype());
           visit_floating(grad.dtype(), "cummax", [&]<class T>() {
             kernels::running_extremum_gradient(arriving.data_ptr<T>(), at.data_ptr<std::int64_t>(), outer, length, inner,
                                                gradient.data_ptr<T>());
           });
           return gradient;
         });
  return {std::move(values), std::move(indices)};
}

}  // namespace

std::tuple<Tensor, Tensor> cummax(const Tensor& x, OnlyInt dim) { return running<true>("cummax", x, dim); }
std::tuple<Tensor, Tensor> cummin(const Tensor& x, OnlyInt dim) { return running<false>("cummin", x, dim); }

namespace {

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

/// row(first element, length) for the rows of the last dimension, on several threads for many elements.
template <class Row>
void for_each_row(const Tensor& x, const Row& row) {
  const std::int64_t length = x.size(-1);
  if (x.numel() == 0) return;
  kernels::parallel_for(0, x.numel() / length, kernels::runs_in_part(kernels::elementwise_grain, length),
                        [&](std::int64_t first, std::int64_t last) {
                          for (std::int64_t i = first; i < last; ++i) row(i * length, length);
                        });
}

/// Along the last dimension, the sums of g_j e^(y_i - y_j) over j >= i (`onwards`), or of g_j e^(y_j - y_i) over j <= i, for
/// a y that never falls: no exponent is positive. Where y is -inf there is nothing to be added.
Tensor decayed_sums(const Tensor& g, const Tensor& y, bool onwards) {
  const Tensor in = g.detach().contiguous();
  const Tensor levels = y.detach().contiguous();
  Tensor sums = empty(in.sizes(), in.dtype());
  visit_floating(in.dtype(), "logcumsumexp", [&]<class T>() {
    for_each_row(in, [&](std::int64_t begin, std::int64_t length) {
      const T* from = in.data_ptr<T>() + begin;
      const T* level = levels.data_ptr<T>() + begin;
      T* to = sums.data_ptr<T>() + begin;
      double running = 0;
      for (std::int64_t k = 0; k < length; ++k) {
        const std::int64_t i = onwards ? length - 1 - k : k;
        if (k > 0) {
          const auto lower = static_cast<double>(level[onwards ? i : i - 1]);
          const auto higher = static_cast<double>(level[onwards ? i + 1 : i]);
          running *= lower == minus_infinity ? 0 : std::exp(lower - higher);
        }
        running += static_cast<double>(from[i]);
        to[i] = static_cast<T>(running);
      }
    });
  });
  return record("DecayedSums", sums, {g, y},
                [g = SavedTensor(g), y = SavedTensor(y), onwards](const Tensor& grad, const Node& node) {
                  std::array<Tensor, 2> gradients;
                  const Tensor added = g.unpack();
                  const Tensor level = y.unpack();
                  const Tensor back = decayed_sums(grad, level, !onwards);
                  if (node.needs_gradient(0)) gradients[0] = back;
                  if (node.needs_gradient(1)) {
                    const Tensor towards = grad * (decayed_sums(added, level, onwards) - added) - added * (back - grad);
                    gradients[1] = onwards ? towards : -towards;
                  }
                  return gradients;
                });
}

}  // namespace

Tensor logcumsumexp(const Tensor& input, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("logcumsumexp");
  const std::int64_t axis = wrap_dim("logcumsumexp", dim, input.dim());
  check<TypeError>(input.dtype() == kFloat32 || input.dtype() == kFloat64,
                   "logcumsumexp: expected float32 or float64, got {}", input.dtype());
  if (input.dim() == 0) return input.clone();
  const Tensor x = transpose(input, axis, -1);
  const Tensor source = x.detach().contiguous();
  Tensor y = empty(source.sizes(), source.dtype());
  visit_floating(source.dtype(), "logcumsumexp", [&]<class T>() {
    for_each_row(source, [&](std::int64_t begin, std::int64_t length) {
      double highest = minus_infinity;  // the sum so far is total e^highest
      double total = 0;
      for (std::int64_t i = begin; i < begin + length; ++i) {
        const auto value = static_cast<double>(source.data_ptr<T>()[i]);
        if (value > highest) {
          total = (highest == minus_infinity ? total : total * std::exp(highest - value)) + 1;
          highest = value;
        } else if (value != minus_infinity) {
          total += value == highest ? 1 : std::exp(value - highest);  // or NaN
        }
        y.data_ptr<T>()[i] = static_cast<T>(highest == minus_infinity && total == 0 ? highest : highest + std::log(total));
      }
    });
  });
  y = record("Logcumsumexp", y, {x}, [x = SavedTensor(x), y = SavedTensor::result(y)](const Tensor& grad) {
    const Tensor level = y.unpack();
    const Tensor share = masked_fill(x.unpack() - level, eq(level.detach(), minus_infinity), minus_infinity);
    return exp(share) * decayed_sums(grad, level, true);
  });
  return contiguous(transpose(y, axis, -1));
}

}  // namespace xgrad
