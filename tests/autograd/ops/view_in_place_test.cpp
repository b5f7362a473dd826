#include "autograd/ops/view_in_place.h"

#include <gtest/gtest.h>

#include "autograd/backward/gradcheck.h"
#include "autograd/graph/grad.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::test {

TEST(ViewInPlace, every_handle_sees_the_new_shape) {
  Tensor x = arange(6.0).view({2, 3});
  Tensor same = x;
  x.unsqueeze_(1);
  EXPECT_EQ(same.sizes(), IntArrayRef({2, 1, 3}));
  x.squeeze_(1).t_();
  EXPECT_TRUE(equal(same, arange(6.0).view({2, 3}).t()));
  EXPECT_FALSE(same.is_contiguous());
  x.transpose_(0, 1).as_strided_({3}, {2}, 1);
  EXPECT_TRUE(equal(same, tensor({1.0, 3.0, 5.0})));
  x.unsqueeze_(0).unsqueeze_(0).squeeze_();
  EXPECT_EQ(same.sizes(), IntArrayRef({3}));
}

TEST(ViewInPlace, gradients_go_through) {
  const std::function<TensorList(const TensorList&)> function = [](const TensorList& inputs) {
    Tensor y = inputs[0] * inputs[0];
    y.t_().unsqueeze_(1);
    return TensorList{y * inputs[1]};
  };
  EXPECT_NO_THROW(autograd::gradcheck(
      function, {(arange(6.0, kFloat64).view({2, 3}) + 1).requires_grad_(), (arange(2.0, kFloat64) - 3).requires_grad_()}));
}

TEST(ViewInPlace, gradients_of_a_result_turned_behind_the_graphs_back_broadcast) {
  const Tensor x = tensor({{1.0, 2.0, 3.0, 4.0}}).requires_grad_();
  Tensor y = square(x);
  {
    const NoGradGuard guard;
    y.squeeze_();
  }
  EXPECT_TRUE(equal(autograd::grad({sum(y)}, {x})[0], tensor({{2.0, 4.0, 6.0, 8.0}})));
}

TEST(ViewInPlace, writing_into_a_turned_tensor_keeps_its_history) {
  const std::function<TensorList(const TensorList&)> function = [](const TensorList& inputs) {
    Tensor y = inputs[0] * 2;
    y.t_();
    y.select(0, 1).mul_(3.0);
    return TensorList{y};
  };
  EXPECT_NO_THROW(autograd::gradcheck(function, {arange(6.0, kFloat64).view({2, 3}).clone().requires_grad_()}));
}

TEST(ViewInPlace, a_leaf_that_requires_a_gradient_is_left_alone) {
  Tensor leaf = ones({2, 3}).requires_grad_();
  EXPECT_THROW(leaf.t_(), GraphError);
  EXPECT_EQ(leaf.sizes(), IntArrayRef({2, 3}));
  const NoGradGuard no_grad;
  leaf.t_();
  EXPECT_EQ(leaf.sizes(), IntArrayRef({3, 2}));
}

TEST(ViewInPlace, what_was_saved_of_the_old_shape_is_not_used) {
  const Tensor leaf = ones({2, 3}).requires_grad_();
  Tensor y = exp(leaf);
  y.t_();
  EXPECT_THROW(sum(y).backward(), GraphError);
}

TEST(ViewInPlace, resize_keeps_the_first_elements) {
  Tensor x = arange(6.0);
  x.resize_({2, 2});
  EXPECT_TRUE(equal(x, tensor({0.0, 1.0, 2.0, 3.0}).view({2, 2})));
  x.resize_({8});
  EXPECT_TRUE(equal(x.slice(0, 0, 4), arange(4.0)));
  x.resize_as_(ones({0, 3}));
  EXPECT_EQ(x.sizes(), IntArrayRef({0, 3}));
}

TEST(ViewInPlace, rejects_bad_input) {
  Tensor x = ones({2, 3});
  EXPECT_THROW(x.unsqueeze_(3), IndexError);
  EXPECT_THROW(x.as_strided_({10}, {1}), ShapeError);
  EXPECT_THROW(x.resize_({-1}), ShapeError);
  EXPECT_EQ(x.sizes(), IntArrayRef({2, 3}));
  Tensor part = x.select(0, 0);
  EXPECT_THROW(part.resize_({2}), GraphError);
  Tensor leaf = ones({2}).requires_grad_();
  EXPECT_THROW(leaf.resize_({3}), GraphError);
}

}  // namespace xgrad::test
