#include "autograd/ops/reduce.h"
#include "autograd/ops/inplace.h"

#include <array>
#include <cmath>
#include <limits>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/reduce.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/power.h"
#include "autograd/ops/products.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// Which dimensions are reduced, and the shapes that result.
struct Dims {
  Dims(const char* operation, const Tensor& x, IntArrayRef dims) : reduced(x.sizes().size(), dims.empty()) {
    for (const std::int64_t dim : dims) {
      const auto axis = static_cast<std::size_t>(wrap_dim(operation, dim, x.dim()));
      if (x.dim() == 0) continue;
      check<IndexError>(!reduced[axis], "{}: dimension {} is named twice in {}", operation, axis, dims);
      reduced[axis] = true;
    }
    for (std::size_t i = 0; i < reduced.size(); ++i) {
      kept_sizes.push_back(reduced[i] ? 1 : x.sizes()[i]);
      if (!reduced[i]) sizes.push_back(x.sizes()[i]);
      if (reduced[i]) length *= x.sizes()[i];
    }
  }

  IntArrayRef result(bool keepdim) const { return keepdim ? IntArrayRef(kept_sizes) : IntArrayRef(sizes); }

  std::vector<bool> reduced;
  DimVector kept_sizes;  ///< with 1 for reduced dimensions
  DimVector sizes;       ///< without them
  std::int64_t length = 1;
};

/// A tensor laid out as outer x length x inner with `length` to be reduced.
struct Middle {
  Middle(const Tensor& x, const Dims& dims) {
    const std::size_t n = dims.reduced.size();
    std::size_t first = 0;
    while (first < n && !dims.reduced[first]) ++first;
    std::size_t last = first;
    while (last < n && dims.reduced[last]) ++last;
    bool adjacent = true;
    for (std::size_t i = last; i < n; ++i) adjacent &= !dims.reduced[i];
    if (adjacent) {
      for (std::size_t i = 0; i < first; ++i) outer *= x.sizes()[i];
      for (std::size_t i = last; i < n; ++i) inner *= x.sizes()[i];
      data = x.detach().contiguous();
    } else {  // the reduced dimensions go to the end
      DimVector order;
      for (std::size_t i = 0; i < n; ++i) {
        if (!dims.reduced[i]) order.push_back(static_cast<std::int64_t>(i));
      }
      for (std::size_t i = 0; i < n; ++i) {
        if (dims.reduced[i]) order.push_back(static_cast<std::int64_t>(i));
      }
      outer = number_of_elements(dims.sizes);
      data = permute(x.detach(), order).contiguous();
    }
    length = dims.length;
  }

  Tensor data;
  std::int64_t outer = 1;
  std::int64_t length = 1;
  std::int64_t inner = 1;
};

/// A result of a reduction, with the reduced dimensions back as 1, so that it broadcasts against the input.
Tensor with_dims(const Tensor& y, const DimVector& kept_sizes) { return reshape(y, kept_sizes); }

Dtype sum_type(const Tensor& x, std::optional<Dtype> dtype) {
  return dtype.value_or(xgrad::is_floating_point(x.dtype()) ? x.dtype() : kInt64);
}

}  // namespace

Tensor sum(const Tensor& x, std::optional<Dtype> dtype) { return sum(x, {}, false, dtype); }

Tensor sum(const Tensor& input, IntArrayRef dims, bool keepdim, std::optional<Dtype> dtype) {
  const autograd::profiler::RecordFunction profiled("sum");
  check<TypeError>(dtype != kBool, "sum: a sum cannot be a bool");
  const Dtype type = sum_type(input, dtype);
  if (const Dtype wide = compute_dtype(type); wide != type) return to(sum(to(input, wide), dims, keepdim), type);
  const Tensor x = to(input, type);
  const Dims reduction("sum", x, dims);
  Tensor y = empty(reduction.result(keepdim), x.dtype());
  const Middle middle(x, reduction);
  visit_dtype(x.dtype(), [&]<class T>() {
    if constexpr (!std::is_same_v<T, bool>) {
      kernels::sum_middle(middle.data.data_ptr<T>(), middle.outer, middle.length, middle.inner, y.data_ptr<T>());
    }
  });
  return record("Sum", y, {x}, [kept = reduction.kept_sizes, sizes = to_dims(x.sizes())](const Tensor& grad) {
    return expand(with_dims(grad, kept), sizes);
  });
}

