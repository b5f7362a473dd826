// Views and changes in place, and what they mean for the graph: as in PyTorch.
#include "autograd/autograd.h"
#include "tests/support/graph.h"

namespace xgrad::test {

TEST(ViewTest, views_share_the_memory_of_their_base) {
  const Tensor x = arange(12, kFloat64).reshape({3, 4});
  const std::vector<std::pair<Tensor, double>> views = {{x.view({12}), 11},
                                                        {x.reshape({2, 6}), 11},
                                                        {x.t(), 11},
                                                        {x.select(0, 2), 11},
                                                        {x[2], 11},
                                                        {x.slice(1, 3), 11},
                                                        {x.narrow(0, 1, 2), 11},
                                                        {x.unsqueeze(0), 11},
                                                        {x.flatten(), 11},
                                                        {x.permute({1, 0}), 11},
                                                        {x.expand({2, 3, 4}), 11},
                                                        {x.diagonal(1), 11},
                                                        {x.chunk(2)[1], 11},
                                                        {x.split(1)[2], 11},
                                                        {x.unbind()[2], 11},
                                                        {x.as_strided({1}, {1}, 11), 11},
                                                        {x.detach(), 11},
                                                        {x.unsqueeze(0).squeeze(), 11}};
  for (const auto& [view, last] : views) EXPECT_EQ(view.to_vector<double>().back(), last);
  Tensor(x).mul_(2);
  for (const auto& [view, last] : views) {
    EXPECT_EQ(view.to_vector<double>().back(), 2 * last) << to_string(view.sizes());
    EXPECT_EQ(view.impl()->storage.get(), x.impl()->storage.get());
  }
}

TEST(ViewTest, reshape_copies_only_where_it_must) {
  const Tensor x = arange(6, kFloat64).reshape({2, 3});
  EXPECT_EQ(x.reshape({3, 2}).data_ptr(), x.data_ptr());
  EXPECT_NE(x.t().reshape({6}).data_ptr(), x.data_ptr());
  EXPECT_EQ(x.t().reshape({3, 2, 1}).data_ptr(), x.data_ptr());
  EXPECT_THROW(x.t().view({6}), ShapeError);
  EXPECT_EQ(x.contiguous().data_ptr(), x.data_ptr());
  EXPECT_NE(x.t().contiguous().data_ptr(), x.data_ptr());
}

TEST(ViewTest, a_view_knows_its_base_even_through_another_view) {
  const Tensor x = ones({2, 3}, leaf);
  const Tensor base = x * 1;
  const Tensor view = base.t()[0];
  EXPECT_TRUE(view.is_view());
  EXPECT_TRUE(view.base().is_same(base));
  EXPECT_FALSE(base.is_view());
}

TEST(InplaceTest, a_leaf_that_requires_a_gradient_is_not_changed) {
  Tensor x = ones({2}, leaf);
  Tensor view = x.view({2});
  Tensor part = x[0];
  for (Tensor* target : {&x, &view, &part}) {
    EXPECT_THROW(target->add_(1), GraphError);
    EXPECT_THROW(target->mul_(*target), GraphError);
    EXPECT_THROW(target->zero_(), GraphError);
    EXPECT_THROW(target->copy_(zeros({}, kFloat64)), GraphError);
    EXPECT_THROW(target->uniform_(), GraphError);
    EXPECT_THROW(target->relu_(), GraphError);
  }
  expect_values(x, {1, 1});
  EXPECT_EQ(x.version(), 0U);
  const std::string message = message_of<GraphError>([&] { x.add_(1); });
  EXPECT_NE(message.find("add_"), std::string::npos) << message;
}

TEST(InplaceTest, a_leaf_that_is_itself_a_view_is_not_changed_through_views_of_it) {
  const Tensor memory = arange(12, kFloat32);
  const Tensor x = memory.view({3, 4}).requires_grad_();
  EXPECT_THROW(x[0].mul_(2), GraphError);
  EXPECT_THROW(x.view({12}).narrow(0, 0, 3).add_(1), GraphError);
  EXPECT_THROW(x.t().zero_(), GraphError);
  EXPECT_TRUE(equal(memory, arange(12, kFloat32)));
  const NoGradGuard no_grad;
  x[0].zero_();
  EXPECT_EQ(memory[1].item<float>(), 0);
}

TEST(InplaceTest, views_made_without_grad_mode_are_changed_without_it) {
  const Tensor x = ones({2, 2}, requires_grad());
  const Tensor y = x * 1;
  const Tensor row = [&] {
    const NoGradGuard no_grad;
    return y[0];
  }();
  EXPECT_THROW(row.mul_(2), GraphError);
  EXPECT_THROW(row.narrow(0, 0, 1).mul_(2), GraphError);
  EXPECT_TRUE(equal(y, ones({2, 2})));
  {
    const NoGradGuard no_grad;
    row.mul_(2);
  }
  y.sum().backward();
  EXPECT_TRUE(equal(x.grad(), ones({2, 2})));
}

TEST(InplaceTest, without_grad_mode_a_leaf_is_changed_and_stays_a_leaf) {
  Tensor x = ones({2}, leaf);
  {
    const NoGradGuard no_grad;
    x.add_(1);
  }
  EXPECT_TRUE(x.is_leaf());
  EXPECT_TRUE(x.requires_grad());
  (x * x).sum().backward();
  expect_values(x.grad(), {4, 4});
}

TEST(InplaceTest, a_change_is_differentiated) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  Tensor y = x * 2;
  y.mul_(3);
  y.add_(x);
  expect_values(y, {7, 14});
  y.sum().backward();
  expect_values(x.grad(), {7, 7});
}

