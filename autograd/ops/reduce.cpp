#include "autograd/ops/reduce.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/moments.h"
#include "autograd/kernels/reduce.h"
#include "autograd/kernels/softmax.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/power.h"
#include "autograd/ops/reduced_dims.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

Dtype sum_type(const Tensor& x, std::optional<Dtype> dtype) {
  return dtype.value_or(xgrad::is_floating_point(x.dtype()) ? x.dtype() : kInt64);
}

}  // namespace

Tensor sum(const Tensor& x, std::optional<Dtype> dtype) { return sum(x, {}, false, dtype); }

Tensor sum(const Tensor& input, IntArrayRef dims, OnlyBool keepdim, std::optional<Dtype> dtype) {
  const autograd::profiler::RecordFunction profiled("sum");
  check<TypeError>(dtype != kBool, "sum: a sum cannot be a bool");
  const Dtype type = sum_type(input, dtype);
  if (const Dtype wide = compute_dtype(type); wide != type) return to(sum(to(input, wide), dims, keepdim), type);
  const Tensor x = to(input, type);
  const ReducedDims reduction("sum", x, dims);
  Tensor y = empty(reduction.result(keepdim), x.dtype());
  const Middle middle(x, reduction);
  visit_dtype(x.dtype(), [&]<class T>() {
    if constexpr (!std::is_same_v<T, bool>) {
      kernels::sum_middle(middle.data.data_ptr<T>(), middle.outer, middle.length, middle.inner, y.data_ptr<T>());
    }
  });
  return record("Sum", std::move(y), {x}, [kept = reduction.kept_sizes, sizes = to_dims(x.sizes())](const Tensor& grad) {
    if (!GradMode::is_enabled() && grad.numel() == 1) {
      return detail::alias(grad, sizes, DimVector(sizes.size(), 0), grad.storage_offset());
    }
    return detail::expanded(with_dims(grad, kept), sizes);
  });
}

Tensor sum_of(const char* name, Binary f, const Tensor& p, const Tensor& q, const Parameters& parameters) {
  const bool fused = p.is_contiguous() && q.is_contiguous() && (p.dtype() == kFloat32 || p.dtype() == kFloat64);
  if (!fused) return sum(map(name, f, p.detach(), q.detach(), parameters));
  return visit_floating(p.dtype(), name, [&]<class T>() {
    return full({}, kernels::sum_of<T>(f, p.numel(), p.data_ptr<T>(), q.data_ptr<T>(), parameters), p.dtype());
  });
}

Tensor sum_to(Tensor x, IntArrayRef sizes) {
  if (x.sizes() == sizes) return x;
  DimVector dims;
  const std::size_t missing = x.sizes().size() - sizes.size();
  for (std::size_t i = 0; i < x.sizes().size(); ++i) {
    if (i < missing || (sizes[i - missing] == 1 && x.sizes()[i] != 1)) dims.push_back(static_cast<std::int64_t>(i));
  }
  return reshape(dims.empty() ? x : sum(x, dims, true), sizes);
}

Tensor mean(const Tensor& x, std::optional<Dtype> dtype) { return mean(x, {}, false, dtype); }

Tensor mean(const Tensor& x, IntArrayRef dims, OnlyBool keepdim, std::optional<Dtype> dtype) {
  check<TypeError>(is_floating_point(dtype.value_or(x.dtype())), "mean: expected a floating-point tensor or dtype, got {}",
                   dtype.value_or(x.dtype()));
  const Dtype type = dtype.value_or(x.dtype());
  if (const Dtype wide = compute_dtype(type); wide != type) return to(mean(x, dims, keepdim, wide), type);
  return div(sum(x, dims, keepdim, dtype), static_cast<double>(ReducedDims("mean", x, dims).length));
}

