#include "autograd/ops/gamma_sampling.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/random.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/incomplete_beta.h"
#include "autograd/ops/incomplete_gamma.h"
#include "autograd/ops/reduce.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// For concentrations of at least 1: Marsaglia and Tsang's rejection from a transformed normal number.
double draw_large_gamma(double concentration, Generator& generator) {
  const double d = concentration - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    double x = 0;
    double y = 0;
    do {
      x = generator.normal();
      y = 1 + c * x;
    } while (y <= 0);
    const double v = y * y * y;
    const double u = 1 - generator.uniform<double>();
    const double square = x * x;
    if (u < 1 - 0.0331 * square * square || std::log(u) < 0.5 * square + d * (1 - v + std::log(v))) return d * v;
  }
}

/// A draw as base uniform^(1 / order), which for small concentrations is often less than the smallest number.
struct GammaDraw {
  double base = 0;
  double uniform = 1;
  double order = 1;

  double value() const { return uniform == 1 ? base : base * std::pow(uniform, 1 / order); }
  double logarithm() const { return std::log(base) + std::log(uniform) / order; }
};

GammaDraw draw_gamma(double concentration, Generator& generator) {
  if (concentration == 0) return {};
  if (concentration >= 1) return {.base = draw_large_gamma(concentration, generator)};
  // From the next concentration, where fewer draws are rejected.
  GammaDraw draw{.uniform = 1 - generator.uniform<double>(), .order = concentration};
  draw.base = draw_large_gamma(concentration + 1, generator);
  return draw;
}

/// What n gammas are of their sum.
void write_parts(const GammaDraw* gammas, double* parts, std::int64_t n) {
  double total = 0;
  for (std::int64_t i = 0; i < n; ++i) total += parts[i] = gammas[i].value();
  if (total < std::numeric_limits<double>::min()) {
    // All of them are next to nothing: by their logarithms, without the largest.
    double largest = -std::numeric_limits<double>::infinity();
    for (std::int64_t i = 0; i < n; ++i) largest = std::max(largest, parts[i] = gammas[i].logarithm());
    total = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      // Concentrations of 0 alone have equal parts.
      total += parts[i] = std::isinf(largest) ? 1 : std::exp(parts[i] - largest);
    }
  }
  for (std::int64_t i = 0; i < n; ++i) parts[i] /= total;
}

/// A logarithm of 0 would not be finite.
template <class T>
T above_zero(T drawn, T concentration) {
  return concentration == 0 ? drawn : std::max(std::numeric_limits<T>::min(), drawn);
}

void draw_gammas(const double* concentrations, double* out, std::int64_t n, Generator& generator) {
  for (std::int64_t i = 0; i < n; ++i)
    out[i] = above_zero(draw_gamma(concentrations[i], generator).value(), concentrations[i]);
}

/// The same draws; what takes the scales of small concentrations does so for many at a time.
void draw_gammas(const float* concentrations, float* out, std::int64_t n, Generator& generator) {
  constexpr std::int64_t chunk = 512;
  double bases[chunk];
  double uniforms[chunk];
  double orders[chunk];
  for (std::int64_t first = 0; first < n; first += chunk) {
    const std::int64_t count = std::min(chunk, n - first);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto concentration = static_cast<double>(concentrations[first + i]);
      const bool small = concentration < 1 && concentration != 0;
      orders[i] = small ? concentration : 1;
      uniforms[i] = small ? 1 - generator.uniform<double>() : 1;
      bases[i] = concentration == 0 ? 0 : draw_large_gamma(small ? concentration + 1 : concentration, generator);
    }
    kernels::times_roots(out + first, bases, uniforms, orders, count);
    for (std::int64_t i = first; i < first + count; ++i) out[i] = above_zero(out[i], concentrations[i]);
  }
}

/// Checked, in row-major order.
Tensor checked_concentrations(const char* operation, const Tensor& concentration) {
  check<TypeError>(concentration.is_floating_point(), "{}: expected a floating-point concentration, got {}", operation,
                   concentration.dtype());
  Tensor contiguous = concentration.detach().contiguous();
  check<ValueError>(all(ge(contiguous, 0)).item<bool>(), "{}: the concentrations must not be negative", operation);
  return contiguous;
}

}  // namespace

Tensor standard_gamma(const Tensor& concentration, Generator generator) {
  const Tensor concentrations = checked_concentrations("standard_gamma", concentration);
  Tensor drawn = empty(concentrations.sizes(), concentrations.dtype());
  visit_floating(drawn.dtype(), "standard_gamma", [&]<class T>() {
    const auto lock = generator.lock();
    draw_gammas(concentrations.data_ptr<T>(), drawn.data_ptr<T>(), drawn.numel(), generator);
  });
  return record("StandardGamma", drawn, {concentration},
                [concentration = SavedTensor(concentration), drawn = SavedTensor::result(drawn)](const Tensor& grad) {
                  return grad * detail::gamma_quantile_slope(concentration.unpack(), drawn.unpack());
                });
}

Tensor sample_dirichlet(const Tensor& concentration, Generator generator) {
  check<ShapeError>(concentration.dim() > 0, "sample_dirichlet: expected a concentration with dimensions, got []");
  const Tensor concentrations = checked_concentrations("sample_dirichlet", concentration);
  Tensor drawn = empty(concentrations.sizes(), concentrations.dtype());
  const std::int64_t n = drawn.size(-1);
  std::vector<GammaDraw> gammas(static_cast<std::size_t>(n));
  std::vector<double> parts(static_cast<std::size_t>(n));
  visit_floating(drawn.dtype(), "sample_dirichlet", [&]<class T>() {
    const auto lock = generator.lock();
    // Between 0 and 1, so that both logarithms are finite.
    const T highest = 1 - std::numeric_limits<T>::epsilon() / 2;
    for (std::int64_t row = 0; row < drawn.numel(); row += n) {
      const T* concentration_of = concentrations.data_ptr<T>() + row;
      T* out = drawn.data_ptr<T>() + row;
      for (std::int64_t i = 0; i < n; ++i) gammas[i] = draw_gamma(static_cast<double>(concentration_of[i]), generator);
      write_parts(gammas.data(), parts.data(), n);
      for (std::int64_t i = 0; i < n; ++i)
        out[i] = std::clamp(static_cast<T>(parts[i]), std::numeric_limits<T>::min(), highest);
    }
  });
  return record("SampleDirichlet", drawn, {concentration},
                [concentration = SavedTensor(concentration), drawn = SavedTensor::result(drawn)](const Tensor& grad) {
                  const Tensor x = drawn.unpack();
                  const Tensor a = concentration.unpack();
                  const Tensor slope = detail::beta_quantile_slope(a, sum(a, -1, true).expand(a.sizes()), x);
                  // A part that grows takes from all others in proportion.
                  return slope * (grad - sum(x * grad, -1, true));
                });
}

}  // namespace xgrad
