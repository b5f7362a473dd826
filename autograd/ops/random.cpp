#include "autograd/ops/random.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/dtype_limits.h"
#include "autograd/graph/record_function.h"
#include "autograd/kernels/random.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/draw.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad {

namespace {

/// How many bits a random number of a half-precision dtype has; 0 of another.
int bits_of_half(Dtype dtype) { return dtype == kFloat16 ? 11 : dtype == kBFloat16 ? 8 : 0; }

void fill_uniform(const Tensor& target, double from, double to, Generator generator) {
  detail::require_floating("uniform_", target);
  const auto lock = generator.lock();
  if (const int bits = bits_of_half(target.dtype()); bits > 0) {
    // With all 24 bits of a float, some would be rounded to `to` itself. As in PyTorch, the lower ones are taken.
    detail::draw(target, "uniform_", [&]<class T>(T* data, std::int64_t n) {
      kernels::fill_uniform(generator.engine(), data, n, T(0), T(1));
      const T low = static_cast<T>(from);
      for (std::int64_t i = 0; i < n; ++i) {
        const T shifted = std::ldexp(data[i], 24 - bits);
        data[i] = (shifted - std::floor(shifted)) * (static_cast<T>(to) - low) + low;
      }
    });
    return;
  }
  detail::draw(target, "uniform_", [&]<class T>(T* data, std::int64_t n) {
    const T low = static_cast<T>(from);
    kernels::fill_uniform(generator.engine(), data, n, low, static_cast<T>(to) - low);
  });
}

void fill_normal(const Tensor& target, double mean, double std, Generator generator) {
  check<ValueError>(std >= 0, "normal_: the standard deviation must not be negative, got {}", std);
  detail::require_floating("normal_", target);
  const auto lock = generator.lock();
  const bool in_blocks = target.numel() >= 16 && target.is_contiguous();
  detail::draw(target, "normal_", [&]<class T>(T* data, std::int64_t n) {
    if (in_blocks) {
      kernels::fill_normal(generator.engine(), data, n, static_cast<T>(mean), static_cast<T>(std));
    } else {
      for (std::int64_t i = 0; i < n; ++i) data[i] = static_cast<T>(generator.normal() * std + mean);
    }
  });
}

/// The new tensor filled by fill(tensor, generator).
template <class Fill>
Tensor filled_at_random(Tensor result, const Fill& fill, const std::optional<Generator>& generator, TensorOptions options) {
  fill(result, detail::given_or_default(generator));
  if (options.requires_grad()) result.requires_grad_();
  return result;
}

/// Memory for a function named `operation` that draws as many numbers as another tensor has.
Tensor memory_like(const char* operation, const Tensor& like, TensorOptions options, std::optional<MemoryFormat> format) {
  detail::require_row_major(operation, format);
  return empty_like(like, options.requires_grad(false), format);
}

void fill_from_0_to_1(const Tensor& target, Generator generator) { fill_uniform(target, 0, 1, std::move(generator)); }
void fill_standard_normal(const Tensor& target, Generator generator) { fill_normal(target, 0, 1, std::move(generator)); }
auto integers_from(std::int64_t low, std::int64_t high) {
  return [=](const Tensor& target, Generator generator) { detail::fill_integers(target, low, high, std::move(generator)); };
}

}  // namespace

// Generators are taken by value, as libtorch declares them.
// NOLINTBEGIN(performance-unnecessary-value-param)

Tensor rand(IntArrayRef sizes, TensorOptions options) { return rand(sizes, std::nullopt, options); }

Tensor rand(IntArrayRef sizes, std::optional<Generator> generator, TensorOptions options) {
  const autograd::profiler::RecordFunction profiled("rand");
  return filled_at_random(empty(sizes, options.dtype()), fill_from_0_to_1, generator, options);
}

Tensor randn(IntArrayRef sizes, TensorOptions options) { return randn(sizes, std::nullopt, options); }

Tensor randn(IntArrayRef sizes, std::optional<Generator> generator, TensorOptions options) {
  const autograd::profiler::RecordFunction profiled("randn");
  return filled_at_random(empty(sizes, options.dtype()), fill_standard_normal, generator, options);
}

Tensor randint(std::int64_t high, IntArrayRef sizes, TensorOptions options) { return randint(0, high, sizes, options); }

Tensor randint(std::int64_t high, IntArrayRef sizes, std::optional<Generator> generator, TensorOptions options) {
  return randint(0, high, sizes, std::move(generator), options);
}

Tensor randint(std::int64_t low, std::int64_t high, IntArrayRef sizes, TensorOptions options) {
  return randint(low, high, sizes, std::nullopt, options);
}

Tensor randint(std::int64_t low, std::int64_t high, IntArrayRef sizes, std::optional<Generator> generator,
               TensorOptions options) {
  const autograd::profiler::RecordFunction profiled("randint");
  detail::check_integers("randint", options.dtype(), low, high);
  return filled_at_random(empty(sizes, options.dtype()), integers_from(low, high), generator, options);
}

