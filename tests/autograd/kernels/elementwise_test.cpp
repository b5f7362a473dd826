#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

namespace xgrad::test {

namespace {

/// The largest distance of float results from those in double precision, in units in the last place. Where a result is near
/// 0 between numbers that are not, the distance counts in units of `smallest`.
double largest_error(const Tensor& found, const Tensor& exact, double smallest) {
  const std::vector<float> values = found.to_vector<float>();
  const std::vector<double> wanted = exact.to_vector<double>();
  double worst = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto size = static_cast<float>(std::max(std::abs(wanted[i]), smallest));
    const double unit = std::nextafter(size, std::numeric_limits<float>::infinity()) - size;
    worst = std::max(worst, std::abs(values[i] - wanted[i]) / unit);
  }
  return worst;
}

struct Function {
  std::string name;
  std::function<Tensor(const Tensor&)> run;
  double low;
  double high;
  double smallest = 0;  ///< see largest_error
};

}  // namespace

TEST(ElementwiseTest, vector_functions_of_floats_are_right_to_four_units_in_the_last_place) {
  manual_seed(1);
  const std::vector<Function> functions{
      {"lgamma", [](const Tensor& x) { return lgamma(x); }, 1e-3, 40, 1e-3},
      {"digamma", [](const Tensor& x) { return digamma(x); }, 1e-3, 40, 1e-3},
      {"trigamma", [](const Tensor& x) { return polygamma(1, x); }, 1e-3, 40},
      {"erfinv", [](const Tensor& x) { return erfinv(x); }, -0.999999, 0.999999},
      {"tanhshrink", [](const Tensor& x) { return nn::functional::tanhshrink(x); }, -4, 4},
      {"pow(1.75)", [](const Tensor& x) { return pow(x, 1.75); }, 1e-6, 100},
      {"pow(-3)", [](const Tensor& x) { return pow(x, -3); }, -10, 10},
      {"hypot", [](const Tensor& x) { return hypot(x, x.flip(0)); }, -10, 10},
      {"atan2", [](const Tensor& x) { return atan2(x, x.flip(0)); }, -10, 10},
      {"logaddexp", [](const Tensor& x) { return logaddexp(x, x.flip(0)); }, -20, 20, 1e-2},
  };
  for (const Function& function : functions) {
    const Tensor x = rand({5003}) * (function.high - function.low) + function.low;
    const double error = largest_error(function.run(x), function.run(x.to(kFloat64)), function.smallest);
    EXPECT_LE(error, 4) << function.name;
  }
}

TEST(ElementwiseTest, remainders_of_floats_are_exact) {
  manual_seed(2);
  for (const double scale : {1.0, 1e3, 1e9, 1e30}) {
    const Tensor a = randn({4099}) * scale;
    const Tensor b = randn({4099});
    EXPECT_TRUE(equal(fmod(a, b).to(kFloat64), fmod(a.to(kFloat64), b.to(kFloat64)))) << scale;
    EXPECT_TRUE(equal(remainder(a, b), remainder(a.to(kFloat64), b.to(kFloat64)).to(kFloat32))) << scale;
  }
  const Tensor special = tensor({6.0, -6.0, 0.0, -0.0});
  EXPECT_TRUE(equal(signbit(fmod(special, tensor(3.0))), tensor({false, true, false, true})));
}

