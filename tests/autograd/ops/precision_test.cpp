#include <cmath>
#include <limits>

#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

using Function = std::function<Tensor(const Tensor&)>;

Tensor beside_zero(const Tensor& x) { return stack({x, zeros_like(x)}, 1); }

Tensor of_two(const Tensor& x, std::int64_t which) { return x.select(1, which); }

/// The functions of tests/golden/make_precision.py, and how far from the exact value they may be, in units in the last
/// place.
struct Precise {
  Function function;
  double float32 = 4;
  double float64 = 4;
  /// Gradients are compared down to this size: nearer to where they are 0, they are sums of terms of about this size.
  double smallest_slope = 0;
  double slope = 4;
};

const std::map<std::string, Precise>& functions() {
  static const std::map<std::string, Precise> all{
      {"exp", {[](const Tensor& x) { return exp(x); }}},
      {"sigmoid", {[](const Tensor& x) { return sigmoid(x); }}},
      {"tanh", {[](const Tensor& x) { return tanh(x); }}},
      {"logsigmoid", {[](const Tensor& x) { return logsigmoid(x); }}},
      {"softplus", {[](const Tensor& x) { return softplus(x, 1, 1e6); }}},
      {"silu", {[](const Tensor& x) { return silu(x); }, 4, 4, 0.1}},
      {"gelu", {[](const Tensor& x) { return gelu(x); }, 8, 8, 0.1, 12}},
      {"gelu_tanh", {[](const Tensor& x) { return gelu_tanh(x); }, 4, 4, 0.1, 10}},
      {"mish", {[](const Tensor& x) { return mish(x); }, 4, 4, 0.1, 16}},
      {"erf", {[](const Tensor& x) { return erf(x); }}},
      {"erfc", {[](const Tensor& x) { return erfc(x); }}},
      {"elu", {[](const Tensor& x) { return elu(x); }}},
      {"selu", {[](const Tensor& x) { return selu(x); }}},
      {"celu", {[](const Tensor& x) { return celu(x); }}},
      {"softsign", {[](const Tensor& x) { return softsign(x); }}},
      {"tanhshrink", {[](const Tensor& x) { return tanhshrink(x); }, 4, 4, 0, 6}},
      {"log_softmax", {[](const Tensor& x) { return of_two(log_softmax(beside_zero(x), 1), 0); }}},
      {"logsumexp", {[](const Tensor& x) { return logsumexp(beside_zero(x), 1); }, 4, 4, 0, 0}},
      {"logaddexp", {[](const Tensor& x) { return logaddexp(x, zeros_like(x)); }}},
      {"softmax", {[](const Tensor& x) { return of_two(softmax(beside_zero(x), 1), 0); }}},
      {"cross_entropy",
       {[](const Tensor& x) { return cross_entropy(beside_zero(x), zeros({x.size(0)}, kInt64), {}, -100, kNone); }}},
      {"bce_with_logits_0",
       {[](const Tensor& x) { return binary_cross_entropy_with_logits(x, zeros_like(x), {}, {}, kNone); }}},
      {"bce_with_logits_1",
       {[](const Tensor& x) { return binary_cross_entropy_with_logits(x, ones_like(x), {}, {}, kNone); }}},
      {"multilabel_soft_margin", {[](const Tensor& x) {
         const Tensor column = unsqueeze(x, 1);
         return multilabel_soft_margin_loss(column, zeros_like(column), {}, kNone);
       }}},
      {"soft_margin", {[](const Tensor& x) { return soft_margin_loss(x, ones_like(x), kNone); }}},
      {"poisson_nll", {[](const Tensor& x) { return poisson_nll_loss(x, zeros_like(x), true, false, 1e-8, kNone); }}},
      {"huber", {[](const Tensor& x) { return huber_loss(x, zeros_like(x), kNone); }}},
      {"smooth_l1", {[](const Tensor& x) { return smooth_l1_loss(x, zeros_like(x), kNone); }}},
      {"bce_0", {[](const Tensor& x) { return binary_cross_entropy(x, zeros_like(x), {}, kNone); }}},
      {"bce_1", {[](const Tensor& x) { return binary_cross_entropy(x, ones_like(x), {}, kNone); }}},
  };
  return all;
}

std::vector<double> numbers(const Json& text) {
  const std::string data = text.get<std::string>();
  const auto count = static_cast<std::int64_t>(data.size() / 4 * 3 - (data.ends_with("==")  ? 2
                                                                      : data.ends_with('=') ? 1
                                                                                            : 0)) /
                     8;
  return stored_tensor(Json::array({"float64", {count}, data})).to_vector<double>();
}

