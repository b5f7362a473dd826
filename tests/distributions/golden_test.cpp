#include <functional>
#include <map>

#include "distributions/distributions.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

using namespace distributions;

using Make = std::function<DistributionPtr(const TensorList&)>;

template <class D>
Make of_two() {
  return [](const TensorList& p) { return share(D(p[0], p[1])); };
}

template <class D>
Make of_one() {
  return [](const TensorList& p) { return share(D(p[0])); };
}

template <class D>
Make of_logits() {
  return [](const TensorList& p) { return share(D(ProbsOrLogits{.logits = p[0]})); };
}

template <class T>
Make transformed_normal(T transform) {
  return [=](const TensorList& p) { return share(TransformedDistribution(Normal(p[0], p[1]), transform)); };
}

Tensor number(double value) { return full({}, value, kFloat64); }

Tensor symmetric(const Tensor& factor) { return matmul(factor, factor.transpose(-2, -1)) + 0.5 * eye(3, kFloat64); }

const std::map<std::string, Make>& makers() {
  static const std::map<std::string, Make> table = {
      {"Normal", of_two<Normal>()},
      {"LogNormal", of_two<LogNormal>()},
      {"Uniform", of_two<Uniform>()},
      {"Exponential", of_one<Exponential>()},
      {"Laplace", of_two<Laplace>()},
      {"Gamma", of_two<Gamma>()},
      {"Beta", of_two<Beta>()},
      {"Dirichlet", of_one<Dirichlet>()},
      {"StudentT",
       [](const TensorList& p) { return p.size() == 1 ? share(StudentT(p[0])) : share(StudentT(p[0], p[1], p[2])); }},
      {"Bernoulli", of_one<Bernoulli>()},
      {"BernoulliLogits", of_logits<Bernoulli>()},
      {"Binomial", [](const TensorList& p) { return share(Binomial(12, p[0])); }},
      {"BinomialLogits", [](const TensorList& p) { return share(Binomial(12, {.logits = p[0]})); }},
      {"BinomialMany", [](const TensorList& p) { return share(Binomial(200, p[0])); }},
      {"Geometric", of_one<Geometric>()},
      {"GeometricLogits", of_logits<Geometric>()},
      {"Categorical", of_one<Categorical>()},
      {"CategoricalLogits", of_logits<Categorical>()},
      {"OneHotCategorical", of_one<OneHotCategorical>()},
      {"OneHotCategoricalLogits", of_logits<OneHotCategorical>()},
      {"Multinomial", [](const TensorList& p) { return share(Multinomial(5, p[0])); }},
      {"MultinomialLogits", [](const TensorList& p) { return share(Multinomial(5, {.logits = p[0]})); }},
      {"Poisson", of_one<Poisson>()},
      {"MultivariateNormal", [](const TensorList& p) { return share(MultivariateNormal(p[0], {.scale_tril = p[1]})); }},
      {"MultivariateNormalCovariance",
       [](const TensorList& p) { return share(MultivariateNormal(p[0], {.covariance_matrix = symmetric(p[1])})); }},
      {"MultivariateNormalPrecision",
       [](const TensorList& p) { return share(MultivariateNormal(p[0], {.precision_matrix = symmetric(p[1])})); }},
      {"IndependentNormal", [](const TensorList& p) { return share(Independent(Normal(p[0], p[1]), 1)); }},
      {"MixtureOfNormals",
       [](const TensorList& p) { return share(MixtureSameFamily(Categorical(p[0]), Normal(p[1], p[2]))); }},
      {"MixtureOfVectors",
       [](const TensorList& p) { return share(MixtureSameFamily(Categorical(p[0]), Independent(Normal(p[1], p[2]), 1))); }},
      {"SigmoidNormal", transformed_normal(SigmoidTransform())},
      {"TanhNormal", transformed_normal(TanhTransform())},
      {"SoftplusNormal", transformed_normal(SoftplusTransform())},
      {"AffineNormal", transformed_normal(AffineTransform(tensor({1.0, -2.0}, kFloat64), tensor({-0.5, 3.0}, kFloat64)))},
      {"PowerGamma",
       [](const TensorList& p) { return share(TransformedDistribution(Gamma(p[0], p[1]), PowerTransform(number(-0.5)))); }},
      {"ExpAffineNormal",
       [](const TensorList& p) {
         const auto affine = std::make_shared<AffineTransform>(number(0.5), number(2.0));
         return share(TransformedDistribution(share(Normal(p[0], p[1])), {affine, std::make_shared<ExpTransform>()}));
       }},
      {"StickBreakingNormal", transformed_normal(StickBreakingTransform())},
  };
  return table;
}

TensorList parameters_of(const Json& stored) {
  TensorList parameters;
  for (const Json& parameter : stored) parameters.push_back(stored_tensor(parameter).requires_grad_());
  return parameters;
}

/// PyTorch's implicit gradients of gamma draws are approximations.
bool is_made_of_gammas(const std::string& name) {
  return name == "Gamma" || name == "Beta" || name == "Dirichlet" || name == "StudentT" || name == "PowerGamma";
}

