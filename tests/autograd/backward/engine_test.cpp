#include "autograd/graph/grad.h"

#include <atomic>
#include <cmath>
#include <functional>
#include <thread>
#include <vector>

#include "autograd/autograd.h"
#include "tests/support/graph.h"

namespace xgrad::test {

TEST(EngineTest, backward_adds_to_what_the_leaves_hold) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  EXPECT_FALSE(x.grad().defined());
  (x * 3).sum().backward();
  expect_values(x.grad(), {3, 3});
  (x * x).sum().backward();
  expect_values(x.grad(), {5, 7});
}

TEST(EngineTest, a_tensor_used_several_times_gets_the_sum) {
  const Tensor x = tensor({2.0}, leaf);
  const Tensor y = x * x;
  (y * y + y + x).backward();
  expect_values(x.grad(), {4 * 8 + 2 * 2 + 1});
}

TEST(EngineTest, an_accumulated_gradient_is_not_the_tensor_that_was_passed) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  const Tensor seed = ones({2}, kFloat64);
  x.view({2}).backward(seed);
  (x * 2).backward(seed);
  expect_values(x.grad(), {3, 3});
  expect_values(seed, {1, 1});
}

TEST(EngineTest, two_leaves_do_not_share_one_gradient) {
  const Tensor a = tensor({1.0}, leaf);
  const Tensor b = tensor({1.0}, leaf);
  (a + b).sum().backward();
  (a * 5).sum().backward();
  expect_values(a.grad(), {6});
  expect_values(b.grad(), {1});
}

/// The gradient of a view reaches the leaf as a view of what arrived at the view.
class ViewedGradientTest : public testing::Test {
 protected:
  const Tensor x = tensor({{1., 2., 3.}, {4., 5., 6.}}).requires_grad_();
  const Tensor flat = x.view({6});
};

TEST_F(ViewedGradientTest, is_kept_without_a_copy) {
  const void* arrived = nullptr;
  flat.register_hook([&](const Tensor& gradient) {
    arrived = gradient.data_ptr();
    return Tensor();
  });
  (flat * 2).sum().backward();
  EXPECT_EQ(x.grad().data_ptr(), arrived);
  EXPECT_FALSE(x.grad().is_view());
  EXPECT_TRUE(x.grad().equal(tensor({{2., 2., 2.}, {2., 2., 2.}})));
}

TEST_F(ViewedGradientTest, is_copied_where_somebody_holds_what_arrived) {
  Tensor held;
  flat.register_hook([&](const Tensor& gradient) {
    held = gradient;
    return Tensor();
  });
  (flat * 2).sum().backward();
  EXPECT_NE(x.grad().data_ptr(), held.data_ptr());
  x.mutable_grad().zero_();
  EXPECT_TRUE(held.equal(tensor({2., 2., 2., 2., 2., 2.})));
}

TEST_F(ViewedGradientTest, is_copied_where_it_is_what_was_passed) {
  const Tensor passed = tensor({1., 2., 3., 4., 5., 6.});
  flat.backward(passed);
  EXPECT_NE(x.grad().data_ptr(), passed.data_ptr());
}

TEST_F(ViewedGradientTest, is_copied_where_its_base_has_moved_to_other_memory) {
  Tensor held;
  flat.register_hook([&](const Tensor& gradient) {
    const Tensor base = gradient.clone();
    Tensor seen = base.view({6});
    held = seen.detach();
    base.set_data(zeros({6}));
    return seen;
  });
  (flat * 2).sum().backward();
  x.mutable_grad().zero_();
  EXPECT_TRUE(held.equal(tensor({2., 2., 2., 2., 2., 2.})));
}

TEST_F(ViewedGradientTest, of_an_input_that_is_asked_for_is_its_own) {
  autograd::backward({(flat * 2).sum()}, {}, std::nullopt, false, TensorList{x, flat});
  EXPECT_NE(x.grad().data_ptr(), flat.grad().data_ptr());
  EXPECT_FALSE(x.grad().is_view());
}

