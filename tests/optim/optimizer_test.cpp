#include "optim/optimizer.h"

#include <limits>
#include <memory>
#include <sstream>

#include "tests/optim/reference.h"

namespace xgrad::test {

namespace {

class OptimizerTest : public ::testing::TestWithParam<std::string> {};

}  // namespace

TEST_P(OptimizerTest, follows_pytorch_for_a_thousand_steps) {
  int cases = 0;
  for (const Json& golden : load_golden("optim")) {
    if (golden.at("optimizer") != GetParam()) continue;
    ++cases;
    SCOPED_TRACE(golden.at("dtype").get<std::string>());
    const bool single = golden.at("dtype") == "float32";
    const Parameters parameters = start_parameters(single ? kFloat32 : kFloat64);
    const auto optimizer = make_optimizer(GetParam(), parameters);
    std::int64_t step = 0;
    for (const Json& snapshot : golden.at("snapshots")) {
      while (step < snapshot.at("step").get<std::int64_t>()) {
        ++step;
        train(*optimizer, parameters, step, GetParam().ends_with("maximize"));
      }
      for (std::size_t i = 0; i < parameters.size(); ++i) {
        EXPECT_TRUE(close(stored_tensor(snapshot.at("parameters")[i]), parameters[i], single ? 2e-5 : 1e-9))
            << "parameter " << i << " after step " << step;
      }
    }
  }
  EXPECT_GT(cases, 0);
}

TEST_P(OptimizerTest, a_resumed_run_gives_the_same_bits) {
  const Parameters parameters = start_parameters(kFloat32);
  const auto optimizer = make_optimizer(GetParam(), parameters);
  std::int64_t step = 0;
  while (step < 3) train(*optimizer, parameters, ++step);
  Parameters copies;
  for (const Tensor& parameter : parameters) copies.push_back(parameter.detach().clone().requires_grad_());
  const auto resumed = make_optimizer(GetParam(), copies);
  resumed->load_state_dict(optimizer->state_dict());
  while (step < 6) {
    ++step;
    train(*optimizer, parameters, step);
    train(*resumed, copies, step);
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) EXPECT_TRUE(equal(parameters[i], copies[i])) << i;
}

INSTANTIATE_TEST_SUITE_P(Algorithms, OptimizerTest,
                         ::testing::Values("adam", "adam_betas", "adam_amsgrad", "adam_maximize", "adamw", "adamw_decay",
                                           "sgd", "sgd_momentum", "sgd_dampening", "sgd_nesterov", "sgd_maximize", "adagrad",
                                           "adagrad_decay", "rmsprop", "rmsprop_momentum", "rmsprop_centered", "lbfgs",
                                           "lbfgs_wolfe"),
                         [](const ::testing::TestParamInfo<std::string>& parameter) { return parameter.param; });

TEST(OptimizerBehaviourTest, parameters_without_a_gradient_stay) {
  const Tensor used = ones({2}, requires_grad());
  const Tensor unused = ones({2}, requires_grad());
  optim::Adam optimizer(Parameters{used, unused}, optim::AdamOptions(0.1));
  used.sum().backward();
  optimizer.step();
  EXPECT_LT(used.to_vector<float>()[0], 1);
  EXPECT_EQ(unused.to_vector<float>(), (std::vector<float>{1, 1}));
}

TEST(OptimizerBehaviourTest, zero_grad_drops_or_clears_gradients) {
  const Tensor x = ones({2}, requires_grad());
  optim::SGD optimizer(Parameters{x}, 0.1);
  x.sum().backward();
  optimizer.zero_grad(false);
  EXPECT_EQ(x.grad().to_vector<float>(), (std::vector<float>{0, 0}));
  optimizer.zero_grad();
  EXPECT_FALSE(x.grad().defined());
}

TEST(OptimizerBehaviourTest, a_step_is_not_recorded_and_leaves_stay_leaves) {
  const Tensor x = ones({2}, requires_grad());
  optim::SGD optimizer(Parameters{x}, 0.5);
  x.sum().backward();
  optimizer.step();
  EXPECT_TRUE(x.is_leaf());
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{0.5F, 0.5F}));
}

