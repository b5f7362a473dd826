#include <stdexcept>

#include "autograd/autograd.h"
#include "tests/support/graph.h"

namespace xgrad::test {

TEST(PostAccumulateGradHookTest, runs_once_with_the_whole_sum_after_each_backward) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  std::vector<double> seen;
  x.register_post_accumulate_grad_hook([&](const Tensor& parameter) {
    EXPECT_TRUE(parameter.is_same(x));
    seen.push_back(parameter.grad().sum().item<double>());
  });
  (x * 3 + x).sum().backward();  // two uses, one sum
  (x * 3).sum().backward();
  EXPECT_EQ(seen, (std::vector<double>{8, 14}));
}

TEST(PostAccumulateGradHookTest, may_take_the_gradient_away) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  Tensor taken;
  x.register_post_accumulate_grad_hook([&](const Tensor& parameter) {
    taken = parameter.grad();
    parameter.mutable_grad() = Tensor();
  });
  (x * 3).sum().backward();
  EXPECT_FALSE(x.grad().defined());
  expect_values(taken, {3, 3});
}

TEST(PostAccumulateGradHookTest, runs_in_order_until_it_is_taken_away) {
  const Tensor x = tensor({1.0}, leaf);
  std::string order;
  const unsigned first = x.register_post_accumulate_grad_hook([&](const Tensor&) { order += 'a'; });
  x.register_post_accumulate_grad_hook([&](const Tensor&) { order += 'b'; });
  (x * 2).sum().backward();
  x.remove_post_accumulate_grad_hook(first);
  (x * 2).sum().backward();
  EXPECT_EQ(order, "abb");
  EXPECT_THROW(x.remove_post_accumulate_grad_hook(first), IndexError);
  EXPECT_THROW(x.remove_post_accumulate_grad_hook(7), IndexError);
}

TEST(PostAccumulateGradHookTest, runs_where_backward_is_restricted_to_inputs) {
  const Tensor x = tensor({1.0}, leaf);
  const Tensor other = tensor({1.0}, leaf);
  int runs = 0;
  int others = 0;
  x.register_post_accumulate_grad_hook([&](const Tensor&) { ++runs; });
  other.register_post_accumulate_grad_hook([&](const Tensor&) { ++others; });
  const Tensor y = x * 2 * other;
  y.sum().backward({}, true, false, TensorList{x});
  y.sum().backward({}, true, false, TensorList{x, y});  // not leaves alone
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(others, 0);
  autograd::grad({y.sum()}, {x});  // changes no grad()
  EXPECT_EQ(runs, 2);
}

TEST(PostAccumulateGradHookTest, is_for_leaves_that_require_a_gradient) {
  const auto nothing = [](const Tensor&) {};
  EXPECT_THROW(tensor({1.0}).register_post_accumulate_grad_hook(nothing), GraphError);
  const Tensor x = tensor({1.0}, leaf);
  EXPECT_THROW((x * 2).register_post_accumulate_grad_hook(nothing), GraphError);
}

TEST(PostAccumulateGradHookTest, runs_once_where_a_part_is_computed_again) {
  const Tensor x = tensor({0.5}, leaf);
  int runs = 0;
  x.register_post_accumulate_grad_hook([&](const Tensor&) { ++runs; });
  const std::function<TensorList(const TensorList&)> square = [&](const TensorList& in) { return TensorList{in[0] * x}; };
  utils::checkpoint(square, TensorList{x * 2})[0].sum().backward();
  EXPECT_EQ(runs, 1);
  expect_values(x.grad(), {2});
}

TEST(QueueCallbackTest, runs_at_the_end_of_the_backward_that_it_was_queued_in) {
  const Tensor x = tensor({1.0}, leaf);
  std::string order;
  x.register_post_accumulate_grad_hook([&](const Tensor&) { order += "leaf "; });
  const Tensor y = x * 2;
  y.register_hook([&](const Tensor&) {
    autograd::queue_callback([&] {
      order += "first ";
      autograd::queue_callback([&] { order += "third "; });
    });
    autograd::queue_callback([&] { order += "second "; });
  });
  y.sum().backward({}, true);
  EXPECT_EQ(order, "leaf first second third ");
}

TEST(QueueCallbackTest, waits_for_the_outermost_backward) {
  const Tensor x = tensor({1.0}, leaf);
  const Tensor inner = tensor({1.0}, leaf);
  std::string order;
  inner.register_post_accumulate_grad_hook([&](const Tensor&) {
    order += "inner ";
    autograd::queue_callback([&] { order += "callback "; });
  });
  x.register_hook([&](const Tensor&) {
    const AutoGradMode grad_mode(true);
    (inner * 2).sum().backward();
    order += "between ";
  });
  (x * 2).sum().backward();
  EXPECT_EQ(order, "inner between callback ");
}

TEST(QueueCallbackTest, is_dropped_where_backward_throws) {
  const Tensor x = tensor({1.0}, leaf);
  int runs = 0;
  const unsigned hook = x.register_hook([&](const Tensor&) {
    autograd::queue_callback([&] { ++runs; });
    throw std::runtime_error("stop");
  });
  EXPECT_THROW((x * 2).sum().backward(), std::runtime_error);
  x.remove_hook(hook);
  (x * 2).sum().backward();
  EXPECT_EQ(runs, 0);
}

TEST(QueueCallbackTest, is_an_error_outside_of_backward) {
  EXPECT_THROW(autograd::queue_callback([] {}), GraphError);
}

TEST(DefaultGeneratorGuardTest, replaces_the_default_generator_while_it_lives) {
  manual_seed(3);
  const Tensor expected = randn({4});
  manual_seed(1);
  const Tensor first = randn({4});
  manual_seed(1);
  {
    const DefaultGeneratorGuard guard{Generator(3)};
    EXPECT_TRUE(randn({4}).equal(expected));
    {
      const DefaultGeneratorGuard inner{Generator(1)};
      EXPECT_TRUE(randn({4}).equal(first));
    }
    rand({2});
  }
  EXPECT_TRUE(randn({4}).equal(first));  // as if nothing had been drawn
}

}  // namespace xgrad::test