TEST_F(ViewedGradientTest, of_an_input_that_is_asked_for_twice_counts_once) {
  const Tensor sum = (flat * 2).sum();
  autograd::backward({sum}, {}, true, false, TensorList{flat, flat});
  EXPECT_TRUE(flat.grad().equal(tensor({2., 2., 2., 2., 2., 2.})));
  flat.mutable_grad() = Tensor();
  flat.retain_grad();
  autograd::backward({sum}, {}, true, false, TensorList{flat});
  EXPECT_TRUE(flat.grad().equal(tensor({2., 2., 2., 2., 2., 2.})));
}

TEST_F(ViewedGradientTest, of_an_input_that_is_asked_for_has_a_history_where_it_is_to_be_recorded) {
  const NoGradGuard guard;
  const Tensor result = [&] {
    const AutoGradMode recording(true);
    return flat.square().sum();
  }();
  autograd::backward({result}, {}, std::nullopt, true, TensorList{flat});
  EXPECT_TRUE(flat.grad().requires_grad());
}

TEST_F(ViewedGradientTest, is_copied_where_it_is_a_part_of_something_larger) {
  const Tensor other = tensor({7.}).requires_grad_();
  const Tensor both = cat({flat, other});
  (both * tensor({1., 2., 3., 4., 5., 6., 7.})).sum().backward();
  EXPECT_TRUE(x.grad().equal(tensor({{1., 2., 3.}, {4., 5., 6.}})));
  EXPECT_TRUE(other.grad().equal(tensor({7.})));
  EXPECT_EQ(x.grad().impl()->storage->bytes(), 6 * sizeof(float));
}

TEST(EngineTest, a_second_backward_needs_the_graph_kept) {
  const Tensor x = tensor({2.0}, leaf);
  const Tensor y = exp(x * x).sum();
  y.backward({}, true);
  y.backward();
  EXPECT_NEAR(x.grad().item<double>(), 2 * 4 * std::exp(4.0), 1e-9);
  const std::string message = message_of<GraphError>([&] { y.backward(); });
  EXPECT_NE(message.find("Exp"), std::string::npos) << message;
  EXPECT_NE(message.find("retain_graph"), std::string::npos) << message;
}

TEST(EngineTest, create_graph_gives_gradients_that_can_be_differentiated) {
  const Tensor x = tensor({3.0}, leaf);
  Tensor derivative = pow(x, 4).sum();
  for (const double expected : {4 * 27.0, 12 * 9.0, 24 * 3.0, 24.0}) {
    derivative = autograd::grad({derivative}, {x}, {}, std::nullopt, true)[0];
    EXPECT_NEAR(derivative.item<double>(), expected, 1e-9);
    derivative = derivative.sum();
  }
}

TEST(EngineTest, create_graph_through_backward_leaves_a_gradient_with_a_history) {
  const Tensor x = tensor({3.0}, leaf);
  pow(x, 3).sum().backward({}, std::nullopt, true);
  EXPECT_TRUE(x.grad().requires_grad());
  const Tensor first = x.grad();
  x.mutable_grad() = Tensor();
  first.sum().backward();
  expect_values(x.grad(), {18});
}

TEST(EngineTest, without_create_graph_gradients_have_no_history) {
  const Tensor x = tensor({3.0}, leaf);
  pow(x, 3).sum().backward();
  EXPECT_FALSE(x.grad().requires_grad());
  EXPECT_FALSE(autograd::grad({pow(x, 3).sum()}, {x})[0].requires_grad());
}

TEST(EngineTest, backward_with_inputs_reaches_only_those) {
  const Tensor a = tensor({2.0}, leaf);
  const Tensor b = tensor({5.0}, leaf);
  const Tensor y = a * b;
  y.backward({}, true, false, TensorList{a});
  expect_values(a.grad(), {5});
  EXPECT_FALSE(b.grad().defined());
  const Tensor middle = a * 3;
  (middle * b).backward({}, std::nullopt, false, TensorList{middle});
  expect_values(middle.grad(), {5});
  EXPECT_FALSE(b.grad().defined());
}

TEST(EngineTest, grad_leaves_the_leaves_alone) {
  const Tensor x = tensor({2.0}, leaf);
  const Tensor middle = x * x;
  const TensorList gradients = autograd::grad({(middle * 3).sum()}, {middle, x});
  expect_values(gradients[0], {3});
  expect_values(gradients[1], {12});
  EXPECT_FALSE(x.grad().defined());
}