/// The largest distance in units in the last place of the exact value, or of `smallest` where it is smaller. The smallest
/// denormal number times 1 + |x| is never too much.
template <class T>
void expect_precise(const std::string& what, const std::vector<double>& x, const std::vector<double>& exact,
                    const std::vector<double>& found, double smallest, double bound) {
  double worst = 0;
  double at = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const T rounded = static_cast<T>(std::max(std::abs(exact[i]), smallest));
    if (!std::isfinite(rounded)) {
      EXPECT_EQ(found[i], static_cast<double>(static_cast<T>(exact[i]))) << what << " of " << x[i];
      continue;
    }
    const T below = rounded - std::nextafter(rounded, T(0));
    const double unit = std::max<double>(below, std::numeric_limits<T>::denorm_min());
    double error = std::abs(found[i] - exact[i]);
    if (std::abs(exact[i]) < 1e4 * std::numeric_limits<T>::min()) {
      error = std::max(0.0, error - (1 + std::abs(x[i])) * std::numeric_limits<T>::denorm_min());
    }
    if (!(error / unit <= worst)) {
      worst = error / unit;
      at = x[i];
    }
  }
  EXPECT_LE(worst, bound) << what << " of " << at;
}

/// A unit in the last place of a float of this size.
double unit_at(double size) { return std::nextafter(static_cast<float>(size), 1e30F) - static_cast<float>(size); }

}  // namespace

class PrecisionTest : public ::testing::TestWithParam<std::string> {};

TEST_P(PrecisionTest, agrees_with_higher_precision_over_the_whole_range) {
  const Precise& precise = functions().at(GetParam());
  int cases = 0;
  for (const Json& golden : load_golden("precision")) {
    if (golden.at("function") != GetParam()) continue;
    ++cases;
    const bool single = golden.at("dtype") == "float32";
    const std::vector<double> x = numbers(golden.at("x"));
    const Tensor input = tensor(x, single ? kFloat32 : kFloat64).requires_grad_();
    const Tensor y = precise.function(input);
    const auto expect = single ? expect_precise<float> : expect_precise<double>;
    const std::string name = GetParam() + (single ? " in float32" : " in float64");
    expect(name, x, numbers(golden.at("y")), y.detach().to_vector<double>(), 0, single ? precise.float32 : precise.float64);
    if (golden.at("slope").is_null() || precise.slope == 0) continue;
    y.sum().backward();
    expect("gradient of " + name, x, numbers(golden.at("slope")), input.grad().to_vector<double>(), precise.smallest_slope,
           single ? std::min(16.0, precise.slope) : precise.slope);
  }
  EXPECT_EQ(cases, 2);
}

TEST(PrecisionOfSums, logaddexp_is_right_to_the_last_places_of_its_arguments_near_where_it_is_0) {
  std::vector<float> a;
  std::vector<float> b;
  for (int i = 1; i < 400; ++i) {
    a.push_back(-static_cast<float>(i) / 60);
    b.push_back(static_cast<float>(std::log1p(-std::exp(static_cast<double>(a.back())))));
  }
  const std::vector<float> y = logaddexp(tensor(a), tensor(b)).to_vector<float>();
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double p = std::max(a[i], b[i]);
    const double q = std::min(a[i], b[i]);
    EXPECT_NEAR(y[i], p + std::log1p(std::exp(q - p)), 4 * unit_at(-q)) << a[i];
  }
}

TEST(PrecisionOfSums, gradient_of_logsumexp_is_within_the_rounding_of_its_exponent) {
  for (const float step : {0.37F, 1.3F, 2.9F}) {
    const Tensor x = (arange(0, 30, kFloat32) * -step + 5.3F).requires_grad_();
    logsumexp(x, 0).backward();
    const Tensor exact = (x.detach().to(kFloat64) - logsumexp(x.detach().to(kFloat64), 0)).exp();
    const Tensor y = logsumexp(x.detach(), 0);
    for (std::int64_t i = 0; i < 30; ++i) {
      const auto value = exact[i].item<double>();
      EXPECT_NEAR(x.grad()[i].item<double>(), value, (4 + std::abs((x[i] - y).item<double>())) * unit_at(value))
          << step << ' ' << i;
    }
  }
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const auto& [name, unused] : functions()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Precision, PrecisionTest, ::testing::ValuesIn(function_names()),
                         [](const auto& tested) { return tested.param; });

}  // namespace xgrad::test
