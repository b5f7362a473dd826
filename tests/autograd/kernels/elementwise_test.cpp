#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "tests/support/threads.h"

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
      {"exp2", [](const Tensor& x) { return exp2(x); }, -120, 120},
      {"i0", [](const Tensor& x) { return i0(x); }, -80, 80},
      {"i0e", [](const Tensor& x) { return special_i0e(x); }, -40, 40},
      {"i1", [](const Tensor& x) { return special_i1(x); }, -80, 80},
      {"i1e", [](const Tensor& x) { return special_i1e(x); }, -40, 40},
      {"bessel_j0", [](const Tensor& x) { return special_bessel_j0(x); }, -40, 40, 1e-3},
      {"bessel_j1", [](const Tensor& x) { return special_bessel_j1(x); }, -40, 40, 1e-3},
      {"bessel_y0", [](const Tensor& x) { return special_bessel_y0(x); }, 1e-3, 40, 1e-3},
      {"bessel_y1", [](const Tensor& x) { return special_bessel_y1(x); }, 1e-3, 40, 1e-3},
      {"erfc", [](const Tensor& x) { return erfc(x); }, -3, 9},
      {"erfcx", [](const Tensor& x) { return special_erfcx(x); }, -8, 50},
      {"ndtr", [](const Tensor& x) { return special_ndtr(x); }, -12, 4},
      {"log_ndtr", [](const Tensor& x) { return special_log_ndtr(x); }, -50, 8},
      {"ndtri", [](const Tensor& x) { return special_ndtri(x); }, 0, 1},
      {"ndtri of small shares", [](const Tensor& x) { return special_ndtri(exp2(x)); }, -30, -8},
      {"igamma", [](const Tensor& x) { return igamma(x, x.flip(0)); }, 1e-2, 12},
      {"igammac", [](const Tensor& x) { return igammac(x, x.flip(0)); }, 1e-2, 12},
  };
  for (const Function& function : functions) {
    const Tensor x = rand({5003}) * (function.high - function.low) + function.low;
    const double error = largest_error(function.run(x), function.run(x.to(kFloat64)), function.smallest);
    EXPECT_LE(error, 4) << function.name;
  }
}

TEST(ElementwiseTest, gradients_of_special_functions_of_floats_are_right_to_eight_units_in_the_last_place) {
  manual_seed(6);
  const std::vector<Function> functions{
      {"i0", [](const Tensor& x) { return i0(x); }, -80, 80},
      {"i0e", [](const Tensor& x) { return special_i0e(x); }, -40, 40},
      {"i1", [](const Tensor& x) { return special_i1(x); }, -80, 80},
      {"i1e", [](const Tensor& x) { return special_i1e(x); }, -40, 40, 1e-3},
      {"erfcx", [](const Tensor& x) { return special_erfcx(x); }, -8, 50},
      {"ndtr", [](const Tensor& x) { return special_ndtr(x); }, -12, 12},
      {"log_ndtr", [](const Tensor& x) { return special_log_ndtr(x); }, -50, 8},
      {"hardswish", [](const Tensor& x) { return hardswish(x); }, -4, 4, 1e-1},
      {"igamma", [](const Tensor& x) { return igamma(x.detach().flip(0), x); }, 1e-2, 12},
  };
  for (const Function& function : functions) {
    const Tensor x = (rand({5003}) * (function.high - function.low) + function.low).requires_grad_();
    const Tensor exact = x.detach().to(kFloat64).requires_grad_();
    function.run(x).backward(ones({5003}));
    function.run(exact).backward(ones({5003}, kFloat64));
    EXPECT_LE(largest_error(x.grad(), exact.grad(), function.smallest), 8) << function.name;
  }
}

TEST(ElementwiseTest, special_functions_do_not_depend_on_what_lies_beside_a_number) {
  manual_seed(7);
  const std::vector<Function> functions{
      {"pow", [](const Tensor& x) { return pow(x, x.flip(0)); }, -2, 5},
      {"pow(3)", [](const Tensor& x) { return pow(x, 5); }, -2, 5},
      {"lgamma", [](const Tensor& x) { return lgamma(x); }, -2, 5},
      {"digamma", [](const Tensor& x) { return digamma(x); }, -2, 5},
      {"atan2", [](const Tensor& x) { return atan2(trunc(x), x); }, -2, 5},
      {"hypot", [](const Tensor& x) { return hypot(x, x * 1e30); }, -2, 5},
      {"bessel_j0", [](const Tensor& x) { return special_bessel_j0(x); }, -2e4, 2e4},
      {"bessel_y1", [](const Tensor& x) { return special_bessel_y1(x); }, 0, 2e4},
      {"igamma", [](const Tensor& x) { return igamma(x, x * x); }, 0, 20},
      {"igammac", [](const Tensor& x) { return igammac(x, x * x); }, 0, 20},
  };
  for (const Function& function : functions) {
    const Tensor x = rand({1001}) * (function.high - function.low) + function.low;
    const Tensor all = function.run(x);
    for (const std::int64_t i : {0, 7, 500, 993}) {  // in the middle of the vector, so that flip() keeps it
      const Tensor pair = function.name == "pow" ? stack({x[i], x[1000 - i]}) : x.narrow(0, i, 1);
      EXPECT_TRUE(equal(function.run(pair)[0], all[i]) || all[i].item<float>() != all[i].item<float>())
          << function.name << " of " << x[i].item<float>();
    }
  }
}

