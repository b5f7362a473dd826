#include "autograd/ops/pad.h"

#include <algorithm>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/kernels/random.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/scatter.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

Tensor pad_constant(const Tensor& x, std::int64_t dim, std::int64_t before, std::int64_t behind, double value) {
  const auto block = [&](std::int64_t length) {
    DimVector sizes = to_dims(x.sizes());
    sizes[static_cast<std::size_t>(dim)] = length;
    return full(sizes, value, x.dtype());
  };
  TensorList parts;
  if (before > 0) parts.push_back(block(before));
  parts.push_back(narrow(x, dim, std::max<std::int64_t>(0, -before),
                         x.size(dim) + std::min<std::int64_t>(0, before) + std::min<std::int64_t>(0, behind)));
  if (behind > 0) parts.push_back(block(behind));
  return parts.size() == 1 ? parts[0] : cat(parts, dim);
}

/// The element of a dimension of this size that stands at a place before its start or behind its end. The circle is of
/// `length` elements from `first` on: what is cut off is no part of it.
std::int64_t source_of(std::int64_t place, std::int64_t size, std::int64_t first, std::int64_t length, PadMode mode) {
  if (mode == PadMode::Replicate) return std::clamp<std::int64_t>(place, 0, size - 1);
  if (mode == PadMode::Circular) return first + (place - first + length) % length;
  return place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place;
}

}  // namespace

Tensor pad(const Tensor& x, IntArrayRef padding, PadMode mode, double value) {
  const autograd::profiler::RecordFunction profiled("pad");
  const auto pairs = static_cast<std::int64_t>(padding.size() / 2);
  check<ValueError>(padding.size() % 2 == 0 && pairs <= x.dim(),
                    "pad: {} paddings for {} dimensions: expected two for each, from the last on", padding.size(), x.dim());
  for (std::int64_t i = 0; i < pairs; ++i) {
    const std::int64_t size = x.size(x.dim() - 1 - i);
    const std::int64_t before = padding[static_cast<std::size_t>(2 * i)];
    const std::int64_t behind = padding[static_cast<std::size_t>(2 * i + 1)];
    std::int64_t padded = 0;
    check<ShapeError>(!__builtin_add_overflow(size, before, &padded) && !__builtin_add_overflow(padded, behind, &padded),
                      "pad: no dimension is as long as {} with paddings {} and {}", size, before, behind);
    const std::int64_t left = size + std::min<std::int64_t>(0, before) + std::min<std::int64_t>(0, behind);
    check<ShapeError>(left >= 0 && padded >= 0, "pad: paddings {} and {} cut off more than {} elements", before, behind,
                      size);
    const std::int64_t most = std::max(before, behind);
    const bool long_enough = mode == PadMode::Constant || most <= 0 ||
                             (mode == PadMode::Reflect    ? most < size
                              : mode == PadMode::Circular ? most <= left
                                                          : size > 0);
    check<ShapeError>(long_enough, "pad: a dimension of size {} is too short for paddings {} and {}", size, before, behind);
  }
  Tensor result = x;
  for (std::int64_t i = 0; i < pairs; ++i) {
    const std::int64_t dim = x.dim() - 1 - i;
    const std::int64_t size = x.size(dim);
    const std::int64_t before = padding[static_cast<std::size_t>(2 * i)];
    const std::int64_t behind = padding[static_cast<std::size_t>(2 * i + 1)];
    if (before == 0 && behind == 0) continue;
    if (mode == PadMode::Constant) {
      result = pad_constant(result, dim, before, behind, value);
      continue;
    }
    const std::int64_t first = std::max<std::int64_t>(0, -before);
    const std::int64_t left = size - first - std::max<std::int64_t>(0, -behind);
    const Tensor sources = empty({before + size + behind}, kInt64);
    auto* source = sources.data_ptr<std::int64_t>();
    for (std::int64_t place = -before; place < size + behind; ++place) *source++ = source_of(place, size, first, left, mode);
    result = index_select(result, dim, sources);
  }
  return result.is_alias_of(x) ? clone(result) : result;
}

Tensor gumbel_softmax(const Tensor& logits, double tau, OnlyBool hard, OnlyInt dim, Generator generator) {
  const autograd::profiler::RecordFunction profiled("gumbel_softmax");
  check<TypeError>(logits.is_floating_point(), "gumbel_softmax: expected floating-point logits, got {}", logits.dtype());
  check<ValueError>(tau > 0, "gumbel_softmax: tau must be positive, got {}", tau);
  const Tensor waits = empty(logits.sizes(), logits.dtype());
  {
    const auto lock = generator.lock();
    visit_floating(logits.dtype(), "gumbel_softmax",
                   [&]<class T>() { kernels::fill_exponential(generator.engine(), waits.data_ptr<T>(), waits.numel(), 1); });
  }
  Tensor soft = softmax((logits - log(waits)) / tau, dim);
  if (!hard) return soft;
  const Tensor chosen = std::get<1>(max(soft.detach(), dim, true));
  return scatter(zeros(soft.sizes(), soft.dtype()), dim, chosen, 1) - soft.detach() + soft;
}

}  // namespace xgrad
