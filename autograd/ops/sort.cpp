#include "autograd/ops/sort.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

Tensor argsort(const Tensor& x, std::int64_t dim, bool descending) {
  const autograd::profiler::RecordFunction profiled("argsort");
  const std::int64_t axis = wrap_dim("sort", dim, x.dim());
  if (x.dim() == 0) return zeros({}, kInt64);
  const Tensor source = transpose(x.detach(), axis, -1).contiguous();
  const std::int64_t length = source.size(-1);
  Tensor order = empty(source.sizes(), kInt64);
  visit_dtype(x.dtype(), [&]<class T>() {
    const auto less = [](T a, T b) { return a < b || (a == a && b != b); };
    for (std::int64_t row = 0; length > 0 && row < source.numel() / length; ++row) {
      const T* values = source.data_ptr<T>() + row * length;
      auto* indices = order.data_ptr<std::int64_t>() + row * length;
      std::iota(indices, indices + length, 0);
      std::stable_sort(indices, indices + length, [=](std::int64_t a, std::int64_t b) {
        return descending ? less(values[b], values[a]) : less(values[a], values[b]);
      });
    }
  });
  return transpose(order, axis, -1).contiguous();
}

std::tuple<Tensor, Tensor> sort(const Tensor& x, std::int64_t dim, bool descending) {
  Tensor order = argsort(x, dim, descending);
  Tensor values = x.dim() == 0 ? x.clone() : gather(x, dim, order);
  return {std::move(values), std::move(order)};
}

std::tuple<Tensor, Tensor> topk(const Tensor& x, std::int64_t k, std::int64_t dim, bool largest, bool /*sorted*/) {
  const std::int64_t size = x.dim() == 0 ? 1 : x.size(dim);
  check<ValueError>(k >= 0 && k <= size, "topk: {} elements were asked for, dimension {} of shape {} has {}", k, dim,
                    x.sizes(), size);
  const Tensor order = argsort(x, dim, largest);
  if (x.dim() == 0) return {x.clone(), order};
  const Tensor indices = narrow(order, dim, 0, k).contiguous();
  return {gather(x, dim, indices), indices};
}

}  // namespace xgrad
