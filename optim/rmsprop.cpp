#include "optim/rmsprop.h"

#include "autograd/base/check.h"
#include "autograd/kernels/optimizer_steps.h"
#include "autograd/tensor/creation.h"
#include "optim/algorithm.h"

namespace xgrad::optim {

namespace {

constexpr auto rmsprop_fields = [](auto& options, auto&& field) {
  field("lr", options.lr());
  field("momentum", options.momentum());
  field("alpha", options.alpha());
  field("eps", options.eps());
  field("centered", options.centered());
  field("weight_decay", options.weight_decay());
  field("maximize", options.maximize());
  field.constant("foreach", Value());
  field.constant("differentiable", false);
};

}  // namespace

XGRAD_OPTIMIZER_OPTIONS_STATE(RMSpropOptions, rmsprop_fields);

void RMSpropOptions::validate() const {
  check<ValueError>(lr_ >= 0, "RMSprop: the learning rate must not be negative, got {}", lr_);
  check<ValueError>(alpha_ >= 0, "RMSprop: alpha must not be negative, got {}", alpha_);
  check<ValueError>(eps_ >= 0, "RMSprop: eps must not be negative, got {}", eps_);
  check<ValueError>(weight_decay_ >= 0, "RMSprop: weight_decay must not be negative, got {}", weight_decay_);
  check<ValueError>(momentum_ >= 0, "RMSprop: momentum must not be negative, got {}", momentum_);
}

RMSprop::RMSprop(std::vector<OptimizerParamGroup> groups, const RMSpropOptions& defaults)
    : FirstOrderOptimizer(std::move(groups), defaults.clone()) {}

RMSprop::RMSprop(std::vector<Tensor> params, const RMSpropOptions& defaults)
    : FirstOrderOptimizer(std::move(params), defaults.clone()) {}

void RMSprop::update(OptimizerParamGroup& group, const std::vector<Tensor>& params) {
  const auto& options = static_cast<const RMSpropOptions&>(group.options());
  const kernels::RmspropStep step{options.lr(), options.alpha(), options.eps(), options.weight_decay(), options.momentum()};
  for (const Tensor& param : params) {
    auto& state = state_of<RMSpropParamState>(param);
    const auto begin = [&](Tensor& average) {
      if (!average.defined()) average = zeros(param.sizes(), param.dtype());
    };
    begin(state.square_avg());
    if (options.centered()) begin(state.grad_avg());
    if (options.momentum() > 0) begin(state.momentum_buffer());
    ++state.step();
    const Tensor grad = gradient_of(param, options.maximize());
    const Tensor average = options.centered() ? state.grad_avg() : Tensor();
    const Tensor buffer = options.momentum() > 0 ? state.momentum_buffer() : Tensor();
    update_in_place("RMSprop", param, [&]<class T>(T* data) {
      kernels::rmsprop_step<T>(step, param.numel(), grad.data_ptr<T>(), data, state.square_avg().data_ptr<T>(),
                               data_or_null<T>(average), data_or_null<T>(buffer));
    });
  }
}

Value::Dict RMSprop::save_state(const Tensor& parameter, const OptimizerOptions& /*options*/) const {
  const auto* state = find_state<RMSpropParamState>(parameter);
  if (state == nullptr) return {};
  Value::Dict saved{{"step", state->step()}, {"square_avg", state->square_avg()}};
  save_tensor(saved, "momentum_buffer", state->momentum_buffer());
  save_tensor(saved, "grad_avg", state->grad_avg());
  return saved;
}

std::function<void()> RMSprop::read_states(const std::vector<SavedState>& saved) {
  return read_each(saved, [](const Value::Dict& state, const Tensor& param) {
    return RMSpropParamState()
        .step(read_step("RMSprop", state))
        .square_avg(require_tensor("RMSprop", state, "square_avg", param))
        .momentum_buffer(read_tensor("RMSprop", state, "momentum_buffer", param))
        .grad_avg(read_tensor("RMSprop", state, "grad_avg", param));
  });
}

}  // namespace xgrad::optim
