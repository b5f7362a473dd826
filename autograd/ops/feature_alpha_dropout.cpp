#include "autograd/ops/feature_alpha_dropout.h"

#include <cmath>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/inplace.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

Tensor feature_alpha_dropout(const Tensor& x, double p, bool training) {
  const autograd::profiler::RecordFunction profiled("feature_alpha_dropout");
  check<TypeError>(x.is_floating_point(), "feature_alpha_dropout: expected a floating-point tensor, got {}", x.dtype());
  check<ValueError>(p >= 0 && p <= 1, "feature_alpha_dropout: the probability must lie in [0, 1], got {}", p);
  if (!training || p == 0 || x.numel() == 0) return x;
  if (p == 1) return x * zeros_like(x);
  check<ShapeError>(x.dim() >= 2, "feature_alpha_dropout: expected (batch, features, ...), got {}", x.sizes());
  constexpr double lowest = 1.6732632423543772 * 1.0507009873554805;  // the limit of -selu
  const double a = 1 / std::sqrt((lowest * lowest * p + 1) * (1 - p));
  DimVector sizes(static_cast<std::size_t>(x.dim()), 1);
  sizes[0] = x.size(0);
  sizes[1] = x.size(1);
  Tensor kept = empty(sizes, x.dtype());
  kept.bernoulli_(1 - p);
  const Tensor shift = (kept - 1) * (lowest * a) + lowest * a * p;
  return x * (kept * a) + shift;
}

}  // namespace xgrad