TEST(OptimizerBehaviourTest, groups_with_another_algorithms_options_are_refused) {
  const Tensor x = ones({2}, requires_grad());
  const Tensor y = ones({2}, requires_grad());
  optim::SGD optimizer(Parameters{x}, 0.5);
  EXPECT_THROW(optimizer.add_param_group({Parameters{y}, std::make_unique<optim::AdamOptions>(0.1)}), TypeError);
  EXPECT_EQ(optimizer.param_groups().size(), 1U);
  EXPECT_THROW(optim::AdamW({{Parameters{y}, std::make_unique<optim::AdamOptions>(0.1)}}), TypeError);
  optimizer.param_groups().front().set_options(std::make_unique<optim::AdamOptions>(0.1));
  x.sum().backward();
  EXPECT_THROW(optimizer.step(), TypeError);
  EXPECT_TRUE(equal(x.detach(), ones({2})));
}

TEST(OptimizerBehaviourTest, a_closure_computes_the_loss_first) {
  const Tensor x = full({1}, 3.0, requires_grad());
  optim::SGD optimizer(Parameters{x}, 0.25);
  const Tensor loss = optimizer.step([&] {
    optimizer.zero_grad();
    Tensor value = (x * x).sum();
    value.backward();
    return value;
  });
  EXPECT_EQ(loss.item<float>(), 9);
  EXPECT_EQ(x.item<float>(), 1.5F);
}

TEST(OptimizerBehaviourTest, groups_have_options_of_their_own) {
  const Tensor a = ones({1}, requires_grad());
  const Tensor b = ones({1}, requires_grad());
  optim::SGD optimizer(
      std::vector<optim::OptimizerParamGroup>{{Parameters{a}}, {Parameters{b}, std::make_unique<optim::SGDOptions>(0.5)}},
      optim::SGDOptions(0.25));
  (a + b).backward();
  optimizer.step();
  EXPECT_EQ(a.item<float>(), 0.75F);
  EXPECT_EQ(b.item<float>(), 0.5F);
}

TEST(OptimizerBehaviourTest, bad_parameters_and_options_are_refused) {
  const Tensor x = ones({1}, requires_grad());
  EXPECT_THROW(optim::SGD(Parameters{x, x}, 0.1), ValueError);
  EXPECT_THROW(optim::SGD(Parameters{x * 2}, 0.1), ValueError);
  EXPECT_THROW(optim::SGD(Parameters{x}, -0.1), ValueError);
  EXPECT_THROW(optim::SGD(Parameters{x}, optim::SGDOptions(0.1).nesterov(true)), ValueError);
  EXPECT_THROW(optim::Adam(Parameters{x}, optim::AdamOptions(-1)), ValueError);
  EXPECT_THROW(optim::Adam(Parameters{x}, optim::AdamOptions(0.1).betas({1.0, 0.9})), ValueError);
  EXPECT_THROW(optim::Adagrad(Parameters{x}, optim::AdagradOptions(0.1).lr_decay(-1)), ValueError);
  EXPECT_THROW(optim::RMSprop(Parameters{x}, optim::RMSpropOptions(0.1).alpha(-1)), ValueError);
  EXPECT_THROW(optim::LBFGS(Parameters{x}, optim::LBFGSOptions().max_iter(0)), ValueError);
  EXPECT_THROW(optim::LBFGS(Parameters{x}, optim::LBFGSOptions().line_search_fn("armijo")), ValueError);
  EXPECT_THROW(optim::LBFGS({{Parameters{x}}, {Parameters{ones({1}, requires_grad())}}}), ValueError);
  EXPECT_THROW(optim::LBFGS(Parameters{x, ones({1}, dtype(kFloat64).requires_grad(true))}), TypeError);
  EXPECT_THROW(optim::LBFGS(Parameters{x}).step(nullptr), ValueError);
}

TEST(OptimizerBehaviourTest, parameters_may_be_added) {
  const Tensor a = ones({1}, requires_grad());
  const Tensor b = ones({1}, requires_grad());
  optim::SGD optimizer(Parameters{a}, 0.25);
  optimizer.add_parameters({b});
  EXPECT_EQ(optimizer.size(), 2U);
  EXPECT_EQ(optimizer.parameters().size(), 2U);
  EXPECT_THROW(optimizer.add_parameters({b}), ValueError);
  b.sum().backward();
  optimizer.step();
  EXPECT_EQ(b.item<float>(), 0.75F);
}

