#include "autograd/kernels/extremum.h"

#include <cmath>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/reduced_dims.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

template <bool largest>
std::tuple<Tensor, Tensor> extremum(const char* operation, const Tensor& x, const ReducedDims& reduction, bool keepdim,
                                    bool with_indices = true) {
  check<ShapeError>(reduction.length > 0, "{}: there is no largest or smallest of no elements: shape {}", operation,
                    x.sizes());
  if (const Dtype wide = compute_dtype(x.dtype()); wide != x.dtype()) {
    auto [values, indices] = extremum<largest>(operation, detail::converted(x, wide), reduction, keepdim, with_indices);
    return {detail::converted(values, x.dtype()), std::move(indices)};
  }
  Tensor values = empty(reduction.result(keepdim), x.dtype());
  Tensor indices = with_indices ? empty(reduction.result(keepdim), kInt64) : Tensor();
  const Middle middle(x, reduction);
  visit_dtype(x.dtype(), [&]<class T>() {
    kernels::extremum_middle<T, largest>(middle.data.data_ptr<T>(), middle.outer, middle.length, middle.inner,
                                         values.data_ptr<T>(), with_indices ? indices.data_ptr<std::int64_t>() : nullptr);
  });
  return {std::move(values), std::move(indices)};
}

/// What arrives at the extrema y, in equal shares for the elements that equal them. All with the reduced dimensions.
Tensor shares_of_equals(const Tensor& grad, const Tensor& x, const Tensor& y, const DimVector& dims) {
  const bool fused = !GradMode::is_enabled() && grad.dtype() == x.dtype() && compute_dtype(x.dtype()) == x.dtype();
  const ReducedDims reduction("amax", x, dims);
  const Middle middle(x, reduction);
  if (!fused || middle.is_permuted) {
    const Tensor taken = eq(x, y).to(grad.dtype());
    return taken / sum(taken, dims, true) * grad;
  }
  const Tensor arriving = grad.contiguous();
  const Tensor values = y.contiguous();
  Tensor gradient = empty(x.sizes(), x.dtype());
  visit_floating(x.dtype(), "amax", [&]<class T>() {
    kernels::extremum_shares(arriving.data_ptr<T>(), middle.data.data_ptr<T>(), values.data_ptr<T>(), middle.outer,
                             middle.length, middle.inner, gradient.data_ptr<T>());
  });
  return gradient;
}

/// Over any dimensions: equals share the gradient. Those that are NaN do where `of_nan`, as in PyTorch's max() and min();
/// its amax() and amin() have NaN for the gradient there.
template <bool largest>
Tensor extremum_of(const char* name, const Tensor& x, IntArrayRef dims, bool keepdim, bool of_nan = false) {
  const autograd::profiler::RecordFunction profiled(name);
  const ReducedDims reduction(name, x, dims);
  Tensor y = std::get<0>(extremum<largest>(name, x, reduction, keepdim, false));
  return record(name, y, {x},
                [x = SavedTensor(x), y = SavedTensor::result(y), kept = reduction.kept_sizes, dims = to_dims(dims),
                 of_nan](const Tensor& grad) {
                  const Tensor values = x.unpack();
                  const Tensor extrema = y.unpack();
                  if (of_nan && std::isnan(extrema.item<double>())) {
                    const Tensor taken = isnan(values).to(grad.dtype());
                    return taken / sum(taken) * grad;
                  }
                  return shares_of_equals(with_dims(grad, kept), values, with_dims(extrema, kept), dims);
                });
}

