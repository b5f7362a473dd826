#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "autograd/autograd.h"
#include "optim/optim.h"

namespace xgrad::optim {
namespace {

TEST(ReduceLROnPlateauTest, takes_libtorchs_arguments_by_libtorchs_name) {
  SGD sgd(TensorList{ones({1}).requires_grad_()}, SGDOptions(1));
  ReduceLROnPlateauScheduler largest(sgd, ReduceLROnPlateauScheduler::max, 0.5, 0);
  for (const double metric : {1.0, 2.0, 2.0}) largest.step(metric);
  EXPECT_EQ(largest.get_last_lr(), std::vector<double>{0.5});
  ReduceLROnPlateauScheduler least(sgd, ReduceLROnPlateauScheduler::min, 0.5, 0, 0.1, ReduceLROnPlateauScheduler::abs, 0,
                                   {0.4F});
  for (const double metric : {1.0, 0.95, 0.92}) least.step(metric);
  EXPECT_FLOAT_EQ(static_cast<float>(least.get_last_lr()[0]), 0.4F);
}

TEST(ReduceLROnPlateauTest, a_relative_threshold_is_a_share_of_the_size_of_a_negative_metric) {
  SGD sgd(TensorList{ones({1}).requires_grad_()}, SGDOptions(1));
  ReduceLROnPlateau least(sgd, ReduceLROnPlateauOptions().factor(0.5).patience(0).threshold(0.1));
  least.step(-1);
  EXPECT_EQ(sgd.param_groups()[0].options().get_lr(), 1);
  least.step(-0.95);
  EXPECT_EQ(sgd.param_groups()[0].options().get_lr(), 0.5);
  EXPECT_EQ(least.state_dict().at("best").to_double(), -1);
  least.step(-1.2);
  EXPECT_EQ(least.state_dict().at("best").to_double(), -1.2);

  SGD other(TensorList{ones({1}).requires_grad_()}, SGDOptions(1));
  ReduceLROnPlateau most(other, ReduceLROnPlateauOptions().mode("max").factor(0.5).patience(0).threshold(0.1));
  most.step(-1);
  most.step(-1.05);
  EXPECT_EQ(other.param_groups()[0].options().get_lr(), 0.5);
  most.step(-0.8);
  EXPECT_EQ(most.state_dict().at("best").to_double(), -0.8);
}

TEST(OneCycleLRTest, a_group_that_was_added_later_is_an_error_that_says_so) {
  SGD sgd(TensorList{ones({1}).requires_grad_()}, SGDOptions(1).momentum(0.9));
  OneCycleLR schedule(sgd, OneCycleLROptions(0.1, 10));
  schedule.step();
  const double lr = sgd.param_groups()[0].options().get_lr();
  sgd.add_param_group(OptimizerParamGroup(TensorList{ones({1}).requires_grad_()}));
  EXPECT_THROW(schedule.step(), ValueError);
  EXPECT_EQ(sgd.param_groups()[0].options().get_lr(), lr);
}

TEST(CosineAnnealingLRTest, a_group_that_was_added_later_keeps_its_rate) {
  SGD sgd(TensorList{ones({1}).requires_grad_()}, SGDOptions(0.3));
  CosineAnnealingLR schedule(sgd, 2, 0.01);
  sgd.add_param_group(OptimizerParamGroup(TensorList{ones({1}).requires_grad_()}, std::make_unique<SGDOptions>(0.5)));
  const std::vector<double> expected{0.155, 0.01, 0.155, 0.3};
  for (const double lr : expected) {
    schedule.step();
    EXPECT_NEAR(sgd.param_groups()[0].options().get_lr(), lr, 1e-12);
    EXPECT_EQ(sgd.param_groups()[1].options().get_lr(), 0.5);
  }
}

TEST(LRSchedulerCorners, a_state_taken_after_a_group_was_added_comes_back) {
  const Tensor a = ones({1}).requires_grad_();
  const Tensor b = ones({1}).requires_grad_();
  SGD sgd({a}, SGDOptions(0.5));
  StepLR schedule(sgd, 2, 0.5);
  const io::Value early = schedule.state_dict();
  schedule.step();
  sgd.add_param_group(OptimizerParamGroup({b}));
  schedule.step();
  const io::Value state = schedule.state_dict();
  schedule.load_state_dict(state);
  EXPECT_EQ(schedule.state_dict(), state);
  EXPECT_THROW(schedule.load_state_dict(early), ValueError);
  EXPECT_EQ(schedule.state_dict(), state);
}

TEST(LRSchedulerCorners, one_cycle_goes_on_with_the_phases_of_its_state) {
  const auto rates = [](double pct_start, const std::string& annealing, const io::Value* from, io::Value* to) {
    const Tensor a = ones({1}).requires_grad_();
    SGD sgd({a}, SGDOptions(0.5).momentum(0.9));
    OneCycleLR schedule(sgd, OneCycleLROptions(1, 20).pct_start(pct_start).anneal_strategy(annealing));
    if (from != nullptr) {
      sgd.load_state_dict(from->at("optimizer"));
      schedule.load_state_dict(from->at("schedule"));
    } else {
      for (int i = 0; i < 4; ++i) schedule.step();
    }
    if (to != nullptr) *to = io::Value::Dict{{"optimizer", sgd.state_dict()}, {"schedule", schedule.state_dict()}};
    std::vector<double> found;
    for (int i = 0; i < 5; ++i) {
      schedule.step();
      found.push_back(sgd.param_groups()[0].options().get_lr());
    }
    return found;
  };
  for (const std::string annealing : {"cos", "linear"}) {
    io::Value state;
    const auto expected = rates(0.3, annealing, nullptr, &state);
    EXPECT_EQ(rates(0.6, "cos", &state, nullptr), expected) << annealing;
  }
}

}  // namespace
}  // namespace xgrad::optim
