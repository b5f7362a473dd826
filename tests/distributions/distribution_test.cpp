#include "distributions/distribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "autograd/autograd.h"
#include "distributions/distributions.h"

namespace xgrad::test {

namespace {

using namespace distributions;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Tensor doubles(NestedNumbers numbers) { return tensor(std::move(numbers), kFloat64); }

std::function<Tensor(const TensorList&)> log_prob_of(const std::function<DistributionPtr(const TensorList&)>& make,
                                                     const Tensor& value) {
  return [=](const TensorList& parameters) { return make(parameters)->log_prob(value); };
}

TEST(Distribution, numbers_take_the_dtype_of_the_tensors_beside_them) {
  EXPECT_EQ(Normal(0, 1).dtype(), kFloat32);
  EXPECT_EQ(Normal(0, 1).batch_shape(), IntArrayRef());
  EXPECT_EQ(Normal(doubles({1, 2}), 1).scale().dtype(), kFloat64);
  EXPECT_EQ(Normal(doubles({1, 2}), 1).batch_shape(), IntArrayRef({2}));
  EXPECT_EQ(Gamma(ones({3, 1}), ones({2})).batch_shape(), IntArrayRef({3, 2}));
}

TEST(Distribution, errors_name_the_distribution_and_the_argument) {
  EXPECT_THAT([] { Normal(0, -1); }, ThrowsMessage<ValueError>("Normal: scale must be positive, got -1"));
  EXPECT_THAT([] { Normal(NAN, 1); }, ThrowsMessage<ValueError>(HasSubstr("loc must be a number")));
  EXPECT_THAT(
      [] {
        Gamma(tensor({1.0, 0.0}), 1);
      },
      ThrowsMessage<ValueError>("Gamma: concentration must be positive, got 0"));
  EXPECT_THAT([] { Bernoulli(1.5); }, ThrowsMessage<ValueError>("Bernoulli: probs must be between 0 and 1, got 1.5"));
  EXPECT_THAT([] { Uniform(1, 1); }, ThrowsMessage<ValueError>(HasSubstr("low must be below high")));
  EXPECT_THAT([] { Poisson(-0.5); }, ThrowsMessage<ValueError>(HasSubstr("rate must be not negative")));
  EXPECT_THAT([] { Geometric(0.0); }, ThrowsMessage<ValueError>(HasSubstr("probs must be positive")));
  EXPECT_THAT([] { Binomial(1.5, 0.5); }, ThrowsMessage<ValueError>(HasSubstr("total_count must be a whole number")));
  EXPECT_THAT([] { Categorical(tensor({0.5, -0.5})); }, ThrowsMessage<ValueError>(HasSubstr("Categorical: probs")));
  EXPECT_THAT([] { Categorical(tensor({0.0, 0.0})); }, ThrowsMessage<ValueError>(HasSubstr("the sum of probs")));
  EXPECT_THAT([] { Categorical(ProbsOrLogits{}); },
              ThrowsMessage<ValueError>(HasSubstr("either probs or logits, got neither")));
  EXPECT_THAT([] { Multinomial(-1, ones({2})); }, ThrowsMessage<ValueError>(HasSubstr("total_count")));
  EXPECT_THAT([] { StudentT(0); }, ThrowsMessage<ValueError>(HasSubstr("StudentT: df")));
  EXPECT_THAT(
      [] {
        MultivariateNormal(zeros({2}), {.scale_tril = ones({2, 2})});
      },
      ThrowsMessage<ValueError>(HasSubstr("scale_tril must be a lower triangular matrix")));
  EXPECT_THAT([] { MultivariateNormal(zeros({2}), {}); }, ThrowsMessage<ValueError>(HasSubstr("got 0")));
  EXPECT_THAT(
      [] {
        MultivariateNormal(zeros({2}), {.covariance_matrix = tensor({{1.0, 0.5}, {0.0, 1.0}})});
      },
      ThrowsMessage<ValueError>(HasSubstr("must be symmetric")));
  EXPECT_THROW(Normal(ones({2}), ones({3})), ShapeError);
  EXPECT_THROW(Normal(ones({2}, kInt64), 1), TypeError);
  EXPECT_THROW(Categorical(ones({2}, kInt64)), TypeError);
  EXPECT_THROW(Categorical(scalar_tensor(1.0)), ShapeError);
  EXPECT_THROW(Dirichlet(scalar_tensor(1.0)), ShapeError);
  EXPECT_THROW(MultivariateNormal(zeros({3}), {.scale_tril = eye(2)}), ShapeError);
  EXPECT_THROW(Independent(Normal(0, 1), 1), ValueError);
  EXPECT_THROW(MixtureSameFamily(Categorical(ones({3})), Normal(zeros({2}), 1)), ShapeError);
}

TEST(Distribution, values_outside_the_support_are_errors) {
  EXPECT_THAT([] { Exponential(1).log_prob(tensor(-1.0)); },
              ThrowsMessage<ValueError>("Exponential: the value must be not negative, got -1"));
  EXPECT_THROW(Bernoulli(0.5).log_prob(tensor(0.5)), ValueError);
  EXPECT_THROW(Categorical(ones({3})).log_prob(tensor(3)), ValueError);
  EXPECT_THROW(Categorical(ones({3})).log_prob(tensor(-1)), ValueError);
  EXPECT_THROW(Binomial(3, 0.5).log_prob(tensor(4)), ValueError);
  EXPECT_THROW(Uniform(0, 1).log_prob(tensor(1.5)), ValueError);
  EXPECT_THROW(Dirichlet(ones({2})).log_prob(tensor({0.5, 0.6})), ValueError);
  EXPECT_THROW(OneHotCategorical(ones({2})).log_prob(tensor({1.0, 1.0})), ValueError);
  EXPECT_THROW(Multinomial(3, ones({2})).log_prob(tensor({1.0, 1.0})), ValueError);
  EXPECT_THROW(Normal(0, 1).log_prob(tensor(NAN)), ValueError);
  EXPECT_THROW(Normal(zeros({2}), 1).log_prob(zeros({3})), ShapeError);
  EXPECT_THROW(Dirichlet(ones({3})).log_prob(tensor({0.5, 0.5})), ShapeError);
  EXPECT_THROW(Normal(0, 1).log_prob(Tensor()), ShapeError);
}

TEST(Distribution, checks_can_be_turned_off) {
  set_default_validate_args(false);
  EXPECT_NO_THROW(Normal(0, -1));
  EXPECT_NO_THROW(Exponential(1).log_prob(tensor(-1.0)));
  set_default_validate_args(true);
  EXPECT_THROW(Normal(0, -1), ValueError);
}

TEST(Distribution, what_has_no_formula_says_so) {
  EXPECT_THAT([] { Poisson(1).entropy(); }, ThrowsMessage<Error>("Poisson: it has no formula for its entropy"));
  EXPECT_THROW(Categorical(ones({2})).rsample(), Error);
  EXPECT_THROW(Beta(1, 1).cdf(tensor(0.5)), Error);
  EXPECT_THROW(Normal(0, 1).enumerate_support(), Error);
  EXPECT_THROW(kl_divergence(Normal(0, 1), Poisson(1)), Error);
  EXPECT_THROW(TransformedDistribution(Normal(0, 1), AbsTransform()).log_prob(tensor(1.0)), Error);
}

TEST(Distribution, samples_have_the_batch_behind_the_samples) {
  manual_seed(1);
  EXPECT_EQ(Normal(zeros({2}), 1).sample({4, 3}).sizes(), IntArrayRef({4, 3, 2}));
  EXPECT_EQ(Dirichlet(ones({2, 3})).sample({4}).sizes(), IntArrayRef({4, 2, 3}));
  EXPECT_EQ(Categorical(ones({2, 3})).sample({4}).sizes(), IntArrayRef({4, 2}));
  EXPECT_EQ(Categorical(ones({3})).sample().sizes(), IntArrayRef());
  EXPECT_EQ(Multinomial(3, ones({2, 3})).sample({4}).sizes(), IntArrayRef({4, 2, 3}));
  EXPECT_EQ(Normal(zeros({0}), 1).sample({4}).sizes(), IntArrayRef({4, 0}));
  EXPECT_EQ(Categorical(ones({0, 3})).sample({4}).sizes(), IntArrayRef({4, 0}));
  EXPECT_EQ(Categorical(ones({2, 3})).sample({0}).sizes(), IntArrayRef({0, 2}));
  EXPECT_EQ(Normal(zeros({0}), 1).log_prob(zeros({0})).sizes(), IntArrayRef({0}));
}

TEST(Distribution, expand_repeats_a_batch) {
  const Tensor loc = zeros({2}).requires_grad_();
  const Normal normal = Normal(loc, 1).expand({3, 2});
  EXPECT_EQ(normal.batch_shape(), IntArrayRef({3, 2}));
  normal.log_prob(ones({3, 2})).sum().backward();
  EXPECT_TRUE(equal(loc.grad(), full({2}, 3.0)));
  EXPECT_THROW(normal.expand({2, 3}), ShapeError);
  EXPECT_EQ(Categorical(ones({3})).expand({4}).sample().sizes(), IntArrayRef({4}));
  EXPECT_EQ(Independent(Normal(zeros({2}), 1), 1).expand({5}).sample().sizes(), IntArrayRef({5, 2}));
  EXPECT_EQ(MultivariateNormal(zeros({2}), {.diagonal = ones({2})}).expand({5}).entropy().sizes(), IntArrayRef({5}));
  const MixtureSameFamily mixture(Categorical(ones({3})), Normal(zeros({3}), 1));
  EXPECT_EQ(mixture.expand({2}).sample({4}).sizes(), IntArrayRef({4, 2}));
  EXPECT_EQ(TransformedDistribution(Normal(0, 1), ExpTransform()).expand({2}).sample().sizes(), IntArrayRef({2}));
  for (const DistributionPtr& distribution :
       {share(LogNormal(0, 1)), share(Uniform(0, 1)), share(Exponential(1)), share(Laplace(0, 1)), share(Gamma(1, 1)),
        share(Beta(1, 1)), share(StudentT(3)), share(Bernoulli(0.5)), share(Binomial(3, 0.5)), share(Geometric(0.5)),
        share(Poisson(1))}) {
    EXPECT_EQ(distribution->expanded({2, 1})->sample({3}).sizes(), IntArrayRef({3, 2, 1})) << distribution->name();
  }
}

TEST(Distribution, gradients_of_log_prob_agree_with_finite_differences) {
  const Tensor positive = doubles({0.4, 2.5}).requires_grad_();
  const Tensor any = doubles({-0.3, 1.2}).requires_grad_();
  const Tensor probs = doubles({0.3, 0.6}).requires_grad_();
  const Tensor value = doubles({0.7, 0.2});
  const Tensor counts = doubles({0, 2});
  const Tensor index = tensor({0, 1, 1});
  struct Case {
    std::function<DistributionPtr(const TensorList&)> make;
    Tensor value;
    TensorList parameters;
  };
  const Case cases[] = {
      {[](const TensorList& p) { return share(Normal(p[0], p[1])); }, value, {any, positive}},
      {[](const TensorList& p) { return share(LogNormal(p[0], p[1])); }, value, {any, positive}},
      {[](const TensorList& p) { return share(Laplace(p[0], p[1])); }, value, {any, positive}},
      {[](const TensorList& p) { return share(Exponential(p[0])); }, value, {positive}},
      {[](const TensorList& p) { return share(Gamma(p[0], p[1])); }, value, {positive, positive}},
      {[](const TensorList& p) { return share(Beta(p[0], p[1])); }, value, {positive, positive}},
      {[](const TensorList& p) { return share(StudentT(p[0], p[1], p[2])); }, value, {positive, any, positive}},
      {[](const TensorList& p) { return share(Dirichlet(p[0])); }, doubles({0.3, 0.7}), {positive}},
      {[](const TensorList& p) { return share(Bernoulli(p[0])); }, doubles({0, 1}), {probs}},
      {[](const TensorList& p) { return share(Bernoulli({.logits = p[0]})); }, doubles({0, 1}), {any}},
      {[](const TensorList& p) { return share(Binomial(3, p[0])); }, counts, {probs}},
      {[](const TensorList& p) { return share(Geometric(p[0])); }, counts, {probs}},
      {[](const TensorList& p) { return share(Poisson(p[0])); }, counts, {positive}},
      {[](const TensorList& p) { return share(Categorical(p[0])); }, index, {positive}},
      {[](const TensorList& p) { return share(Categorical({.logits = p[0]})); }, index, {any}},
      {[](const TensorList& p) { return share(Multinomial(2, {.logits = p[0]})); }, counts, {any}},
      {[](const TensorList& p) { return share(MultivariateNormal(p[0], {.covariance_matrix = matmul(p[1], p[1].t())})); },
       value,
       {any, doubles({{1, 0.2}, {-0.5, 2}}).requires_grad_()}},
      {[](const TensorList& p) { return share(MixtureSameFamily(Categorical(p[0]), Normal(p[1], p[2]))); },
       value,
       {positive, any, positive}},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.make(each.parameters)->name());
    EXPECT_NO_THROW(autograd::gradcheck(log_prob_of(each.make, each.value), each.parameters));
    EXPECT_NO_THROW(autograd::gradgradcheck(log_prob_of(each.make, each.value), each.parameters));
  }
}

TEST(Distribution, probabilities_add_up_to_one) {
  const Categorical categorical(ProbsOrLogits{.logits = doubles({{0.3, -2.0, 1.0}, {5.0, 0.0, 0.1}})});
  const Binomial binomial(7, doubles({0.3, 0.9}));
  const Bernoulli bernoulli(doubles({0.3, 0.9}));
  for (const Distribution* distribution : std::initializer_list<const Distribution*>{&categorical, &binomial, &bernoulli}) {
    const Tensor total = exp(distribution->log_prob(distribution->enumerate_support())).sum(0);
    EXPECT_TRUE(allclose(total, ones({2}, kFloat64), 1e-12)) << distribution->name();
    const Tensor surprise = distribution->log_prob(distribution->enumerate_support(false));
    EXPECT_TRUE(allclose(-(exp(surprise) * surprise).sum(0), distribution->entropy(), 1e-10)) << distribution->name();
  }
}

TEST(Distribution, draws_have_the_moments) {
  manual_seed(3);
  const DistributionPtr all[] = {
      share(Normal(1.5, 0.5)),  share(LogNormal(0.1, 0.4)),
      share(Uniform(-1, 3)),    share(Exponential(2)),
      share(Laplace(1, 0.7)),   share(Gamma(0.6, 2)),
      share(Gamma(12, 3)),      share(Beta(0.7, 2)),
      share(StudentT(9, 1, 2)), share(Bernoulli(0.3)),
      share(Binomial(9, 0.3)),  share(Binomial(100, 0.7)),
      share(Geometric(0.4)),    share(Poisson(3)),
      share(Poisson(40)),       share(MixtureSameFamily(Categorical(tensor({0.3, 0.7})), Normal(tensor({-1.0, 2.0}), 0.5)))};
  for (const DistributionPtr& distribution : all) {
    SCOPED_TRACE(distribution->name());
    const Tensor drawn = distribution->sample({20000}).to(kFloat64);
    const auto mean = distribution->mean().item<double>();
    const auto variance = distribution->variance().item<double>();
    EXPECT_NEAR(drawn.mean().item<double>(), mean, 5 * std::sqrt(variance / 20000));
    EXPECT_NEAR(drawn.var().item<double>() / variance, 1, 0.15);
  }
}

TEST(Distribution, gradients_flow_through_draws_of_gamma_variables) {
  // A draw's place in the distribution stays: gammainc(a, x) does not change along the gradient.
  for (const double a : {0.03, 0.4, 1.0, 3.7, 25.0, 900.0, 30000.0}) {
    for (const double z : {-1.5, -0.2, 0.0, 0.4, 2.0}) {
      const double x = a * std::pow(std::max(0.02, 1 - 1 / (9 * a) + z / (3 * std::sqrt(a))), 3);
      const double step = 1e-5 * a;
      const auto lower = [&](double order) { return igamma(doubles(order), doubles(x)).item<double>(); };
      const Tensor order = doubles(a).requires_grad_();
      igamma(order, doubles(x)).backward();
      const double expected = (lower(a + step) - lower(a - step)) / (2 * step);
      EXPECT_NEAR(order.grad().item<double>() / expected, 1, 1e-5) << a << " " << x;
    }
  }
}

TEST(Distribution, gradients_of_beta_draws_keep_their_place) {
  // The regularised incomplete beta function by the midpoint rule.
  const auto below = [](double x, double a, double b) {
    constexpr int steps = 20000;
    double sum = 0;
    for (int i = 0; i < steps; ++i) {
      const double t = x * (i + 0.5) / steps;
      sum += std::exp((a - 1) * std::log(t) + (b - 1) * std::log1p(-t));
    }
    return sum * x / steps * std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b));
  };
  manual_seed(5);
  for (const auto& [a, b] : {std::pair{2.5, 1.7}, {3.0, 8.0}, {40.0, 25.0}, {2.0, 2.0}}) {
    const Tensor first = doubles(a).requires_grad_();
    const Tensor second = doubles(b).requires_grad_();
    const Tensor drawn = Beta(first, second).rsample();
    drawn.backward();
    const auto x = drawn.item<double>();
    const double density = std::exp(Beta(doubles(a), b).log_prob(doubles(x)).item<double>());
    const double step = 1e-4;
    EXPECT_NEAR(first.grad().item<double>(), -(below(x, a + step, b) - below(x, a - step, b)) / (2 * step) / density, 2e-5);
    EXPECT_NEAR(second.grad().item<double>(), -(below(x, a, b + step) - below(x, a, b - step)) / (2 * step) / density, 2e-5);
  }
}