TEST(InplaceTest, a_plain_tensor_joins_the_graph_with_what_is_written_into_it) {
  const Tensor x = tensor({2.0, 3.0}, leaf);
  Tensor buffer = zeros({2}, kFloat64);
  buffer.add_(x * x);
  EXPECT_TRUE(buffer.requires_grad());
  buffer.sum().backward();
  expect_values(x.grad(), {4, 6});
}

TEST(InplaceTest, rows_written_through_views_reach_the_base_and_the_graph) {
  const Tensor x = tensor({2.0, 3.0}, leaf);
  const Tensor buffer = zeros({3, 2}, kFloat64);
  Tensor first = buffer[0];
  Tensor last = buffer[2];
  first.copy_(x);
  last.copy_(x * x);
  EXPECT_TRUE(buffer.requires_grad());
  expect_values(buffer, {2, 3, 0, 0, 4, 9});
  (buffer * tensor({{1.0, 10.0}, {5.0, 5.0}, {1.0, 1.0}}, kFloat64)).sum().backward();
  expect_values(x.grad(), {1 + 4, 10 + 6});
}

TEST(InplaceTest, what_a_view_overwrites_gets_no_gradient) {
  const Tensor x = ones({2, 2}, leaf);
  const Tensor y = x * 3;
  Tensor row = y[1];
  row.zero_();
  y.sum().backward();
  expect_values(x.grad(), {3, 3, 0, 0});
}

TEST(InplaceTest, a_change_to_the_base_shows_in_views_made_before) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  Tensor y = x * 2;
  const Tensor view = y[1];
  y.mul_(10);
  expect_values(view, {40});
  view.backward();
  expect_values(x.grad(), {0, 20});
}

TEST(InplaceTest, a_change_through_one_view_shows_in_another) {
  const Tensor x = ones({2, 2}, leaf);
  const Tensor y = x * 1;
  Tensor row = y[0];
  const Tensor column = y.t()[1];
  row.mul_(5);
  expect_values(column, {5, 1});
  column.sum().backward();
  expect_values(x.grad(), {0, 5, 0, 1});
}

TEST(InplaceTest, a_change_through_a_view_of_a_view_reaches_the_base) {
  const Tensor x = ones({2, 3}, leaf);
  const Tensor y = x * 2;
  Tensor part = y.t().slice(0, 1, 3)[0];
  part.mul_(7);
  expect_values(y, {2, 14, 2, 2, 14, 2});
  (y * y).sum().backward();
  expect_values(x.grad(), {8, 2 * 14 * 14, 8, 8, 2 * 14 * 14, 8});
}

TEST(InplaceTest, gradients_through_changed_views_agree_with_finite_differences) {
  const Tensor x = (rand({3, 4}, Generator(3), kFloat64) + 0.5).requires_grad_();
  const Tensor z = (rand({4}, Generator(4), kFloat64) + 0.5).requires_grad_();
  const std::function<Tensor(const TensorList&)> function = [](const TensorList& in) {
    Tensor y = in[0] * in[0];
    Tensor row = y[1];
    row.mul_(in[1]);
    Tensor columns = y.slice(1, 1, 4, 2);
    columns.add_(y.slice(1, 0, 3, 2));
    Tensor column = y.t()[2];
    column.copy_(in[1].slice(0, 0, 3) * 2);
    y.exp_();
    return y;
  };
  EXPECT_TRUE(autograd::gradcheck(function, {x, z}));
  EXPECT_TRUE(autograd::gradgradcheck(function, {x, z}));
}

TEST(InplaceTest, a_saved_tensor_that_changed_is_an_error_that_names_the_operation) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  Tensor y = x * 2;
  const Tensor z = y * y;
  y.add_(1);
  const std::string message = message_of<GraphError>([&] { z.sum().backward(); });
  EXPECT_NE(message.find("Mul"), std::string::npos) << message;
  EXPECT_FALSE(x.grad().defined());
}

