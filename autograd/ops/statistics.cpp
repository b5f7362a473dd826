#include "autograd/ops/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/multinomial.h"
#include "autograd/kernels/random.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/division.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/map.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/view.h"

namespace xgrad {

namespace {

/// The elements at `index` along `axis`, and the index, with or without the dimension.
std::tuple<Tensor, Tensor> picked(const Tensor& x, std::int64_t axis, const Tensor& index, bool keepdim) {
  const Tensor values = gather(x, axis, index);
  if (keepdim) return {values, index};
  return {squeeze(values, axis), squeeze(index, axis)};
}

}  // namespace

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

std::tuple<Tensor, Tensor> median(const Tensor& x, OnlyInt dim, OnlyBool keepdim) {
  const autograd::profiler::RecordFunction profiled("median");
  const std::int64_t axis = wrap_dim("median", dim, x.dim());
  if (x.dim() == 0) return {x.clone(), zeros({}, kInt64)};
  const std::int64_t size = x.size(axis);
  check<ShapeError>(size > 0, "median: dimension {} of shape {} has no elements", axis, x.sizes());
  Tensor middle = full({}, (size - 1) / 2, kInt64);
  if (x.is_floating_point()) {  // NaN comes last
    middle = where(any(isnan(x.detach()), axis, true), full({}, size - 1, kInt64), middle);
  }
  return picked(x, axis, detail::nth_place(x, axis, middle), keepdim);
}

Tensor nanmedian(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("nanmedian");
  if (!x.is_floating_point()) return median(x);
  const Tensor numbers = masked_select(x, logical_not(isnan(x)));
  return numbers.numel() == 0 ? full({}, std::numeric_limits<double>::quiet_NaN(), x.dtype()) : median(numbers);
}

std::tuple<Tensor, Tensor> nanmedian(const Tensor& x, OnlyInt dim, OnlyBool keepdim) {
  const autograd::profiler::RecordFunction profiled("nanmedian");
  const std::int64_t axis = wrap_dim("nanmedian", dim, x.dim());
  if (x.dim() == 0) return {x.clone(), zeros({}, kInt64)};
  check<ShapeError>(x.size(axis) > 0, "nanmedian: dimension {} of shape {} has no elements", axis, x.sizes());
  const Tensor count = sum(logical_not(isnan(x)), axis, true);
  const Tensor middle = clamp(floor_divide(count - 1, 2), 0);
  return picked(x, axis, detail::nth_place(x, axis, middle), keepdim);
}

std::tuple<Tensor, Tensor> kthvalue(const Tensor& x, OnlyInt k, OnlyInt dim, OnlyBool keepdim) {
  const autograd::profiler::RecordFunction profiled("kthvalue");
  const std::int64_t axis = wrap_dim("kthvalue", dim, x.dim());
  const std::int64_t size = x.dim() == 0 ? 1 : x.size(axis);
  check<ValueError>(k >= 1 && k <= size, "kthvalue: element {} of dimension {} of shape {} does not exist", k, axis,
                    x.sizes());
  if (x.dim() == 0) return {x.clone(), zeros({}, kInt64)};
  return picked(x, axis, detail::nth_place(x, axis, full({}, k - 1, kInt64)), keepdim);
}

std::tuple<Tensor, Tensor> mode(const Tensor& x, OnlyInt dim, OnlyBool keepdim) {
  const autograd::profiler::RecordFunction profiled("mode");
  const std::int64_t axis = wrap_dim("mode", dim, x.dim());
  if (x.dim() == 0) return {x.clone(), zeros({}, kInt64)};
  const std::int64_t length = x.size(axis);
  check<ShapeError>(length > 0, "mode: dimension {} of shape {} has no elements", axis, x.sizes());
  const Tensor rows = detail::converted(transpose(x.detach(), axis, -1), compute_dtype(x.dtype())).contiguous();
  const Tensor order = argsort(rows, -1);
  DimVector sizes = to_dims(rows.sizes());
  sizes.back() = 1;
  const Tensor found = empty(sizes, kInt64);
  visit_dtype(rows.dtype(), [&]<class T>() {
    for (std::int64_t row = 0; row < found.numel(); ++row) {
      const T* values = rows.data_ptr<T>() + row * length;
      const auto* sorted = order.data_ptr<std::int64_t>() + row * length;
      std::int64_t longest = 0;
      std::int64_t run = 0;
      for (std::int64_t i = 0; i < length; ++i) {
        run = i > 0 && values[sorted[i]] == values[sorted[i - 1]] ? run + 1 : 1;
        if (run <= longest) continue;
        longest = run;
        found.data_ptr<std::int64_t>()[row] = sorted[i];
      }
    }
  });
  return picked(x, axis, transpose(found, axis, -1).contiguous(), keepdim);
}

namespace {

/// Weights of observations, in the dtype of these.
Tensor observation_weights(const char* name, const OptionalTensor& weights, const Tensor& rows) {
  if (!weights || !weights->defined()) return {};
  check<ShapeError>(weights->dim() == 1 && weights->size(0) == rows.size(1), "cov: expected {} of {} observations, got {}",
                    name, rows.size(1), weights->sizes());
  check<ValueError>(all(ge(weights->detach(), 0)).item<bool>(), "cov: {} are negative", name);
  return weights->to(rows.scalar_type());
}

/// The covariances of weighted observations.
Tensor weighted_cov(const Tensor& rows, std::int64_t correction, const Tensor& counts, const Tensor& importance) {
  const Tensor weights = !counts.defined() ? importance : importance.defined() ? counts * importance : counts;
  const Tensor total = sum(weights);
  const Tensor centred = rows - sum(rows * weights, 1, true) / total;
  const Tensor less =
      importance.defined() ? sum(weights * importance) / total * correction : full({}, correction, rows.dtype());
  return matmul(centred, transpose(centred * weights, 0, 1)) / clamp(total - less, 0.0);
}

}  // namespace

Tensor cov(const Tensor& x, std::int64_t correction, const OptionalTensor& fweights, const OptionalTensor& aweights) {
  const autograd::profiler::RecordFunction profiled("cov");
  check<ShapeError>(x.dim() <= 2, "cov: expected (variables, observations), got shape {}", x.sizes());
  const Tensor rows = to(x.dim() < 2 ? reshape(x, {1, x.numel()}) : x, x.is_floating_point() ? x.dtype() : default_dtype());
  check<TypeError>(!fweights || !fweights->defined() || !fweights->is_floating_point(), "cov: fweights are integers, got {}",
                   fweights ? fweights->scalar_type() : kInt64);
  const Tensor counts = observation_weights("fweights", fweights, rows);
  const Tensor importance = observation_weights("aweights", aweights, rows);
  if (counts.defined() || importance.defined()) {
    const Tensor products = weighted_cov(rows, correction, counts, importance);
    return squeeze(products);
  }
  const Tensor centred = rows - mean(rows, 1, true);
  const double divisor = std::max<double>(0, static_cast<double>(rows.size(1) - correction));
  const Tensor products = matmul(centred, transpose(centred, 0, 1)) / divisor;
  return squeeze(products);
}

Tensor corrcoef(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("corrcoef");
  const Tensor covariances = cov(x);
  if (covariances.dim() == 0) return covariances / covariances;
  const Tensor deviations = sqrt(diagonal(covariances));
  return clamp(covariances / unsqueeze(deviations, 1) / unsqueeze(deviations, 0), -1.0, 1.0);
}

Tensor bincount(const Tensor& x, const Tensor& weights, std::int64_t minlength) {
  const autograd::profiler::RecordFunction profiled("bincount");
  check<ShapeError>(x.dim() == 1, "bincount: expected a vector, got shape {}", x.sizes());
  check<TypeError>(!x.is_floating_point(), "bincount: expected integers, got {}", x.dtype());
  check<ShapeError>(!weights.defined() || weights.sizes() == x.sizes(), "bincount: weights of shape {} for shape {}",
                    weights.defined() ? weights.sizes() : x.sizes(), x.sizes());
  check<ValueError>(minlength >= 0, "bincount: minlength must not be negative, got {}", minlength);
  const Tensor numbers = x.to(kInt64).contiguous();
  const auto* at = numbers.data_ptr<std::int64_t>();
  std::int64_t least = 0;
  std::int64_t largest = minlength - 1;
  for (std::int64_t i = 0; i < numbers.numel(); ++i) {
    least = std::min(least, at[i]);
    largest = std::max(largest, at[i]);
  }
  check<ValueError>(least >= 0, "bincount: {} is negative", least);
  check<ValueError>(largest < std::numeric_limits<std::int64_t>::max(), "bincount: {} is too large", largest);
  const std::int64_t length = largest + 1;
  if (!weights.defined()) {
    Tensor counts = zeros({length}, kInt64);
    auto* count = counts.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < numbers.numel(); ++i) ++count[at[i]];
    return counts;
  }
  const Tensor summands = weights.detach().to(weights.dtype() == kFloat32 ? kFloat32 : kFloat64);
  return to(index_add(zeros({length}, kFloat64), 0, numbers, to(summands, kFloat64)), summands.dtype());
}