namespace {

/// x less its mean; exactly 0 where all are equal, whatever the mean's last place is.
Tensor centred(const Tensor& x, IntArrayRef dims) {
  const Tensor middle = mean(x, dims, true);
  return x - (middle + mean(x.detach() - middle.detach(), dims, true));
}

/// The gradient of the variance of x over some dimensions, or of its root, as an expression of operations: 2 (x - mean) /
/// divisor, or (x - mean) / (divisor root), and 0 where all are equal.
Tensor spread_gradient(const Tensor& grad, const Tensor& x, const Tensor& y, IntArrayRef dims, double divisor, bool root) {
  if (!root) return centred(x, dims) * (grad * (2 / divisor));
  const Tensor is_zero = eq(y.detach(), 0);
  const Tensor scale = grad / (masked_fill(y, is_zero, 1) * divisor);
  return centred(x, dims) * masked_fill(scale, is_zero, 0);
}

/// The same in one pass.
template <class T>
Tensor fused_spread_gradient(const Tensor& grad, const Middle& x, const Tensor& means, const Tensor& y, double divisor,
                             bool root) {
  const Tensor scales = empty(means.sizes(), kFloat64);
  const T* arriving = grad.data_ptr<T>();
  const T* result = y.data_ptr<T>();
  auto* scale = scales.data_ptr<double>();
  for (std::int64_t i = 0; i < scales.numel(); ++i) {
    const auto given = static_cast<double>(arriving[i]);
    if (!root) scale[i] = given * 2 / divisor;
    else scale[i] = result[i] == T(0) ? 0 : given / (static_cast<double>(result[i]) * divisor);
  }
  Tensor gradient = empty(x.data.sizes(), y.dtype());
  kernels::scale_deviations(x.data.data_ptr<T>(), means.data_ptr<double>(), scale, x.outer, x.length, x.inner,
                            gradient.data_ptr<T>());
  if (!x.is_permuted) return gradient;
  DimVector restoring(x.order.size());
  for (std::size_t i = 0; i < restoring.size(); ++i)
    restoring[static_cast<std::size_t>(x.order[i])] = static_cast<std::int64_t>(i);
  return permute(gradient, restoring).contiguous();
}

/// The variance, or its root.
Tensor spread(const char* name, const Tensor& x, IntArrayRef dims, std::optional<std::int64_t> correction, bool keepdim,
              bool root) {
  const autograd::profiler::RecordFunction profiled(name);
  check<TypeError>(x.is_floating_point(), "{}: expected a floating-point tensor, got {}", name, x.dtype());
  if (const Dtype wide = compute_dtype(x.dtype()); wide != x.dtype()) {
    return to(spread(name, to(x, wide), dims, correction, keepdim, root), x.dtype());
  }
  const ReducedDims reduction(name, x, dims);
  const auto divisor = static_cast<double>(std::max<std::int64_t>(0, reduction.length - correction.value_or(1)));
  const Middle middle(x, reduction);
  Tensor y = empty(reduction.result(keepdim), x.dtype());
  const Tensor means = empty({y.numel()}, kFloat64);
  const Tensor squares = empty({y.numel()}, kFloat64);
  visit_floating(x.dtype(), name, [&]<class T>() {
    const auto* square = squares.data_ptr<double>();
    kernels::mean_and_squares(middle.data.data_ptr<T>(), middle.outer, middle.length, middle.inner, means.data_ptr<double>(),
                              squares.data_ptr<double>());
    std::transform(square, square + y.numel(), y.data_ptr<T>(),
                   [=](double sum) { return static_cast<T>(root ? std::sqrt(sum / divisor) : sum / divisor); });
  });
  return record(name, y, {x},
                [x = SavedTensor(x), y = SavedTensor::result(y), means = SavedTensor(means), kept = reduction.kept_sizes,
                 dims = to_dims(dims), name, divisor, root](const Tensor& grad) {
                  const Tensor values = x.unpack();
                  const Tensor result = y.unpack();
                  const Middle layout(values, ReducedDims(name, values, dims));
                  if (GradMode::is_enabled() || grad.dtype() != values.dtype()) {
                    return spread_gradient(with_dims(grad, kept), values, with_dims(result, kept), dims, divisor, root);
                  }
                  return visit_floating(values.dtype(), name, [&]<class T>() {
                    return fused_spread_gradient<T>(grad.contiguous(), layout, means.unpack(), result, divisor, root);
                  });
                });
}

}  // namespace

Tensor var(const Tensor& x) { return var(x, {}); }
Tensor var(const Tensor& x, std::nullopt_t /*dims*/, std::optional<OnlyInt> correction, OnlyBool keepdim) {
  return var(x, IntArrayRef(), correction, keepdim);
}
Tensor var(const Tensor& x, IntArrayRef dims, std::optional<OnlyInt> correction, OnlyBool keepdim) {
  return spread("var", x, dims, correction, keepdim, false);
}

Tensor std(const Tensor& x) { return std(x, {}); }
Tensor std(const Tensor& x, std::nullopt_t /*dims*/, std::optional<OnlyInt> correction, OnlyBool keepdim) {
  return std(x, IntArrayRef(), correction, keepdim);
}
Tensor std(const Tensor& x, IntArrayRef dims, std::optional<OnlyInt> correction, OnlyBool keepdim) {
  return spread("std", x, dims, correction, keepdim, true);
}

std::tuple<Tensor, Tensor> var_mean(const Tensor& x, IntArrayRef dims, std::optional<OnlyInt> correction, OnlyBool keepdim) {
  return {var(x, dims, correction, keepdim), mean(x, dims, keepdim)};
}
std::tuple<Tensor, Tensor> std_mean(const Tensor& x, IntArrayRef dims, std::optional<OnlyInt> correction, OnlyBool keepdim) {
  return {std(x, dims, correction, keepdim), mean(x, dims, keepdim)};
}
std::tuple<Tensor, Tensor> var_mean(const Tensor& x) { return {var(x), mean(x)}; }
std::tuple<Tensor, Tensor> std_mean(const Tensor& x) { return {std(x), mean(x)}; }

Tensor norm(const Tensor& x, Scalar p) { return norm(x, p, IntArrayRef()); }

