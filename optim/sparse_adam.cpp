#include "optim/sparse_adam.h"

#include <cmath>

#include "autograd/base/check.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/kernels/optimizer_steps.h"
#include "autograd/tensor/creation.h"
#include "optim/algorithm.h"

namespace xgrad::optim {

namespace {

constexpr auto sparse_adam_fields = [](auto& options, auto&& field) {
  field("lr", options.lr());
  field("betas", options.betas());
  field("eps", options.eps());
  field("maximize", options.maximize());
};

}  // namespace

XGRAD_OPTIMIZER_OPTIONS_STATE(SparseAdamOptions, sparse_adam_fields);

void SparseAdamOptions::validate() const {
  const auto [beta1, beta2] = betas_;
  check<ValueError>(lr_ > 0, "SparseAdam: the learning rate must be positive, got {}", lr_);
  check<ValueError>(eps_ > 0, "SparseAdam: eps must be positive, got {}", eps_);
  check<ValueError>(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1,
                    "SparseAdam: betas must lie in [0, 1), got {} and {}", beta1, beta2);
}

SparseAdam::SparseAdam(std::vector<OptimizerParamGroup> groups, const SparseAdamOptions& defaults)
    : FirstOrderOptimizer(std::move(groups), defaults.clone()) {}

SparseAdam::SparseAdam(std::vector<Tensor> params, const SparseAdamOptions& defaults)
    : FirstOrderOptimizer(std::move(params), defaults.clone()) {}

void SparseAdam::update(OptimizerParamGroup& group, const std::vector<Tensor>& params) {
  for (const OptimizerParamGroup& any : param_groups()) {  // before the first one changes
    for (const Tensor& param : any.params()) {
      check<ValueError>(!param.grad().defined() || nonzero_rows(param.grad()) != nullptr,
                        "SparseAdam: the gradient of a parameter of shape {} is dense: expected that of an embedding with "
                        "sparse(true), as backward left it",
                        param.sizes());
    }
  }
  const auto& options = static_cast<const SparseAdamOptions&>(group.options());
  const auto [beta1, beta2] = options.betas();
  for (const Tensor& param : params) {
    auto& state = state_of<SparseAdamParamState>(param);
    if (!state.exp_avg().defined()) {
      state.exp_avg() = zeros(param.sizes(), param.dtype());
      state.exp_avg_sq() = zeros(param.sizes(), param.dtype());
    }
    const auto steps = static_cast<double>(++state.step());
    const double step_size = options.lr() * std::sqrt(1 - std::pow(beta2, steps)) / (1 - std::pow(beta1, steps));
    const kernels::SparseAdamStep step{step_size, beta1, beta2, options.eps(), options.maximize()};
    const Tensor& grad = param.grad();
    update_in_place("SparseAdam", param, [&]<class T>(T* data) {
      for_each_part(grad, false, [&](std::int64_t first, std::int64_t count) {
        kernels::sparse_adam_step<T>(step, count, grad.data_ptr<T>() + first, data + first,
                                     state.exp_avg().data_ptr<T>() + first, state.exp_avg_sq().data_ptr<T>() + first);
      });
    });
  }
}

Value::Dict SparseAdam::save_state(const Tensor& parameter, const OptimizerOptions& /*options*/) const {
  const auto* state = find_state<SparseAdamParamState>(parameter);
  if (state == nullptr) return {};
  // Python's SparseAdam counts steps in an integer.
  return {{"step", state->step()}, {"exp_avg", state->exp_avg()}, {"exp_avg_sq", state->exp_avg_sq()}};
}

std::function<void()> SparseAdam::read_states(const std::vector<SavedState>& saved) {
  return read_each(saved, [](const Value::Dict& state, const Tensor& param) {
    return SparseAdamParamState()
        .step(read_step("SparseAdam", state))
        .exp_avg(require_tensor("SparseAdam", state, "exp_avg", param))
        .exp_avg_sq(require_tensor("SparseAdam", state, "exp_avg_sq", param));
  });
}

}  // namespace xgrad::optim