Tensor histc(const Tensor& x, std::int64_t bins, Scalar min, Scalar max) {
  const autograd::profiler::RecordFunction profiled("histc");
  check<ValueError>(bins > 0, "histc: expected at least one bin, got {}", bins);
  auto low = min.to<double>();
  auto high = max.to<double>();
  check<ValueError>(low <= high, "histc: min {} is above max {}", low, high);
  const Tensor flat = reshape(x.detach(), {-1}).contiguous();
  if (low == high && flat.numel() > 0) {
    low = xgrad::min(flat).item<double>();
    high = xgrad::max(flat).item<double>();
  }
  check<ValueError>(std::isfinite(low) && std::isfinite(high), "histc: the range from {} to {} is not finite", low, high);
  if (low == high) {
    low -= 1;
    high += 1;
  }
  return visit_floating(x.dtype(), "histc", [&]<class T>() {
    // Counted in integers: in float32 a count would stop at 2^24.
    const Tensor counts = zeros({bins}, kInt64);
    auto* count = counts.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < flat.numel(); ++i) {
      const auto value = static_cast<double>(flat.data_ptr<T>()[i]);
      if (!(value >= low && value <= high)) continue;
      // The product first: where bins are whole numbers apart, the quotient is exact.
      const auto bin = static_cast<std::int64_t>((value - low) * static_cast<double>(bins) / (high - low));
      ++count[std::min(bin, bins - 1)];
    }
    return to(counts, x.dtype());
  });
}