TEST(InplaceTest, a_saved_result_that_changed_is_an_error_too) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  Tensor y = exp(x);
  const Tensor view = y[0];
  Tensor(view).mul_(2);
  const std::string message = message_of<GraphError>([&] { y.sum().backward(); });
  EXPECT_NE(message.find("Exp"), std::string::npos) << message;
}

TEST(InplaceTest, a_change_that_no_gradient_asks_about_is_fine) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  Tensor y = x * 2;
  const Tensor z = y + 1;  // keeps nothing
  y.add_(1);
  z.sum().backward();
  expect_values(x.grad(), {2, 2});
}

TEST(InplaceTest, a_change_through_a_detached_tensor_is_noticed) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  const Tensor y = x * x;
  x.detach().fill_(5);
  EXPECT_THROW(y.sum().backward(), GraphError);
}

TEST(InplaceTest, an_expanded_tensor_is_not_written) {
  Tensor x = ones({1}, kFloat64).expand({3});
  for (const auto& change : std::vector<std::function<void()>>{
           [&] { x.add_(1); }, [&] { x.fill_(2); }, [&] { x.uniform_(); }, [&] { x.copy_(zeros({3}, kFloat64)); },
           [&] { x.exp_(); }, [&] { x.masked_fill_(ones({3}, kBool), 2); }}) {
    EXPECT_THROW(change(), ShapeError);
  }
  expect_values(x, {1, 1, 1});
}

TEST(InplaceTest, windows_that_overlap_are_not_written) {
  const Tensor x = arange(8, kFloat32).view({2, 4});
  const Tensor before = x.clone();
  EXPECT_THROW(x.unfold(1, 2, 1).mul_(2), ShapeError);
  EXPECT_THROW(x.view({8}).as_strided({3, 3}, {2, 1}).zero_(), ShapeError);
  EXPECT_TRUE(equal(x, before));
  x.unfold(1, 2, 2).mul_(2);
  EXPECT_TRUE(equal(x, before * 2));
  x.view({8}).as_strided({3, 2}, {2, 3}).zero_();  // which strides alone do not tell from windows
  EXPECT_EQ(x.view({8}).to_vector<float>(), (std::vector<float>{0, 2, 0, 0, 0, 0, 12, 0}));
}

TEST(InplaceTest, a_shape_that_would_grow_the_target_is_refused) {
  Tensor x = ones({2}, kFloat64);
  EXPECT_THROW(x.add_(ones({3, 2}, kFloat64)), ShapeError);
  EXPECT_THROW(x.mul_(ones({3}, kFloat64)), ShapeError);
  EXPECT_THROW(x.copy_(ones({3}, kFloat64)), ShapeError);
  EXPECT_THROW(x.addcmul_(ones({2, 2}, kFloat64), x), ShapeError);
  expect_values(x, {1, 1});
  EXPECT_EQ(x.version(), 0U);
}

TEST(InplaceTest, operands_that_overlap_the_target_are_read_before_they_are_written) {
  Tensor x = arange(5, kFloat64);
  Tensor target = x.slice(0, 1, 5);
  target.copy_(x.slice(0, 0, 4));
  expect_values(x, {0, 0, 1, 2, 3});
  Tensor y = arange(4, kFloat64).reshape({2, 2});
  y.add_(y.t());
  expect_values(y, {0, 3, 3, 6});
}

TEST(InplaceTest, versions_count_changes_and_are_shared_by_views) {
  Tensor x = ones({3}, kFloat64);
  const Tensor view = x.slice(0, 0, 2);
  EXPECT_EQ(x.version(), 0U);
  x.add_(1);
  x.zero_();
  EXPECT_EQ(view.version(), 2U);
  EXPECT_EQ(x.clone().version(), 0U);
}

TEST(InplaceTest, a_leaf_that_was_frozen_meanwhile_gets_no_gradient) {
  const Tensor x = ones({2}, requires_grad());
  const Tensor other = ones({2}, requires_grad());
  const Tensor y = (x * other).sum();
  x.requires_grad_(false);
  y.backward();
  EXPECT_FALSE(x.grad().defined());
  EXPECT_TRUE(equal(other.grad(), ones({2})));
}

TEST(InplaceTest, a_view_that_gets_other_data_is_a_view_no_more) {
  const Tensor base = zeros({4});
  const Tensor view = base.view({2, 2});
  view.set_data(ones({3}));
  EXPECT_FALSE(view.is_view());
  view.requires_grad_();
  (view * 2).sum().backward();
  EXPECT_TRUE(equal(view.grad(), full({3}, 2)));
  EXPECT_TRUE(equal(base, zeros({4})));
}

TEST(InplaceTest, filling_ends_the_history) {
  const Tensor x = ones({2}, leaf);
  Tensor y = x * 2;
  y.fill_(3);
  (y + x).sum().backward();
  expect_values(x.grad(), {1, 1});
}

}  // namespace xgrad::test
