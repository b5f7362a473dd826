#include "autograd/ops/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/map.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/check.h"

namespace xgrad {

Tensor median(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("median");
  check<ShapeError>(x.numel() > 0 || x.is_floating_point(), "median: there is no middle of no integers: shape {}",
                    x.sizes());
  if (x.numel() == 0) return sum(x) * std::numeric_limits<double>::quiet_NaN();
  Tensor y = std::get<0>(median(reshape(x.detach(), {-1}), 0)).clone();
  return record("Median", y, {x}, [x = SavedTensor(x), y = SavedTensor::result(y)](const Tensor& grad) {
    const Tensor value = y.unpack().detach();
    const Tensor all = x.unpack().detach();
    const Tensor taken = (isnan(value).item<bool>() ? isnan(all) : eq(all, value)).to(grad.dtype());
    return taken / sum(taken) * grad;
  });
}

std::tuple<Tensor, Tensor> median(const Tensor& x, std::int64_t dim, bool keepdim) {
  const std::int64_t axis = wrap_dim("median", dim, x.dim());
  if (x.dim() == 0) return {x.clone(), zeros({}, kInt64)};
  const std::int64_t size = x.size(axis);
  check<ShapeError>(size > 0, "median: dimension {} of shape {} has no elements", axis, x.sizes());
  const Tensor order = argsort(x.detach(), axis);  // NaN comes last
  const Tensor last = narrow(order, axis, size - 1, 1);
  const Tensor index = where(isnan(gather(x.detach(), axis, last)), last, narrow(order, axis, (size - 1) / 2, 1));
  const Tensor values = gather(x, axis, index);
  if (keepdim) return {values, index};
  return {squeeze(values, axis), squeeze(index, axis)};
}

std::tuple<Tensor, Tensor, Tensor> unique(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("unique");
  const Tensor flat = reshape(x.detach(), {x.numel()}).contiguous();
  const Tensor order = argsort(flat, 0);
  Tensor inverse = empty(x.sizes(), kInt64);
  std::vector<std::int64_t> first;  // where each distinct value is, in `flat`
  std::vector<std::int64_t> counts;
  visit_dtype(x.dtype(), [&]<class T>() {
    const T* values = flat.data_ptr<T>();
    const auto* at = order.data_ptr<std::int64_t>();
    auto* went = inverse.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < flat.numel(); ++i) {
      if (i == 0 || values[at[i]] != values[at[i - 1]]) {
        first.push_back(at[i]);
        counts.push_back(0);
      }
      ++counts.back();
      went[at[i]] = static_cast<std::int64_t>(counts.size()) - 1;
    }
  });
  return {index_select(flat, 0, tensor(first)), inverse, tensor(counts)};
}

namespace {

/// One row with replacement: each draw is looked up in the running sums.
template <class T>
void draw_with_replacement(const T* weights, std::int64_t n, std::int64_t samples, Generator& generator, std::int64_t* out) {
  std::vector<T> cumulative(static_cast<std::size_t>(n));
  T total = 0;
  for (std::int64_t i = 0; i < n; ++i) cumulative[static_cast<std::size_t>(i)] = total += weights[i];
  for (T& value : cumulative) value /= total;
  cumulative.back() = 1;
  for (std::int64_t i = 0; i < samples; ++i) {
    const double draw = generator.uniform<double>();
    out[i] =
        std::lower_bound(cumulative.begin(), cumulative.end(), draw, [](T value, double wanted) { return value < wanted; }) -
        cumulative.begin();
  }
}

}  // namespace

Tensor multinomial(const Tensor& input, std::int64_t num_samples, bool replacement, Generator generator) {
  const autograd::profiler::RecordFunction profiled("multinomial");
  check<ShapeError>((input.dim() == 1 || input.dim() == 2) && input.size(-1) > 0,
                    "multinomial: expected weights (n) or (m, n), got {}", input.sizes());
  check<TypeError>(input.is_floating_point(), "multinomial: expected floating-point weights, got {}", input.dtype());
  const std::int64_t n = input.size(-1);
  check<ValueError>(num_samples > 0 && (replacement || num_samples <= n), "multinomial: cannot take {} samples of {}{}",
                    num_samples, n, replacement ? "" : " without replacement");
  const Tensor weights = input.detach().contiguous();
  check<ValueError>(all(logical_and(ge(weights, 0), isfinite(weights))).item<bool>(),
                    "multinomial: the weights must be finite, and not negative");
  check<ValueError>(all(gt(sum(weights, -1), 0)).item<bool>(), "multinomial: the weights of a row are all 0");
  const std::int64_t rows = weights.numel() / n;
  DimVector sizes = to_dims(weights.sizes());
  sizes.back() = num_samples;
  return visit_floating(weights.dtype(), "multinomial", [&]<class T>() {
    if (replacement) {
      Tensor drawn = empty(sizes, kInt64);
      const auto lock = generator.lock();
      for (std::int64_t row = 0; row < rows; ++row) {
        draw_with_replacement(weights.data_ptr<T>() + row * n, n, num_samples, generator,
                              drawn.data_ptr<std::int64_t>() + row * num_samples);
      }
      return drawn;
    }
    // The largest of weight / exponential draw comes out i with probability weight[i]; the next largest, of the others.
    Tensor keys = empty(weights.sizes(), weights.dtype());
    {
      const auto lock = generator.lock();
      for (std::int64_t i = 0; i < keys.numel(); ++i) {
        keys.data_ptr<T>()[i] = weights.data_ptr<T>()[i] / static_cast<T>(-std::log1p(-generator.uniform<double>()));
      }
    }
    return std::get<1>(topk(keys, num_samples, -1));
  });
}

Tensor normal(const Tensor& mean, const Tensor& std, Generator generator) {
  const NoGradGuard no_grad;
  const Dtype dtype = result_type(mean, std);
  check<TypeError>(is_floating_point(dtype), "normal: expected floating-point tensors, got {}", dtype);
  check<ValueError>(std.numel() == 0 || all(ge(std, 0)).item<bool>(), "normal: a standard deviation is negative");
  return randn(broadcast_shapes("normal", mean.sizes(), std.sizes()), std::move(generator), dtype) * std + mean;
}

Tensor normal(const Tensor& mean, double std, Generator generator) {
  return normal(mean, full({}, std, mean.dtype()), std::move(generator));
}
Tensor normal(double mean, const Tensor& std, Generator generator) {
  return normal(full({}, mean, std.dtype()), std, std::move(generator));
}

Tensor normal(double mean, double std, IntArrayRef sizes, Generator generator, TensorOptions options) {
  check<ValueError>(std >= 0, "normal: the standard deviation {} is negative", std);
  return randn(sizes, std::move(generator), options) * std + mean;
}

Tensor Tensor::median() const { return xgrad::median(*this); }
std::tuple<Tensor, Tensor> Tensor::median(std::int64_t dim, bool keepdim) const {
  return xgrad::median(*this, dim, keepdim);
}
Tensor Tensor::multinomial(std::int64_t num_samples, bool replacement) const {
  return xgrad::multinomial(*this, num_samples, replacement);
}

}  // namespace xgrad