TEST(EngineTest, an_unused_input_is_an_error_unless_allowed) {
  const Tensor x = tensor({2.0}, leaf);
  const Tensor unused = tensor({2.0}, leaf);
  EXPECT_THROW(autograd::grad({(x * 1).sum()}, {x, unused}), GraphError);
  const TensorList gradients = autograd::grad({(x * 1).sum()}, {x, unused}, {}, std::nullopt, false, true);
  EXPECT_TRUE(gradients[0].defined());
  EXPECT_FALSE(gradients[1].defined());
}

TEST(EngineTest, grad_with_respect_to_the_output_itself_is_the_seed) {
  const Tensor x = tensor({2.0}, leaf);
  const Tensor y = (x * 3).sum();
  expect_values(autograd::grad({y}, {y})[0], {1});
  expect_values(autograd::grad({x.sum()}, {x, x})[1], {1});
}

TEST(EngineTest, several_outputs_add_up) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  autograd::backward({(x * 2).sum(), x * x}, {Tensor(), tensor({1.0, 10.0}, kFloat64)});
  expect_values(x.grad(), {4, 42});
  const Tensor y = x * x;
  expect_values(autograd::grad({y, y}, {x}, {ones({2}, kFloat64), ones({2}, kFloat64)})[0], {4, 8});
}

TEST(EngineTest, an_output_among_the_inputs_of_another_counts_twice) {
  const Tensor x = tensor({3.0}, leaf);
  const Tensor y = x * x;
  autograd::backward({y.sum(), (y * y).sum()});
  expect_values(x.grad(), {6 + 4 * 27});
}

TEST(EngineTest, parts_of_a_split_that_are_not_used_get_zeros) {
  const Tensor x = arange(6, kFloat64).requires_grad_();
  const TensorList parts = x.split(2);
  (parts[0] * 3 + parts[2]).sum().backward();
  expect_values(x.grad(), {3, 3, 0, 0, 1, 1});
}

TEST(EngineTest, a_gradient_of_the_wrong_shape_is_refused) {
  const Tensor x = ones({2, 3}, leaf);
  const Tensor y = x * 2;
  const std::string message = message_of<ShapeError>([&] { y.backward(ones({3, 2}, kFloat64)); });
  EXPECT_NE(message.find("[3, 2]"), std::string::npos) << message;
  EXPECT_NE(message.find("[2, 3]"), std::string::npos) << message;
  EXPECT_FALSE(x.grad().defined());
  EXPECT_THROW(y.backward(), GraphError);  // six elements need a gradient
  y.backward(ones({2, 3}, kFloat64));
  expect_values(x.grad(), std::vector<double>(6, 2));
}

TEST(EngineTest, the_numbers_of_outputs_and_gradients_agree) {
  const Tensor x = ones({1}, leaf);
  EXPECT_THROW(autograd::backward({}), ValueError);
  EXPECT_THROW(autograd::backward({x * 1}, {Tensor(), Tensor()}), ValueError);
  EXPECT_THROW(autograd::grad({x * 1}, {}), ValueError);
  EXPECT_THROW(autograd::backward({x * 1}, {}, std::nullopt, false, TensorList{}), ValueError);
}

TEST(EngineTest, a_tensor_without_a_history_has_no_backward) {
  EXPECT_THROW(ones({1}).backward(), GraphError);
  const Tensor x = ones({1}, leaf);
  EXPECT_THROW((x * 2).detach().backward(), GraphError);
  EXPECT_THROW(autograd::grad({x.sum()}, {ones({1})}), GraphError);
}

TEST(EngineTest, nothing_is_recorded_without_grad_mode) {
  const Tensor x = ones({1}, leaf);
  {
    const NoGradGuard no_grad;
    EXPECT_FALSE((x * 2).requires_grad());
    {
      const EnableGradGuard enable;
      EXPECT_TRUE((x * 2).requires_grad());
    }
    EXPECT_FALSE(GradMode::is_enabled());
  }
  EXPECT_TRUE((x * 2).requires_grad());
  EXPECT_FALSE((x > 0).requires_grad());
  EXPECT_FALSE((x.detach() * 2).requires_grad());
}

