#include "autograd/ops/searching.h"

#include <algorithm>

#include "autograd/base/check.h"
#include "autograd/base/parallel.h"
#include "autograd/graph/record_function.h"
#include "autograd/kernels/search.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/split.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// How few searches one thread makes at least.
constexpr std::int64_t search_grain = 2048;

/// out[i] = the first k with sequence[order(k)] >= values[i], or > values[i] where `right`. NaN is above everything.
template <class T, class Order>
void insertion_points(const T* sequence, std::int64_t length, const T* values, std::int64_t count, bool right,
                      const Order& order, std::int64_t* out) {
  constexpr int together = 8;
  const auto is_before = [&](std::int64_t k, T value) {
    const T number = sequence[order(k)];
    return right ? !(number > value) : !(number >= value);
  };
  std::int64_t i = 0;
  for (; i + together <= count; i += together) {
    kernels::partition_points<together>(
        length, [&](std::int64_t k, int lane) { return is_before(k, values[i + lane]); }, out + i);
  }
  for (; i < count; ++i) {
    out[i] = kernels::partition_point(length, [&](std::int64_t k) { return is_before(k, values[i]); });
  }
}

}  // namespace

Tensor searchsorted(const Tensor& sorted_sequence, const Tensor& values, OnlyBool out_int32, OnlyBool right,
                    std::optional<std::string_view> side, const Tensor& sorter) {
  const autograd::profiler::RecordFunction profiled("searchsorted");
  check<ValueError>(!side || *side == "left" || *side == "right", "searchsorted: side must be left or right, got {}",
                    side.value_or(""));
  check<ValueError>(!side || !right || *side == "right", "searchsorted: right contradicts side = left");
  const bool after = right || (side && *side == "right");
  check<ShapeError>(sorted_sequence.dim() > 0, "searchsorted: the sorted sequence must have a dimension");
  check<TypeError>(sorted_sequence.dtype() == values.dtype() || values.dim() == 0,
                   "searchsorted: a sequence of {} for values of {}", sorted_sequence.dtype(), values.dtype());
  const bool one_sequence = sorted_sequence.dim() == 1;
  bool fits = one_sequence || sorted_sequence.dim() == values.dim();
  for (std::int64_t i = 0; fits && !one_sequence && i < values.dim() - 1; ++i) {
    fits = sorted_sequence.size(i) == values.size(i);
  }
  check<ShapeError>(fits, "searchsorted: a sequence of shape {} does not fit values of shape {}", sorted_sequence.sizes(),
                    values.sizes());
  check<ShapeError>(!sorter.defined() || sorter.sizes() == sorted_sequence.sizes(),
                    "searchsorted: a sorter of shape {} for a sequence of shape {}",
                    sorter.defined() ? sorter.sizes() : IntArrayRef(), sorted_sequence.sizes());
  const Dtype dtype = compute_dtype(result_type(sorted_sequence, values));
  const Tensor sequence = detail::converted(sorted_sequence.detach(), dtype).contiguous();
  const Tensor wanted = detail::converted(values.detach(), dtype).contiguous();
  const std::int64_t length = sequence.size(-1);
  const Tensor order = sorter.defined() ? detail::checked_index("searchsorted", sorter, length) : Tensor();
  const Tensor found = empty(values.sizes(), kInt64);
  const std::int64_t row_length =
      one_sequence || values.dim() == 0 ? std::max<std::int64_t>(1, wanted.numel()) : wanted.size(-1);
  visit_dtype(dtype, [&]<class T>() {
    const T* in = wanted.data_ptr<T>();
    auto* out = found.data_ptr<std::int64_t>();
    kernels::parallel_for(0, wanted.numel(), search_grain, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first, end = 0; i < last; i = end) {
        const std::int64_t row = i / row_length;
        const std::int64_t begin = row * length;
        const T* numbers = sequence.data_ptr<T>() + begin;
        end = std::min(last, (row + 1) * row_length);
        if (order.defined()) {
          const auto* places = order.data_ptr<std::int64_t>() + begin;
          insertion_points(
              numbers, length, in + i, end - i, after, [=](std::int64_t k) { return places[k]; }, out + i);
        } else {
          insertion_points(
              numbers, length, in + i, end - i, after, [](std::int64_t k) { return k; }, out + i);
        }
      }
    });
  });
  return out_int32 ? to(found, kInt32) : found;
}

Tensor searchsorted(const Tensor& sorted_sequence, Scalar value, OnlyBool out_int32, OnlyBool right,
                    std::optional<std::string_view> side, const Tensor& sorter) {
  const auto [sequence, beside] = comparable(sorted_sequence, value);
  return searchsorted(sequence, beside, out_int32, right, side, sorter);
}

Tensor bucketize(const Tensor& values, const Tensor& boundaries, OnlyBool out_int32, OnlyBool right) {
  const autograd::profiler::RecordFunction profiled("bucketize");
  check<ShapeError>(boundaries.dim() == 1, "bucketize: the boundaries must be a vector, got shape {}", boundaries.sizes());
  return searchsorted(boundaries, values, out_int32, right);
}

Tensor bucketize(Scalar value, const Tensor& boundaries, OnlyBool out_int32, OnlyBool right) {
  const auto [wide, beside] = comparable(boundaries, value);
  return bucketize(beside, wide, out_int32, right);
}

Tensor isin(const Tensor& elements, const Tensor& test_elements, OnlyBool /*assume_unique*/, OnlyBool invert) {
  const autograd::profiler::RecordFunction profiled("isin");
  const Dtype dtype = compute_dtype(result_type(elements, test_elements));
  const Tensor wanted = detail::converted(elements.detach(), dtype).contiguous();
  const Tensor set = detail::converted(reshape(test_elements.detach(), {-1}), dtype).clone();
  Tensor found = empty(elements.sizes(), kBool);
  visit_dtype(dtype, [&]<class T>() {
    T* begin = set.data_ptr<T>();
    T* end = std::partition(begin, begin + set.numel(), [](T value) { return value == value; });
    std::sort(begin, end);
    const T* in = wanted.data_ptr<T>();
    bool* out = found.data_ptr<bool>();
    kernels::parallel_for(0, wanted.numel(), search_grain, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) {
        out[i] = (in[i] == in[i] && std::binary_search(begin, end, in[i])) != invert;
      }
    });
  });
  return found;
}

Tensor isin(const Tensor& elements, Scalar test_element, OnlyBool assume_unique, OnlyBool invert) {
  const auto [wide, beside] = comparable(elements, test_element);
  return isin(wide, beside, assume_unique, invert);
}
Tensor isin(Scalar element, const Tensor& test_elements, OnlyBool assume_unique, OnlyBool invert) {
  const auto [wide, beside] = comparable(test_elements, element);
  return isin(beside, wide, assume_unique, invert);
}

Tensor argwhere(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("argwhere");
  return nonzero(x);
}

TensorList nonzero_numpy(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("nonzero_numpy");
  return unbind(nonzero(x.dim() == 0 ? unsqueeze(x, 0) : x), 1);
}

}  // namespace xgrad