Tensor sum_to(const Tensor& x, IntArrayRef sizes) {
  if (x.sizes() == sizes) return x;
  DimVector dims;
  const std::size_t missing = x.sizes().size() - sizes.size();
  for (std::size_t i = 0; i < x.sizes().size(); ++i) {
    if (i < missing || (sizes[i - missing] == 1 && x.sizes()[i] != 1)) dims.push_back(static_cast<std::int64_t>(i));
  }
  return reshape(dims.empty() ? x : sum(x, dims, true), sizes);
}

Tensor mean(const Tensor& x, std::optional<Dtype> dtype) { return mean(x, {}, false, dtype); }

Tensor mean(const Tensor& x, IntArrayRef dims, bool keepdim, std::optional<Dtype> dtype) {
  check<TypeError>(is_floating_point(dtype.value_or(x.dtype())), "mean: expected a floating-point tensor or dtype, got {}",
                   dtype.value_or(x.dtype()));
  return div(sum(x, dims, keepdim, dtype), static_cast<double>(Dims("mean", x, dims).length));
}

namespace {

/// x less its mean; exactly 0 where all are equal, whatever the mean's last place is.
Tensor centred(const Tensor& x, IntArrayRef dims) {
  const Tensor middle = mean(x, dims, true);
  return x - (middle + mean(x.detach() - middle.detach(), dims, true));
}

}  // namespace

Tensor var(const Tensor& x) { return var(x, {}); }
Tensor var(const Tensor& x, std::nullopt_t /*dims*/, std::optional<std::int64_t> correction, bool keepdim) {
  return var(x, IntArrayRef(), correction, keepdim);
}

Tensor var(const Tensor& x, IntArrayRef dims, std::optional<std::int64_t> correction, bool keepdim) {
  check<TypeError>(x.is_floating_point(), "var: expected a floating-point tensor, got {}", x.dtype());
  const std::int64_t divisor = Dims("var", x, dims).length - correction.value_or(1);
  const Tensor squares = sum(square(centred(x, dims)), dims, keepdim);
  return div(squares, static_cast<double>(std::max<std::int64_t>(0, divisor)));
}

Tensor std(const Tensor& x) { return std(x, {}); }
Tensor std(const Tensor& x, std::nullopt_t /*dims*/, std::optional<std::int64_t> correction, bool keepdim) {
  return std(x, IntArrayRef(), correction, keepdim);
}

Tensor std(const Tensor& x, IntArrayRef dims, std::optional<std::int64_t> correction, bool keepdim) {
  const autograd::profiler::RecordFunction profiled("std");
  check<TypeError>(x.is_floating_point(), "std: expected a floating-point tensor, got {}", x.dtype());
  const Dims reduction("std", x, dims);
  Tensor y = sqrt(var(x.detach(), dims, correction, keepdim));
  return record("Std", y, {x},
                [x = SavedTensor(x), y = SavedTensor::result(y), kept = reduction.kept_sizes, dims = to_dims(dims),
                 divisor = static_cast<double>(std::max<std::int64_t>(0, reduction.length - correction.value_or(1)))](
                    const Tensor& grad) {
                  // (x - mean) / ((n - 1) std), and 0 where all are equal.
                  const Tensor v = x.unpack();
                  const Tensor deviation = with_dims(y.unpack(), kept);
                  const Tensor is_zero = eq(deviation.detach(), 0);
                  const Tensor scale = with_dims(grad, kept) / (masked_fill(deviation, is_zero, 1) * divisor);
                  return centred(v, dims) * masked_fill(scale, is_zero, 0);
                });
}