TEST(OptimizerBehaviourTest, transposed_parameters_are_updated_in_place) {
  for (const char* name : {"adam", "sgd_momentum", "adagrad", "rmsprop", "lbfgs"}) {
    SCOPED_TRACE(name);
    const Tensor values = randn({4, 3}, kFloat64);
    const Tensor plain = values.clone().requires_grad_();
    const Tensor transposed = values.t().contiguous().t().requires_grad_();
    ASSERT_FALSE(transposed.is_contiguous());
    for (const Tensor& parameter : {plain, transposed}) {
      const Parameters parameters = {parameter};
      const auto optimizer = make_optimizer(name, parameters);
      for (std::int64_t step = 1; step <= 3; ++step) train(*optimizer, parameters, step);
    }
    EXPECT_TRUE(transposed.allclose(plain, 1e-12));
  }
}

TEST(OptimizerBehaviourTest, a_closure_that_throws_in_a_line_search_leaves_the_parameters_alone) {
  const Tensor x = full({1}, 3.0, dtype(kFloat64).requires_grad(true));
  optim::LBFGS optimizer(Parameters{x}, optim::LBFGSOptions().line_search_fn("strong_wolfe"));
  int calls = 0;
  EXPECT_THROW(optimizer.step([&] {
    if (++calls == 2) throw std::runtime_error("no loss today");
    optimizer.zero_grad();
    Tensor loss = (x * x).sum();
    loss.backward();
    return loss;
  }),
               std::runtime_error);
  EXPECT_EQ(x.item<double>(), 3);
}

TEST(OptimizerBehaviourTest, lbfgs_finds_the_bottom_of_a_curved_valley) {
  const Tensor x = tensor({-1.2, 1.0}, dtype(kFloat64).requires_grad(true));
  optim::LBFGS optimizer(Parameters{x}, optim::LBFGSOptions().max_iter(100).line_search_fn("strong_wolfe"));
  int calls = 0;
  optimizer.step([&] {
    ++calls;
    optimizer.zero_grad();
    Tensor loss = 100 * pow(x[1] - x[0] * x[0], 2) + pow(1 - x[0], 2);
    loss.backward();
    return loss;
  });
  EXPECT_TRUE(x.allclose(ones({2}, kFloat64), 1e-4));
  EXPECT_LT(calls, 100);
}

TEST(OptimizerBehaviourTest, an_algorithm_of_ones_own_as_in_libtorch) {
  struct Options : optim::OptimizerCloneableOptions<Options> {
    explicit Options(double lr) : lr_(lr) {}
    XGRAD_ARG(double, lr);
  };
  class SignDescent : public optim::Optimizer {
   public:
    SignDescent(Parameters parameters, const Options& options)
        : Optimizer(std::move(parameters), std::make_unique<Options>(options)) {}
    Tensor step(LossClosure closure = nullptr) override {
      const NoGradGuard no_grad;
      Tensor loss = closure ? closure() : Tensor();
      for (auto& group : param_groups()) {
        for (Tensor& p : group.params()) p.sub_(p.grad().sign(), static_cast<Options&>(group.options()).lr());
      }
      return loss;
    }
  };
  const Tensor x = full({1}, 3.0, requires_grad());
  SignDescent optimizer({x}, Options(0.5));
  (x * x).sum().backward();
  optimizer.step();
  EXPECT_EQ(x.item<float>(), 2.5F);
}

TEST(OptimizerStateTest, is_found_by_pointer_and_by_its_text) {
  const Tensor w = ones({2}, requires_grad());
  optim::Adam optimizer(std::vector<Tensor>{w}, optim::AdamOptions(0.1));
  EXPECT_TRUE(optimizer.state().empty());
  w.sum().backward();
  optimizer.step();
  ASSERT_EQ(optimizer.state().size(), 1U);
  std::ostringstream key;
  key << w.unsafeGetTensorImpl();
  auto& state = static_cast<optim::AdamParamState&>(*optimizer.state()[key.str()]);
  EXPECT_EQ(state.step(), 1);
  EXPECT_EQ(&state, optimizer.state()[w.unsafeGetTensorImpl()].get());
  state.step(5);
  optimizer.step();
  EXPECT_EQ(state.step(), 6);
  EXPECT_THROW(optimizer.state()[std::string("w")], ValueError);
  EXPECT_THROW(optimizer.state()[std::string("0xg")], ValueError);
}

