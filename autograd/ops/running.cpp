#include "autograd/kernels/running.h"
#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/products.h"
#include "autograd/ops/rearrange.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/reduced_dims.h"
#include "autograd/ops/unary.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

using kernels::Running;

/// What sums and products are kept in: integers and bools in int64.
Tensor as_number(const Tensor& x) { return x.is_floating_point() ? x : to(x, kInt64); }

/// The sums or products up to each place, or from it on, without history.
Tensor running_values(const char* operation, Running kind, const Tensor& x, std::int64_t dim, bool reversed = false) {
  if (x.dim() == 0) return x.detach().clone();
  if (const Dtype wide = compute_dtype(x.dtype()); wide != x.dtype()) {
    return detail::converted(running_values(operation, kind, detail::converted(x.detach(), wide), dim, reversed), x.dtype());
  }
  const Middle middle(x, ReducedDims(operation, x, {dim}));
  Tensor y = empty(x.sizes(), x.dtype());
  visit_dtype(x.dtype(), [&]<class T>() {
    if constexpr (!std::is_same_v<T, bool>) {
      kernels::running_middle(kind, reversed, middle.data.data_ptr<T>(), middle.outer, middle.length, middle.inner,
                              y.data_ptr<T>());
    }
  });
  return y;
}

/// Running sums of which each is the gradient of the other's.
Tensor running_sum(const char* name, const Tensor& x, std::int64_t dim, bool reversed) {
  const autograd::profiler::RecordFunction profiled(name);
  return record(name, running_values(name, Running::sum, x, dim, reversed), {x},
                [=](const Tensor& grad) { return running_sum("cumsum", grad, dim, !reversed); });
}

/// Whether a product is 0 or no number: then one cannot divide it by one of its factors.
bool divides(const Tensor& products) {
  const Tensor values = products.detach();
  return !any(logical_or(eq(values, 0), logical_not(isfinite(values)))).item<bool>();
}

/// For each element along a dimension, the product of those on one side of it.
Tensor products_before(const Tensor& x, std::int64_t dim) {
  const Tensor all_but_last = narrow(x, dim, 0, x.size(dim) - 1);
  return cat({ones_like(narrow(x, dim, 0, 1)), cumprod(all_but_last, dim)}, dim);
}

/// For each element along a dimension, the product of all others: right where one is 0.
Tensor products_of_others(const Tensor& x, std::int64_t dim) {
  return products_before(x, dim) * flip(products_before(flip(x, {dim}), dim), {dim});
}

Tensor cumprod_backward(const Tensor& grad, const Tensor& x, const Tensor& y, std::int64_t dim) {
  if (x.numel() == 0 || x.dim() == 0 || x.size(dim) == 1) return grad;
  if (!any(eq(x.detach(), 0)).item<bool>()) return running_sum("cumprod", grad * y, dim, true) / x;
  // Beside zeros: for each place k, the products that contain x[k], without it.
  TensorList slopes;
  const std::int64_t size = x.size(dim);
  for (std::int64_t k = 0; k < size; ++k) {
    const Tensor before = narrow(x, dim, 0, k);
    const Tensor after = narrow(x, dim, k + 1, size - k - 1);
    const Tensor others = cumprod(cat({before, ones_like(narrow(x, dim, k, 1)), after}, dim), dim);
    slopes.push_back(sum(narrow(grad, dim, k, size - k) * narrow(others, dim, k, size - k), {dim}));
  }
  return stack(slopes, wrap_dim("cumprod", dim, x.dim()));
}

}  // namespace

Tensor cumsum(const Tensor& x, OnlyInt dim) {
  wrap_dim("cumsum", dim, x.dim());
  return running_sum("cumsum", as_number(x), dim, false);
}

Tensor cumprod(const Tensor& input, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("cumprod");
  const Tensor x = as_number(input);
  const std::int64_t axis = wrap_dim("cumprod", dim, x.dim());
  Tensor y = running_values("cumprod", Running::product, x, axis);
  return record("cumprod", y, {x}, [x = SavedTensor(x), y = SavedTensor::result(y), axis](const Tensor& grad) {
    return cumprod_backward(grad, x.unpack(), y.unpack(), axis);
  });
}

Tensor prod(const Tensor& x) { return prod(reshape(x, {-1}), 0); }

Tensor prod(const Tensor& input, OnlyInt dim, OnlyBool keepdim) {
  const autograd::profiler::RecordFunction profiled("prod");
  const Tensor x = as_number(input);
  const ReducedDims reduction("prod", x, {dim});
  if (x.dim() == 0) return to(x, x.dtype(), true);
  if (const Dtype wide = compute_dtype(x.dtype()); wide != x.dtype()) return to(prod(to(x, wide), dim, keepdim), x.dtype());
  const Middle middle(x, reduction);
  Tensor y = empty(reduction.result(keepdim), x.dtype());
  visit_dtype(x.dtype(), [&]<class T>() {
    if constexpr (!std::is_same_v<T, bool>) {
      kernels::product_middle(middle.data.data_ptr<T>(), middle.outer, middle.length, middle.inner, y.data_ptr<T>());
    }
  });
  return record("prod", y, {x},
                [x = SavedTensor(x), y = SavedTensor::result(y), kept = reduction.kept_sizes, dim](const Tensor& grad) {
                  const Tensor factors = x.unpack();
                  const Tensor products = with_dims(y.unpack(), kept);
                  const Tensor arriving = with_dims(grad, kept);
                  if (factors.numel() == 0) return zeros(factors.sizes(), grad.dtype());
                  if (divides(products)) return arriving * products / factors;
                  const Middle layout(factors, ReducedDims("prod", factors, {dim}));
                  if (GradMode::is_enabled() || grad.dtype() != factors.dtype()) {
                    return arriving * products_of_others(factors, dim);
                  }
                  Tensor gradient = empty(factors.sizes(), factors.dtype());
                  visit_floating(factors.dtype(), "prod", [&]<class T>() {
                    kernels::product_middle_gradient(contiguous(arriving).data_ptr<T>(), layout.data.data_ptr<T>(),
                                                     layout.outer, layout.length, layout.inner, gradient.data_ptr<T>());
                  });
                  return gradient;
                });
}

}  // namespace xgrad