TEST(Distribution, second_gradients_of_gamma_draws_are_errors) {
  const Tensor a = doubles({0.5, 2.0}).requires_grad_();
  const Tensor first = autograd::grad({Gamma(a, 1).rsample().sum()}, {a}, {}, true, true)[0];
  EXPECT_THROW(first.sum().backward(), GraphError);
  const Tensor second = autograd::grad({Dirichlet(a).rsample()[0]}, {a}, {}, true, true)[0];
  EXPECT_THROW(second.sum().backward(), GraphError);
}

TEST(Distribution, a_mixture_of_one_is_its_component) {
  const Normal normal(doubles({0.5}), 2);
  const MixtureSameFamily mixture(Categorical(doubles({1.0})), normal);
  const Tensor value = doubles(1.5);
  EXPECT_TRUE(allclose(mixture.log_prob(value), normal.log_prob(value)[0], 1e-6));
  EXPECT_TRUE(allclose(mixture.cdf(value), normal.cdf(value)[0]));
}

TEST(Distribution, quantiles_undo_the_cumulative_distribution) {
  const Tensor p = doubles({0.01, 0.3, 0.5, 0.99});
  for (const DistributionPtr& distribution :
       {share(Normal(doubles(0.5), 2)), share(LogNormal(doubles(0.5), 2)), share(Laplace(doubles(0.5), 2)),
        share(Exponential(doubles(0.5))), share(Uniform(doubles(-0.5), 2)),
        share(TransformedDistribution(Normal(doubles(0.5), 2), AffineTransform(doubles(1), doubles(-3))))}) {
    EXPECT_TRUE(allclose(distribution->cdf(distribution->icdf(p)), p, 1e-9)) << distribution->name();
  }
}

