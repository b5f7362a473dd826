#include "optim/sgd.h"

#include "autograd/kernels/optimizer_steps.h"
#include "autograd/tensor/check.h"
#include "autograd/tensor/creation.h"
#include "optim/update.h"

namespace xgrad::optim {

void SGDOptions::validate() const {
  check<ValueError>(lr_ >= 0, "SGD: the learning rate must not be negative, got {}", lr_);
  check<ValueError>(momentum_ >= 0, "SGD: momentum must not be negative, got {}", momentum_);
  check<ValueError>(weight_decay_ >= 0, "SGD: weight_decay must not be negative, got {}", weight_decay_);
  check<ValueError>(!nesterov_ || (momentum_ > 0 && dampening_ == 0),
                    "SGD: nesterov needs a momentum and no dampening, got {} and {}", momentum_, dampening_);
}

void SGD::update(OptimizerParamGroup& group, const std::vector<Tensor>& params) {
  const auto& options = static_cast<const SGDOptions&>(group.options());
  for (const Tensor& param : params) {
    const Tensor grad = param.grad().contiguous();
    Tensor buffer;
    bool begins = false;
    if (options.momentum() != 0) {
      Tensor& kept = momentum_buffers_[param];
      begins = !kept.defined();
      if (begins) kept = empty_like(param);
      buffer = kept;
    }
    const kernels::SgdStep step{options.lr(),           options.momentum(), options.dampening(),
                                options.weight_decay(), options.nesterov(), begins};
    update_in_place("SGD", param, [&]<class T>(T* data) {
      kernels::sgd_step<T>(step, param.numel(), grad.data_ptr<T>(), data, buffer.defined() ? buffer.data_ptr<T>() : nullptr);
    });
  }
}

}  // namespace xgrad::optim
