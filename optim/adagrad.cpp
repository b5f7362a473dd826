#include "optim/adagrad.h"

#include "autograd/base/check.h"
#include "autograd/kernels/optimizer_steps.h"
#include "autograd/tensor/creation.h"
#include "optim/algorithm.h"

namespace xgrad::optim {

namespace {

constexpr auto adagrad_fields = [](auto& options, auto&& field) {
  field("lr", options.lr());
  field("lr_decay", options.lr_decay());
  field("weight_decay", options.weight_decay());
  field("initial_accumulator_value", options.initial_accumulator_value());
  field("eps", options.eps());
  field("maximize", options.maximize());
  field.constant("foreach", Value());
};

}  // namespace

XGRAD_OPTIMIZER_OPTIONS_STATE(AdagradOptions, adagrad_fields);

void AdagradOptions::validate() const {
  check<ValueError>(lr_ >= 0, "Adagrad: the learning rate must not be negative, got {}", lr_);
  check<ValueError>(lr_decay_ >= 0, "Adagrad: lr_decay must not be negative, got {}", lr_decay_);
  check<ValueError>(weight_decay_ >= 0, "Adagrad: weight_decay must not be negative, got {}", weight_decay_);
  check<ValueError>(initial_accumulator_value_ >= 0, "Adagrad: initial_accumulator_value must not be negative, got {}",
                    initial_accumulator_value_);
  check<ValueError>(eps_ >= 0, "Adagrad: eps must not be negative, got {}", eps_);
}

Adagrad::Adagrad(std::vector<OptimizerParamGroup> groups, const AdagradOptions& defaults)
    : FirstOrderOptimizer(std::move(groups), defaults.clone()) {}

Adagrad::Adagrad(std::vector<Tensor> params, const AdagradOptions& defaults)
    : FirstOrderOptimizer(std::move(params), defaults.clone()) {}

void Adagrad::update(OptimizerParamGroup& group, const std::vector<Tensor>& params) {
  const auto& options = static_cast<const AdagradOptions&>(group.options());
  for (const Tensor& param : params) {
    auto& state = state_of<AdagradParamState>(param);
    if (!state.sum().defined()) state.sum() = full(param.sizes(), options.initial_accumulator_value(), param.dtype());
    const double lr = options.lr() / (1 + static_cast<double>(state.step()) * options.lr_decay());
    ++state.step();
    const Tensor grad = gradient_of(param, options.maximize());
    const kernels::AdagradStep step{lr, options.eps(), options.weight_decay()};
    // Without decay, what has no gradient stays; but for 0 / 0.
    const bool all = options.weight_decay() != 0 || options.eps() == 0;
    update_in_place("Adagrad", param, [&]<class T>(T* data) {
      for_each_part(grad, all, [&](std::int64_t first, std::int64_t count) {
        kernels::adagrad_step<T>(step, count, grad.data_ptr<T>() + first, data + first, state.sum().data_ptr<T>() + first);
      });
    });
  }
}

Value::Dict Adagrad::save_state(const Tensor& parameter, const OptimizerOptions& options) const {
  if (const auto* state = find_state<AdagradParamState>(parameter))
    return {{"step", step_value(state->step())}, {"sum", state->sum()}};
  // Python's Adagrad expects the state of parameters that never had a gradient, too.
  const double initial = static_cast<const AdagradOptions&>(options).initial_accumulator_value();
  return {{"step", step_value(0)}, {"sum", full(parameter.sizes(), initial, parameter.dtype())}};
}

std::function<void()> Adagrad::read_states(const std::vector<SavedState>& saved) {
  return read_each(saved, [](const Value::Dict& state, const Tensor& param) {
    return AdagradParamState().step(read_step("Adagrad", state)).sum(require_tensor("Adagrad", state, "sum", param));
  });
}

}  // namespace xgrad::optim
