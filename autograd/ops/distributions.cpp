#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "autograd/base/check.h"
#include "autograd/kernels/random.h"
#include "autograd/ops/draw.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/view.h"

namespace xgrad {

namespace detail {

Tensor in_memory_order(const Tensor& x) {
  DimVector order;
  for (std::int64_t dim = 0; dim < x.dim(); ++dim) order.push_back(dim);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return x.stride(a) > x.stride(b); });
  return permute(x.detach(), order);
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

}  // namespace detail

namespace {

/// Fills with a function of the default generator, which is drawn from in double precision, whatever the dtype.
template <class Distribution>
Tensor& fill_from(const char* operation, const Tensor& target, const Distribution& distribution) {
  require_writable(operation, target);
  Generator& generator = default_generator();
  const auto lock = generator.lock();
  detail::draw_in_memory_order(target, [&](const Tensor& contiguous) {
    visit_any_dtype(contiguous.dtype(), [&]<class T>() {
      T* data = contiguous.data_ptr<T>();
      for (std::int64_t i = 0; i < contiguous.numel(); ++i) data[i] = static_cast<T>(distribution(generator));
    });
  });
  mark_written(target);
  return itself(target);
}

void require_floating(const char* operation, const Tensor& target) {
  check<TypeError>(target.is_floating_point(), "{}: expected a floating-point tensor, got {}", operation, target.dtype());
}

}  // namespace

Tensor& Tensor::random_() const {
  // Every number that the dtype holds exactly, from 0 on.
  switch (dtype()) {
    case ScalarType::Double: return random_(0, (1LL << 53) + 1);
    case ScalarType::Float: return random_(0, (1LL << 24) + 1);
    case ScalarType::Half: return random_(0, (1LL << 11) + 1);
    case ScalarType::BFloat16: return random_(0, (1LL << 8) + 1);
    case ScalarType::Long: {
      const auto below = [](Generator& generator) {
        return static_cast<std::int64_t>(generator.random64() & std::numeric_limits<std::int64_t>::max());
      };
      return fill_from("random_", *this, below);
    }
    case ScalarType::Bool: return random_(0, 2);
    default: {
      const std::int64_t bits = static_cast<std::int64_t>(8 * element_size()) - (is_signed() ? 1 : 0);
      return random_(0, 1LL << bits);
    }
  }
}

Tensor& Tensor::random_(std::int64_t from, std::int64_t to) const {
  check<ValueError>(from < to, "random_: expected from < to, got {} and {}", from, to);
  require_writable("random_", *this);
  detail::fill_integers(*this, from, to, default_generator());
  mark_written(*this);
  return itself(*this);
}

Tensor& Tensor::exponential_(double lambda) const {
  check<ValueError>(lambda > 0, "exponential_: the rate must be positive, got {}", lambda);
  require_floating("exponential_", *this);
  if (compute_dtype(dtype()) != dtype()) {
    return fill_from("exponential_", *this,
                     [lambda](Generator& generator) { return -1 / lambda * std::log1p(-generator.uniform<double>()); });
  }
  require_writable("exponential_", *this);
  Generator& generator = default_generator();
  const auto lock = generator.lock();
  detail::draw(*this, "exponential_", [&]<class T>(T* data, std::int64_t n) {
    kernels::fill_exponential(generator.engine(), data, n, 1 / lambda);
  });
  mark_written(*this);
  return itself(*this);
}

Tensor& Tensor::geometric_(double p) const {
  check<ValueError>(p > 0 && p < 1, "geometric_: expected a probability between 0 and 1, got {}", p);
  const auto distribution = [p](Generator& generator) {
    return std::ceil(std::log(generator.uniform<double>()) / std::log(1 - p));
  };
  return fill_from("geometric_", *this, distribution);
}

Tensor& Tensor::cauchy_(double median, double sigma) const {
  check<ValueError>(sigma > 0, "cauchy_: the scale must be positive, got {}", sigma);
  require_floating("cauchy_", *this);
  const auto distribution = [=](Generator& generator) {
    return median + sigma * std::tan(std::numbers::pi * (generator.uniform<double>() - 0.5));
  };
  return fill_from("cauchy_", *this, distribution);
}

Tensor& Tensor::log_normal_(double mean, double std) const {
  check<ValueError>(std > 0, "log_normal_: the standard deviation must be positive, got {}", std);
  require_floating("log_normal_", *this);
  const auto distribution = [=](Generator& generator) { return std::exp(generator.normal() * std + mean); };
  return fill_from("log_normal_", *this, distribution);
}

}  // namespace xgrad
