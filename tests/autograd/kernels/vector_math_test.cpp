#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include <bit>
#include <cmath>
#include <limits>

namespace xgrad {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)  // under which each takes a hundred times as long
constexpr std::uint64_t distance = 49999;
#else
constexpr std::uint64_t distance = 499;
#endif

/// Every 499th float, of both signs: all binades, infinities left out.
Tensor sample_of_all_floats() {
  std::vector<float> values;
  for (std::uint64_t bits = 0; bits < (1ULL << 32); bits += distance) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (std::isfinite(value)) values.push_back(value);
  }
  return tensor(values);
}

/// The largest distance from the exact value, in units in the last place of the exact value's float.
template <class Exact>
double largest_error(const Tensor& x, const Tensor& y, const Exact& exact) {
  double worst = 0;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    const double expected = exact(static_cast<double>(x.data_ptr<float>()[i]));
    const auto rounded = static_cast<float>(std::abs(expected));
    const double unit = std::max<double>(std::nextafterf(rounded, std::numeric_limits<float>::infinity()) - rounded,
                                         std::numeric_limits<float>::min() * 0x1p-23);
    const double error = std::abs(y.data_ptr<float>()[i] - expected) / unit;
    // Below the smallest normal number results may be 0.
    if (std::abs(expected) < std::numeric_limits<float>::min()) {
      EXPECT_LE(std::abs(y.data_ptr<float>()[i]), 2 * std::numeric_limits<float>::min());
      continue;
    }
    worst = std::max(worst, error);
  }
  return worst;
}

TEST(VectorMathTest, sigmoid_is_within_three_units_in_the_last_place) {
  const Tensor x = sample_of_all_floats();
  EXPECT_LE(largest_error(x, sigmoid(x), [](double v) { return 1 / (1 + std::exp(-v)); }), 3);
}

TEST(VectorMathTest, tanh_is_within_three_units_in_the_last_place) {
  const Tensor x = sample_of_all_floats();
  EXPECT_LE(largest_error(x, tanh(x), [](double v) { return std::tanh(v); }), 3);
}

TEST(VectorMathTest, logarithms_are_within_two_units_in_the_last_place) {
  const Tensor x = sample_of_all_floats();
  EXPECT_LE(largest_error(x.abs(), log(x.abs()), [](double v) { return std::log(v); }), 1);
  const Tensor above = x.masked_select(x.gt(-1));
  EXPECT_LE(largest_error(above, log1p(above), [](double v) { return std::log1p(v); }), 2);
}

TEST(VectorMathTest, expm1_is_within_two_units_in_the_last_place) {
  const Tensor x = sample_of_all_floats();
  const Tensor finite = x.masked_select(x.lt(88));
  EXPECT_LE(largest_error(finite, expm1(finite), [](double v) { return std::expm1(v); }), 2);
}

TEST(VectorMathTest, zeros_keep_their_sign_and_the_ends_of_the_range_are_exact) {
  constexpr float inf = std::numeric_limits<float>::infinity();
  constexpr float largest = std::numeric_limits<float>::max();
  const Tensor zeros = tensor(std::vector<float>{0.0F, -0.0F});
  for (const Tensor& y : {log1p(zeros), expm1(zeros)}) {
    EXPECT_FALSE(std::signbit(y.data_ptr<float>()[0]));
    EXPECT_TRUE(std::signbit(y.data_ptr<float>()[1]));
  }
  EXPECT_EQ(log(tensor(std::vector<float>{0, 1, inf, largest})).to_vector<float>(),
            (std::vector<float>{-inf, 0, inf, static_cast<float>(std::log(static_cast<double>(largest)))}));
  EXPECT_EQ(log1p(tensor(std::vector<float>{-1, inf, largest})).to_vector<float>(),
            (std::vector<float>{-inf, inf, static_cast<float>(std::log(static_cast<double>(largest)))}));
  EXPECT_EQ(expm1(tensor(std::vector<float>{-inf, inf, largest})).to_vector<float>(), (std::vector<float>{-1, inf, inf}));
  EXPECT_TRUE(log(tensor(std::vector<float>{-1})).isnan().all().item<bool>());
  EXPECT_TRUE(log1p(tensor(std::vector<float>{-2})).isnan().all().item<bool>());
}

TEST(VectorMathTest, limits_and_nan_are_exact) {
  const float infinity = std::numeric_limits<float>::infinity();
  const Tensor x = tensor(std::vector<float>{infinity, -infinity, 0, std::numeric_limits<float>::quiet_NaN()});
  const auto s = sigmoid(x).to_vector<float>();
  const auto t = tanh(x).to_vector<float>();
  EXPECT_EQ(s[0], 1);
  EXPECT_EQ(s[1], 0);
  EXPECT_EQ(s[2], 0.5F);
  EXPECT_TRUE(std::isnan(s[3]));
  EXPECT_EQ(t[0], 1);
  EXPECT_EQ(t[1], -1);
  EXPECT_EQ(t[2], 0);
  EXPECT_TRUE(std::isnan(t[3]));
}

TEST(VectorMathTest, the_value_of_an_element_does_not_depend_on_its_place) {
  const Tensor x = randn({1000});
  const auto function = [](const Tensor& v) {
    return tanh(v) + sigmoid(v) + exp(v) + log(v) + log1p(v) + expm1(v) + gelu(v);
  };
  const Tensor whole = function(x);
  for (const std::int64_t start : {1, 3, 17, 500}) {
    const Tensor part = x.slice(0, start, start + 37);
    EXPECT_TRUE(allclose(function(part), whole.slice(0, start, start + 37), 0, 0, true));
  }
}

}  // namespace
}  // namespace xgrad
