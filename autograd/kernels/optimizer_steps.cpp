#include "autograd/kernels/optimizer_steps.h"

#include <cmath>

#include "autograd/kernels/parallel.h"

// Plain loops: every operation here is exactly rounded, so that the compiler's vectors give the same bits as single numbers.

namespace xgrad::kernels {

template <class T>
void adam_step(const AdamStep& o, std::int64_t n, const T* grad, T* param, T* first, T* second, T* max_second) {
  const auto beta1 = static_cast<T>(o.beta1);
  const auto beta2 = static_cast<T>(o.beta2);
  const auto rest1 = static_cast<T>(1 - o.beta1);
  const auto rest2 = static_cast<T>(1 - o.beta2);
  const auto eps = static_cast<T>(o.eps);
  const auto decay = static_cast<T>(o.decoupled ? 0 : o.weight_decay);
  const auto shrink = static_cast<T>(o.decoupled ? 1 - o.lr * o.weight_decay : 1);
  const double correction1 = 1 - std::pow(o.beta1, static_cast<double>(o.step));
  const double correction2 = 1 - std::pow(o.beta2, static_cast<double>(o.step));
  const auto step_size = static_cast<T>(o.lr / correction1);
  const auto root_correction2 = static_cast<T>(std::sqrt(correction2));
  parallel_for(0, n, elementwise_grain, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const T g = grad[i] + decay * param[i];
      first[i] = first[i] * beta1 + g * rest1;
      second[i] = second[i] * beta2 + g * g * rest2;
      T size = second[i];
      if (max_second != nullptr) {
        max_second[i] = max_second[i] > second[i] ? max_second[i] : second[i];
        size = max_second[i];
      }
      param[i] = param[i] * shrink - step_size * (first[i] / (std::sqrt(size) / root_correction2 + eps));
    }
  });
}

template <class T>
void sgd_step(const SgdStep& o, std::int64_t n, const T* grad, T* param, T* buffer) {
  const auto lr = static_cast<T>(o.lr);
  const auto momentum = static_cast<T>(o.momentum);
  const auto share = static_cast<T>(1 - o.dampening);
  const auto decay = static_cast<T>(o.weight_decay);
  const bool nesterov = o.nesterov;
  const bool begins = o.begins;
  parallel_for(0, n, elementwise_grain, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      T g = grad[i] + decay * param[i];
      if (buffer != nullptr) {
        buffer[i] = begins ? g : buffer[i] * momentum + g * share;
        g = nesterov ? g + momentum * buffer[i] : buffer[i];
      }
      param[i] -= lr * g;
    }
  });
}

template void adam_step(const AdamStep&, std::int64_t, const float*, float*, float*, float*, float*);
template void adam_step(const AdamStep&, std::int64_t, const double*, double*, double*, double*, double*);
template void sgd_step(const SgdStep&, std::int64_t, const float*, float*, float*);
template void sgd_step(const SgdStep&, std::int64_t, const double*, double*, double*);

}  // namespace xgrad::kernels
