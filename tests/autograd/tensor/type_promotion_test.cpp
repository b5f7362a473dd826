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
