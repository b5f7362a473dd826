#include "autograd/tensor/creation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/parallel.h"

namespace xgrad {

namespace {

Tensor with_grad(Tensor tensor, TensorOptions options) {
  if (options.requires_grad()) tensor.requires_grad_();
  return tensor;
}

/// Gives elements [begin, end) the value function(i - origin) of their flat index i, which is of type Index: double, which
/// holds every index exactly and becomes vectors where it starts as 32 bits, or an integer.
template <class Index, class T, class Function>
void generate(T* data, std::int64_t begin, std::int64_t end, const Function& function, Index origin = 0) {
  kernels::parallel_for(begin, end, kernels::elementwise_grain, [&](std::int64_t first, std::int64_t last) {
    constexpr std::int64_t block = std::int64_t{1} << 30;
    const Function value = function;  // a copy that no element written can change, so that the loop is vectors
    for (; first < last; first += block) {
      const auto length = static_cast<std::int32_t>(std::min(block, last - first));
      const Index index = static_cast<Index>(first) - origin;
      T* out = data + first;
      for (std::int32_t i = 0; i < length; ++i) out[i] = static_cast<T>(value(index + static_cast<Index>(i)));
    }
  });
}

/// Room for `count` numbers that are computed in double precision: those of other dtypes than float32 are converted.
Tensor room_for_numbers(std::int64_t count, TensorOptions options) {
  return empty({count}, options.dtype() == kFloat32 ? kFloat32 : kFloat64);
}

/// Gives elements [begin, end) the value anchor + step (i - origin).
void progress(const Tensor& result, std::int64_t begin, std::int64_t end, double anchor, double step, double origin = 0) {
  const auto value = [=](double distance) { return anchor + step * distance; };
  if (result.dtype() == kFloat32) generate<double>(result.data_ptr<float>(), begin, end, value, origin);
  else generate<double>(result.data_ptr<double>(), begin, end, value, origin);
}

Tensor progression(std::int64_t count, TensorOptions options, double first, double step) {
  const Tensor result = room_for_numbers(count, options);
  progress(result, 0, count, first, step);
  return with_grad(result.to(options.dtype()), options);
}

}  // namespace

Tensor empty(IntArrayRef sizes, TensorOptions options, std::optional<MemoryFormat> format) {
  detail::require_row_major("empty", format);
  const Dtype dtype = options.dtype();
  const std::int64_t elements = number_of_elements(sizes);
  std::int64_t bytes = 0;
  check<ShapeError>(!__builtin_mul_overflow(elements, static_cast<std::int64_t>(element_size(dtype)), &bytes),
                    "empty: shape {} takes more bytes than memory has", sizes);
  Tensor result(
      intrusive_ptr<TensorImpl>(new TensorImpl(Storage::allocate(static_cast<std::size_t>(bytes)), sizes, elements, dtype)));
  if (options.requires_grad()) return with_grad(std::move(result), options);
  return result;
}

Tensor empty_strided(IntArrayRef sizes, IntArrayRef strides, TensorOptions options) {
  check<ShapeError>(sizes.size() == strides.size(), "empty_strided: {} sizes but {} strides", sizes.size(), strides.size());
  std::int64_t last = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    std::int64_t span = 0;
    check<ShapeError>(strides[i] >= 0 &&
                          !__builtin_mul_overflow(std::max<std::int64_t>(0, sizes[i] - 1), strides[i], &span) &&
                          !__builtin_add_overflow(last, span, &last),
                      "empty_strided: there is no memory for sizes {} with strides {}", sizes, strides);
  }
  const Tensor memory = empty({number_of_elements(sizes) == 0 ? 0 : last + 1}, options.requires_grad(false));
  return with_grad(Tensor(intrusive_ptr<TensorImpl>(
                       new TensorImpl(memory.impl()->storage, to_dims(sizes), to_dims(strides), 0, memory.dtype()))),
                   options);
}

Tensor zeros(IntArrayRef sizes, TensorOptions options) { return full(sizes, 0, options.dtype(options.dtype())); }
Tensor ones(IntArrayRef sizes, TensorOptions options) { return full(sizes, 1, options.dtype(options.dtype())); }

Tensor full(IntArrayRef sizes, Scalar value) {
  return full(sizes, value, value.is_floating_point() ? default_dtype() : value.dtype());
}

namespace {

/// Fills memory without gaps.
Tensor filled(Tensor result, Scalar value, TensorOptions options) {
  visit_any_dtype(result.dtype(), [&]<class T>() {
    T* data = result.data_ptr<T>();
    const T filled = value.to<T>();
    constexpr std::array<std::byte, sizeof(T)> no_bits{};
    // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): of bits, so that -0 is another number
    const bool is_zero = std::memcmp(&filled, &no_bits, sizeof(T)) == 0;
    kernels::parallel_for(0, result.numel(), kernels::moving_grain, [=](std::int64_t first, std::int64_t last) {
      if (is_zero) std::memset(static_cast<void*>(data + first), 0, static_cast<std::size_t>(last - first) * sizeof(T));
      else std::fill(data + first, data + last, filled);
    });
  });
  return with_grad(std::move(result), options);
}

}  // namespace

