#include "autograd/ops/nan_reduce.h"

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/kernels/count.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/reduced_dims.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

Tensor nansum(const Tensor& x, IntArrayRef dims, OnlyBool keepdim, std::optional<Dtype> dtype) {
  const autograd::profiler::RecordFunction profiled("nansum");
  return sum(x.is_floating_point() ? masked_fill(x, isnan(x), 0) : x, dims, keepdim, dtype);
}

Tensor nanmean(const Tensor& x, IntArrayRef dims, OnlyBool keepdim, std::optional<Dtype> dtype) {
  const autograd::profiler::RecordFunction profiled("nanmean");
  check<TypeError>(x.is_floating_point(), "nanmean: expected a floating-point tensor, got {}", x.dtype());
  const Dtype type = dtype.value_or(x.dtype());
  if (const Dtype wide = compute_dtype(type); wide != type) return to(nanmean(x, dims, keepdim, wide), type);
  return nansum(x, dims, keepdim, dtype) / sum(logical_not(isnan(x)), dims, keepdim);
}

Tensor count_nonzero(const Tensor& x, IntArrayRef dims) {
  const autograd::profiler::RecordFunction profiled("count_nonzero");
  const Tensor values = detail::converted(x.detach(), compute_dtype(x.dtype()));
  const ReducedDims reduction("count_nonzero", values, dims);
  const Middle middle(values, reduction);
  Tensor counts = empty(reduction.sizes, kInt64);
  visit_dtype(values.dtype(), [&]<class T>() {
    kernels::count_nonzero(middle.data.data_ptr<T>(), middle.outer, middle.length, middle.inner,
                           counts.data_ptr<std::int64_t>());
  });
  return counts;
}

std::tuple<Tensor, Tensor> aminmax(const Tensor& x, std::optional<OnlyInt> dim, OnlyBool keepdim) {
  const autograd::profiler::RecordFunction profiled("aminmax");
  if (!dim) return {amin(x, {}, keepdim), amax(x, {}, keepdim)};
  return {amin(x, {*dim}, keepdim), amax(x, {*dim}, keepdim)};
}

Tensor dist(const Tensor& a, const Tensor& b, Scalar p) {
  const autograd::profiler::RecordFunction profiled("dist");
  return norm(a - b, p);
}

Tensor sum_to_size(const Tensor& x, IntArrayRef sizes) {
  const autograd::profiler::RecordFunction profiled("sum_to_size");
  check<ShapeError>(is_expandable_to(sizes, x.sizes()), "sum_to_size: shape {} does not broadcast to {}", sizes, x.sizes());
  return sizes.empty() ? sum(x) : sum_to(x, sizes);
}

Tensor renorm(const Tensor& x, Scalar p, OnlyInt dim, Scalar maxnorm) {
  const autograd::profiler::RecordFunction profiled("renorm");
  check<ValueError>(p.to<double>() > 0 && maxnorm.to<double>() >= 0,
                    "renorm: expected a positive p and a maxnorm that is not negative, got {} and {}", p.to<double>(),
                    maxnorm.to<double>());
  check<ShapeError>(x.dim() >= 2, "renorm: expected at least 2 dimensions, got shape {}", x.sizes());
  const std::int64_t axis = wrap_dim("renorm", dim, x.dim());
  DimVector others;
  for (std::int64_t i = 0; i < x.dim(); ++i) {
    if (i != axis) others.push_back(i);
  }
  const Tensor above = gt(norm(x.detach(), p, others, true), maxnorm);
  // A row that stays has no norm to differentiate, which may be NaN.
  const Tensor norms = norm(masked_fill(x, logical_not(above), 0), p, others, true);
  // A little less than maxnorm, as in PyTorch, so that rounding does not leave it above.
  const Tensor factor =
      where(above, Scalar(maxnorm.to<double>()) / (masked_fill(norms, logical_not(above), 1) + 1e-7), ones({}, x.dtype()));
  return x * factor;
}

Tensor diff(const Tensor& x, std::int64_t n, OnlyInt dim, const Tensor& prepend, const Tensor& append) {
  const autograd::profiler::RecordFunction profiled("diff");
  check<ValueError>(n >= 0, "diff: the order must not be negative, got {}", n);
  check<ShapeError>(x.dim() > 0, "diff: a 0-d tensor has no neighbours");
  const std::int64_t axis = wrap_dim("diff", dim, x.dim());
  TensorList parts;
  for (const Tensor& part : {prepend, x, append}) {
    if (part.defined()) parts.push_back(part);
  }
  Tensor y = parts.size() == 1 ? x : cat(parts, axis);
  for (std::int64_t i = 0; i < n && y.size(axis) > 0; ++i) {
    const std::int64_t length = y.size(axis) - 1;
    const Tensor later = narrow(y, axis, 1, length);
    const Tensor earlier = narrow(y, axis, 0, length);
    y = y.dtype() == kBool ? logical_xor(later, earlier) : later - earlier;
  }
  return n == 0 ? y.clone() : y;
}

}  // namespace xgrad
