#include <cmath>

#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

using Function = Tensor (*)(const Tensor&, const Tensor&);

Tensor apply(const std::string& op, const Tensor& a, const Tensor& b) {
  static const std::map<std::string, Function> functions = {
      {"add", [](const Tensor& x, const Tensor& y) { return x + y; }},
      {"mul", [](const Tensor& x, const Tensor& y) { return x * y; }},
      {"div", [](const Tensor& x, const Tensor& y) { return x / y; }},
      {"maximum", [](const Tensor& x, const Tensor& y) { return maximum(x, y); }},
      {"eq", [](const Tensor& x, const Tensor& y) { return x == y; }},
      {"where", [](const Tensor& x, const Tensor& y) { return where(tensor(true), x, y); }},
      {"cat",
       [](const Tensor& x, const Tensor& y) {
         return cat({x, y});
       }},
  };
  return functions.at(op)(a, b);
}

Tensor apply(const std::string& op, const Tensor& a, Scalar b) { return op == "add" ? a + b : op == "mul" ? a * b : a / b; }

Tensor made(const std::string& dtype, int dims) {
  return dims == 0 ? ones({}, dtype_by_name(dtype)) : ones({2}, dtype_by_name(dtype));
}

}  // namespace

TEST(TypePromotionTest, results_have_pytorchs_dtypes) {
  const std::map<std::string, Scalar> numbers = {{"bool", true}, {"int", 2}, {"float", 1.5}};
  for (const Json& row : load_golden("dtypes")) {
    SCOPED_TRACE(row.dump());
    const Tensor a = made(row[1], row[2]);
    Dtype found = kBool;
    if (row[4] == -1) {
      ASSERT_NO_THROW(found = apply(row[0].get<std::string>(), a, numbers.at(row[3])).dtype());
    } else {
      ASSERT_NO_THROW(found = apply(row[0].get<std::string>(), a, made(row[3], row[4])).dtype());
    }
    EXPECT_EQ(to_string(found), row[5].get<std::string>());
  }
}

TEST(TypePromotionTest, numbers_that_a_dtype_does_not_hold_are_compared_as_they_are) {
  const Tensor x = tensor({44, 3}).to(kUInt8);
  const auto bools = [](const Tensor& result) { return result.to(kInt64).to_vector<std::int64_t>(); };
  using Bools = std::vector<std::int64_t>;
  EXPECT_EQ(bools(x == 300), Bools({0, 0}));
  EXPECT_EQ(bools(x != 300), Bools({1, 1}));
  EXPECT_EQ(bools(x < 300), Bools({1, 1}));
  EXPECT_EQ(bools(x <= 300), Bools({1, 1}));
  EXPECT_EQ(bools(x > -1), Bools({1, 1}));
  EXPECT_EQ(bools(x >= -253), Bools({1, 1}));
  EXPECT_EQ(bools(isin(x, Scalar(300))), Bools({0, 0}));
  EXPECT_EQ(bools(isin(Scalar(300), x)), Bools({0}));
  EXPECT_EQ(bucketize(Scalar(300), x.flip({0})).item<std::int64_t>(), 2);
  EXPECT_EQ(searchsorted(x.flip({0}), Scalar(-1)).item<std::int64_t>(), 0);
}

TEST(TypePromotionTest, numbers_that_a_dtype_does_not_hold_are_not_written_into_it) {
  const Tensor x = tensor({44, 3}).to(kUInt8);
  const Tensor first = tensor({0});
  EXPECT_THROW(full({1}, 300, kUInt8), ValueError);
  EXPECT_THROW(x.fill_(300), ValueError);
  EXPECT_THROW(x.masked_fill(x > 3, 300), ValueError);
  EXPECT_THROW(x.index_fill(0, first, 300), ValueError);
  EXPECT_THROW(x.scatter(0, first, 300), ValueError);
  EXPECT_THROW(where(x > 3, x, 300), ValueError);
  EXPECT_THROW(x.clamp(300), ValueError);
  EXPECT_THROW(x.clamp(std::nullopt, -1), ValueError);
  EXPECT_THROW(pow(x, 300), ValueError);
  EXPECT_THROW(pow(300, x), ValueError);
  EXPECT_THROW(x.floor_divide(300), ValueError);
  EXPECT_THROW(x.remainder(-3), ValueError);
  EXPECT_THROW(x.fmod(-3), ValueError);
  EXPECT_THROW(x.div(-3, "trunc"), ValueError);
  EXPECT_THROW(tensor(300).item<std::uint8_t>(), ValueError);
  EXPECT_TRUE(equal(x, tensor({44, 3}).to(kUInt8)));
  EXPECT_TRUE(equal(x.clamp(-5, 300), x));
  EXPECT_TRUE(equal(x + 300, tensor({88, 47}).to(kUInt8)));  // sums, products and bits wrap around
  EXPECT_TRUE(equal(x.bitwise_and(300), tensor({44, 0}).to(kUInt8)));
}

TEST(TypePromotionTest, functions_of_floating_point_numbers_take_numbers_as_they_are) {
  const Tensor x = tensor({1, 2}).to(kUInt8);
  EXPECT_TRUE(equal(copysign(x, -3), tensor({-1.0, -2.0})));
  EXPECT_TRUE(xlogy(x, 300).allclose(x * std::log(300.0F)));
  EXPECT_TRUE(xlogy(300, x).allclose(300 * log(x)));
  EXPECT_TRUE(special_xlog1py(x, 300).allclose(x * std::log1p(300.0F)));
}

TEST(TypePromotionTest, gradients_have_the_dtypes_of_their_inputs) {
  const Tensor a = ones({2}, TensorOptions(kFloat32).requires_grad(true));
  const Tensor b = ones({2}, TensorOptions(kFloat64).requires_grad(true));
  (a * b).sum().backward();
  EXPECT_EQ(a.grad().dtype(), kFloat32);
  EXPECT_EQ(b.grad().dtype(), kFloat64);
}

TEST(TypePromotionTest, a_result_that_does_not_fit_is_not_written_in_place) {
  Tensor whole = ones({2}, kInt64);
  EXPECT_THROW(whole.add_(1.5), TypeError);
  EXPECT_THROW(whole.add_(ones({2})), TypeError);
  EXPECT_THROW(whole.div_(2), TypeError);
  EXPECT_TRUE(equal(whole, ones({2}, kInt64)));
  Tensor single = ones({2}, kFloat32);
  single.add_(ones({2}, kFloat64));
  EXPECT_EQ(single.dtype(), kFloat32);
}

}  // namespace xgrad::test
