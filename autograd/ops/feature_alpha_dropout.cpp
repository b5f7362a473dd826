#include "autograd/ops/feature_alpha_dropout.h"

#include <cmath>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/inplace.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

void check_dropout(const char* operation, const Tensor& x, double p) {
  check<TypeError>(x.is_floating_point(), "{}: expected a floating-point tensor, got {}", operation, x.dtype());
  check<ValueError>(p >= 0 && p <= 1, "{}: the probability must lie in [0, 1], got {}", operation, p);
}

/// 1 for each feature that is kept, else 0; it broadcasts to x.
Tensor kept_features(const char* operation, const Tensor& x, double p) {
  check<ShapeError>(x.dim() >= 2, "{}: expected (batch, features, ...), got {}", operation, x.sizes());
  DimVector sizes(static_cast<std::size_t>(x.dim()), 1);
  sizes[0] = x.size(0);
  sizes[1] = x.size(1);
  return empty(sizes, x.dtype()).bernoulli_(1 - p);
}

}  // namespace

Tensor feature_dropout(const Tensor& x, OnlyReal p, OnlyBool training) {
  const autograd::profiler::RecordFunction profiled("feature_dropout");
  check_dropout("feature_dropout", x, p);
  if (!training || p == 0 || x.numel() == 0) return x;
  if (p == 1) return x * zeros_like(x);
  return x * (kept_features("feature_dropout", x, p) / (1 - p));
}

Tensor feature_alpha_dropout(const Tensor& x, OnlyReal p, OnlyBool training) {
  const autograd::profiler::RecordFunction profiled("feature_alpha_dropout");
  check_dropout("feature_alpha_dropout", x, p);
  if (!training || p == 0 || x.numel() == 0) return x;
  if (p == 1) return x * zeros_like(x);
  constexpr double lowest = 1.6732632423543772 * 1.0507009873554805;  // the limit of -selu
  const double a = 1 / std::sqrt((lowest * lowest * p + 1) * (1 - p));
  const Tensor kept = kept_features("feature_alpha_dropout", x, p);
  const Tensor shift = (kept - 1) * (lowest * a) + lowest * a * p;
  return x * (kept * a) + shift;
}

}  // namespace xgrad
