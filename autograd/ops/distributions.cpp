#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <type_traits>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/dtype_limits.h"
#include "autograd/base/stride_order.h"
#include "autograd/kernels/random.h"
#include "autograd/ops/draw.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/view.h"

namespace xgrad {

namespace detail {

Tensor in_memory_order(const Tensor& x) {
  DimVector order;
  for (std::int64_t dim = x.dim(); dim-- > 0;) order.push_back(dim);
  sort_by_stride(order, x.strides());
  std::reverse(order.begin(), order.end());
  return permute(x.detach(), order);
}

void check_integers(const char* operation, Dtype dtype, std::int64_t low, std::int64_t high) {
  check<ValueError>(low < high, "{}: expected low < high, got {} and {}", operation, low, high);
  const IntegerLimits limits = integer_limits(dtype);
  check<ValueError>(low >= limits.least && high - 1 <= limits.most, "{}: {} does not hold the integers from {} to {}",
                    operation, dtype, low, high - 1);
}

void fill_integers(const Tensor& target, std::int64_t low, std::int64_t high, Generator generator) {
  const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  const auto lock = generator.lock();
  draw_in_memory_order(target, [&](const Tensor& contiguous) {
    constexpr std::int64_t chunk = 512;
    std::int64_t drawn[chunk];
    for (std::int64_t first = 0; first < contiguous.numel(); first += chunk) {
      const std::int64_t count = std::min(chunk, contiguous.numel() - first);
      kernels::fill_integers(generator.engine(), drawn, count, static_cast<std::uint64_t>(low), range);
      visit_any_dtype(contiguous.dtype(), [&]<class T>() {
        T* data = contiguous.data_ptr<T>() + first;
        for (std::int64_t i = 0; i < count; ++i) data[i] = static_cast<T>(drawn[i]);
      });
    }
  });
}

void require_floating(const char* operation, const Tensor& target) {
  check<TypeError>(target.is_floating_point(), "{}: expected a floating-point tensor, got {}", operation, target.dtype());
}

}  // namespace detail

namespace {

/// Fills with a function of a generator, which gives float64 or int64, whatever the dtype.
template <class Distribution>
Tensor& fill_from(const char* operation, const Tensor& target, const std::optional<Generator>& given,
                  const Distribution& distribution) {
  require_writable(operation, target);
  Generator generator = detail::given_or_default(given);
  const auto lock = generator.lock();
  using Number = decltype(distribution(generator));
  detail::draw_in_memory_order(target, [&](const Tensor& contiguous) {
    const bool direct = contiguous.dtype() == dtype_of<Number>();
    const Tensor drawn = direct ? contiguous : empty(contiguous.sizes(), dtype_of<Number>());
    std::generate_n(drawn.data_ptr<Number>(), drawn.numel(), [&] { return distribution(generator); });
    if (!direct) detail::copy_values(contiguous, drawn);
  });
  mark_written(target);
  return itself(target);
}

}  // namespace

// Generators are taken by value, as libtorch declares them.
// NOLINTBEGIN(performance-unnecessary-value-param)

Tensor& Tensor::random_(std::optional<Generator> generator) const {
  // Every number that the dtype holds exactly, from 0 on.
  switch (dtype()) {
    case ScalarType::Double: return random_(0, (1LL << 53) + 1, generator);
    case ScalarType::Float: return random_(0, (1LL << 24) + 1, generator);
    case ScalarType::Half: return random_(0, (1LL << 11) + 1, generator);
    case ScalarType::BFloat16: return random_(0, (1LL << 8) + 1, generator);
    case ScalarType::Long: {
      const auto below = [](Generator& drawn) {
        return static_cast<std::int64_t>(drawn.random64() & std::numeric_limits<std::int64_t>::max());
      };
      return fill_from("random_", *this, generator, below);
    }
    case ScalarType::Bool: return random_(0, 2, generator);
    default: {
      const std::int64_t bits = static_cast<std::int64_t>(8 * element_size()) - (is_signed() ? 1 : 0);
      return random_(0, 1LL << bits, generator);
    }
  }
}

Tensor& Tensor::random_(std::int64_t from, std::optional<std::int64_t> to, std::optional<Generator> generator) const {
  if (to) {
    detail::check_integers("random_", dtype(), from, *to);
  } else {
    // Up to the largest number of the dtype, or of int64. What follows it wraps around.
    const std::int64_t largest = dtype() == kFloat16 ? static_cast<std::int64_t>(detail::float_limits(kFloat16).largest)
                                                     : detail::integer_limits(dtype()).most;
    if (from < largest) detail::check_integers("random_", dtype(), from, largest);
    check<ValueError>(from < largest, "random_: {} does not hold more than {}", dtype(), largest);
    to = static_cast<std::int64_t>(static_cast<std::uint64_t>(largest) + 1);
    if (from == *to) {  // all of int64: more than a range of uint64 can say
      const auto any = [](Generator& drawn) { return static_cast<std::int64_t>(drawn.random64()); };
      return fill_from("random_", *this, generator, any);
    }
  }
  require_writable("random_", *this);
  detail::fill_integers(*this, from, *to, detail::given_or_default(generator));
  mark_written(*this);
  return itself(*this);
}

Tensor& Tensor::exponential_(double lambda, std::optional<Generator> generator) const {
  check<ValueError>(lambda > 0, "exponential_: the rate must be positive, got {}", lambda);
  detail::require_floating("exponential_", *this);
  const auto distribution = [lambda](Generator& drawn) { return -1 / lambda * std::log1p(-drawn.uniform<double>()); };
  return fill_from("exponential_", *this, generator, distribution);
}

Tensor& Tensor::geometric_(OnlyReal p, std::optional<Generator> generator) const {
  check<ValueError>(p > 0 && p < 1, "geometric_: expected a probability between 0 and 1, got {}", p);
  const auto distribution = [p](Generator& drawn) { return std::ceil(std::log(drawn.uniform<double>()) / std::log1p(-p)); };
  return fill_from("geometric_", *this, generator, distribution);
}

Tensor& Tensor::cauchy_(double median, double sigma, std::optional<Generator> generator) const {
  check<ValueError>(sigma > 0, "cauchy_: the scale must be positive, got {}", sigma);
  detail::require_floating("cauchy_", *this);
  const auto distribution = [=](Generator& drawn) {
    return median + sigma * std::tan(std::numbers::pi * (drawn.uniform<double>() - 0.5));
  };
  return fill_from("cauchy_", *this, generator, distribution);
}

Tensor& Tensor::log_normal_(double mean, double std, std::optional<Generator> generator) const {
  check<ValueError>(std > 0, "log_normal_: the standard deviation must be positive, got {}", std);
  detail::require_floating("log_normal_", *this);
  const auto distribution = [=](Generator& drawn) { return std::exp(drawn.normal() * std + mean); };
  return fill_from("log_normal_", *this, generator, distribution);
}

// NOLINTEND(performance-unnecessary-value-param)

}  // namespace xgrad