std::tuple<Tensor, Tensor> var_mean(const Tensor& x, IntArrayRef dims, std::optional<std::int64_t> correction,
                                    bool keepdim) {
  return {var(x, dims, correction, keepdim), mean(x, dims, keepdim)};
}
std::tuple<Tensor, Tensor> std_mean(const Tensor& x, IntArrayRef dims, std::optional<std::int64_t> correction,
                                    bool keepdim) {
  return {std(x, dims, correction, keepdim), mean(x, dims, keepdim)};
}
std::tuple<Tensor, Tensor> var_mean(const Tensor& x) { return {var(x), mean(x)}; }
std::tuple<Tensor, Tensor> std_mean(const Tensor& x) { return {std(x), mean(x)}; }

Tensor prod(const Tensor& input) {
  const autograd::profiler::RecordFunction profiled("prod");
  const Tensor x = to(input, sum_type(input, std::nullopt));
  const Tensor source = x.detach().contiguous();
  Tensor y = visit_dtype(x.dtype(), [&]<class T>() {
    kernels::Accumulator<T> product = 1;
    for (std::int64_t i = 0; i < source.numel(); ++i) product = product * source.data_ptr<T>()[i];
    return full({}, static_cast<T>(product), x.dtype());
  });
  return record("Prod", y, {x}, [x = SavedTensor(x)](const Tensor& grad) {
    // The product of all others, from the left and from the right: right where an element is 0.
    const Tensor flat = reshape(x.unpack(), {-1});
    const std::int64_t n = flat.numel();
    TensorList left(static_cast<std::size_t>(n));
    TensorList slopes(static_cast<std::size_t>(n));
    Tensor running = ones({}, flat.dtype());
    for (std::int64_t i = 0; i < n; ++i) {
      left[static_cast<std::size_t>(i)] = running;
      running = running * flat[i];
    }
    running = ones({}, flat.dtype());
    for (std::int64_t i = n; i-- > 0;) {
      slopes[static_cast<std::size_t>(i)] = left[static_cast<std::size_t>(i)] * running;
      running = running * flat[i];
    }
    return n == 0 ? zeros(x.unpack().sizes(), grad.dtype()) : reshape(stack(slopes), x.unpack().sizes()) * grad;
  });
}

Tensor prod(const Tensor& x, std::int64_t dim, bool keepdim) {
  const Dims reduction("prod", x, dim);
  if (x.dim() == 0) return to(x, sum_type(x, std::nullopt), true);
  if (reduction.length == 0) return sum(x, dim, keepdim) + 1;
  return reshape(narrow(cumprod(x, dim), dim, reduction.length - 1, 1), reduction.result(keepdim));
}

namespace {

template <bool largest>
std::tuple<Tensor, Tensor> extremum(const char* operation, const Tensor& x, const Dims& reduction, bool keepdim) {
  check<ShapeError>(reduction.length > 0, "{}: there is no largest or smallest of no elements: shape {}", operation,
                    x.sizes());
  if (const Dtype wide = compute_dtype(x.dtype()); wide != x.dtype()) {
    auto [values, indices] = extremum<largest>(operation, detail::converted(x, wide), reduction, keepdim);
    return {detail::converted(values, x.dtype()), std::move(indices)};
  }
  Tensor values = empty(reduction.result(keepdim), x.dtype());
  Tensor indices = empty(reduction.result(keepdim), kInt64);
  const Middle middle(x, reduction);
  visit_dtype(x.dtype(), [&]<class T>() {
    kernels::extremum_middle<T, largest>(middle.data.data_ptr<T>(), middle.outer, middle.length, middle.inner,
                                         values.data_ptr<T>(), indices.data_ptr<std::int64_t>());
  });
  return {std::move(values), std::move(indices)};
}

/// Over any dimensions: equals share the gradient.
template <bool largest>
Tensor extremum_of(const char* operation, const char* name, const Tensor& x, IntArrayRef dims, bool keepdim) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Dims reduction(operation, x, dims);
  Tensor y = std::get<0>(extremum<largest>(operation, x, reduction, keepdim));
  return record(name, y, {x},
                [x = SavedTensor(x), y = SavedTensor::result(y), kept = reduction.kept_sizes,
                 dims = to_dims(dims)](const Tensor& grad) {
                  const Tensor taken = eq(x.unpack(), with_dims(y.unpack(), kept)).to(grad.dtype());
                  return taken / sum(taken, dims, true) * with_dims(grad, kept);
                });
}

