/// The optimizers, schedulers and training of tests/golden/make_optim.py.
#pragma once

#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "optim/optim.h"
#include "tests/support/golden.h"

namespace xgrad::test {

using Parameters = std::vector<Tensor>;

inline Parameters start_parameters(Dtype dtype) {
  return {seeded_uniform({3, 7}, 1, -1, 1, dtype).requires_grad_(), seeded_uniform({5}, 2, -1, 1, dtype).requires_grad_()};
}

template <class Algorithm, class Options>
std::unique_ptr<optim::Optimizer> make(const Parameters& parameters, const Options& options) {
  return std::make_unique<Algorithm>(parameters, options);
}

inline std::unique_ptr<optim::Optimizer> make_optimizer(const std::string& name, const Parameters& p) {
  using namespace optim;  // NOLINT(google-build-using-namespace): a table of options
  if (name == "adam") return make<Adam>(p, AdamOptions(1e-2));
  if (name == "adam_betas") return make<Adam>(p, AdamOptions(3e-3).betas({0.8, 0.95}).eps(1e-6).weight_decay(0.1));
  if (name == "adam_amsgrad") return make<Adam>(p, AdamOptions(1e-2).amsgrad(true));
  if (name == "adam_maximize") return make<Adam>(p, AdamOptions(1e-2).weight_decay(0.1).maximize(true));
  if (name == "adamw") return make<AdamW>(p, AdamWOptions(1e-2));
  if (name == "adamw_decay") return make<AdamW>(p, AdamWOptions(1e-2).weight_decay(0.2).amsgrad(true));
  if (name == "sgd") return make<SGD>(p, SGDOptions(1e-3));
  if (name == "sgd_momentum") return make<SGD>(p, SGDOptions(1e-3).momentum(0.9));
  if (name == "sgd_dampening") return make<SGD>(p, SGDOptions(1e-3).momentum(0.9).dampening(0.3).weight_decay(0.01));
  if (name == "sgd_nesterov") return make<SGD>(p, SGDOptions(1e-3).momentum(0.9).nesterov(true).weight_decay(0.01));
  if (name == "sgd_maximize") return make<SGD>(p, SGDOptions(1e-3).momentum(0.5).maximize(true));
  if (name == "adagrad") return make<Adagrad>(p, AdagradOptions(0.1));
  if (name == "adagrad_decay") {
    return make<Adagrad>(p, AdagradOptions(0.1).lr_decay(0.01).weight_decay(0.1).initial_accumulator_value(0.5).eps(1e-6));
  }
  if (name == "rmsprop") return make<RMSprop>(p, RMSpropOptions(1e-2));
  if (name == "rmsprop_momentum") {
    return make<RMSprop>(p, RMSpropOptions(1e-3).alpha(0.9).eps(1e-6).momentum(0.9).weight_decay(0.1));
  }
  if (name == "rmsprop_centered") return make<RMSprop>(p, RMSpropOptions(1e-3).alpha(0.95).centered(true).momentum(0.5));
  if (name == "lbfgs") return make<LBFGS>(p, LBFGSOptions(0.1).max_iter(3).history_size(4));
  if (name == "lbfgs_wolfe") {
    return make<LBFGS>(p, LBFGSOptions().max_iter(5).history_size(4).line_search_fn("strong_wolfe"));
  }
  throw std::runtime_error("no optimizer " + name);
}

/// A scheduler of either kind.
struct Schedule {
  std::shared_ptr<optim::LRScheduler> scheduler = nullptr;
  std::shared_ptr<optim::ReduceLROnPlateau> plateau = nullptr;

  /// The step after training step number `step`.
  void next(std::int64_t step) const {
    const auto x = static_cast<double>(step);
    if (scheduler) scheduler->step();
    else plateau->step(step < 8 ? 1 / (1 + x) : 0.1 + 0.01 * std::fmod(x, 5));
  }
  Value state_dict() const { return scheduler ? scheduler->state_dict() : plateau->state_dict(); }
  void load_state_dict(const Value& state) const {
    if (scheduler) scheduler->load_state_dict(state);
    else plateau->load_state_dict(state);
  }
};

inline Schedule make_schedule(const std::string& name, optim::Optimizer& optimizer) {
  using namespace optim;  // NOLINT(google-build-using-namespace): a table of schedules
  if (name == "step") return {std::make_shared<StepLR>(optimizer, 7, 0.5)};
  if (name == "multi_step") {
    return {std::make_shared<MultiStepLR>(optimizer, std::vector<std::int64_t>{3, 10, 10, 20}, 0.5)};
  }
  if (name == "exponential") return {std::make_shared<ExponentialLR>(optimizer, 0.9)};
  if (name == "cosine") return {std::make_shared<CosineAnnealingLR>(optimizer, 10, 0.01)};
  if (name == "lambda") {
    const auto factor = [](std::int64_t step) {
      const auto x = static_cast<double>(step);
      return std::pow(0.95, x) / (1 + x);
    };
    return {std::make_shared<LambdaLR>(optimizer, factor)};
  }
  if (name == "linear") return {std::make_shared<LinearLR>(optimizer, 0.25, 0.75, 12)};
  if (name == "one_cycle") return {std::make_shared<OneCycleLR>(optimizer, OneCycleLROptions(0.5, 40))};
  if (name == "one_cycle_linear") {
    return {std::make_shared<OneCycleLR>(optimizer, OneCycleLROptions(0.5, 40)
                                                        .pct_start(0.25)
                                                        .anneal_strategy("linear")
                                                        .base_momentum(0.8)
                                                        .max_momentum(0.99)
                                                        .div_factor(10)
                                                        .final_div_factor(100)
                                                        .three_phase(true))};
  }
  if (name == "one_cycle_no_momentum") {
    return {std::make_shared<OneCycleLR>(optimizer, OneCycleLROptions(0.5, 30).cycle_momentum(false))};
  }
  if (name == "sequential") {
    std::vector<std::shared_ptr<LRScheduler>> parts = {std::make_shared<LinearLR>(optimizer, 0.1, 1.0, 8),
                                                       std::make_shared<CosineAnnealingLR>(optimizer, 20),
                                                       std::make_shared<ExponentialLR>(optimizer, 0.9)};
    return {std::make_shared<SequentialLR>(optimizer, parts, std::vector<std::int64_t>{8, 28})};
  }
  if (name == "plateau") {
    return {nullptr, std::make_shared<ReduceLROnPlateau>(optimizer, ReduceLROnPlateauOptions().factor(0.5).patience(2))};
  }
  if (name == "plateau_max") {
    const auto options = ReduceLROnPlateauOptions()
                             .mode("max")
                             .factor(0.3)
                             .patience(1)
                             .threshold(0.05)
                             .threshold_mode("abs")
                             .cooldown(3)
                             .min_lr({0.002});
    return {nullptr, std::make_shared<ReduceLROnPlateau>(optimizer, options)};
  }
  throw std::runtime_error("no scheduler " + name);
}

inline void train(optim::Optimizer& optimizer, const Parameters& parameters, std::int64_t step, bool maximize = false) {
  optimizer.step([&] {
    optimizer.zero_grad();
    Tensor total = zeros({}, parameters[0].dtype());
    for (const Tensor& p : parameters) {
      const Tensor positions = arange(p.numel(), p.dtype()).reshape(p.sizes());
      total = total + pow(p - sin(positions + 0.1 * static_cast<double>(step)), 4).sum();
    }
    if (maximize) total = -total;
    total.backward();
    return total;
  });
}

}  // namespace xgrad::test
