#include "optim/lr_scheduler/lr_scheduler.h"

#include <limits>

#include "tests/optim/reference.h"

namespace xgrad::test {

namespace {

class SchedulerTest : public ::testing::TestWithParam<std::string> {
 protected:
  Parameters parameters_ = {ones({2}, requires_grad())};
};

std::unique_ptr<optim::Optimizer> optimizer_of(const std::string& scheduler, const Parameters& parameters) {
  if (scheduler == "one_cycle_linear") return make<optim::Adam>(parameters, optim::AdamOptions().betas({0.9, 0.99}));
  if (scheduler == "one_cycle_no_momentum") return make<optim::Adagrad>(parameters, optim::AdagradOptions());
  return make<optim::SGD>(parameters, optim::SGDOptions(0.1).momentum(0.9));
}

/// The learning rate and the momentum of the first group.
std::vector<double> rates(const optim::Optimizer& optimizer) {
  const optim::OptimizerOptions& options = optimizer.param_groups()[0].options();
  return {options.get_lr(), options.get_momentum().value_or(0)};
}

void expect_rates(const Json& expected, const optim::Optimizer& optimizer) {
  EXPECT_NEAR(rates(optimizer)[0], expected[0].get<double>(), 1e-14);
  EXPECT_NEAR(rates(optimizer)[1], expected[1].get<double>(), 1e-14);
}

Json curve_of(const std::string& scheduler) {
  for (const Json& golden : load_golden("lr_scheduler")) {
    if (golden.at("scheduler") == scheduler) return golden.at("rates");
  }
  throw std::runtime_error("no curve of " + scheduler);
}

}  // namespace

TEST_P(SchedulerTest, follows_pytorch) {
  const Json curve = curve_of(GetParam());
  const auto optimizer = optimizer_of(GetParam(), parameters_);
  const Schedule schedule = make_schedule(GetParam(), *optimizer);
  expect_rates(curve[0], *optimizer);
  for (std::size_t step = 1; step < curve.size(); ++step) {
    SCOPED_TRACE(step);
    schedule.next(static_cast<std::int64_t>(step) - 1);
    expect_rates(curve[step], *optimizer);
  }
}

TEST_P(SchedulerTest, goes_on_from_its_state_wherever_it_stops) {
  const Json curve = curve_of(GetParam());
  for (std::size_t stop = 0; stop < curve.size(); stop += 3) {
    SCOPED_TRACE(stop);
    const auto first = optimizer_of(GetParam(), parameters_);
    const Schedule before = make_schedule(GetParam(), *first);
    for (std::size_t step = 0; step < stop; ++step) before.next(static_cast<std::int64_t>(step));
    const auto second = optimizer_of(GetParam(), parameters_);
    const Schedule after = make_schedule(GetParam(), *second);
    second->load_state_dict(first->state_dict());
    after.load_state_dict(before.state_dict());
    EXPECT_EQ(after.state_dict(), before.state_dict());
    for (std::size_t step = stop; step < curve.size(); ++step) {
      expect_rates(curve[step], *second);
      if (step + 1 < curve.size()) after.next(static_cast<std::int64_t>(step));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Schedules, SchedulerTest,
                         ::testing::Values("step", "multi_step", "exponential", "cosine", "lambda", "linear", "one_cycle",
                                           "one_cycle_linear", "one_cycle_no_momentum", "sequential", "plateau",
                                           "plateau_max"),
                         [](const ::testing::TestParamInfo<std::string>& parameter) { return parameter.param; });

TEST(SchedulerBehaviourTest, groups_keep_their_proportions) {
  const Tensor a = ones({1}, requires_grad());
  const Tensor b = ones({1}, requires_grad());
  optim::SGD optimizer(
      std::vector<optim::OptimizerParamGroup>{{Parameters{a}}, {Parameters{b}, std::make_unique<optim::SGDOptions>(0.5)}},
      optim::SGDOptions(0.25));
  optim::StepLR scheduler(optimizer, 1, 0.5);
  scheduler.step();
  EXPECT_EQ(scheduler.get_current_lrs(), (std::vector<double>{0.125, 0.25}));
  EXPECT_EQ(scheduler.get_last_lr(), scheduler.get_current_lrs());
  EXPECT_EQ(scheduler.step_count(), 1);
}

TEST(SchedulerBehaviourTest, groups_may_have_schedules_of_their_own) {
  const Tensor a = ones({1}, requires_grad());
  const Tensor b = ones({1}, requires_grad());
  optim::SGD optimizer(std::vector<optim::OptimizerParamGroup>{{Parameters{a}}, {Parameters{b}}}, 1);
  optim::LambdaLR scheduler(optimizer, std::vector<optim::LambdaLR::Lambda>{
                                           [](std::int64_t step) { return static_cast<double>(step); },
                                           [](std::int64_t step) { return 2.0 * static_cast<double>(step + 1); }});
  EXPECT_EQ(scheduler.get_current_lrs(), (std::vector<double>{0, 2}));
  scheduler.step();
  EXPECT_EQ(scheduler.get_current_lrs(), (std::vector<double>{1, 4}));
  optim::OneCycleLR cycle(optimizer, optim::OneCycleLROptions(0, 10).max_lr({25.0, 50.0}));
  EXPECT_EQ(cycle.get_current_lrs(), (std::vector<double>{1, 2}));
}

TEST(SchedulerBehaviourTest, a_schedule_of_ones_own_says_the_next_rates) {
  class Countdown : public optim::LRScheduler {
   public:
    explicit Countdown(optim::Optimizer& optimizer) : LRScheduler(optimizer) {}

   protected:
    std::vector<double> get_lrs() override { return scaled_lrs(1 / (1 + static_cast<double>(step_count_))); }
  };
  optim::SGD optimizer(Parameters{ones({1}, requires_grad())}, 6);
  Countdown scheduler(optimizer);
  std::vector<double> lrs;
  for (int i = 0; i < 3; ++i) {
    scheduler.step();
    lrs.push_back(scheduler.get_last_lr()[0]);
  }
  EXPECT_EQ(lrs, (std::vector<double>{6, 3, 1}));
}

TEST(SchedulerBehaviourTest, nan_is_no_progress) {
  optim::SGD optimizer(Parameters{ones({1}, requires_grad())}, 1);
  optim::ReduceLROnPlateau scheduler(optimizer, optim::ReduceLROnPlateauOptions().patience(1).factor(0.5));
  for (int i = 0; i < 2; ++i) scheduler.step(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(scheduler.get_last_lr(), std::vector<double>{0.5});
}

TEST(SchedulerBehaviourTest, arguments_that_make_no_sense_are_refused) {
  using namespace optim;  // NOLINT(google-build-using-namespace)
  SGD optimizer(Parameters{ones({1}, requires_grad())}, 0.1);
  SGD other(Parameters{ones({1}, requires_grad())}, 0.1);
  Adagrad without_momentum(Parameters{ones({1}, requires_grad())});
  EXPECT_THROW(StepLR(optimizer, 0), ValueError);
  EXPECT_THROW(MultiStepLR(optimizer, {0}), ValueError);
  EXPECT_THROW(CosineAnnealingLR(optimizer, 0), ValueError);
  EXPECT_THROW(LambdaLR(optimizer, LambdaLR::Lambda()), ValueError);
  EXPECT_THROW(LambdaLR(optimizer, std::vector<LambdaLR::Lambda>()), ValueError);
  EXPECT_THROW(LinearLR(optimizer, 0), ValueError);
  EXPECT_THROW(LinearLR(optimizer, 0.5, 2), ValueError);
  EXPECT_THROW(LinearLR(optimizer, 0.5, 1, 0), ValueError);
  EXPECT_THROW(OneCycleLR(optimizer, OneCycleLROptions(0.1, 0)), ValueError);
  EXPECT_THROW(OneCycleLR(optimizer, OneCycleLROptions(0.1, 9).pct_start(2)), ValueError);
  EXPECT_THROW(OneCycleLR(optimizer, OneCycleLROptions(0.1, 9).anneal_strategy("sine")), ValueError);
  EXPECT_THROW(OneCycleLR(optimizer, OneCycleLROptions(0.1, 9).max_lr({0.1, 0.2})), ValueError);
  EXPECT_THROW(OneCycleLR(without_momentum, OneCycleLROptions(0.1, 9)), ValueError);
  EXPECT_THROW(ReduceLROnPlateau(optimizer, ReduceLROnPlateauOptions().factor(1)), ValueError);
  EXPECT_THROW(ReduceLROnPlateau(optimizer, ReduceLROnPlateauOptions().mode("most")), ValueError);
  EXPECT_THROW(ReduceLROnPlateau(optimizer, ReduceLROnPlateauOptions().min_lr({0, 0})), ValueError);
  const auto part = std::make_shared<StepLR>(optimizer, 1);
  const std::vector<std::shared_ptr<LRScheduler>> two = {part, std::make_shared<StepLR>(other, 1)};
  EXPECT_THROW(SequentialLR(optimizer, {part}, {3}), ValueError);
  EXPECT_THROW(SequentialLR(optimizer, {part, nullptr}, {3}), ValueError);
  EXPECT_THROW(SequentialLR(optimizer, two, {3}), ValueError);
  EXPECT_THROW(SequentialLR(optimizer, {part, part}, {0}), ValueError);
  EXPECT_THROW(SequentialLR(optimizer,
                            {std::make_shared<SequentialLR>(optimizer, std::vector{std::shared_ptr<LRScheduler>(part)},
                                                            std::vector<std::int64_t>())},
                            {}),
               ValueError);
  OneCycleLR cycle(optimizer, OneCycleLROptions(0.1, 1));
  cycle.step();
  EXPECT_THROW(cycle.step(), ValueError);
}

TEST(SchedulerBehaviourTest, a_state_that_does_not_fit_changes_nothing) {
  optim::SGD optimizer(Parameters{ones({1}, requires_grad())}, 0.1);
  optim::StepLR scheduler(optimizer, 3);
  scheduler.step();
  const Value before = scheduler.state_dict();
  const auto with = [&](const char* name, const Value& value) {
    Value::Dict changed = before.dict();
    changed[name] = value;
    return Value(changed);
  };
  EXPECT_THROW(scheduler.load_state_dict(Value::Dict{}), IndexError);
  EXPECT_THROW(scheduler.load_state_dict(3), TypeError);
  EXPECT_THROW(scheduler.load_state_dict(with("base_lrs", Value::List{0.1, 0.2})), ValueError);
  EXPECT_THROW(scheduler.load_state_dict(with("step_size", 0)), ValueError);
  EXPECT_THROW(scheduler.load_state_dict(with("gamma", "x")), TypeError);
  EXPECT_THROW(scheduler.load_state_dict(with("last_epoch", -2)), ValueError);
  EXPECT_EQ(scheduler.state_dict(), before);

  const auto line = std::make_shared<optim::LinearLR>(optimizer);
  const auto steps = std::make_shared<optim::StepLR>(optimizer, 5);
  optim::SequentialLR sequence(optimizer, {line, steps}, {4});
  sequence.step();
  const Value whole = sequence.state_dict();
  Value::List parts = whole.at("_schedulers").list();
  Value::Dict first = parts[0].dict();
  first["last_epoch"] = 3;
  Value::Dict second = parts[1].dict();
  second["step_size"] = 0;
  Value::Dict changed = whole.dict();
  changed["_schedulers"] = Value::List{first, second};
  EXPECT_THROW(sequence.load_state_dict(changed), ValueError);
  EXPECT_EQ(sequence.state_dict(), whole);
}

}  // namespace xgrad::test