TEST(Distribution, small_probabilities_keep_their_digits) {
  const double quantile = Normal(doubles(0), 1).icdf(doubles(1e-12)).item<double>();
  EXPECT_NEAR(std::erfc(-quantile / std::sqrt(2.0)) / 2e-12, 1, 1e-11);
  const TransformedDistribution twice(Uniform(doubles(0), 1), AffineTransform(0, 2));
  EXPECT_NEAR(twice.cdf(doubles(2e-30)).item<double>() / 1e-30, 1, 1e-12);
  EXPECT_NEAR(twice.icdf(doubles(1e-30)).item<double>() / 2e-30, 1, 1e-12);
  const TransformedDistribution falling(Uniform(doubles(0), 1), AffineTransform(0, -2));
  EXPECT_NEAR(falling.cdf(doubles(-0.5)).item<double>(), 0.75, 1e-12);
}

TEST(Distribution, numbers_of_a_transform_have_the_precision_of_what_they_meet) {
  const TransformedDistribution wide(Normal(doubles({0.0}), 1), AffineTransform(0.1, 0.3));
  EXPECT_EQ(wide.icdf(doubles({0.5})).item<double>(), 0.1);
  EXPECT_NEAR(wide.log_prob(doubles({0.1})).item<double>(), -0.5 * std::log(2 * std::acos(-1.0)) - std::log(0.3), 1e-14);
  for (const Tensor& x : {ones({2}), ones({})}) {
    EXPECT_EQ(AffineTransform(0.1, 0.3).forward(x).dtype(), kFloat32);
    EXPECT_EQ(AffineTransform(0.1, 0.3).inverse(x).dtype(), kFloat32);
    EXPECT_EQ(AffineTransform(0.1, 0.3).log_abs_det_jacobian(x, x).dtype(), kFloat32);
  }
}