TEST(ElementwiseTest, neighbours_and_parts_of_numbers_are_those_of_the_standard_library) {
  const auto check = [](auto zero, Dtype dtype) {
    using T = decltype(zero);
    constexpr T infinity = std::numeric_limits<T>::infinity();
    const std::vector<T> numbers{0,
                                 T(-0.0),
                                 1,
                                 T(-1),
                                 2,
                                 T(0.1),
                                 std::numeric_limits<T>::min(),
                                 -3,
                                 1e30F,
                                 T(8),
                                 -infinity,
                                 infinity,
                                 std::numeric_limits<T>::denorm_min(),
                                 std::numeric_limits<T>::max(),
                                 -std::numeric_limits<T>::min() / 3,
                                 std::numeric_limits<T>::lowest()};
    const Tensor x = tensor(numbers, dtype);
    const auto count = static_cast<std::int64_t>(numbers.size());
    const std::vector<T> next = nextafter(x.view({count, 1}), x.view({1, count})).template to_vector<T>();
    const auto [mantissas, exponents] = frexp(x);
    for (std::int64_t i = 0; i < count; ++i) {
      const T v = numbers[static_cast<std::size_t>(i)];
      for (std::int64_t k = 0; k < count; ++k) {
        const T found = next[static_cast<std::size_t>(i * count + k)];
        const T wanted = std::nextafter(v, numbers[static_cast<std::size_t>(k)]);
        EXPECT_TRUE(found == wanted && std::signbit(found) == std::signbit(wanted)) << v << ' ' << found << ' ' << wanted;
      }
      int exponent = 0;
      EXPECT_EQ(mantissas[i].template item<T>(), std::frexp(v, &exponent)) << v;
      if (std::isfinite(v)) {
        EXPECT_EQ(exponents[i].template item<int>(), exponent) << v;
      }
    }
    EXPECT_TRUE(isnan(nextafter(tensor(NAN, dtype), tensor(1.0, dtype))).template item<bool>());
    EXPECT_TRUE(isnan(nextafter(tensor(1.0, dtype), tensor(NAN, dtype))).template item<bool>());
  };
  check(0.0F, kFloat32);
  check(0.0, kFloat64);
}

TEST(ElementwiseTest, ldexp_neither_overflows_nor_underflows_on_the_way) {
  const Tensor a = tensor({0x1p-140F, 0x1.8p100F, 0.0F, 1.0F, -3.0F});
  const Tensor exponents = tensor({200.0F, -180.0F, 500.0F, 3.0F, 2.0F});
  const std::vector<float> found = ldexp(a, exponents).to_vector<float>();
  EXPECT_EQ(found, (std::vector<float>{0x1p60F, 0x1.8p-80F, 0.0F, 8.0F, -12.0F}));
  EXPECT_TRUE(std::isnan(ldexp(tensor(0.0), tensor(INFINITY)).item<float>()));
  EXPECT_EQ(ldexp(tensor(3.0), tensor(-INFINITY)).item<float>(), 0);
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
  expect_same_bits_on_any_number_of_threads([&] {
    const Tensor x = a.detach().clone().requires_grad_();
    TensorList all{matmul(a, b),    matmul(b.t(), a.t()), mv(a, b.select(1, 0)), softmax(a, 0),
                   logsumexp(a, 0), cumsum(a, 0),         cumsum(a, 1),          prod(a, 1)};
    (layer_norm(x, {300}).square().sum() + cross_entropy(x, target) + amax(x, 0).sum()).backward();
    all.push_back(x.grad());
    return all;
  });
}

TEST(ElementwiseTest, cross_entropy_ignores_what_counts_for_nothing) {
  const Tensor x = tensor({1.0, 2.0, 3.0, NAN, NAN, NAN}).view({2, 3}).requires_grad_();
  const Tensor loss = cross_entropy(x, tensor({0, -100}));
  loss.backward();
  EXPECT_NEAR(loss.item<double>(), 2.4076059644, 1e-6);
  EXPECT_TRUE(equal(x.grad()[1], zeros({3})));
}

TEST(ElementwiseTest, functions_of_elements_have_the_same_bits_on_any_number_of_threads) {
  manual_seed(6);
  const Tensor a = randn({600003});  // more than one thread's share of what only moves elements
  const Tensor b = rand({600003}) + 0.5;
  expect_same_bits_on_any_number_of_threads([&] {
    const Tensor x = a.detach().clone().requires_grad_();
    const Tensor y = b.detach().clone().requires_grad_();
    const Tensor z = exp(x) * y + relu(x) / y - 1.5 * addcmul(x, x, y) + maximum(x, y) + lgamma(y);
    z.sum().backward();
    return TensorList{z, x.grad(), y.grad(), isnan(a), isclose(a, b), a.to(kFloat64), nonzero(gt(a, 0)), zeros({1200000})};
  });
}

}  // namespace xgrad::test