TEST(EngineTest, backward_of_a_leaf_gives_the_seed) {
  const Tensor x = ones({1}, leaf);
  x.backward();
  expect_values(x.grad(), {1});
}

TEST(EngineTest, an_error_in_the_middle_of_backward_leaves_the_graph_usable) {
  const Tensor x = ones({2}, leaf);
  const Tensor y = x * 2;
  const unsigned position = y.register_hook([](const Tensor&) -> Tensor { throw ValueError("from the hook"); });
  const Tensor z = y.sum();
  EXPECT_THROW(z.backward({}, true), ValueError);
  y.remove_hook(position);
  z.backward();
  expect_values(x.grad(), {2, 2});
}

TEST(HookTest, a_hook_sees_the_whole_gradient_and_may_replace_it) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  const Tensor y = x * 2;
  int calls = 0;
  y.register_hook([&](const Tensor& gradient) {
    ++calls;
    expect_values(gradient, {4, 4});
    return gradient * 10;
  });
  (y + y * 3).sum().backward();
  EXPECT_EQ(calls, 1);
  expect_values(x.grad(), {80, 80});
}

TEST(HookTest, a_hook_that_returns_nothing_only_watches) {
  const Tensor x = tensor({1.0}, leaf);
  int calls = 0;
  const unsigned position = x.register_hook([&](const Tensor&) {
    ++calls;
    return Tensor();
  });
  (x * 7).backward();
  expect_values(x.grad(), {7});
  x.remove_hook(position);
  (x * 7).backward();
  EXPECT_EQ(calls, 1);
}

TEST(HookTest, hooks_run_in_the_order_of_their_registration) {
  const Tensor x = tensor({1.0}, leaf);
  const Tensor y = x * 1;
  y.register_hook([](const Tensor& gradient) { return gradient + 1; });
  y.register_hook([](const Tensor& gradient) { return gradient * 10; });
  y.backward();
  expect_values(x.grad(), {20});
}

TEST(HookTest, a_leafs_hook_changes_what_accumulates) {
  const Tensor x = tensor({1.0}, leaf);
  x.register_hook([](const Tensor& gradient) { return gradient * 0.5; });
  (x * 4).backward();
  expect_values(x.grad(), {2});
}

TEST(HookTest, only_tensors_in_the_graph_take_hooks) {
  const auto nothing = [](const Tensor&) { return Tensor(); };
  EXPECT_THROW(ones({1}).register_hook(nothing), GraphError);
  EXPECT_THROW(ones({1}).retain_grad(), GraphError);
}

TEST(HookTest, results_keep_their_gradient_when_asked) {
  const Tensor x = tensor({1.0, 2.0}, leaf);
  const Tensor y = x * 3;
  y.retain_grad();
  EXPECT_TRUE(y.retains_grad());
  (y * y).sum().backward();
  expect_values(y.grad(), {6, 12});
  expect_values(x.grad(), {18, 36});
}

TEST(HookTest, a_result_that_is_gone_takes_its_retained_gradient_with_it) {
  const Tensor x = tensor({1.0}, leaf);
  Tensor z;
  {
    const Tensor y = x * 3;
    y.retain_grad();
    z = y * y;
  }
  z.backward();
  expect_values(x.grad(), {18});
}

TEST(HookTest, retained_gradients_share_no_memory) {
  const Tensor a = tensor({1.0, 2.0}, leaf);
  const Tensor x = a * 1;
  const Tensor y = x + a;
  x.retain_grad();
  y.retain_grad();
  const Tensor seed = ones({2}, kFloat64);
  y.backward(seed);
  x.grad().mul_(5);
  expect_values(y.grad(), {1, 1});
  expect_values(seed, {1, 1});
}

TEST(HookTest, a_retained_gradient_is_that_of_the_value_after_a_change_in_place) {
  const Tensor a = tensor({1.0, 2.0}, leaf);
  const Tensor x = a * 1;
  x.retain_grad();
  x.mul_(2);
  (x * 3).sum().backward();
  expect_values(x.grad(), {3, 3});
  expect_values(a.grad(), {6, 6});
  const Tensor part = (a * 1).view({2});
  part.retain_grad();
  part.mul_(a);
  (part * 3).sum().backward();
  expect_values(part.grad(), {3, 3});
}