/// Along one dimension, with indices: the gradient goes to the element that was taken.
template <bool largest>
std::tuple<Tensor, Tensor> extremum_along(const char* operation, const char* name, const Tensor& x, std::int64_t dim,
                                          bool keepdim) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Dims reduction(operation, x, dim);
  auto [values, indices] = extremum<largest>(operation, x, reduction, keepdim);
  values = record(
      name, values, {x},
      [indices = SavedTensor(indices), kept = reduction.kept_sizes, sizes = to_dims(x.sizes()), dim](const Tensor& grad) {
        const Tensor zero = zeros(sizes, grad.dtype());
        if (sizes.empty()) return grad;
        return scatter_add(zero, dim, with_dims(indices.unpack(), kept), with_dims(grad, kept));
      });
  return {std::move(values), std::move(indices)};
}

template <bool largest>
Tensor extremum_index(const char* operation, const Tensor& x, std::optional<std::int64_t> dim, bool keepdim) {
  const autograd::profiler::RecordFunction profiled(operation);
  if (dim) return std::get<1>(extremum<largest>(operation, x, Dims(operation, x, *dim), keepdim));
  const Tensor flat = reshape(x.detach(), {-1});
  return std::get<1>(extremum<largest>(operation, flat, Dims(operation, flat, {}), false));
}

}  // namespace

