#include "optim/adam.h"

#include "autograd/kernels/optimizer_steps.h"
#include "autograd/tensor/check.h"
#include "autograd/tensor/creation.h"
#include "optim/update.h"

namespace xgrad::optim {

void AdamOptions::validate() const {
  const auto [beta1, beta2] = betas_;
  check<ValueError>(lr_ >= 0, "Adam: the learning rate must not be negative, got {}", lr_);
  check<ValueError>(eps_ >= 0, "Adam: eps must not be negative, got {}", eps_);
  check<ValueError>(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1, "Adam: betas must lie in [0, 1), got {} and {}",
                    beta1, beta2);
  check<ValueError>(weight_decay_ >= 0, "Adam: weight_decay must not be negative, got {}", weight_decay_);
}

void Adam::update(OptimizerParamGroup& group, const std::vector<Tensor>& params) {
  const auto& options = static_cast<const AdamOptions&>(group.options());
  for (const Tensor& param : params) {
    State& state = states_[param];
    if (state.step == 0) {
      state.first = zeros_like(param);
      state.second = zeros_like(param);
    }
    if (options.amsgrad() && !state.max_second.defined()) state.max_second = zeros_like(param);
    ++state.step;
    const kernels::AdamStep step{options.lr(),  std::get<0>(options.betas()), std::get<1>(options.betas()),
                                 options.eps(), options.weight_decay(),       decoupled_,
                                 state.step};
    const Tensor grad = param.grad().contiguous();
    update_in_place("Adam", param, [&]<class T>(T* data) {
      kernels::adam_step<T>(step, param.numel(), grad.data_ptr<T>(), data, state.first.data_ptr<T>(),
                            state.second.data_ptr<T>(), options.amsgrad() ? state.max_second.data_ptr<T>() : nullptr);
    });
  }
}

}  // namespace xgrad::optim
