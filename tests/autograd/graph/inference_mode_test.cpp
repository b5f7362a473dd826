#include "autograd/autograd.h"
#include "tests/support/golden.h"

namespace xgrad::test {

TEST(InferenceModeTest, nothing_is_recorded_and_the_mode_ends_with_its_scope) {
  const Tensor x = ones({2}, requires_grad());
  {
    const InferenceMode inference;
    EXPECT_TRUE(InferenceMode::is_enabled());
    EXPECT_FALSE(GradMode::is_enabled());
    const Tensor y = x * 2;
    EXPECT_FALSE(y.requires_grad());
    EXPECT_TRUE(y.is_inference());
    {
      const InferenceMode off(false);
      EXPECT_TRUE((x * 2).requires_grad());
    }
  }
  EXPECT_FALSE(InferenceMode::is_enabled());
  EXPECT_TRUE(GradMode::is_enabled());
  EXPECT_FALSE(x.is_inference());
}

TEST(InferenceModeTest, its_tensors_do_not_enter_the_graph) {
  const Tensor weight = ones({2}, requires_grad());
  Tensor made = [] {
    const InferenceMode inference;
    return full({2}, 3.0);
  }();
  EXPECT_THROW(weight * made, GraphError);  // the product's gradient would need it
  EXPECT_THROW(made.requires_grad_(), GraphError);
  EXPECT_THROW(made.add_(1), GraphError);
  EXPECT_TRUE(equal(made, full({2}, 3.0)));
  EXPECT_FALSE(weight.grad().defined());
  (weight + made).sum().backward();  // nothing of it is saved here
  (weight * made.clone()).sum().backward();
  EXPECT_EQ(weight.grad().to_vector<float>(), (std::vector<float>{4, 4}));
}

TEST(InferenceModeTest, views_belong_to_the_mode_that_made_their_memory) {
  const Tensor outside = ones({2, 2});
  const InferenceMode inference;
  EXPECT_FALSE(outside[0].is_inference());
  EXPECT_FALSE(outside.detach().is_inference());
  EXPECT_FALSE(outside.view(kInt32).is_inference());
  const Tensor inside = ones({2, 2});
  const InferenceMode off(false);
  EXPECT_TRUE(inside[0].is_inference());
  EXPECT_TRUE(inside.t().detach().is_inference());
  EXPECT_THROW(inside[0].add_(1), GraphError);
}

TEST(InferenceModeTest, in_the_mode_its_tensors_change_in_place) {
  const InferenceMode inference;
  Tensor x = ones({2});
  x.add_(1);
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{2, 2}));
}

TEST(GradModeTest, set_grad_enabled_lasts_until_it_is_set_again) {
  const Tensor x = ones({2}, requires_grad());
  set_grad_enabled(false);
  EXPECT_FALSE((x * 2).requires_grad());
  set_grad_enabled(true);
  EXPECT_TRUE((x * 2).requires_grad());
}

}  // namespace xgrad::test