Tensor max(const Tensor& x) { return extremum_of<true>("max", "Max", x, {}, false); }
Tensor min(const Tensor& x) { return extremum_of<false>("min", "Min", x, {}, false); }
Tensor amax(const Tensor& x, IntArrayRef dims, bool keepdim) { return extremum_of<true>("amax", "Amax", x, dims, keepdim); }
Tensor amin(const Tensor& x, IntArrayRef dims, bool keepdim) { return extremum_of<false>("amin", "Amin", x, dims, keepdim); }
std::tuple<Tensor, Tensor> max(const Tensor& x, std::int64_t dim, bool keepdim) {
  return extremum_along<true>("max", "Max", x, dim, keepdim);
}
std::tuple<Tensor, Tensor> min(const Tensor& x, std::int64_t dim, bool keepdim) {
  return extremum_along<false>("min", "Min", x, dim, keepdim);
}
Tensor argmax(const Tensor& x, std::optional<std::int64_t> dim, bool keepdim) {
  return extremum_index<true>("argmax", x, dim, keepdim);
}
Tensor argmin(const Tensor& x, std::optional<std::int64_t> dim, bool keepdim) {
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

Tensor all(const Tensor& x, std::int64_t dim, bool keepdim) {
  const Dims reduction("all", x, dim);
  if (reduction.length == 0) return full(reduction.result(keepdim), true, kBool);
  return amin(x.detach().to(kBool), dim, keepdim);
}

Tensor any(const Tensor& x, std::int64_t dim, bool keepdim) {
  const Dims reduction("any", x, dim);
  if (reduction.length == 0) return full(reduction.result(keepdim), false, kBool);
  return amax(x.detach().to(kBool), dim, keepdim);
}

Tensor norm(const Tensor& x, Scalar p) { return norm(x, p, IntArrayRef()); }

Tensor norm(const Tensor& x, Scalar p, IntArrayRef dims, bool keepdim) {
  const autograd::profiler::RecordFunction profiled("norm");
  check<TypeError>(x.is_floating_point(), "norm: expected a floating-point tensor, got {}", x.dtype());
  const auto order = p.to<double>();
  if (order == 0) {
    return record("Norm", sum(ne(x.detach(), 0).to(x.dtype()), dims, keepdim), {x},
                  [sizes = to_dims(x.sizes())](const Tensor& grad) { return zeros(sizes, grad.dtype()); });
  }
  if (order == 1) return sum(abs(x), dims, keepdim);
  if (std::isinf(order)) return order > 0 ? amax(abs(x), dims, keepdim) : amin(abs(x), dims, keepdim);
  const Dims reduction("norm", x, dims);
  const Tensor values = x.detach();
  Tensor y =
      order == 2 ? sqrt(sum(square(values), dims, keepdim)) : pow(sum(pow(abs(values), order), dims, keepdim), 1 / order);
  return record("Norm", y, {x},
                [x = SavedTensor(x), y = SavedTensor::result(y), kept = reduction.kept_sizes, order](const Tensor& grad) {
                  return detail::norm_gradient(x.unpack(), with_dims(y.unpack(), kept), with_dims(grad, kept), order);
                });
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

Tensor logsumexp(const Tensor& x, IntArrayRef dims, bool keepdim) {
  check<TypeError>(x.is_floating_point(), "logsumexp: expected a floating-point tensor, got {}", x.dtype());
  const Dims reduction("logsumexp", x, dims);
  if (reduction.length == 0) return log(sum(x, dims, keepdim));
  Tensor y;
  {
    // The largest apart from the others: beside its 1, what is small would lose its digits.
    const NoGradGuard no_grad;
    const Tensor largest = amax(x, dims, true);
    const Tensor below = x - masked_fill(largest, isinf(largest), 0);
    const Tensor is_largest = eq(x, largest);
    const Tensor others = sum(masked_fill(exp(below), is_largest, 0), dims, true);
    const Tensor repeated = (sum(is_largest, dims, true) - 1).to(x.dtype());
    y = where(isinf(largest), largest, log1p(others + repeated) + largest);
    y = reshape(y, reduction.result(keepdim));
  }
  return record("Logsumexp", y, {x},
                [x = SavedTensor(x), y = SavedTensor::result(y), kept = reduction.kept_sizes](const Tensor& grad) {
                  // e^(x - y), and 0 where all are -inf.
                  const Tensor result = with_dims(y.unpack(), kept);
                  const Tensor none = eq(result.detach(), -std::numeric_limits<double>::infinity());
                  return with_dims(grad, kept) * exp(x.unpack() - masked_fill(result, none, 0));
                });
}

Tensor cumsum(const Tensor& input, std::int64_t dim) {
  const autograd::profiler::RecordFunction profiled("cumsum");
  const Tensor x = to(input, sum_type(input, std::nullopt));
  const Dims reduction("cumsum", x, dim);
  if (x.dim() == 0) return x.clone();
  const Middle middle(x, reduction);
  Tensor y = empty(x.sizes(), x.dtype());
  visit_dtype(x.dtype(), [&]<class T>() {
    if constexpr (!std::is_same_v<T, bool>) {
      const T* in = middle.data.data_ptr<T>();
      T* out = y.data_ptr<T>();
      for (std::int64_t o = 0; o < middle.outer; ++o) {
        for (std::int64_t i = 0; i < middle.inner; ++i) {
          kernels::Accumulator<T> running = 0;
          for (std::int64_t r = 0; r < middle.length; ++r) {
            const std::int64_t at = (o * middle.length + r) * middle.inner + i;
            running += in[at];
            out[at] = static_cast<T>(running);
          }
        }
      }
    }
  });
  return record("Cumsum", y, {x}, [dim](const Tensor& grad) { return flip(cumsum(flip(grad, dim), dim), dim); });
}

}  // namespace xgrad
