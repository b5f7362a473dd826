#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include <bit>
#include <cmath>
#include <limits>

namespace xgrad {
namespace {

/// Every 499th float, of both signs: all binades, infinities left out.
Tensor sample_of_all_floats() {
  std::vector<float> values;
  for (std::uint64_t bits = 0; bits < (1ULL << 32); bits += 499) {
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
  const Tensor whole = tanh(x) + sigmoid(x) + exp(x);
  for (const std::int64_t start : {1, 3, 17, 500}) {
    const Tensor part = x.slice(0, start, start + 37);
    EXPECT_TRUE((tanh(part) + sigmoid(part) + exp(part)).equal(whole.slice(0, start, start + 37)));
  }
}

}  // namespace
}  // namespace xgrad