TEST(ElementwiseTest, transposed_operands_give_what_contiguous_ones_give) {
  manual_seed(3);
  for (const auto& [rows, columns] : {std::pair<int, int>{70, 33}, {5, 1000}, {1000, 9}, {129, 129}}) {
    for (const Dtype dtype : {kFloat32, kFloat64, kInt64}) {
      const Tensor a = (randn({columns, rows}) * 9).to(dtype);
      const Tensor b = (randn({rows, columns}) * 9).to(dtype);
      const Tensor c = (randn({2, columns, rows}) * 9).to(dtype);
      EXPECT_TRUE(equal(relu(a.t()), relu(a.t().contiguous())));
      EXPECT_TRUE(equal(a.t() + b, a.t().contiguous() + b));
      EXPECT_TRUE(equal(b - a.t(), b - a.t().contiguous()));
      EXPECT_TRUE(equal(lt(a.t(), b), lt(a.t().contiguous(), b)));
      EXPECT_TRUE(equal(where(gt(a, 0).t(), a.t(), b), where(gt(a, 0).t().contiguous(), a.t().contiguous(), b)));
      EXPECT_TRUE(equal(c.transpose(1, 2) * b, c.transpose(1, 2).contiguous() * b));
      EXPECT_TRUE(equal(c.permute({2, 0, 1}) + 1, c.permute({2, 0, 1}).contiguous() + 1));
    }
    const Tensor a = randn({columns, rows});
    const Tensor b = randn({rows, columns});
    EXPECT_TRUE(equal(addcmul(b, a.t(), b, 0.5), addcmul(b, a.t().contiguous(), b, 0.5)));
  }
}

TEST(ElementwiseTest, long_results_are_written_past_the_caches_with_the_same_values) {
  const std::int64_t n = (std::int64_t{32} << 20) / 4 + 37;
  const Tensor x = arange(n).to(kFloat32);
  const Tensor y = x * 2;
  EXPECT_EQ(y[n - 1].item<float>(), x[n - 1].item<float>() * 2);
  EXPECT_TRUE(equal(y.narrow(0, 12345, 1000), x.narrow(0, 12345, 1000) * 2));
}

TEST(ElementwiseTest, a_loss_in_one_pass_is_the_mean_and_the_sum_of_the_single_losses) {
  manual_seed(4);
  const Tensor x = rand({3000});
  const Tensor t = rand({3000});
  namespace F = nn::functional;
  EXPECT_TRUE(equal(mse_loss(x, t, kSum), mse_loss(x, t, kNone).sum()));
  EXPECT_TRUE(equal(smooth_l1_loss(x, t, kMean, 0.3), smooth_l1_loss(x, t, kNone, 0.3).mean()));
  EXPECT_TRUE(equal(binary_cross_entropy(x, t), binary_cross_entropy(x, t, {}, kNone).mean()));
  const Tensor transposed = rand({30, 20}).t();
  EXPECT_TRUE(allclose(mse_loss(transposed, zeros({20, 30})), square(transposed).mean()));
}

TEST(ElementwiseTest, products_reductions_and_normalisations_have_the_same_bits_on_any_number_of_threads) {
  manual_seed(5);
  const Tensor a = randn({1100, 300});
  const Tensor b = randn({300, 900});
  const Tensor target = randint(0, 300, {1100});
  const auto results = [&] {
    const Tensor x = a.detach().clone().requires_grad_();
    TensorList all{matmul(a, b),    matmul(b.t(), a.t()), mv(a, b.select(1, 0)), softmax(a, 0),
                   logsumexp(a, 0), cumsum(a, 0),         cumsum(a, 1),          prod(a, 1)};
    (layer_norm(x, {300}).square().sum() + cross_entropy(x, target) + amax(x, 0).sum()).backward();
    all.push_back(x.grad());
    return all;
  };
  const int before = get_num_threads();
  set_num_threads(1);
  const TensorList one = results();
  set_num_threads(4);
  const TensorList four = results();
  set_num_threads(before);
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(equal(one[i], four[i])) << i;
}

TEST(ElementwiseTest, cross_entropy_ignores_what_counts_for_nothing) {
  const Tensor x = tensor({1.0, 2.0, 3.0, NAN, NAN, NAN}).view({2, 3}).requires_grad_();
  const Tensor loss = cross_entropy(x, tensor({0, -100}));
  loss.backward();
  EXPECT_NEAR(loss.item<double>(), 2.4076059644, 1e-6);
  EXPECT_TRUE(equal(x.grad()[1], zeros({3})));
}

}  // namespace xgrad::test