TEST(OptimizerOptionsTest, compare_by_every_option) {
  EXPECT_EQ(optim::AdamOptions(0.1), optim::AdamOptions(0.1));
  EXPECT_NE(optim::AdamOptions(0.1), optim::AdamOptions(0.1).amsgrad(true));
  EXPECT_NE(optim::SGDOptions(0.1), optim::SGDOptions(0.1).momentum(0.5));
  EXPECT_EQ(optim::LBFGSOptions(1).line_search_fn("strong_wolfe"), optim::LBFGSOptions(1).line_search_fn("strong_wolfe"));
  EXPECT_NE(optim::RMSpropOptions(0.1), optim::RMSpropOptions(0.2));
  EXPECT_NE(optim::AdagradOptions(0.1), optim::AdagradOptions(0.1).lr_decay(0.1));
}

TEST(OptimizerTest, what_is_infinite_and_has_no_gradient_stays) {
  const auto expect_kept = [](const auto& make) {
    constexpr double inf = std::numeric_limits<double>::infinity();
    for (const ScalarType dtype : {kFloat32, kFloat64}) {
      const Tensor p = tensor(std::vector<double>{1, -inf, inf, 2, 3, 4, 5, 6, 7}, dtype).requires_grad_();
      const auto optimizer = make({p});
      for (int step = 0; step < 2; ++step) {
        p.mutable_grad() = tensor(std::vector<double>{1, 0, 0, 1, 1, 1, 1, 1, 1}, dtype);
        optimizer->step();
      }
      const auto values = p.detach().template to_vector<double>();
      EXPECT_LT(values[0], 1);
      EXPECT_EQ(values[1], -inf);
      EXPECT_EQ(values[2], inf);
    }
  };
  using Params = std::vector<Tensor>;
  expect_kept([](const Params& p) { return std::make_unique<optim::SGD>(p, optim::SGDOptions(0.1)); });
  expect_kept([](const Params& p) { return std::make_unique<optim::SGD>(p, optim::SGDOptions(0.1).momentum(0.9)); });
  expect_kept([](const Params& p) { return std::make_unique<optim::Adam>(p, optim::AdamOptions(0.1)); });
  expect_kept([](const Params& p) { return std::make_unique<optim::AdamW>(p, optim::AdamWOptions(0.1)); });
  expect_kept([](const Params& p) { return std::make_unique<optim::RMSprop>(p, optim::RMSpropOptions(0.1)); });
  expect_kept([](const Params& p) { return std::make_unique<optim::Adagrad>(p, optim::AdagradOptions(0.1)); });
}

TEST(OptimizerTest, gradients_and_states_that_do_not_fit_change_nothing) {
  const Tensor first = zeros({4}).requires_grad_();
  const Tensor second = zeros({8}).requires_grad_();
  optim::SGD sgd({first, second}, optim::SGDOptions(1).momentum(0.9));
  first.mutable_grad() = ones({4});
  for (const Tensor& wrong : {ones({1}), ones({9}), ones({2, 4})}) {
    second.mutable_grad() = wrong;
    EXPECT_THROW(sgd.step(), ShapeError);
  }
  second.mutable_grad() = ones({8}, kFloat64);
  EXPECT_THROW(sgd.step(), TypeError);
  EXPECT_TRUE(first.equal(zeros({4})));
  second.mutable_grad() = ones({8});
  sgd.step();
  // Grown since: the momentum is that of eight elements.
  second.set_data(zeros({8000}));
  second.mutable_grad() = ones({8000});
  EXPECT_THROW(sgd.step(), ShapeError);
  EXPECT_TRUE(first.equal(full({4}, -1, kFloat32)));
  sgd.state().erase(second.unsafeGetTensorImpl());
  sgd.step();
  EXPECT_TRUE(second.equal(full({8000}, -1, kFloat32)));
}

TEST(OptimizerTest, a_state_is_that_of_its_parameter_alone) {
  Tensor first = zeros({4}).requires_grad_();
  optim::SGD sgd({first}, optim::SGDOptions(0.5).momentum(0.9));
  first.mutable_grad() = full({4}, 100, kFloat32);
  sgd.step();
  sgd.parameters().clear();
  first = Tensor();
  std::vector<Tensor> others;  // of which one might lie where the first one lay
  constexpr int count = 20;
  others.reserve(count);
  for (int i = 0; i < count; ++i) others.push_back(zeros({4}).requires_grad_());
  sgd.add_parameters(others);
  for (const Tensor& other : others) other.mutable_grad() = ones({4});
  sgd.step();
  for (const Tensor& other : others) EXPECT_TRUE(other.equal(full({4}, -0.5, kFloat32)));
}

}  // namespace xgrad::test
