#include "autograd/backward/gradcheck.h"

#include "autograd/autograd.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

/// A square with a gradient that is off by a factor.
Tensor square_with_gradient(const Tensor& x, double factor) {
  const Tensor y = (x * x).detach();
  return record("Square", y, {x}, [x = SavedTensor(x), factor](const Tensor& grad) { return grad * x.unpack() * factor; });
}

/// x^2, with a gradient that is right, but whose own gradient is lost.
Tensor square_differentiable_once(const Tensor& x) {
  const Tensor y = (x * x).detach();
  return record("Square", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * x.unpack().detach() * 2; });
}

using Function = std::function<Tensor(const TensorList&)>;

}  // namespace

TEST(GradcheckTest, right_gradients_pass) {
  const Tensor x = tensor({0.5, -1.5}, TensorOptions(kFloat64).requires_grad(true));
  const Function function = [](const TensorList& in) { return square_with_gradient(in[0], 2); };
  EXPECT_TRUE(autograd::gradcheck(function, {x}));
  EXPECT_TRUE(autograd::gradgradcheck(function, {x}));
}

TEST(GradcheckTest, a_wrong_gradient_is_found) {
  const Tensor x = tensor({0.5, -1.5}, TensorOptions(kFloat64).requires_grad(true));
  const Function function = [](const TensorList& in) { return square_with_gradient(in[0], 2.01); };
  EXPECT_FALSE(autograd::gradcheck(function, {x}, 1e-6, 1e-5, 1e-3, false));
  EXPECT_THROW(autograd::gradcheck(function, {x}), GraphError);
}

TEST(GradcheckTest, a_wrong_second_gradient_is_found) {
  const Tensor x = tensor({0.5, -1.5}, TensorOptions(kFloat64).requires_grad(true));
  const Function function = [](const TensorList& in) { return square_differentiable_once(in[0]); };
  EXPECT_TRUE(autograd::gradcheck(function, {x}));
  EXPECT_FALSE(autograd::gradgradcheck(function, {x}, 1e-6, 1e-5, 1e-3, false));
}

TEST(GradcheckTest, outputs_outside_the_graph_are_passed_over) {
  const Tensor x = tensor({0.5, -1.5}, TensorOptions(kFloat64).requires_grad(true));
  const std::function<TensorList(const TensorList&)> function = [](const TensorList& in) {
    return TensorList{(in[0] * 3).detach(), in[0] * in[0], in[0] > 0};
  };
  EXPECT_TRUE(autograd::gradcheck(function, {x}));
}

TEST(GradcheckTest, inputs_that_are_too_coarse_or_need_no_gradient_are_refused) {
  const Function function = [](const TensorList& in) { return in[0] * 2; };
  EXPECT_THROW(autograd::gradcheck(function, {ones({1}, requires_grad())}), TypeError);
  EXPECT_THROW(autograd::gradcheck(function, {ones({1}, kFloat64)}), ValueError);
}

}  // namespace xgrad::test