/// What arrives at the extrema along `dim`, brought to their places in a tensor of these sizes.
Tensor spread_to(const DimVector& sizes, std::int64_t dim, const Tensor& indices, const Tensor& grad) {
  if (GradMode::is_enabled() || compute_dtype(grad.dtype()) != grad.dtype()) {
    return scatter_add(zeros(sizes, grad.dtype()), dim, indices, grad);
  }
  Tensor gradient = empty(sizes, grad.dtype());
  const auto axis = static_cast<std::size_t>(wrap_dim("max", dim, gradient.dim()));
  const IntArrayRef all(sizes);
  visit_floating(grad.dtype(), "max", [&]<class T>() {
    kernels::extremum_gradient(contiguous(grad).data_ptr<T>(), contiguous(indices).data_ptr<std::int64_t>(),
                               number_of_elements(all.slice(0, axis)), sizes[axis],
                               number_of_elements(all.slice(axis + 1, sizes.size() - axis - 1)), gradient.data_ptr<T>());
  });
  return gradient;
}

/// Along one dimension, with indices: the gradient goes to the element that was taken.
template <bool largest>
std::tuple<Tensor, Tensor> extremum_along(const char* name, const Tensor& x, std::int64_t dim, bool keepdim) {
  const autograd::profiler::RecordFunction profiled(name);
  const ReducedDims reduction(name, x, {dim});
  auto [values, indices] = extremum<largest>(name, x, reduction, keepdim);
  values = record(
      name, values, {x},
      [indices = SavedTensor(indices), kept = reduction.kept_sizes, sizes = to_dims(x.sizes()), dim](const Tensor& grad) {
        if (sizes.empty()) return grad;
        return spread_to(sizes, dim, with_dims(indices.unpack(), kept), with_dims(grad, kept));
      });
  return {std::move(values), std::move(indices)};
}

template <bool largest>
Tensor extremum_index(const char* operation, const Tensor& x, std::optional<std::int64_t> dim, bool keepdim) {
  const autograd::profiler::RecordFunction profiled(operation);
  if (dim) return std::get<1>(extremum<largest>(operation, x, ReducedDims(operation, x, {*dim}), keepdim));
  const Tensor flat = reshape(x.detach(), {-1});
  return std::get<1>(extremum<largest>(operation, flat, ReducedDims(operation, flat, {}), false));
}

}  // namespace

Tensor max(const Tensor& x) { return extremum_of<true>("max", x, {}, false, true); }
Tensor min(const Tensor& x) { return extremum_of<false>("min", x, {}, false, true); }
Tensor amax(const Tensor& x, IntArrayRef dims, OnlyBool keepdim) { return extremum_of<true>("amax", x, dims, keepdim); }
Tensor amin(const Tensor& x, IntArrayRef dims, OnlyBool keepdim) { return extremum_of<false>("amin", x, dims, keepdim); }
std::tuple<Tensor, Tensor> max(const Tensor& x, OnlyInt dim, OnlyBool keepdim) {
  return extremum_along<true>("max", x, dim, keepdim);
}
std::tuple<Tensor, Tensor> min(const Tensor& x, OnlyInt dim, OnlyBool keepdim) {
  return extremum_along<false>("min", x, dim, keepdim);
}
Tensor argmax(const Tensor& x, std::optional<OnlyInt> dim, OnlyBool keepdim) {
  return extremum_index<true>("argmax", x, dim, keepdim);
}
Tensor argmin(const Tensor& x, std::optional<OnlyInt> dim, OnlyBool keepdim) {
  return extremum_index<false>("argmin", x, dim, keepdim);
}

Tensor all(const Tensor& x) {
  if (x.numel() == 0) return full({}, true, kBool);
  return min(x.detach().to(kBool));
}

Tensor any(const Tensor& x) {
  if (x.numel() == 0) return full({}, false, kBool);
  return max(x.detach().to(kBool));
}

Tensor all(const Tensor& x, OnlyInt dim, OnlyBool keepdim) {
  const ReducedDims reduction("all", x, {dim});
  if (reduction.length == 0) return full(reduction.result(keepdim), true, kBool);
  return amin(x.detach().to(kBool), {dim}, keepdim);
}

Tensor any(const Tensor& x, OnlyInt dim, OnlyBool keepdim) {
  const ReducedDims reduction("any", x, {dim});
  if (reduction.length == 0) return full(reduction.result(keepdim), false, kBool);
  return amax(x.detach().to(kBool), {dim}, keepdim);
}

}  // namespace xgrad