TEST(Distribution, a_gammas_edge_has_a_gradient) {
  for (const double order : {0.5, 1.0, 2.0}) {
    const Tensor a = doubles({order}).requires_grad_();
    EXPECT_EQ(autograd::grad({Gamma(a, doubles({1.0})).cdf(doubles({0.0})).sum()}, {a})[0].item<double>(), 0);
  }
}

TEST(Divergence, is_zero_between_equals) {
  EXPECT_NEAR(kl_divergence(Gamma(2, 3), Gamma(2, 3)).item<float>(), 0, 1e-5);
  EXPECT_NEAR(kl_divergence(Binomial(4, 0.3), Binomial(4, 0.3)).item<float>(), 0, 1e-6);
  EXPECT_EQ(kl_divergence(Binomial(5, 0.3), Binomial(4, 0.3)).item<float>(), INFINITY);
  EXPECT_THROW(kl_divergence(Binomial(4, 0.3), Binomial(5, 0.3)), Error);
}

TEST(Divergence, of_a_new_pair_can_be_registered) {
  EXPECT_THROW(kl_divergence(Poisson(1), Geometric(0.5)), Error);
  register_kl<Poisson, Geometric>([](const Poisson& p, const Geometric& q) { return p.rate() * q.probs(); });
  EXPECT_EQ(kl_divergence(Poisson(3), Geometric(0.5)).item<float>(), 1.5F);
}

