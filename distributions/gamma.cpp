#include "distributions/gamma.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "autograd/base/check.h"
#include "autograd/base/dtype_limits.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/binary.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/embedding.h"
#include "autograd/ops/gamma_sampling.h"
#include "autograd/ops/incomplete_gamma.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/random.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/special.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad::distributions {

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Gamma draws may come out as 0 in the dtype, whose logarithm is not finite.
Tensor above_zero(const Tensor& x) { return clamp(x, xgrad::detail::float_limits(x.dtype()).smallest_normal); }

Tensor concentrations(const Parameter& concentration1, const Parameter& concentration0) {
  const TensorList parameters = detail::broadcast_parameters("Beta", {concentration1, concentration0});
  detail::require("Beta", "concentration1", parameters[0], constraints::positive());
  detail::require("Beta", "concentration0", parameters[1], constraints::positive());
  return stack(parameters, -1);
}

}  // namespace

Gamma::Gamma(const Parameter& concentration, const Parameter& rate) : DistributionOf("Gamma") {
  TensorList parameters = detail::broadcast_parameters("Gamma", {concentration, rate});
  detail::require("Gamma", "concentration", parameters[0], constraints::positive());
  detail::require("Gamma", "rate", parameters[1], constraints::positive());
  concentration_ = parameters[0];
  rate_ = parameters[1];
  set_shapes(rate_.sizes());
}

Gamma Gamma::expand(IntArrayRef batch_shape) const {
  const DimVector shape = expanded_shape(batch_shape);
  return Gamma(concentration_.expand(shape), rate_.expand(shape));
}

Tensor Gamma::rsample(IntArrayRef sample_shape) const {
  return above_zero(standard_gamma(concentration_.expand(extended_shape(sample_shape))) / rate_);
}

Tensor Gamma::log_prob(const Tensor& value) const {
  const Tensor x = checked_value(value);
  return xlogy(concentration_, rate_) + xlogy(concentration_ - 1, x) - rate_ * x - lgamma(concentration_);
}

Tensor Gamma::entropy() const {
  return concentration_ - log(rate_) + lgamma(concentration_) + (1 - concentration_) * digamma(concentration_);
}

Tensor Gamma::cdf(const Tensor& value) const { return igamma(concentration_, rate_ * checked_value(value)); }
Tensor Gamma::mean() const { return concentration_ / rate_; }
Tensor Gamma::mode() const { return clamp((concentration_ - 1) / rate_, 0); }
Tensor Gamma::variance() const { return concentration_ / square(rate_); }
Tensor Gamma::stddev() const { return sqrt(concentration_) / rate_; }

Dirichlet::Dirichlet(const Tensor& concentration) : DistributionOf("Dirichlet") {
  concentration_ = detail::broadcast_parameters("Dirichlet", {concentration})[0];
  check<ShapeError>(concentration_.dim() > 0, "Dirichlet: expected a concentration with dimensions, got []");
  detail::require("Dirichlet", "concentration", concentration_, constraints::positive());
  const IntArrayRef sizes = concentration_.sizes();
  set_shapes(IntArrayRef(sizes.data(), sizes.size() - 1), {sizes.back()});
}

Dirichlet Dirichlet::expand(IntArrayRef batch_shape) const {
  return Dirichlet(concentration_.expand(expanded_shape(batch_shape)));
}

Tensor Dirichlet::rsample(IntArrayRef sample_shape) const {
  return sample_dirichlet(concentration_.expand(extended_shape(sample_shape)));
}

Tensor Dirichlet::log_prob(const Tensor& value) const {
  const Tensor x = checked_value(value);
  return sum(xlogy(concentration_ - 1, x), -1) + lgamma(sum(concentration_, -1)) - sum(lgamma(concentration_), -1);
}

Tensor Dirichlet::entropy() const {
  const auto categories = static_cast<double>(concentration_.size(-1));
  const Tensor total = sum(concentration_, -1);
  return sum(lgamma(concentration_), -1) - lgamma(total) - (categories - total) * digamma(total) -
         sum((concentration_ - 1) * digamma(concentration_), -1);
}

Tensor Dirichlet::mean() const { return concentration_ / sum(concentration_, -1, true); }

Tensor Dirichlet::mode() const {
  const Tensor above = clamp(concentration_ - 1, 0);
  const Tensor inside = above / sum(above, -1, true);
  const Tensor largest = one_hot(argmax(concentration_.detach(), -1), concentration_.size(-1)).to(dtype());
  return where(all(lt(concentration_.detach(), 1), -1, true), largest, inside);
}

