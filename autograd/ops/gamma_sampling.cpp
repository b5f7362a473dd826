#include "autograd/ops/gamma_sampling.h"

#include <cmath>
#include <limits>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/incomplete_beta.h"
#include "autograd/ops/incomplete_gamma.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

double draw_gamma(double concentration, Generator& generator) {
  if (concentration == 0) return 0;
  double scale = 1;
  if (concentration < 1) {  // from the next concentration, where fewer draws are rejected
    scale = std::pow(1 - generator.uniform<double>(), 1 / concentration);
    concentration += 1;
  }
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
    if (u < 1 - 0.0331 * square * square || std::log(u) < 0.5 * square + d * (1 - v + std::log(v))) return scale * d * v;
  }
}

/// Checked, in row-major order.
Tensor checked_concentrations(const char* operation, const Tensor& concentration) {
  check<TypeError>(concentration.is_floating_point(), "{}: expected a floating-point concentration, got {}", operation,
                   concentration.dtype());
  const Tensor contiguous = concentration.detach().contiguous();
  check<ValueError>(all(ge(contiguous, 0)).item<bool>(), "{}: the concentrations must not be negative", operation);
  return contiguous;
}

}  // namespace

Tensor standard_gamma(const Tensor& concentration, Generator generator) {
  const Tensor concentrations = checked_concentrations("standard_gamma", concentration);
  Tensor drawn = empty(concentrations.sizes(), concentrations.dtype());
  visit_floating(drawn.dtype(), "standard_gamma", [&]<class T>() {
    const auto lock = generator.lock();
    for (std::int64_t i = 0; i < drawn.numel(); ++i) {
      const auto x = static_cast<T>(draw_gamma(static_cast<double>(concentrations.data_ptr<T>()[i]), generator));
      // A logarithm of 0 would not be finite.
      drawn.data_ptr<T>()[i] = concentrations.data_ptr<T>()[i] == 0 ? x : std::max(std::numeric_limits<T>::min(), x);
    }
  });
  return record("StandardGamma", drawn, {concentration},
                [concentration = SavedTensor(concentration), drawn = SavedTensor::result(drawn)](const Tensor& grad) {
                  return grad * detail::gamma_quantile_slope(concentration.unpack(), drawn.unpack());
                });
}

Tensor sample_dirichlet(const Tensor& concentration, Generator generator) {
  check<ShapeError>(concentration.dim() > 0, "sample_dirichlet: expected a concentration with dimensions, got []");
  const Tensor concentrations = checked_concentrations("sample_dirichlet", concentration);
  Tensor gammas = empty(concentrations.sizes(), kFloat64);
  visit_floating(concentrations.dtype(), "sample_dirichlet", [&]<class T>() {
    const auto lock = generator.lock();
    for (std::int64_t i = 0; i < gammas.numel(); ++i) {
      gammas.data_ptr<double>()[i] = draw_gamma(static_cast<double>(concentrations.data_ptr<T>()[i]), generator);
    }
  });
  Tensor drawn = empty(concentrations.sizes(), concentrations.dtype());
  {
    const NoGradGuard no_grad;
    const Tensor parts = gammas / sum(gammas, -1, true);
    visit_floating(drawn.dtype(), "sample_dirichlet", [&]<class T>() {
      // Between 0 and 1, so that both logarithms are finite.
      const T highest = 1 - std::numeric_limits<T>::epsilon() / 2;
      for (std::int64_t i = 0; i < drawn.numel(); ++i) {
        drawn.data_ptr<T>()[i] =
            std::clamp(static_cast<T>(parts.data_ptr<double>()[i]), std::numeric_limits<T>::min(), highest);
      }
    });
  }
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