TEST(Distribution, draws_of_tiny_concentrations_are_parts_of_one) {
  manual_seed(0);
  for (const double concentration : {1e-4, 1e-3, 5e-3}) {
    for (const Dtype dtype : {kFloat32, kFloat64}) {
      Tensor a = full({3}, concentration, dtype).requires_grad_();
      const Tensor drawn = Dirichlet(a).rsample({500});
      EXPECT_TRUE(allclose(drawn.detach().sum(-1), ones({500}, dtype)));
      // Nearly always one of the three has all of it.
      EXPECT_GT(gt(amax(drawn.detach(), -1), 0.99).sum().item<int>(), 450);
      drawn.select(-1, 0).sum().backward();
      EXPECT_TRUE(isfinite(a.grad()).all().item<bool>());
      EXPECT_FALSE(isnan(Beta(full({1}, concentration, dtype), concentration).sample({500})).any().item<bool>());
    }
  }
  EXPECT_TRUE(equal(sample_dirichlet(tensor({0.0, 0.0}), default_generator()), tensor({0.5, 0.5})));
}

TEST(Distribution, a_sure_success_has_a_gradient) {
  Tensor logits = tensor({17.0, 0.0}, kFloat64).requires_grad_();
  Geometric(ProbsOrLogits{.logits = logits}).log_prob(zeros({2}, kFloat64)).sum().backward();
  EXPECT_TRUE(allclose(logits.grad(), sigmoid(-logits.detach())));
  Tensor probs = tensor({1.0, 0.5}).requires_grad_();
  Geometric(probs).log_prob(tensor({0.0, 0.0})).sum().backward();
  EXPECT_TRUE(equal(probs.grad(), tensor({1.0, 2.0})));
  EXPECT_EQ(Geometric(ProbsOrLogits{.logits = tensor({-110.0})}).log_prob(tensor({1.0})).item<float>(), -110);
}

