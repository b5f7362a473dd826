#include "optim/sgd.h"

#include <cstdint>

#include "autograd/base/check.h"
#include "autograd/kernels/optimizer_steps.h"
#include "autograd/tensor/creation.h"
#include "optim/algorithm.h"

namespace xgrad::optim {

namespace {

constexpr auto sgd_fields = [](auto& options, auto&& field) {
  field("lr", options.lr());
  field("momentum", options.momentum());
  field("dampening", options.dampening());
  field("weight_decay", options.weight_decay());
  field("nesterov", options.nesterov());
  field("maximize", options.maximize());
  field.constant("foreach", Value());
  field.constant("differentiable", false);
};

}  // namespace

XGRAD_OPTIMIZER_OPTIONS_STATE(SGDOptions, sgd_fields);

void SGDOptions::validate() const {
  check<ValueError>(lr_ >= 0, "SGD: the learning rate must not be negative, got {}", lr_);
  check<ValueError>(momentum_ >= 0, "SGD: momentum must not be negative, got {}", momentum_);
  check<ValueError>(weight_decay_ >= 0, "SGD: weight_decay must not be negative, got {}", weight_decay_);
  check<ValueError>(!nesterov_ || (momentum_ > 0 && dampening_ == 0),
                    "SGD: nesterov needs a momentum and no dampening, got {} and {}", momentum_, dampening_);
}

SGD::SGD(std::vector<Tensor> params, const SGDOptions& defaults)
    : FirstOrderOptimizer(std::move(params), defaults.clone()) {}

SGD::SGD(std::vector<OptimizerParamGroup> groups, const SGDOptions& defaults)
    : FirstOrderOptimizer(std::move(groups), defaults.clone()) {}

void SGD::update(OptimizerParamGroup& group, const std::vector<Tensor>& params) {
  const auto& options = static_cast<const SGDOptions&>(group.options());
  for (const Tensor& param : params) {
    const Tensor grad = gradient_of(param, options.maximize());
    Tensor buffer;
    bool begins = false;
    if (options.momentum() != 0) {
      Tensor& kept = state_of<SGDParamState>(param).momentum_buffer();
      begins = !kept.defined();
      if (begins) kept = empty(param.sizes(), param.dtype());
      buffer = kept;
    }
    const kernels::SgdStep step{options.lr(),           options.momentum(), options.dampening(),
                                options.weight_decay(), options.nesterov(), begins};
    // Without momentum and decay, what has no gradient stays.
    const bool all = options.momentum() != 0 || options.weight_decay() != 0;
    update_in_place("SGD", param, [&]<class T>(T* data) {
      for_each_part(grad, all, [&](std::int64_t first, std::int64_t count) {
        kernels::sgd_step<T>(step, count, grad.data_ptr<T>() + first, data + first, data_or_null<T>(buffer));
      });
    });
  }
}

Value::Dict SGD::save_state(const Tensor& parameter, const OptimizerOptions& /*options*/) const {
  Value::Dict state;
  if (const auto* kept = find_state<SGDParamState>(parameter))
    save_tensor(state, "momentum_buffer", kept->momentum_buffer());
  return state;
}

std::function<void()> SGD::read_states(const std::vector<SavedState>& saved) {
  return read_each(saved, [](const Value::Dict& state, const Tensor& param) {
    return SGDParamState().momentum_buffer(read_tensor("SGD", state, "momentum_buffer", param));
  });
}

}  // namespace xgrad::optim