Tensor full(IntArrayRef sizes, Scalar value, TensorOptions options) {
  return filled(empty(sizes, options.dtype()), value, options);
}

Tensor scalar_tensor(Scalar value, TensorOptions options) { return full({}, value, options.dtype(options.dtype())); }

Tensor empty_like(const Tensor& like) { return empty_like(like, {}); }
Tensor empty_like(const Tensor& like, TensorOptions options, std::optional<MemoryFormat> format) {
  detail::require_row_major("empty_like", format);
  const TensorOptions of_result = options.dtype(options.dtype_or(like.dtype()));
  if (like.is_contiguous() || format == MemoryFormat::Contiguous) return empty(like.sizes(), of_result);
  return empty_strided(like.sizes(), dense_strides(like.sizes(), {to_dims(like.strides())}), of_result);
}
Tensor zeros_like(const Tensor& like) { return full_like(like, 0); }
Tensor zeros_like(const Tensor& like, TensorOptions options, std::optional<MemoryFormat> format) {
  return full_like(like, 0, options, format);
}
Tensor ones_like(const Tensor& like) { return full_like(like, 1); }
Tensor ones_like(const Tensor& like, TensorOptions options, std::optional<MemoryFormat> format) {
  return full_like(like, 1, options, format);
}
Tensor full_like(const Tensor& like, Scalar value) { return filled(empty_like(like), value, {}); }
Tensor full_like(const Tensor& like, Scalar value, TensorOptions options, std::optional<MemoryFormat> format) {
  return filled(empty_like(like, options.requires_grad(false), format), value, options);
}

Tensor Tensor::new_empty(IntArrayRef sizes, TensorOptions options) const {
  return xgrad::empty(sizes, options.dtype(options.dtype_or(dtype())));
}
Tensor Tensor::new_full(IntArrayRef sizes, Scalar value, TensorOptions options) const {
  return xgrad::full(sizes, value, options.dtype(options.dtype_or(dtype())));
}

Tensor arange(Scalar end) { return arange(end.is_floating_point() ? Scalar(0.0) : Scalar(0), end); }
Tensor arange(Scalar end, TensorOptions options) { return arange(0, end, 1, options); }

Tensor arange(Scalar start, Scalar end, Scalar step) {
  const bool real = start.is_floating_point() || end.is_floating_point() || step.is_floating_point();
  return arange(start, end, step, real ? default_dtype() : kInt64);
}

Tensor arange(Scalar start, Scalar end, Scalar step, TensorOptions options) {
  const bool real = start.is_floating_point() || end.is_floating_point() || step.is_floating_point();
  const auto first = start.to<double>();
  const auto stride = step.to<double>();
  check<ValueError>(stride != 0, "arange: the step must not be 0");
  if (!real) {
    const auto begin = start.to<std::int64_t>();
    const auto stop = end.to<std::int64_t>();
    const auto by = step.to<std::int64_t>();
    check<ValueError>(by > 0 ? begin <= stop : begin >= stop, "arange: a step of {} does not lead from {} to {}", by, begin,
                      stop);
    // Without a sign, so that neither the distance nor the step can overflow.
    const auto low = static_cast<std::uint64_t>(by > 0 ? begin : stop);
    const auto high = static_cast<std::uint64_t>(by > 0 ? stop : begin);
    const std::uint64_t distance = by > 0 ? static_cast<std::uint64_t>(by) : 0 - static_cast<std::uint64_t>(by);
    const std::uint64_t count = (high - low) / distance + ((high - low) % distance != 0 ? 1 : 0);
    const auto numbers = static_cast<std::int64_t>(count);
    constexpr double exact = 0x1p52;  // below which doubles hold every sum, and are vectors where these are not
    if (is_floating_point(options.dtype()) && std::max(std::abs(first), std::abs(end.to<double>())) < exact) {
      return progression(numbers, options, first, stride);
    }
    const Tensor result = empty({numbers}, kInt64);
    generate<std::uint64_t>(result.data_ptr<std::int64_t>(), 0, numbers, [=](std::uint64_t i) {
      return static_cast<std::uint64_t>(begin) + i * static_cast<std::uint64_t>(by);
    });
    return with_grad(result.to(options.dtype()), options);
  }
  const double length = std::ceil((end.to<double>() - first) / stride);
  check<ValueError>(std::isfinite(length) && length >= 0, "arange: a step of {} does not lead from {} to {}", stride, first,
                    end.to<double>());
  const auto count = static_cast<std::int64_t>(length);
  return progression(count, options, first, stride);
}

Tensor linspace(Scalar start, Scalar end, std::int64_t steps, TensorOptions options) {
  check<ValueError>(steps >= 0, "linspace: the number of steps must not be negative, got {}", steps);
  const auto first = start.to<double>();
  const auto last = end.to<double>();
  const double step = steps > 1 ? (last - first) / static_cast<double>(steps - 1) : 0;
  // From both ends towards the middle, so that both ends are exact.
  const std::int64_t middle = steps == 1 ? 1 : steps / 2;
  const Tensor result = room_for_numbers(steps, options);
  progress(result, 0, middle, first, step);
  progress(result, middle, steps, last, step, static_cast<double>(steps - 1));
  return with_grad(result.to(options.dtype()), options);
}

