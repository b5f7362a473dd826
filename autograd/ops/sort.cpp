#include "autograd/ops/sort.h"

#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/kernels/sort.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// Calls compute(rows) with the rows along `axis`, for which there is a kernel.
template <class Compute>
void with_rows(const Tensor& x, std::int64_t axis, const Compute& compute) {
  const Tensor source = detail::converted(transpose(x.detach(), axis, -1), compute_dtype(x.dtype())).contiguous();
  const std::int64_t length = source.size(-1);
  visit_dtype(source.dtype(), [&]<class T>() {
    compute(kernels::NumberRows<T>{source.data_ptr<T>(), length == 0 ? 0 : source.numel() / length, length});
  });
}

/// Room for `length` places along the last dimension, where `axis` goes.
Tensor places_of(const Tensor& x, std::int64_t axis, std::int64_t length) {
  DimVector sizes = to_dims(x.sizes());
  std::swap(sizes[static_cast<std::size_t>(axis)], sizes.back());
  sizes.back() = length;
  return empty(sizes, kInt64);
}

}  // namespace

Tensor argsort(const Tensor& x, OnlyInt dim, OnlyBool descending) {
  const autograd::profiler::RecordFunction profiled("argsort");
  const std::int64_t axis = wrap_dim("sort", dim, x.dim());
  if (x.dim() == 0) return zeros({}, kInt64);
  const Tensor order = places_of(x, axis, x.size(axis));
  with_rows(x, axis, [&](const auto& rows) { kernels::sort_rows(rows, descending, order.data_ptr<std::int64_t>()); });
  return transpose(order, axis, -1).contiguous();
}

Tensor detail::nth_place(const Tensor& x, std::int64_t axis, const Tensor& k) {
  const Tensor place = places_of(x, axis, 1);
  const Tensor numbers = transpose(expand(k, transpose(place, axis, -1).sizes()), axis, -1).contiguous();
  with_rows(x, axis, [&](const auto& rows) {
    kernels::nth_of_rows(rows, numbers.data_ptr<std::int64_t>(), place.data_ptr<std::int64_t>());
  });
  return transpose(place, axis, -1).contiguous();
}

std::tuple<Tensor, Tensor> sort(const Tensor& x, OnlyInt dim, OnlyBool descending) {
  const autograd::profiler::RecordFunction profiled("sort");
  Tensor order = argsort(x, dim, descending);
  Tensor values = x.dim() == 0 ? x.clone() : gather(x, dim, order);
  return {std::move(values), std::move(order)};
}

std::tuple<Tensor, Tensor> topk(const Tensor& x, OnlyInt k, OnlyInt dim, OnlyBool largest, OnlyBool /*sorted*/) {
  const std::int64_t size = x.dim() == 0 ? 1 : x.size(dim);
  check<ValueError>(k >= 0 && k <= size, "topk: {} elements were asked for, dimension {} of shape {} has {}", k, dim,
                    x.sizes(), size);
  const autograd::profiler::RecordFunction profiled("topk");
  const std::int64_t axis = wrap_dim("topk", dim, x.dim());
  if (x.dim() == 0) return {x.clone(), zeros({}, kInt64)};
  const Tensor order = places_of(x, axis, k);
  with_rows(x, axis, [&](const auto& rows) { kernels::select_rows(rows, k, largest, order.data_ptr<std::int64_t>()); });
  const Tensor indices = transpose(order, axis, -1).contiguous();
  return {gather(x, axis, indices), indices};
}

}  // namespace xgrad