Tensor randint_like(const Tensor& like, std::int64_t high, TensorOptions options, std::optional<MemoryFormat> format) {
  return randint_like(like, 0, high, options, format);
}
Tensor randint_like(const Tensor& like, std::int64_t low, std::int64_t high, TensorOptions options,
                    std::optional<MemoryFormat> format) {
  const autograd::profiler::RecordFunction profiled("randint_like");
  detail::check_integers("randint_like", options.dtype_or(like.dtype()), low, high);
  return filled_at_random(memory_like("randint_like", like, options, format), integers_from(low, high), std::nullopt,
                          options);
}

Tensor randperm(std::int64_t n, TensorOptions options) { return randperm(n, std::nullopt, options); }

Tensor randperm(std::int64_t n, std::optional<Generator> given, TensorOptions options) {
  const autograd::profiler::RecordFunction profiled("randperm");
  check<ValueError>(n >= 0, "randperm: expected n >= 0, got {}", n);
  const Dtype dtype = options.dtype_or(kInt64);
  // Floats hold all integers up to where the first two that follow one another are not both among them.
  const Tensor largest = arange(std::max<std::int64_t>(n - 2, 0), n, 1, kInt64);
  check<ValueError>(equal(largest.to(dtype).to(kInt64), largest), "randperm: {} does not hold the integers below {}", dtype,
                    n);
  Tensor result = empty({n}, kInt64);
  Generator generator = detail::given_or_default(given);
  const auto lock = generator.lock();
  kernels::fill_permutation(generator.engine(), result.data_ptr<std::int64_t>(), n);
  return result.to(dtype);
}

Tensor rand_like(const Tensor& like, TensorOptions options, std::optional<MemoryFormat> format) {
  const autograd::profiler::RecordFunction profiled("rand_like");
  return filled_at_random(memory_like("rand_like", like, options, format), fill_from_0_to_1, std::nullopt, options);
}
Tensor randn_like(const Tensor& like, TensorOptions options, std::optional<MemoryFormat> format) {
  const autograd::profiler::RecordFunction profiled("randn_like");
  return filled_at_random(memory_like("randn_like", like, options, format), fill_standard_normal, std::nullopt, options);
}

Tensor bernoulli(const Tensor& probabilities, std::optional<Generator> given) {
  const autograd::profiler::RecordFunction profiled("bernoulli");
  if (bits_of_half(probabilities.dtype()) > 0) {
    return bernoulli(probabilities.detach().to(kFloat32), std::move(given)).to(probabilities.dtype());
  }
  const Tensor p = probabilities.detach().contiguous();
  Tensor result = empty_like(p);
  Generator generator = detail::given_or_default(given);
  const auto lock = generator.lock();
  visit_floating(p.dtype(), "bernoulli", [&]<class T>() {
    const T* source = p.data_ptr<T>();
    for (std::int64_t i = 0; i < p.numel(); ++i) {
      check<ValueError>(source[i] >= 0 && source[i] <= 1, "bernoulli: {} is no probability", source[i]);
    }
    T* data = result.data_ptr<T>();
    kernels::fill_uniform(generator.engine(), data, p.numel(), T(0), T(1));
    for (std::int64_t i = 0; i < p.numel(); ++i) data[i] = data[i] < source[i] ? T(1) : T(0);
  });
  return result;
}

Tensor bernoulli(const Tensor& like, OnlyReal p, std::optional<Generator> generator) {
  const autograd::profiler::RecordFunction profiled("bernoulli");
  return empty_like(like).bernoulli_(p, std::move(generator));
}

Tensor& Tensor::uniform_(double from, double to, std::optional<Generator> generator) const {
  check<ValueError>(from <= to, "uniform_: expected from <= to, got {} and {}", from, to);
  detail::require_floating("uniform_", *this);
  const double largest = detail::float_limits(dtype()).largest;
  check<ValueError>(from >= -largest && to <= largest && to - from <= largest,
                    "uniform_: {} does not hold the numbers from {} to {}, or their distance", dtype(), from, to);
  require_writable("uniform_", *this);
  fill_uniform(*this, from, to, detail::given_or_default(generator));
  mark_written(*this);
  return itself(*this);
}

Tensor& Tensor::normal_(double mean, double std, std::optional<Generator> generator) const {
  require_writable("normal_", *this);
  fill_normal(*this, mean, std, detail::given_or_default(generator));
  mark_written(*this);
  return itself(*this);
}

Tensor& Tensor::bernoulli_(OnlyReal p, std::optional<Generator> given) const {
  check<ValueError>(p >= 0 && p <= 1, "bernoulli_: {} is no probability", p);
  require_writable("bernoulli_", *this);
  Generator generator = detail::given_or_default(given);
  const auto lock = generator.lock();
  detail::draw(*this, "bernoulli_",
               [&]<class T>(T* data, std::int64_t n) { kernels::fill_bernoulli(generator.engine(), data, n, p); });
  mark_written(*this);
  return itself(*this);
}

Tensor& Tensor::bernoulli_(const Tensor& p, std::optional<Generator> generator) const {
  require_writable("bernoulli_", *this);
  detail::copy_values(*this, xgrad::bernoulli(p.expand(sizes()), std::move(generator)));
  mark_written(*this);
  return itself(*this);
}

// NOLINTEND(performance-unnecessary-value-param)

}  // namespace xgrad
