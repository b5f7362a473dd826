#include "autograd/ops/cumulative.h"

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// `follows(a, b)`: whether a takes the place of the extremum b.
template <class Follows>
std::tuple<Tensor, Tensor> running(const char* operation, const Tensor& x, std::int64_t dim, const Follows& follows) {
  const autograd::profiler::RecordFunction profiled(operation);
  const std::int64_t axis = wrap_dim(operation, dim, x.dim());
  if (x.dim() == 0) return {x.clone(), zeros({}, kInt64)};
  const Tensor source = transpose(x.detach(), axis, -1).contiguous();
  const std::int64_t length = source.size(-1);
  const Tensor found = empty(source.sizes(), kInt64);
  visit_dtype(x.dtype(), [&]<class T>() {
    for (std::int64_t row = 0; length > 0 && row < source.numel() / length; ++row) {
      const T* values = source.data_ptr<T>() + row * length;
      auto* indices = found.data_ptr<std::int64_t>() + row * length;
      std::int64_t best = 0;
      for (std::int64_t i = 0; i < length; ++i) {
        const bool best_is_number = values[best] == values[best];
        if (values[i] != values[i] || (best_is_number && follows(values[i], values[best]))) best = i;
        indices[i] = best;
      }
    }
  });
  Tensor indices = transpose(found, axis, -1).contiguous();
  Tensor values = gather(x, axis, indices);
  return {std::move(values), std::move(indices)};
}

}  // namespace

std::tuple<Tensor, Tensor> cummax(const Tensor& x, std::int64_t dim) {
  return running("cummax", x, dim, [](auto a, auto b) { return a >= b; });
}

std::tuple<Tensor, Tensor> cummin(const Tensor& x, std::int64_t dim) {
  return running("cummin", x, dim, [](auto a, auto b) { return a <= b; });
}

}  // namespace xgrad