TEST(Distribution, an_undefined_argument_is_not_a_number) {
  EXPECT_THROW(Normal(Tensor(), 1), ValueError);
  EXPECT_THROW(Poisson{Tensor()}, ValueError);
  EXPECT_THROW(Bernoulli{Parameter(Tensor())}, ValueError);
  EXPECT_THROW(AffineTransform(Tensor(), 1.0), ValueError);
  EXPECT_THROW(PowerTransform{Tensor()}, ValueError);
}

TEST(Distribution, standard_deviations_do_not_go_through_squares) {
  Tensor scale = tensor({1e-25, 1e20}).requires_grad_();
  const Tensor deviation = Normal(0, scale).stddev();
  EXPECT_TRUE(equal(deviation, scale));
  deviation.sum().backward();
  EXPECT_TRUE(equal(scale.grad(), ones({2})));
  EXPECT_TRUE(allclose(Laplace(0, scale.detach()).stddev() / scale.detach(), full({2}, std::sqrt(2.0))));
  EXPECT_TRUE(allclose(Exponential(scale.detach()).stddev() * scale.detach(), ones({2})));
  EXPECT_TRUE(allclose(Gamma(4.0, scale.detach()).stddev() * scale.detach(), full({2}, 2.0)));
}

TEST(Distribution, counts_of_many_chances_need_no_more_memory_than_the_chances) {
  manual_seed(1);
  const Tensor counts = Multinomial(1'000'000, ones({1000})).sample({2});
  EXPECT_EQ(counts.sizes(), IntArrayRef({2, 1000}));
  EXPECT_TRUE(equal(counts.sum(-1), full({2}, 1e6)));
  EXPECT_GT(counts.min().item<float>(), 800);
}