Tensor logspace(Scalar start, Scalar end, std::int64_t steps, double base, TensorOptions options) {
  check<ValueError>(steps >= 0, "logspace: the number of steps must not be negative, got {}", steps);
  const Tensor result = linspace(start, end, steps, kFloat64);
  auto* exponent = result.data_ptr<double>();
  generate<std::int64_t>(exponent, 0, steps, [=](std::int64_t i) { return std::pow(base, exponent[i]); });
  return with_grad(result.to(options.dtype()), options);
}

Tensor range(Scalar start, Scalar end, Scalar step, TensorOptions options) {
  const auto first = start.to<double>();
  const auto stride = step.to<double>();
  check<ValueError>(stride != 0, "range: the step must not be 0");
  const double steps = std::floor((end.to<double>() - first) / stride);
  check<ValueError>(std::isfinite(steps) && steps >= 0, "range: a step of {} does not lead from {} to {}", stride, first,
                    end.to<double>());
  return progression(static_cast<std::int64_t>(steps) + 1, options, first, stride);
}

Tensor range(Scalar start, Scalar end, TensorOptions options) { return range(start, end, 1, options); }

Tensor eye(std::int64_t n, TensorOptions options) { return eye(n, n, options); }

Tensor eye(std::int64_t n, std::int64_t m, TensorOptions options) {
  Tensor result = zeros({n, m}, options.dtype());
  visit_any_dtype(result.dtype(), [&]<class T>() {
    T* data = result.data_ptr<T>();
    for (std::int64_t i = 0; i < std::min(n, m); ++i) data[i * (m + 1)] = T(1);
  });
  return with_grad(std::move(result), options);
}

Tensor from_blob(void* data, IntArrayRef sizes, IntArrayRef strides, std::function<void(void*)> deleter,
                 TensorOptions options) {
  check<ShapeError>(sizes.size() == strides.size(), "from_blob: {} sizes but {} strides", sizes.size(), strides.size());
  std::int64_t extent = number_of_elements(sizes) == 0 ? 0 : 1;
  for (std::size_t i = 0; i < sizes.size() && extent > 0; ++i) {
    check<ShapeError>(strides[i] >= 0, "from_blob: negative stride {} in {}", strides[i], strides);
    extent += (sizes[i] - 1) * strides[i];
  }
  const std::size_t bytes = static_cast<std::size_t>(extent) * element_size(options.dtype());
  return with_grad(Tensor(intrusive_ptr<TensorImpl>(new TensorImpl(Storage::wrap(data, bytes, std::move(deleter)),
                                                                   to_dims(sizes), to_dims(strides), 0, options.dtype()))),
                   options);
}

Tensor from_blob(void* data, IntArrayRef sizes, IntArrayRef strides, TensorOptions options) {
  return from_blob(data, sizes, strides, nullptr, options);
}

Tensor from_blob(void* data, IntArrayRef sizes, std::function<void(void*)> deleter, TensorOptions options) {
  return from_blob(data, sizes, contiguous_strides(sizes), std::move(deleter), options);
}

Tensor from_blob(void* data, IntArrayRef sizes, TensorOptions options) {
  return from_blob(data, sizes, contiguous_strides(sizes), nullptr, options);
}

NestedNumbers::NestedNumbers(std::initializer_list<NestedNumbers> items) {
  sizes_.push_back(static_cast<std::int64_t>(items.size()));
  if (items.size() == 0) return;
  const IntArrayRef first = items.begin()->sizes();
  sizes_.reserve(first.size() + 1);
  for (const std::int64_t size : first) sizes_.push_back(size);
  for (const NestedNumbers& item : items) {
    check<ShapeError>(item.sizes() == first, "tensor: the braces are ragged: {} beside {}", item.sizes(), first);
    numbers_.insert(numbers_.end(), item.numbers_.begin(), item.numbers_.end());
    widest_ = &item == items.begin() ? item.widest_ : promote_types(widest_, item.widest_);
  }
}

Dtype NestedNumbers::dtype() const { return widest_ == kFloat64 ? default_dtype() : widest_; }

Tensor tensor(NestedNumbers numbers) {
  const Dtype dtype = numbers.dtype();
  return tensor(std::move(numbers), dtype);
}

Tensor tensor(NestedNumbers numbers, TensorOptions options) {
  Tensor result = empty(numbers.sizes(), options.dtype_or(numbers.dtype()));
  visit_any_dtype(result.dtype(), [&]<class T>() {
    T* data = result.data_ptr<T>();
    for (const Scalar number : numbers.numbers()) *data++ = number.to<T>();
  });
  return with_grad(std::move(result), options);
}

Tensor arange(Scalar start, Scalar end, TensorOptions options) { return arange(start, end, 1, options); }

}  // namespace xgrad