Tensor norm(const Tensor& x, std::optional<Scalar> p, IntArrayRef dims, OnlyBool keepdim) {
  const autograd::profiler::RecordFunction profiled("norm");
  check<TypeError>(x.is_floating_point(), "norm: expected a floating-point tensor, got {}", x.dtype());
  const auto order = p ? p->to<double>() : 2;
  if (order == 0) {
    return record("Norm", sum(ne(x.detach(), 0).to(x.dtype()), dims, keepdim), {x},
                  [sizes = to_dims(x.sizes())](const Tensor& grad) { return zeros(sizes, grad.dtype()); });
  }
  if (order == 1) return sum(abs(x), dims, keepdim);
  const ReducedDims reduction("norm", x, dims);
  if (order > 0 && reduction.length == 0) return sum(abs(x), dims, keepdim);  // the norm of nothing is 0
  if (std::isinf(order)) return order > 0 ? amax(abs(x), dims, keepdim) : amin(abs(x), dims, keepdim);
  const Tensor values = x.detach();
  Tensor y;
  if (order == 2) {
    const bool of_all = reduction.length == x.numel() && x.numel() > 0;
    y = sqrt(of_all ? reshape(sum_of("norm", Binary::mul, values, values), reduction.result(keepdim))
                    : sum(square(values), dims, keepdim));
  } else {
    y = pow(sum(pow(abs(values), order), dims, keepdim), 1 / order);
  }
  return record("Norm", y, {x},
                [x = SavedTensor(x), y = SavedTensor::result(y), kept = reduction.kept_sizes, order](const Tensor& grad) {
                  return detail::norm_gradient(x.unpack(), with_dims(y.unpack(), kept), with_dims(grad, kept), order);
                });
}

Tensor norm_except_dim(const Tensor& x, std::int64_t p, OnlyInt dim) {
  if (dim == -1) return norm(x, p);
  const std::int64_t axis = wrap_dim("norm_except_dim", dim, x.dim());
  DimVector others;
  for (std::int64_t i = 0; i < x.dim(); ++i) {
    if (i != axis) others.push_back(i);
  }
  return others.empty() ? (p == 0 ? ne(x.detach(), 0).to(x.scalar_type()) : abs(x)) : norm(x, p, others, true);
}

namespace detail {

Tensor norm_gradient(const Tensor& x, const Tensor& y, const Tensor& grad, double p) {
  const Tensor is_zero = eq(y.detach(), 0);
  const Tensor length = masked_fill(y, is_zero, 1);
  const Tensor scaled = masked_fill(grad, is_zero, 0);
  if (p == 2) return x * (scaled / length);
  const Tensor none = eq(x.detach(), 0);
  return sign(x) * masked_fill(pow(masked_fill(abs(x), none, 1) / length, p - 1), none, 0) * scaled;
}

}  // namespace detail

namespace {

/// grad e^(x - y), and 0 where all of x are -inf.
Tensor log_sum_gradient(const Tensor& grad, const Tensor& x, const Tensor& y, const ReducedDims& reduction) {
  const Middle middle(x, reduction);
  if (GradMode::is_enabled() || grad.dtype() != x.dtype() || middle.is_permuted) {
    const Tensor none = eq(y.detach(), -std::numeric_limits<double>::infinity());
    return grad * exp(x - masked_fill(y, none, 0));
  }
  const Tensor arriving = grad.contiguous();
  const Tensor sums = y.contiguous();
  Tensor gradient = empty(x.sizes(), x.dtype());
  visit_floating(x.dtype(), "logsumexp", [&]<class T>() {
    kernels::log_sum_middle_backward(arriving.data_ptr<T>(), middle.data.data_ptr<T>(), sums.data_ptr<T>(), middle.outer,
                                     middle.length, middle.inner, gradient.data_ptr<T>());
  });
  return gradient;
}

}  // namespace

Tensor logsumexp(const Tensor& x, IntArrayRef dims, OnlyBool keepdim) {
  const autograd::profiler::RecordFunction profiled("logsumexp");
  check<TypeError>(x.is_floating_point(), "logsumexp: expected a floating-point tensor, got {}", x.dtype());
  const ReducedDims reduction("logsumexp", x, dims);
  if (reduction.length == 0) return log(sum(x, dims, keepdim));
  if (const Dtype wide = compute_dtype(x.dtype()); wide != x.dtype())
    return to(logsumexp(to(x, wide), dims, keepdim), x.dtype());
  const Middle middle(x, reduction);
  Tensor y = empty(reduction.result(keepdim), x.dtype());
  visit_floating(x.dtype(), "logsumexp", [&]<class T>() {
    kernels::log_sum_middle(middle.data.data_ptr<T>(), middle.outer, middle.length, middle.inner, y.data_ptr<T>());
  });
  return record("logsumexp", y, {x},
                [x = SavedTensor(x), y = SavedTensor::result(y), kept = reduction.kept_sizes,
                 dims = to_dims(dims)](const Tensor& grad) {
                  const Tensor values = x.unpack();
                  const Tensor result = with_dims(y.unpack(), kept);
                  return log_sum_gradient(with_dims(grad, kept), values, result, ReducedDims("logsumexp", values, dims));
                });
}

}  // namespace xgrad