namespace {

/// Throws ValueError unless `samples` can be drawn from each of the rows of n weights.
template <class T>
void check_weights(const T* weights, std::int64_t rows, std::int64_t n, std::int64_t samples, bool replacement) {
  const kernels::WeightCounts counts = kernels::count_weights(weights, rows, n);
  check<ValueError>(counts.wrong == 0, "multinomial: the weights must be finite, and not negative");
  check<ValueError>(counts.fewest_positive > 0, "multinomial: the weights of a row are all 0");
  check<ValueError>(replacement || counts.fewest_positive >= samples,
                    "multinomial: cannot take {} samples without replacement: a row has fewer weights above 0", samples);
}

}  // namespace

Tensor multinomial(const Tensor& input, std::int64_t num_samples, OnlyBool replacement, std::optional<Generator> given) {
  const autograd::profiler::RecordFunction profiled("multinomial");
  check<ShapeError>((input.dim() == 1 || input.dim() == 2) && input.size(-1) > 0,
                    "multinomial: expected weights (n) or (m, n), got {}", input.sizes());
  check<TypeError>(input.is_floating_point(), "multinomial: expected floating-point weights, got {}", input.dtype());
  const std::int64_t n = input.size(-1);
  check<ValueError>(num_samples > 0 && (replacement || num_samples <= n), "multinomial: cannot take {} samples of {}{}",
                    num_samples, n, replacement ? "" : " without replacement");
  Generator generator = detail::given_or_default(given);
  const Tensor weights = input.detach().contiguous();
  const std::int64_t rows = weights.numel() / n;
  DimVector sizes = to_dims(weights.sizes());
  sizes.back() = num_samples;
  return visit_floating(weights.dtype(), "multinomial", [&]<class T>() {
    check_weights(weights.data_ptr<T>(), rows, n, num_samples, replacement);
    if (replacement) {
      Tensor drawn = empty(sizes, kInt64);
      const kernels::Buffer<double> draws(rows * num_samples);
      {
        const auto lock = generator.lock();
        kernels::fill_uniform(generator.engine(), draws.data(), rows * num_samples, 0.0, 1.0);
      }
      kernels::look_up_draws(weights.data_ptr<T>(), rows, n, draws.data(), num_samples, drawn.data_ptr<std::int64_t>());
      return drawn;
    }
    // The largest of weight / exponential draw comes out i with probability weight[i]; the next largest, of the others.
    Tensor keys = empty(weights.sizes(), weights.dtype());
    {
      const auto lock = generator.lock();
      for (std::int64_t i = 0; i < keys.numel(); ++i) {
        const T weight = weights.data_ptr<T>()[i];
        const T divisor = static_cast<T>(-std::log1p(-generator.uniform<double>()));
        keys.data_ptr<T>()[i] = weight > 0 ? weight / divisor : T(-1);  // behind all others
      }
    }
    return std::get<1>(topk(keys, num_samples, -1));
  });
}

Tensor normal(const Tensor& mean, const Tensor& std, std::optional<Generator> generator) {
  const autograd::profiler::RecordFunction profiled("normal");
  const NoGradGuard no_grad;
  const Dtype dtype = result_type(mean, std);
  check<TypeError>(is_floating_point(dtype), "normal: expected floating-point tensors, got {}", dtype);
  check<ValueError>(std.numel() == 0 || all(ge(std, 0)).item<bool>(), "normal: a standard deviation is negative");
  return randn(broadcast_shapes("normal", mean.sizes(), std.sizes()), std::move(generator), dtype) * std + mean;
}

Tensor normal(const Tensor& mean, double std, std::optional<Generator> generator) {
  return normal(mean, full({}, std, mean.dtype()), std::move(generator));
}
Tensor normal(double mean, const Tensor& std, std::optional<Generator> generator) {
  return normal(full({}, mean, std.dtype()), std, std::move(generator));
}

Tensor normal(double mean, double std, IntArrayRef sizes, std::optional<Generator> generator, TensorOptions options) {
  const autograd::profiler::RecordFunction profiled("normal");
  check<ValueError>(std >= 0, "normal: the standard deviation {} is negative", std);
  return randn(sizes, std::move(generator), options) * std + mean;
}

}  // namespace xgrad