TEST(Distribution, a_number_of_chances_may_be_an_integer_tensor) {
  EXPECT_TRUE(equal(Binomial(tensor({3, 4}), 0.5).mean(), tensor({1.5, 2.0})));
}

TEST(Transform, those_of_ones_own_are_equal_to_themselves_alone) {
  class Scale final : public Transform {
   public:
    explicit Scale(double factor) : factor_(factor) {}
    const char* name() const override { return "Scale"; }
    Tensor forward(const Tensor& x) const override { return factor_ * x; }
    Tensor inverse(const Tensor& y) const override { return y / factor_; }
    Constraint codomain() const override { return constraints::real(); }

   private:
    double factor_;
  };
  const auto twice = std::make_shared<Scale>(2);
  const DistributionPtr base = share(Normal(0, 1));
  EXPECT_THROW(kl_divergence(TransformedDistribution(base, twice), TransformedDistribution(Normal(0, 1), Scale(50))), Error);
  EXPECT_EQ(kl_divergence(TransformedDistribution(base, twice), TransformedDistribution(base, twice)).item<float>(), 0);
  EXPECT_TRUE(ExpTransform().equals(ExpTransform()));
  EXPECT_TRUE(AffineTransform(0.1, 2.0).equals(AffineTransform(tensor(0.1), full({3}, 2.0))));
  EXPECT_FALSE(AffineTransform(0.1, 2.0).equals(AffineTransform(tensor(0.1), tensor({2.0, 3.0}))));
  EXPECT_FALSE(PowerTransform(tensor({1.0, 2.0})).equals(PowerTransform(tensor({1.0, 2.0, 3.0}))));
}

