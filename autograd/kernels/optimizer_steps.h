/// The parameter updates of optimizers, each in one pass over memory.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

struct AdamStep {
  double lr;
  double beta1;
  double beta2;
  double eps;
  double weight_decay;
  bool decoupled;  ///< AdamW: the decay acts on the parameter, not through the gradient
  std::int64_t step;
};

/// One step over n numbers. `max_second` is nullptr but for amsgrad.
template <class T>
void adam_step(const AdamStep& options, std::int64_t n, const T* grad, T* param, T* first, T* second, T* max_second);

struct SparseAdamStep {
  double step_size;  ///< the learning rate, after the moments' correction
  double beta1;
  double beta2;
  double eps;
  bool maximize;
};

/// One step over n numbers that have a gradient.
template <class T>
void sparse_adam_step(const SparseAdamStep& options, std::int64_t n, const T* grad, T* param, T* first, T* second);

struct SgdStep {
  double lr;
  double momentum;
  double dampening;
  double weight_decay;
  bool nesterov;
  bool begins;  ///< the momentum buffer starts as the gradient
};

/// `buffer` is nullptr without momentum.
template <class T>
void sgd_step(const SgdStep& options, std::int64_t n, const T* grad, T* param, T* buffer);

struct AdagradStep {
  double lr;  ///< after its decay
  double eps;
  double weight_decay;
};

/// `sum` is of squared gradients.
template <class T>
void adagrad_step(const AdagradStep& options, std::int64_t n, const T* grad, T* param, T* sum);

struct RmspropStep {
  double lr;
  double alpha;
  double eps;
  double weight_decay;
  double momentum;
};

/// `grad_average` is nullptr unless centered, `buffer` without momentum.
template <class T>
void rmsprop_step(const RmspropStep& options, std::int64_t n, const T* grad, T* param, T* square_average, T* grad_average,
                  T* buffer);

}  // namespace xgrad::kernels