TEST(HookTest, a_tensor_that_leaves_the_graph_retains_nothing_more) {
  const Tensor a = tensor({1.0}, leaf);
  const Tensor x = a * 1;
  x.retain_grad();
  const Tensor y = x * 2;
  x.detach_();
  EXPECT_FALSE(x.retains_grad());
  y.backward();
  EXPECT_FALSE(x.grad().defined());
}

TEST(HookTest, hooks_run_on_the_way_to_what_was_asked_for_alone) {
  const Tensor a = tensor({1.0}, leaf);
  const Tensor b = tensor({2.0}, leaf);
  int calls = 0;
  a.register_hook([&](const Tensor&) {
    ++calls;
    return Tensor();
  });
  expect_values(autograd::grad({a * b}, {b})[0], {1});
  EXPECT_EQ(calls, 0);
  const Tensor x = a * 2;
  x.retain_grad();
  (x * b).backward(Tensor(), false, false, TensorList{b});
  EXPECT_FALSE(x.grad().defined());
  (a * b).backward();
  EXPECT_EQ(calls, 1);
}

TEST(HookTest, a_copy_has_hooks_of_its_own) {
  const Tensor a = tensor({1.0, 2.0}, leaf);
  const auto copies = std::vector<std::function<void(const Tensor&, const Tensor&)>>{
      [](const Tensor& x, const Tensor& v) { x.copy_(v); },
      [](const Tensor& x, const Tensor& v) { x.index_put_({indexing::Ellipsis}, v); },
      [](const Tensor& x, const Tensor& v) { x.view({2}).copy_(v); }};
  for (const auto& copy : copies) {
    const Tensor v = a * 1;
    const Tensor x = zeros({2}, kFloat64);
    copy(x, v);
    expect_values(autograd::grad({(x * 2 + v * 3).sum()}, {x}, {}, true)[0], {2, 2});
    x.register_hook([](const Tensor& gradient) { return gradient * 10; });
    x.retain_grad();
    (x * 2 + v * 3).sum().backward();
    expect_values(x.grad(), {20, 20});
    expect_values(a.grad(), {23, 23});
    a.mutable_grad() = Tensor();
  }
  const Tensor v = a.sum();
  const Tensor number = zeros({}, kFloat64);
  number.fill_(v);
  expect_values(autograd::grad({number * 2 + v * 3}, {number})[0], {2});
}

TEST(HookTest, a_leaf_may_go_while_its_gradient_arrives_in_another_thread) {
  std::atomic<int> calls{0};
  for (int round = 0; round < 40; ++round) {
    Tensor parameter = ones({1 << 16}, leaf);
    parameter.register_post_accumulate_grad_hook([&](const Tensor& still_there) {
      EXPECT_EQ(still_there.numel(), 1 << 16);
      ++calls;
    });
    const Tensor y = parameter + 1;
    std::thread worker([&] { y.backward(ones({1 << 16}, kFloat64)); });
    if (round % 2 == 1) std::this_thread::yield();
    parameter = Tensor();
    worker.join();
  }
  EXPECT_LE(calls, 40);
}

TEST(RequiresGradTest, only_leaves_stop_requiring_gradients) {
  const Tensor x = ones({1}, leaf);
  const Tensor y = x * 2;
  EXPECT_FALSE(y.is_leaf());
  EXPECT_TRUE(x.is_leaf());
  EXPECT_THROW(y.requires_grad_(false), GraphError);
  x.requires_grad_(false);
  EXPECT_FALSE((x * 2).requires_grad());
  EXPECT_THROW(ones({1}, kInt64).requires_grad_(), TypeError);
}

TEST(RequiresGradTest, detach_shares_memory_outside_the_graph) {
  const Tensor x = ones({2}, leaf);
  const Tensor y = (x * 2).detach();
  EXPECT_TRUE(y.is_leaf());
  EXPECT_FALSE(y.requires_grad());
  Tensor z = x.detach();
  z.fill_(5);
  expect_values(x, {5, 5});
}

}  // namespace xgrad::test