void expect_gradients(const Json& expected, const Tensor& output, const TensorList& parameters, double tolerance) {
  if (expected.is_null()) return;
  ASSERT_TRUE(output.requires_grad());
  const Tensor weights = linspace(0.5, 1.5, output.numel(), output.dtype()).view(output.sizes());
  const TensorList found = autograd::grad({(output * weights).sum()}, parameters, {}, true, false, true);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (expected[i].is_null()) {
      EXPECT_TRUE(!found[i].defined() || !found[i].ne(0).any().item<bool>()) << "parameter " << i;
    } else {
      EXPECT_TRUE(close(stored_tensor(expected[i]), found[i], tolerance)) << "parameter " << i;
    }
  }
}

const Json& golden() {
  static const Json content = load_golden("distributions")[0];
  return content;
}

TEST(DistributionsGolden, agree_with_PyTorch) {
  for (const Json& entry : golden()["cases"]) {
    const auto name = entry["name"].get<std::string>();
    const TensorList parameters = parameters_of(entry["parameters"]);
    const DistributionPtr distribution = makers().at(name)(parameters);
    const bool single = parameters[0].dtype() == kFloat32;
    const double tolerance = single ? 2e-5 : 1e-9;
    const Tensor value = stored_tensor(entry["value"]);
    SCOPED_TRACE(name + " of " + to_string(parameters[0].sizes()) + (single ? " float32" : ""));

    EXPECT_EQ(distribution->batch_shape(), IntArrayRef(entry["batch_shape"].get<std::vector<std::int64_t>>()));
    EXPECT_EQ(distribution->event_shape(), IntArrayRef(entry["event_shape"].get<std::vector<std::int64_t>>()));
    const Tensor log_prob = distribution->log_prob(value);
    EXPECT_TRUE(close(stored_tensor(entry["log_prob"]), log_prob, tolerance)) << "log_prob";
    expect_gradients(entry["log_prob_gradients"], log_prob, parameters, single ? 1e-4 : 1e-8);

    const auto expect = [&](const char* what, const std::function<Tensor()>& function) {
      if (entry[what].is_null()) return;
      // Where PyTorch takes lgamma of an integer, it does so in float32.
      const double accuracy = single ? 1e-4 : name.starts_with("Multinomial") ? 1e-7 : tolerance;
      EXPECT_TRUE(close(stored_tensor(entry[what]), function(), accuracy)) << what;
    };
    expect("entropy", [&] { return distribution->entropy(); });
    if (name != "MixtureOfNormals" && name != "MixtureOfVectors") expect("mode", [&] { return distribution->mode(); });
    expect("mean", [&] { return distribution->mean(); });
    expect("variance", [&] { return distribution->variance(); });
    expect("cdf", [&] { return distribution->cdf(value); });
    DimVector shape(distribution->batch_shape().size() + 1, 1);
    shape[0] = 3;
    const Tensor probability = tensor({0.1, 0.5, 0.9}, parameters[0].dtype()).view(shape);
    expect("icdf", [&] { return distribution->icdf(probability); });
    if (entry.contains("support")) expect("support", [&] { return distribution->enumerate_support(); });

    const DimVector samples = to_dims(entry["samples"].get<std::vector<std::int64_t>>());
    manual_seed(golden()["seed"].get<std::uint64_t>());
    const Tensor drawn = distribution->sample(samples);
    EXPECT_FALSE(drawn.requires_grad());
    EXPECT_TRUE(close(stored_tensor(entry["sample"]), drawn, single ? 2e-5 : 2e-7)) << "sample";
    EXPECT_TRUE(close(stored_tensor(entry["next"]), rand({2}, kFloat64), 0)) << "what is drawn next";
    EXPECT_EQ(distribution->has_rsample(), !entry["rsample_gradients"].is_null() && distribution->has_rsample());
    if (distribution->has_rsample()) {
      manual_seed(golden()["seed"].get<std::uint64_t>());
      const double accuracy = is_made_of_gammas(name) ? 3e-3 : single ? 1e-4 : 2e-7;
      expect_gradients(entry["rsample_gradients"], distribution->rsample(samples), parameters, accuracy);
    }
  }
}

TEST(DistributionsGolden, divergences_agree_with_PyTorch) {
  for (const Json& entry : golden()["divergences"]) {
    const auto p_name = entry["p"][0].get<std::string>();
    const auto q_name = entry["q"][0].get<std::string>();
    SCOPED_TRACE(p_name + " to " + q_name);
    TensorList parameters = parameters_of(entry["p"][1]);
    const TensorList others = parameters_of(entry["q"][1]);
    const DistributionPtr p = makers().at(p_name)(parameters);
    const DistributionPtr q = makers().at(q_name)(others);
    parameters.insert(parameters.end(), others.begin(), others.end());
    const Tensor divergence = kl_divergence(*p, *q);
    EXPECT_TRUE(close(stored_tensor(entry["value"]), divergence, 1e-9));
    expect_gradients(entry["gradients"], divergence, parameters, 1e-8);
  }
}

}  // namespace

}  // namespace xgrad::test
