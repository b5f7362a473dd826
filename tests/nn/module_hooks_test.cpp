#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

namespace xgrad {
namespace {

Tensor column(std::initializer_list<double> values) {
  std::vector<double> numbers(values);
  return tensor(numbers, kFloat64).unsqueeze(1);
}

nn::Linear doubling() {
  nn::Linear linear(nn::LinearOptions(1, 1).bias(false));
  linear->to(kFloat64);
  const NoGradGuard no_grad;
  linear->weight.fill_(2);
  return linear;
}

TEST(ModuleHooksTest, hooks_see_and_replace_what_goes_in_and_comes_out) {
  const nn::Linear linear = doubling();
  std::vector<std::string> calls;
  linear->register_forward_pre_hook([&](nn::Module& module, TensorList& inputs) {
    calls.push_back("before " + module.name());
    inputs[0] = inputs[0] + 1;
  });
  linear->register_forward_hook([&](nn::Module&, const TensorList& inputs, TensorList& outputs) {
    calls.push_back("after");
    EXPECT_EQ(inputs.at(0).item<double>(), 4);
    EXPECT_EQ(outputs.at(0).item<double>(), 8);
    outputs[0] = outputs[0] * 10;
  });
  EXPECT_EQ(linear(column({3})).item<double>(), 80);
  EXPECT_THAT(calls, testing::ElementsAre("before Linear", "after"));
  EXPECT_EQ(linear->forward(column({3})).item<double>(), 6);  // forward alone passes by the hooks
}

TEST(ModuleHooksTest, a_removed_hook_is_gone_even_when_it_removes_itself) {
  const nn::Linear linear = doubling();
  int calls = 0;
  nn::HookHandle handle;
  handle = linear->register_forward_hook([&](nn::Module&, const TensorList&, TensorList&) {
    ++calls;
    handle.remove();
  });
  linear(column({1}));
  linear(column({1}));
  EXPECT_EQ(calls, 1);
  handle.remove();
  nn::HookHandle().remove();
}

TEST(ModuleHooksTest, tensors_in_tuples_optionals_and_packed_sequences_are_seen) {
  const nn::LSTM lstm(2, 3);
  std::size_t inputs_seen = 0;
  std::size_t outputs_seen = 0;
  lstm->register_forward_hook([&](nn::Module&, const TensorList& inputs, TensorList& outputs) {
    inputs_seen = inputs.size();
    outputs_seen = outputs.size();
  });
  const Tensor state = zeros({1, 1, 3});
  lstm(rand({4, 1, 2}), std::optional<std::tuple<Tensor, Tensor>>(std::make_tuple(state, state)));
  EXPECT_EQ(inputs_seen, 3U);
  EXPECT_EQ(outputs_seen, 3U);
  auto packed = nn::utils::rnn::pack_sequence({rand({3, 2}), rand({2, 2})});
  std::size_t packed_tensors = 0;
  nn::detail::visit_tensors(packed, [&](Tensor&) { ++packed_tensors; });
  EXPECT_EQ(packed_tensors, 1U);
}

TEST(ModuleHooksTest, sequential_runs_the_hooks_of_its_modules) {
  const nn::Sequential net(nn::Linear(2, 3), nn::Tanh());
  std::vector<std::string> called;
  net->apply([&](nn::Module& module) {
    module.register_forward_hook([&](nn::Module& self, const TensorList&, TensorList&) { called.push_back(self.name()); });
  });
  net(rand({1, 2}));
  EXPECT_THAT(called, testing::ElementsAre("Linear", "Tanh", "Sequential"));
}

TEST(ModuleHooksTest, backward_hooks_see_and_change_gradients) {
  const nn::Linear linear = doubling();
  double grad_input = 0;
  double grad_output = 0;
  linear->register_full_backward_hook([&](nn::Module&, TensorList& inputs, const TensorList& outputs) {
    grad_input = inputs.at(0).item<double>();
    grad_output = outputs.at(0).item<double>();
    inputs[0] = inputs[0] * 100;
  });
  const Tensor x = column({3}).requires_grad_();
  (linear(x) * 5).sum().backward();
  EXPECT_EQ(grad_output, 5);
  EXPECT_EQ(grad_input, 10);
  EXPECT_EQ(x.grad().item<double>(), 1000);
  EXPECT_EQ(linear->weight.grad().item<double>(), 15);  // the module's own gradient is as it was
}

TEST(ModuleHooksTest, backward_hooks_run_where_no_input_needs_a_gradient) {
  const nn::Linear linear = doubling();
  bool ran = false;
  linear->register_full_backward_hook([&](nn::Module&, TensorList& inputs, const TensorList& outputs) {
    ran = true;
    EXPECT_FALSE(inputs.at(0).defined());
    EXPECT_EQ(outputs.at(0).item<double>(), 1);
  });
  linear(column({3})).sum().backward();
  EXPECT_TRUE(ran);
  ran = false;
  const NoGradGuard no_grad;
  linear(column({3}));
  EXPECT_FALSE(ran);
}

TEST(ModuleHooksTest, a_hook_that_changes_the_number_of_tensors_is_refused) {
  const nn::Linear linear = doubling();
  linear->register_forward_pre_hook([](nn::Module&, TensorList& inputs) { inputs.clear(); });
  EXPECT_THROW(linear(column({3})), ValueError);
}

}  // namespace
}  // namespace xgrad