TEST(Transform, numbers_and_tensors_go_together) {
  EXPECT_TRUE(equal(AffineTransform(zeros({2}), 2.0)(ones({2})), full({2}, 2.0)));
  const Tensor x = tensor(1000.001, kFloat64);
  EXPECT_DOUBLE_EQ(PowerTransform(0.1)(x).item<double>(), std::pow(1000.001, 0.1));
  EXPECT_DOUBLE_EQ(PowerTransform(0.1).inverse(PowerTransform(0.1)(x)).item<double>(), 1000.001);
}

TEST(Transform, an_inverse_has_its_values_where_the_other_has_its_arguments) {
  const TransformedDistribution root(Gamma(2.0, 3.0), InverseTransform(std::make_shared<PowerTransform>(2.0)));
  EXPECT_THROW(root.log_prob(tensor({-1.0, 1.0})), ValueError);
  EXPECT_THROW(root.cdf(tensor(-1.0)), ValueError);
  EXPECT_TRUE(isfinite(root.log_prob(tensor(1.0))).item<bool>());
}

TEST(Transform, broken_sticks_have_a_probability) {
  manual_seed(0);
  const TransformedDistribution sticks(Independent(Normal(full({2}, 17.0), 1.0), 1), StickBreakingTransform());
  EXPECT_TRUE(isfinite(sticks.log_prob(sticks.sample({50}))).all().item<bool>());
}

TEST(Transform, several_follow_a_distribution_given_by_value) {
  manual_seed(2);
  const Tensor x = Normal(0, 1).sample({3});
  manual_seed(2);
  const TransformedDistribution twice(Normal(0, 1), {std::make_shared<ExpTransform>(), std::make_shared<ExpTransform>()});
  EXPECT_TRUE(equal(twice.sample({3}), exp(exp(x))));
}

TEST(Divergence, keeps_its_digits_between_ones_that_are_alike) {
  // Of a distribution and itself it is 0, and not nearly so.
  const Tensor a = tensor({0.5, 3.0, 1e4, 1e6});
  const Tensor b = tensor({20.0, 0.7, 1e3, 1.0});
  for (const Tensor& divergence : {kl_divergence(Gamma(a, b), Gamma(a, b)), kl_divergence(Beta(a, b), Beta(a, b)),
                                   kl_divergence(Normal(a, b), Normal(a, b)), kl_divergence(Laplace(a, b), Laplace(a, b)),
                                   kl_divergence(Exponential(a), Exponential(a))}) {
    EXPECT_TRUE(equal(divergence, zeros({4})));
  }
  const Tensor large = tensor({1e20, 1e-23});
  EXPECT_TRUE(equal(kl_divergence(Normal(0, large), Normal(0, large)), zeros({2})));
  // In float32 as in float64, where the scales are 5e-4 apart.
  const Tensor scale = linspace(0.1, 10, 100);
  const auto of_dtype = [&](Dtype dtype) {
    const Tensor s = scale.to(dtype);
    return kl_divergence(Normal(zeros({100}, dtype), s), Normal(zeros({100}, dtype), (scale * 1.0005).to(dtype)))
        .to(kFloat64);
  };
  EXPECT_TRUE(allclose(of_dtype(kFloat32), of_dtype(kFloat64), 2e-3, 0));
}

TEST(Divergence, is_infinite_where_values_cannot_come) {
  EXPECT_TRUE(isposinf(kl_divergence(Binomial(1, 0.3), Binomial(1, 0.0))).item<bool>());
  EXPECT_TRUE(isposinf(kl_divergence(Binomial(5, 1.0), Binomial(5, 0.0))).item<bool>());
  EXPECT_EQ(kl_divergence(Binomial(0, 1.0), Binomial(0, 0.0)).item<float>(), 0);
  EXPECT_THROW(kl_divergence(Dirichlet(ones({3})), Dirichlet(full({1}, 2.0))), ShapeError);
}

}  // namespace

}  // namespace xgrad::test
