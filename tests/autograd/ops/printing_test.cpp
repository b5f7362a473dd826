#include <limits>
#include <sstream>

#include "tests/support/golden.h"
#include "tests/support/printed.h"

namespace xgrad::test {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

/// The tensors of tests/golden/make_printing.cpp.
std::map<std::string, Tensor> printed_tensors() {
  return {
      {"zero-dimensional float", tensor(1.5F)},
      {"zero-dimensional double", tensor(0.1, kFloat64)},
      {"zero-dimensional int", tensor(7)},
      {"zero-dimensional bool", tensor(true)},
      {"zero-dimensional third", tensor(1.0 / 3, kFloat64)},
      {"zero-dimensional large", tensor(123456789.0, kFloat64)},
      {"vector of whole floats", tensor({1.0, 2.0, -3.0})},
      {"vector of fractions", tensor({1.5, 2.25, -3.125})},
      {"vector of doubles", tensor({0.1, 22.25, 333.125}, kFloat64)},
      {"vector of ints", arange(5)},
      {"vector of bools", tensor({true, false})},
      {"vector of large ints", tensor({std::int64_t{1}, std::int64_t{123456789012}})},
      {"vector of large wholes", tensor({1e10, 2.0})},
      {"vector with a wide range", tensor({1e-5, 1.0, 1e5})},
      {"vector with a huge range", tensor({1e-120, 1.0, 1e120}, kFloat64)},
      {"vector of thousands", tensor({1234.5, 6789.25})},
      {"vector of hundred thousands", tensor({123456.5, 678900.25})},
      {"vector of millions", tensor({1234567.5, 6789001.25}, kFloat64)},
      {"vector of thousandths", tensor({0.001, 0.002})},
      {"vector of hundredths", tensor({0.01, 0.02})},
      {"vector of tenths", tensor({0.1, 0.2})},
      {"vector with nan and inf", tensor({1.5, nan, inf, -inf}, kFloat64)},
      {"vector of whole numbers, nan and inf", tensor({1.0, nan, inf, -inf}, kFloat64)},
      {"vector of nan only", tensor({nan, nan}, kFloat64)},
      {"vector of zeros", zeros({3})},
      {"vector of negative zeros", tensor({-0.0, -1.5}, kFloat64)},
      {"empty vector", zeros({0})},
      {"empty matrix", zeros({2, 0})},
      {"empty cube", zeros({2, 0, 3})},
      {"matrix", arange(6, kFloat32).reshape({2, 3}) / 4},
      {"matrix of ints", arange(6).reshape({2, 3})},
      {"matrix of bools", arange(6).reshape({2, 3}) > 2},
      {"matrix, transposed", (arange(6, kFloat32).reshape({2, 3}) / 4).t()},
      {"matrix with a scale", (arange(6, kFloat64).reshape({2, 3}) + 0.5) * 100000},
      {"matrix with a small scale", (arange(6, kFloat64).reshape({2, 3}) + 1.5) * 0.0001},
      {"matrix with nan", tensor({1.0, nan, 2.5, -1.0}, kFloat64).reshape({2, 2})},
      {"wide matrix", arange(50, kFloat32).reshape({2, 25}) / 4},
      {"wide matrix of ints", arange(100).reshape({2, 50})},
      {"wide matrix, one row", arange(40, kFloat64).reshape({1, 40}) / 8},
      {"cube", arange(12, kFloat32).reshape({2, 3, 2}) / 4},
      {"cube of ints", arange(12).reshape({2, 3, 2})},
      {"four dimensions", arange(16, kFloat64).reshape({2, 2, 2, 2}) / 3},
      {"wide cube", arange(100, kFloat64).reshape({2, 2, 25}) / 8},
      {"one element, three dimensions", ones({1, 1, 1})},
      {"wide matrix with a scale", arange(50, kFloat64).reshape({2, 25}) * 1000.5 + 100000.5},
      {"cube with a scale", arange(8, kFloat64).reshape({2, 2, 2}) * 1000.5 + 100000.5},
      {"small numbers", tensor({0.5, -0.25, 0.125}, kFloat64)},
      {"undefined", Tensor()},
  };
}

}  // namespace

TEST(PrintingTest, prints_as_libtorch_does) {
  const std::map<std::string, Tensor> tensors = printed_tensors();
  const Json golden = load_golden("printing");
  ASSERT_EQ(tensors.size(), golden.size());
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ(printed(tensor), golden.at(name).get<std::string>()) << name;
  }
}

TEST(PrintingTest, the_streams_own_settings_survive) {
  std::ostringstream text;
  text.precision(3);
  text << tensor({1.5, 2.5}) << 3.14159;
  EXPECT_TRUE(text.str().ends_with("3.14")) << text.str();
}

}  // namespace xgrad::test
