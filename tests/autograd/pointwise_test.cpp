#include "autograd/pointwise.h"

#include "autograd/autograd.h"
#include "tests/support/golden.h"
#include "tests/support/threads.h"

namespace xgrad::test {

namespace {

Tensor bent(const Tensor& x) {
  return pointwise(
      "bent", x, [](const auto& v) { return (sqrt(v * v + 1) - 1) / 2 + v; },
      [](const Tensor& grad, const Tensor& v) { return grad * (v / (2 * sqrt(v * v + 1)) + 1); });
}

Tensor scaled_difference(const Tensor& a, const Tensor& b) {
  return pointwise(
      "scaled_difference", a, b, [](const auto& v, const auto& w) { return (v - w) * exp(w); },
      [](const Tensor& grad, const Tensor&, const Tensor& w) { return grad * w.exp(); },
      [](const Tensor& grad, const Tensor& v, const Tensor& w) { return grad * (v - w - 1) * w.exp(); });
}

}  // namespace

TEST(PointwiseTest, values_and_gradients_of_any_order_are_right_and_the_profile_names_it) {
  manual_seed(1);
  const Tensor x = randn({3, 5}, TensorOptions(kFloat64).requires_grad(true));
  const Tensor y = randn({5}, TensorOptions(kFloat64).requires_grad(true));
  const auto one = [](const TensorList& inputs) { return bent(inputs[0].t()); };
  const auto two = [](const TensorList& inputs) { return scaled_difference(inputs[0], inputs[1]); };
  EXPECT_NO_THROW(autograd::gradcheck(one, {x}));
  EXPECT_NO_THROW(autograd::gradgradcheck(one, {x}));
  EXPECT_NO_THROW(autograd::gradcheck(two, {x, y}));
  EXPECT_NO_THROW(autograd::gradgradcheck(two, {x, y}));
  EXPECT_TRUE(allclose(bent(x), (sqrt(x * x + 1) - 1) / 2 + x));
  EXPECT_TRUE(allclose(scaled_difference(x, y), (x - y) * exp(y)));
  autograd::profiler::Profile profile;
  bent(x).sum().backward();
  profile.stop();
  std::vector<std::string> names;
  for (const auto& event : profile.events()) names.push_back(event.name);
  EXPECT_NE(std::find(names.begin(), names.end(), "bent"), names.end());
}

TEST(PointwiseTest, an_element_is_the_same_wherever_it_lies_and_on_any_number_of_threads) {
  manual_seed(2);
  const Tensor x = randn({100003});
  const Tensor expected = expect_same_bits_on_any_number_of_threads([&] { return TensorList{bent(x)}; })[0];
  EXPECT_TRUE(equal(bent(x.slice(0, 17, 60)), expected.slice(0, 17, 60)));
  EXPECT_TRUE(equal(bent(x.slice(0, 0, 99999, 3)), expected.slice(0, 0, 99999, 3)));
  EXPECT_EQ(bent(empty({0, 4})).sizes(), IntArrayRef({0, 4}));
}

TEST(PointwiseTest, rejects_bad_input) {
  EXPECT_THROW(bent(arange(3)), TypeError);
  EXPECT_THROW(scaled_difference(ones({2}), ones({2}, kFloat64)), TypeError);
  EXPECT_THROW(scaled_difference(ones({2}), ones({3})), ShapeError);
}

}  // namespace xgrad::test