Tensor Dirichlet::variance() const {
  const Tensor total = sum(concentration_, -1, true);
  return concentration_ * (total - concentration_) / (square(total) * (total + 1));
}

Beta::Beta(const Parameter& concentration1, const Parameter& concentration0)
    : DistributionOf("Beta"), dirichlet_(concentrations(concentration1, concentration0)) {
  set_shapes(dirichlet_.batch_shape());
}

Beta Beta::expand(IntArrayRef batch_shape) const {
  const DimVector shape = expanded_shape(batch_shape);
  return Beta(concentration1().expand(shape), concentration0().expand(shape));
}

Tensor Beta::concentration1() const { return select(dirichlet_.concentration(), -1, 0); }
Tensor Beta::concentration0() const { return select(dirichlet_.concentration(), -1, 1); }
Tensor Beta::rsample(IntArrayRef sample_shape) const { return select(dirichlet_.rsample(sample_shape), -1, 0); }

Tensor Beta::log_prob(const Tensor& value) const {
  const Tensor x = checked_value(value);
  const Tensor a = concentration1();
  const Tensor b = concentration0();
  return xlogy(a - 1, x) + xlogy(b - 1, 1 - x) + lgamma(a + b) - lgamma(a) - lgamma(b);
}

Tensor Beta::entropy() const { return dirichlet_.entropy(); }
Tensor Beta::mean() const { return concentration1() / (concentration1() + concentration0()); }
Tensor Beta::mode() const { return select(dirichlet_.mode(), -1, 0); }

Tensor Beta::variance() const {
  const Tensor total = concentration1() + concentration0();
  return concentration1() * concentration0() / (square(total) * (total + 1));
}

StudentT::StudentT(const Parameter& df, const Parameter& loc, const Parameter& scale) : DistributionOf("StudentT") {
  TensorList parameters = detail::broadcast_parameters("StudentT", {df, loc, scale});
  detail::require("StudentT", "df", parameters[0], constraints::positive());
  detail::require("StudentT", "loc", parameters[1], constraints::real());
  detail::require("StudentT", "scale", parameters[2], constraints::positive());
  df_ = parameters[0];
  loc_ = parameters[1];
  scale_ = parameters[2];
  set_shapes(df_.sizes());
}

StudentT StudentT::expand(IntArrayRef batch_shape) const {
  const DimVector shape = expanded_shape(batch_shape);
  return StudentT(df_.expand(shape), loc_.expand(shape), scale_.expand(shape));
}

Tensor StudentT::rsample(IntArrayRef sample_shape) const {
  // A normal variable over the root of a chi-squared one.
  const Tensor normal = randn(extended_shape(sample_shape), dtype());
  const Tensor chi_squared = Gamma(0.5 * df_, 0.5).rsample(sample_shape);
  return loc_ + scale_ * (normal * rsqrt(chi_squared / df_));
}

Tensor StudentT::log_prob(const Tensor& value) const {
  const Tensor y = (checked_value(value) - loc_) / scale_;
  const Tensor half = 0.5 * df_;
  const Tensor normalizer =
      log(scale_) + 0.5 * log(df_) + 0.5 * std::log(std::numbers::pi) + lgamma(half) - lgamma(half + 0.5);
  return (-half - 0.5) * log1p(square(y) / df_) - normalizer;
}

Tensor StudentT::entropy() const {
  const Tensor half = 0.5 * df_;
  const Tensor log_beta = lgamma(half) + std::log(std::numbers::pi) / 2 - lgamma(half + 0.5);
  return log(scale_) + (half + 0.5) * (digamma(half + 0.5) - digamma(half)) + 0.5 * log(df_) + log_beta;
}

Tensor StudentT::mean() const { return masked_fill(loc_, le(df_.detach(), 1), not_a_number); }

Tensor StudentT::variance() const {
  const Tensor degrees = df_.detach();
  const Tensor is_infinite = le(degrees, 2);
  const Tensor safe = masked_fill(df_, is_infinite, 3);
  const Tensor finite = square(scale_) * safe / (safe - 2);
  return masked_fill(masked_fill(finite, is_infinite, std::numeric_limits<double>::infinity()), le(degrees, 1),
                     not_a_number);
}

}  // namespace xgrad::distributions
