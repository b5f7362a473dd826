#include "optim/adam.h"

#include "autograd/base/check.h"
#include "autograd/kernels/optimizer_steps.h"
#include "autograd/tensor/creation.h"
#include "optim/algorithm.h"

namespace xgrad::optim {

namespace {

constexpr auto adamw_fields = [](auto& options, auto&& field) {
  field("lr", options.lr());
  field("betas", options.betas());
  field("eps", options.eps());
  field("weight_decay", options.weight_decay());
  field("amsgrad", options.amsgrad());
  field("maximize", options.maximize());
  field.constant("foreach", Value());
  field.constant("capturable", false);
};

constexpr auto adam_fields = [](auto& options, auto&& field) {
  adamw_fields(options, field);
  field.constant("differentiable", false);
  field.constant("fused", false);
};

template <class Options>
void validate_options(const char* algorithm, const Options& options) {
  const auto [beta1, beta2] = options.betas();
  check<ValueError>(options.lr() >= 0, "{}: the learning rate must not be negative, got {}", algorithm, options.lr());
  check<ValueError>(options.eps() >= 0, "{}: eps must not be negative, got {}", algorithm, options.eps());
  check<ValueError>(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1, "{}: betas must lie in [0, 1), got {} and {}",
                    algorithm, beta1, beta2);
  check<ValueError>(options.weight_decay() >= 0, "{}: weight_decay must not be negative, got {}", algorithm,
                    options.weight_decay());
}

}  // namespace

XGRAD_OPTIMIZER_OPTIONS_STATE(AdamOptions, adam_fields);
XGRAD_OPTIMIZER_OPTIONS_STATE(AdamWOptions, adamw_fields);

void AdamOptions::validate() const { validate_options("Adam", *this); }
void AdamWOptions::validate() const { validate_options("AdamW", *this); }

namespace detail {

template <class Options>
void AdamBase::update_group(const char* algorithm, bool decoupled, const Options& options,
                            const std::vector<Tensor>& params) {
  const auto [beta1, beta2] = options.betas();
  for (const Tensor& param : params) {
    auto& state = state_of<AdamParamState>(param);
    if (!state.exp_avg().defined()) {
      state.exp_avg() = zeros(param.sizes(), param.dtype());
      state.exp_avg_sq() = zeros(param.sizes(), param.dtype());
    }
    if (options.amsgrad() && !state.max_exp_avg_sq().defined()) {
      state.max_exp_avg_sq() = zeros(param.sizes(), param.dtype());
    }
    ++state.step();
    const kernels::AdamStep step{options.lr(), beta1, beta2, options.eps(), options.weight_decay(), decoupled, state.step()};
    const Tensor grad = gradient_of(param, options.maximize());
    const Tensor largest = options.amsgrad() ? state.max_exp_avg_sq() : Tensor();
    update_in_place(algorithm, param, [&]<class T>(T* data) {
      kernels::adam_step<T>(step, param.numel(), grad.data_ptr<T>(), data, state.exp_avg().data_ptr<T>(),
                            state.exp_avg_sq().data_ptr<T>(), data_or_null<T>(largest));
    });
  }
}

Value::Dict AdamBase::save_state(const Tensor& parameter, const OptimizerOptions& /*options*/) const {
  const auto* state = find_state<AdamParamState>(parameter);
  if (state == nullptr) return {};
  Value::Dict saved{{"step", step_value(state->step())}, {"exp_avg", state->exp_avg()}, {"exp_avg_sq", state->exp_avg_sq()}};
  save_tensor(saved, "max_exp_avg_sq", state->max_exp_avg_sq());
  return saved;
}

std::function<void()> AdamBase::read_states(const std::vector<SavedState>& saved) {
  return read_each(saved, [](const Value::Dict& state, const Tensor& param) {
    return AdamParamState()
        .step(read_step("Adam", state))
        .exp_avg(require_tensor("Adam", state, "exp_avg", param))
        .exp_avg_sq(require_tensor("Adam", state, "exp_avg_sq", param))
        .max_exp_avg_sq(read_tensor("Adam", state, "max_exp_avg_sq", param));
  });
}

}  // namespace detail

Adam::Adam(std::vector<OptimizerParamGroup> groups, const AdamOptions& defaults)
    : AdamBase(std::move(groups), defaults.clone()) {}

Adam::Adam(std::vector<Tensor> params, const AdamOptions& defaults) : AdamBase(std::move(params), defaults.clone()) {}

void Adam::update(OptimizerParamGroup& group, const std::vector<Tensor>& params) {
  update_group("Adam", false, static_cast<const AdamOptions&>(group.options()), params);
}

AdamW::AdamW(std::vector<OptimizerParamGroup> groups, const AdamWOptions& defaults)
    : AdamBase(std::move(groups), defaults.clone()) {}

AdamW::AdamW(std::vector<Tensor> params, const AdamWOptions& defaults) : AdamBase(std::move(params), defaults.clone()) {}

void AdamW::update(OptimizerParamGroup& group, const std::vector<Tensor>& params) {
  update_group("AdamW", true, static_cast<const AdamWOptions&>(group.options()), params);
}

}  // namespace xgrad::optim
