// Bad options and bad input of every optimizer and scheduler.
#include "tests/bad_calls/hostile.h"

namespace xgrad {
namespace {

using test::BadCall;
using test::Hostile;

using Int = std::int64_t;

/// A step with parameters, gradients and options as they come.
template <class Optimizer, class Options>
void step_of(Hostile& given, const Options& options) {
  const Tensor weight = ones({2, 3}).requires_grad_();
  const bool good = given.of<bool>();
  Optimizer optimizer(good ? TensorList{weight} : given.of<TensorList>(), options);
  if (good) weight.mutable_grad() = given.of<bool>() ? ones({2, 3}) : given.of<Tensor>();
  if constexpr (std::is_same_v<Optimizer, optim::LBFGS>) {
    optimizer.step([&] { return given.of<bool>() ? weight.sum() : given.of<Tensor>(); });
  } else {
    optimizer.step();
  }
  optimizer.zero_grad(given.of<bool>());
}

/// Steps of a scheduler.
template <class Make>
void schedule(const Make& make) {
  const Tensor weight = ones({2}).requires_grad_();
  optim::SGD optimizer({weight}, optim::SGDOptions(0.1).momentum(0.9));
  auto scheduler = make(optimizer);
  for (int i = 0; i < 5; ++i) scheduler.step();
}

const BadCall training[] = {
    {"SGD_",
     [](Hostile& given) {
       step_of<optim::SGD>(given, optim::SGDOptions(given.of<double>())
                                      .momentum(given.of<double>())
                                      .dampening(given.of<double>())
                                      .weight_decay(given.of<double>())
                                      .nesterov(given.of<bool>()));
     }},
    {"Adam_",
     [](Hostile& given) {
       step_of<optim::Adam>(given, optim::AdamOptions(given.of<double>())
                                       .betas({given.of<double>(), given.of<double>()})
                                       .eps(given.of<double>())
                                       .weight_decay(given.of<double>()));
     }},
    {"AdamW_",
     [](Hostile& given) {
       step_of<optim::AdamW>(given, optim::AdamWOptions(given.of<double>()).betas({given.of<double>(), 0.9}));
     }},
    {"SparseAdam_",
     [](Hostile& given) {
       step_of<optim::SparseAdam>(given, optim::SparseAdamOptions(given.of<double>()).betas({given.of<double>(), 0.9}));
     }},
    {"Adagrad_",
     [](Hostile& given) {
       step_of<optim::Adagrad>(given, optim::AdagradOptions(given.of<double>())
                                          .lr_decay(given.of<double>())
                                          .initial_accumulator_value(given.of<double>()));
     }},
    {"RMSprop_",
     [](Hostile& given) {
       step_of<optim::RMSprop>(
           given, optim::RMSpropOptions(given.of<double>()).alpha(given.of<double>()).momentum(given.of<double>()));
     }},
    {"LBFGS_",
     [](Hostile& given) {
       step_of<optim::LBFGS>(given, optim::LBFGSOptions(given.of<double>())
                                        .max_iter(given.of<Int>() % 100)
                                        .history_size(given.of<Int>())
                                        .tolerance_grad(given.of<double>()));
     }},
    {"Optimizer::add_param_group",
     [](Hostile& given) {
       optim::SGD optimizer({ones({2}).requires_grad_()}, optim::SGDOptions(0.1));
       optimizer.add_param_group(optim::OptimizerParamGroup(given.of<TensorList>()));
     }},
    {"StepLR_",
     [](Hostile& given) {
       schedule([&](auto& optimizer) { return optim::StepLR(optimizer, given.of<Int>(), given.of<double>()); });
     }},
    {"MultiStepLR_",
     [](Hostile& given) {
       schedule(
           [&](auto& optimizer) { return optim::MultiStepLR(optimizer, given.of<std::vector<Int>>(), given.of<double>()); });
     }},
    {"ExponentialLR_",
     [](Hostile& given) { schedule([&](auto& optimizer) { return optim::ExponentialLR(optimizer, given.of<double>()); }); }},
    {"CosineAnnealingLR_",
     [](Hostile& given) {
       schedule([&](auto& optimizer) { return optim::CosineAnnealingLR(optimizer, given.of<Int>(), given.of<double>()); });
     }},
    {"LambdaLR_",
     [](Hostile& given) {
       schedule([&](auto& optimizer) {
         return optim::LambdaLR(
             optimizer, given.of<bool>() ? optim::LambdaLR::Lambda() : [](Int) { return 0.5; });
       });
     }},
    {"LinearLR_",
     [](Hostile& given) {
       schedule([&](auto& optimizer) {
         return optim::LinearLR(optimizer, given.of<double>(), given.of<double>(), given.of<Int>());
       });
     }},
    {"OneCycleLR_",
     [](Hostile& given) {
       schedule([&](auto& optimizer) {
         return optim::OneCycleLR(optimizer, optim::OneCycleLROptions(given.of<double>(), given.of<Int>())
                                                 .pct_start(given.of<double>())
                                                 .div_factor(given.of<double>()));
       });
     }},
    {"ReduceLROnPlateau_",
     [](Hostile& given) {
       const Tensor weight = ones({2}).requires_grad_();
       optim::SGD optimizer({weight}, optim::SGDOptions(0.1));
       optim::ReduceLROnPlateau scheduler(optimizer, optim::ReduceLROnPlateauOptions()
                                                         .mode(given.of<bool>() ? "min" : given.of<std::string>())
                                                         .factor(given.of<double>())
                                                         .patience(given.of<Int>())
                                                         .threshold(given.of<double>())
                                                         .cooldown(given.of<Int>()));
       for (int i = 0; i < 3; ++i) scheduler.step(given.of<double>());
     }},
    {"SequentialLR_",
     [](Hostile& given) {
       const Tensor weight = ones({2}).requires_grad_();
       optim::SGD optimizer({weight}, optim::SGDOptions(0.1));
       const auto first = std::make_shared<optim::ExponentialLR>(optimizer, 0.5);
       optim::SequentialLR scheduler(optimizer,
                                     given.of<bool>() ? std::vector<std::shared_ptr<optim::LRScheduler>>{first, nullptr}
                                                      : std::vector<std::shared_ptr<optim::LRScheduler>>{first},
                                     given.of<std::vector<Int>>());
       scheduler.step();
     }},
};

TEST(BadCalls, of_optimizers_and_schedulers_throw_errors) { test::walk(training); }

}  // namespace
}  // namespace xgrad
