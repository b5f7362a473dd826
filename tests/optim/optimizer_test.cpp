#include "optim/optimizer.h"

#include <cmath>

#include "autograd/autograd.h"
#include "optim/adam.h"
#include "optim/lr_scheduler/lr_scheduler.h"
#include "optim/sgd.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

using Parameters = std::vector<Tensor>;

std::unique_ptr<optim::Optimizer> make_optimizer(const std::string& name, const Parameters& parameters) {
  const auto adam = [&](const optim::AdamOptions& options) { return std::make_unique<optim::Adam>(parameters, options); };
  const auto sgd = [&](const optim::SGDOptions& options) { return std::make_unique<optim::SGD>(parameters, options); };
  if (name == "adam") return adam(optim::AdamOptions(1e-2));
  if (name == "adam_betas") return adam(optim::AdamOptions(3e-3).betas({0.8, 0.95}).eps(1e-6).weight_decay(0.1));
  if (name == "adam_amsgrad") return adam(optim::AdamOptions(1e-2).amsgrad(true));
  if (name == "sgd") return sgd(optim::SGDOptions(1e-3));
  if (name == "sgd_momentum") return sgd(optim::SGDOptions(1e-3).momentum(0.9));
  if (name == "sgd_dampening") return sgd(optim::SGDOptions(1e-3).momentum(0.9).dampening(0.3).weight_decay(0.01));
  if (name == "sgd_nesterov") return sgd(optim::SGDOptions(1e-3).momentum(0.9).nesterov(true).weight_decay(0.01));
  optim::AdamWOptions options(1e-2);
  if (name == "adamw_decay") options.weight_decay(0.2).amsgrad(true);
  else if (name != "adamw") throw std::runtime_error("no optimizer " + name);
  return std::make_unique<optim::AdamW>(parameters, options);
}

std::unique_ptr<optim::LRScheduler> make_scheduler(const std::string& name, optim::Optimizer& optimizer) {
  if (name == "step") return std::make_unique<optim::StepLR>(optimizer, 30, 0.8);
  if (name == "exponential") return std::make_unique<optim::ExponentialLR>(optimizer, 0.997);
  return nullptr;
}

/// The loss of make_optim.py.
Tensor loss_of(const Parameters& parameters, std::int64_t step) {
  Tensor total = zeros({}, parameters[0].dtype());
  for (const Tensor& p : parameters) {
    const Tensor positions = arange(p.numel(), p.dtype()).reshape(p.sizes());
    total = total + pow(p - sin(positions + 0.1 * static_cast<double>(step)), 4).sum();
  }
  return total;
}

class OptimizerTest : public ::testing::TestWithParam<std::string> {};

}  // namespace

TEST_P(OptimizerTest, follows_pytorch_for_a_thousand_steps) {
  int cases = 0;
  for (const Json& golden : load_golden("optim")) {
    if (golden.at("optimizer") != GetParam()) continue;
    ++cases;
    SCOPED_TRACE(golden.at("scheduler").get<std::string>() + " " + golden.at("dtype").get<std::string>());
    const bool single = golden.at("dtype") == "float32";
    const Dtype dtype = single ? kFloat32 : kFloat64;
    const Parameters parameters = {seeded_uniform({3, 7}, 1, -1, 1, dtype).requires_grad_(),
                                   seeded_uniform({5}, 2, -1, 1, dtype).requires_grad_()};
    const auto optimizer = make_optimizer(GetParam(), parameters);
    const auto scheduler = make_scheduler(golden.at("scheduler"), *optimizer);
    std::int64_t step = 0;
    for (const Json& snapshot : golden.at("snapshots")) {
      while (step < snapshot.at("step").get<std::int64_t>()) {
        ++step;
        optimizer->zero_grad();
        loss_of(parameters, step).backward();
        optimizer->step();
        if (scheduler) scheduler->step();
      }
      EXPECT_NEAR(optimizer->param_groups()[0].options().get_lr(), snapshot.at("lr").get<double>(), 1e-12);
      for (std::size_t i = 0; i < parameters.size(); ++i) {
        EXPECT_TRUE(close(stored_tensor(snapshot.at("parameters")[i]), parameters[i], single ? 2e-5 : 1e-9))
            << "parameter " << i << " after step " << step;
      }
    }
  }
  EXPECT_GT(cases, 0);
}

INSTANTIATE_TEST_SUITE_P(Algorithms, OptimizerTest,
                         ::testing::Values("adam", "adam_betas", "adam_amsgrad", "adamw", "adamw_decay", "sgd",
                                           "sgd_momentum", "sgd_dampening", "sgd_nesterov"),
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
  optim::SGD optimizer(Parameters{x}, 0.1);
  EXPECT_THROW(optim::StepLR(optimizer, 0), ValueError);
}

}  // namespace xgrad::test
