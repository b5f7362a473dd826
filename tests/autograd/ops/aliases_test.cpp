#include "autograd/ops/aliases.h"

#include <cmath>
#include <functional>
#include <string>

#include "autograd/graph/profiler.h"
#include "autograd/ops/activation.h"
#include "autograd/ops/in_place_functions.h"
#include "autograd/ops/type_promotion.h"
#include "tests/support/golden.h"

namespace xgrad::test {

TEST(Aliases, are_the_functions_that_they_name) {
  const Tensor a = tensor({{1.5, -2.0}, {0.25, 3.0}}, kFloat64);
  const Tensor b = tensor({{2.0, 0.5}, {-1.0, 3.0}}, kFloat64);
  EXPECT_TRUE(equal(absolute(a), abs(a)));
  EXPECT_TRUE(equal(subtract(a, b, 2), a - b * 2));
  EXPECT_TRUE(equal(multiply(a, 2), a * 2));
  EXPECT_TRUE(equal(true_divide(a, b), a / b));
  EXPECT_TRUE(equal(greater_equal(a, b), a >= b));
  EXPECT_TRUE(equal(not_equal(a, 3), a != 3));
  EXPECT_TRUE(equal(clip(a, 0, 1), clamp(a, 0, 1)));
  EXPECT_TRUE(equal(clamp_max(clamp_min(a, 0), 1), clamp(a, 0, 1)));
  EXPECT_TRUE(equal(concat({a, b}, 1), cat({a, b}, 1)));
  EXPECT_TRUE(equal(row_stack({a, b}), cat({a, b}, 0)));
  EXPECT_TRUE(equal(moveaxis(a, 0, 1), a.t()));
  EXPECT_TRUE(equal(ravel(a.t()), a.t().reshape({4})));
  EXPECT_TRUE(equal(trapz(a, 0.5), trapezoid(a, 0.5)));
  EXPECT_TRUE(equal(msort(a), tensor({{0.25, -2.0}, {1.5, 3.0}}, kFloat64)));
  EXPECT_TRUE(equal(frobenius_norm(a, {0}), norm(a, 2, {0})));
}

TEST(Aliases, angles_of_real_numbers) {
  const Tensor x = tensor({-2.0, 0.0, 3.0}, kFloat64).requires_grad_();
  const Tensor y = angle(x);
  EXPECT_TRUE(allclose(y, tensor({M_PI, 0.0, 0.0}, kFloat64)));
  y.sum().backward();
  EXPECT_TRUE(equal(x.grad(), zeros({3}, kFloat64)));
  EXPECT_TRUE(std::isnan(angle(tensor(NAN)).item<float>()));
  EXPECT_EQ(angle(tensor({-1, 1})).dtype(), kFloat32);
}

TEST(InPlaceFunctions, change_their_argument_and_return_it) {
  const Tensor x = tensor({-2.0, 0.25, 4.0}, kFloat64);
  const auto same = [&](Tensor& (*function)(Tensor&), Tensor (*pure)(const Tensor&)) {
    Tensor y = x.clone();
    Tensor& returned = function(y);
    EXPECT_EQ(&returned, &y);
    EXPECT_TRUE(allclose(y, pure(x), 1e-12, 1e-12, true));
  };
  same(abs_, abs);
  same(exp_, exp);
  same(relu_, relu);
  same(tanh_, tanh);
  same(selu_, selu);
  same(mish_, mish);
  same(hardswish_, hardswish);
  same(hardsigmoid_, hardsigmoid);
  same(silu_, silu);
  same(gelu_, gelu);
  same(i0_, i0);
  Tensor y = x.clone();
  EXPECT_TRUE(equal(clamp_(threshold_(y, 0, -5), -1, 1), tensor({-1.0, 0.25, 1.0}, kFloat64)));
  EXPECT_TRUE(equal(fill_(y, 7), full({3}, 7.0, kFloat64)));
}

TEST(InPlaceFunctions, are_recorded) {
  const Tensor x = tensor({-2.0, 0.25, 4.0}, kFloat64).requires_grad_();
  Tensor y = x * 1;
  elu_(y, 0.5);
  y.sum().backward();
  const Tensor expected = autograd::grad({elu(x, 0.5).sum()}, {x})[0];
  EXPECT_TRUE(equal(x.grad(), expected));
  Tensor leaf = x;
  EXPECT_THROW(elu_(leaf), GraphError);
}

TEST(InPlaceFunctions, refuse_a_leaf_before_they_compute_or_draw) {
  Tensor leaf = tensor({-2.0, 0.25, 4.0}, kFloat64).requires_grad_();
  const std::string state = default_generator().get_state();
  autograd::profiler::Profile profile;
  for (Tensor& (*function)(Tensor&) : {i0_, gelu_, hardsigmoid_, hardswish_, mish_, relu6_, selu_, silu_}) {
    EXPECT_THROW(function(leaf), GraphError);
  }
  EXPECT_THROW(threshold_(leaf, 0, 1), GraphError);
  EXPECT_THROW(rrelu_(leaf, 0.1, 0.3, true), GraphError);
  EXPECT_THROW(dropout_(leaf, 0.5, true), GraphError);
  EXPECT_THROW(alpha_dropout_(leaf, 0.5, true), GraphError);
  EXPECT_THROW(feature_alpha_dropout_(leaf, 0.5, true), GraphError);
  EXPECT_THROW(leaf.polygamma_(1), GraphError);
  profile.stop();
  EXPECT_TRUE(profile.events().empty());
  EXPECT_EQ(default_generator().get_state(), state);
}

TEST(InPlaceFunctions, a_result_of_a_higher_category_is_refused) {
  Tensor integers = tensor({1, 2});
  EXPECT_THROW(i0_(integers), TypeError);
  EXPECT_TRUE(equal(integers, tensor({1, 2})));
}

TEST(Activation, hard_sigmoid_and_swish) {
  const Tensor x = tensor({-4.0, -3.0, -1.5, 0.0, 1.5, 3.0, 4.0}, kFloat64);
  EXPECT_TRUE(allclose(hardsigmoid(x), tensor({0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0}, kFloat64)));
  EXPECT_TRUE(allclose(hardswish(x), x * hardsigmoid(x)));
  const std::function<Tensor(const TensorList&)> function = [](const TensorList& inputs) { return hardswish(inputs[0]); };
  EXPECT_NO_THROW(autograd::gradcheck(function, {tensor({-4.0, -1.0, 0.5, 5.0}, kFloat64).requires_grad_()}));
  EXPECT_NO_THROW(autograd::gradgradcheck(function, {tensor({-4.0, -1.0, 0.5, 5.0}, kFloat64).requires_grad_()}));
  EXPECT_THROW(hardswish(ones({2}, kInt64)), TypeError);
}

TEST(TypePromotion, of_numbers_and_of_casts) {
  EXPECT_EQ(result_type(1, 2.0), kFloat32);
  EXPECT_EQ(result_type(true, 2), kInt64);
  EXPECT_EQ(result_type(2.5, ones({2}, kInt64)), kFloat32);
  EXPECT_EQ(result_type(2, ones({2}, kFloat64)), kFloat64);
  EXPECT_TRUE(can_cast(kFloat64, kFloat32));
  EXPECT_FALSE(can_cast(kFloat32, kInt64));
  EXPECT_FALSE(can_cast(kInt64, kBool));
}

TEST(EmptyStrided, has_the_memory_that_its_strides_reach) {
  Tensor x = empty_strided({2, 3}, {1, 2}, kFloat64);
  EXPECT_EQ(x.strides(), (IntArrayRef{1, 2}));
  x.fill_(2);
  EXPECT_EQ(x.sum().item<double>(), 12);
  EXPECT_EQ(empty_strided({0, 3}, {5, 1}).numel(), 0);
  EXPECT_TRUE(empty_strided({2}, {3}, TensorOptions().requires_grad(true)).requires_grad());
  EXPECT_THROW(empty_strided({2}, {1, 1}), ShapeError);
  EXPECT_THROW(empty_strided({2}, {-1}), ShapeError);
  EXPECT_THROW(empty_strided({-2}, {1}), ShapeError);
}

TEST(FunctionMethods, are_the_functions) {
  const Tensor x = tensor({{0.5, 2.0}, {3.0, 1.0}}, kFloat64);
  EXPECT_TRUE(equal(x.quantile(0.3, 1), quantile(x, 0.3, 1)));
  EXPECT_TRUE(equal(x.logcumsumexp(0), logcumsumexp(x, 0)));
  EXPECT_TRUE(equal(x.msort(), msort(x)));
  EXPECT_TRUE(equal(x.igamma(x), igamma(x, x)));
  EXPECT_TRUE(equal(x.scatter_reduce(0, tensor({{0, 1}}), x, "amax"), scatter_reduce(x, 0, tensor({{0, 1}}), x, "amax")));
  const Tensor y = x.clone();
  y.i0_();
  EXPECT_TRUE(equal(y, i0(x)));
  y.index_reduce_(0, tensor({0}), ones({1, 2}, kFloat64), "amin");
  EXPECT_TRUE(equal(y[0], ones({2}, kFloat64)));
  EXPECT_EQ(x.new_empty_strided({2, 2}, {1, 2}).dtype(), kFloat64);
  EXPECT_EQ(x.new_empty_strided({2, 2}, {1, 2}).strides(), (IntArrayRef{1, 2}));
  EXPECT_EQ(x.alias().data_ptr<double>(), x.data_ptr<double>());
}

TEST(FunctionMethods, set_takes_the_memory_of_another_tensor) {
  const Tensor x = zeros({2});
  const Tensor source = rand({3, 4}).t();
  const Tensor same = x;
  x.set_(source);
  EXPECT_TRUE(equal(same, source));
  source.fill_(5);
  EXPECT_TRUE(equal(x, full({4, 3}, 5.0)));
  EXPECT_THROW(x.set_(zeros({2}, kFloat64)), TypeError);
  EXPECT_THROW(zeros({2}).requires_grad_().set_(source), GraphError);
  const Tensor memory = zeros({4});
  EXPECT_TRUE(equal(memory.view({2, 2}).set_(source), source));
  EXPECT_TRUE(equal(memory, zeros({4})));
}

}  // namespace xgrad::test
