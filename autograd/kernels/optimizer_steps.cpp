#include "autograd/kernels/optimizer_steps.h"

#include <cmath>

#include "autograd/base/parallel.h"
#include "autograd/kernels/simd.h"

// Every operation here is exactly rounded, so that vectors and single numbers give the same bits.

namespace xgrad::kernels {

namespace {

/// The numbers of a step in the type of the elements.
template <class T>
struct AdamFactors {
  explicit AdamFactors(const AdamStep& o)
      : beta1(static_cast<T>(o.beta1)),
        beta2(static_cast<T>(o.beta2)),
        rest1(static_cast<T>(1 - o.beta1)),
        rest2(static_cast<T>(1 - o.beta2)),
        eps(static_cast<T>(o.eps)),
        decay(static_cast<T>(o.decoupled ? 0 : o.weight_decay)),
        shrink(static_cast<T>(o.decoupled ? 1 - o.lr * o.weight_decay : 1)),
        step_size(static_cast<T>(o.lr / (1 - std::pow(o.beta1, static_cast<double>(o.step))))),
        scale(static_cast<T>(1 / std::sqrt(1 - std::pow(o.beta2, static_cast<double>(o.step))))) {}
  T beta1, beta2, rest1, rest2, eps, decay, shrink, step_size, scale;
};

/// The gradient with the decay of the parameter's size; without one, what is infinite stays so.
template <class V, class T>
V decayed(const V& grad, T decay, const V& param) {
  return decay == T(0) ? grad : grad + V(decay) * param;
}

/// V is a vector of T, or T itself.
template <class V, class T>
struct AdamNumbers {
  V grad, param, first, second, max_second;

  void step(const AdamFactors<T>& f, bool amsgrad) {
    using std::sqrt;
    using xsimd::sqrt;
    const V g = decayed<V, T>(grad, f.decay, param);
    first = first * V(f.beta1) + g * V(f.rest1);
    second = second * V(f.beta2) + g * g * V(f.rest2);
    if (amsgrad) max_second = larger(max_second, second);
    const V size = amsgrad ? max_second : second;
    param = param * V(f.shrink) - V(f.step_size) * (first / (sqrt(size) * V(f.scale) + V(f.eps)));
  }

  static V larger(const V& a, const V& b) {
    if constexpr (std::is_same_v<V, T>) return a > b ? a : b;
    else return xsimd::select(a > b, a, b);
  }
};

/// Element `i` and those behind it in a vector V of T, or in T itself; zeros without memory.
template <class V, class T>
V load(const T* data, std::int64_t i) {
  if (data == nullptr) return V(T(0));
  if constexpr (std::is_same_v<V, T>) return data[i];
  else return V::load_unaligned(data + i);
}
template <class V, class T>
void store(const V& value, T* data, std::int64_t i) {
  if (data == nullptr) return;
  if constexpr (std::is_same_v<V, T>) data[i] = value;
  else value.store_unaligned(data + i);
}

/// Calls step.template operator()<V>(i) for vectors V of T that cover elements 0 ... n - 1, and for T at the ends.
template <class T, class Step>
void for_each_vector(std::int64_t n, const Step& step) {
  using Batch = xsimd::batch<T>;
  constexpr auto width = static_cast<std::int64_t>(Batch::size);
  parallel_for(0, n, moving_grain, [&](std::int64_t begin, std::int64_t end) {
    const Step own = step;  // a copy of one's own stays in registers: what is stored could change another one
    std::int64_t i = begin;
    for (; i + width <= end; i += width) own.template operator()<Batch>(i);
    for (; i < end; ++i) own.template operator()<T>(i);
  });
}

}  // namespace

template <class T>
void adam_step(const AdamStep& options, std::int64_t n, const T* grad, T* param, T* first, T* second, T* max_second) {
  using Batch = xsimd::batch<T>;
  constexpr auto width = static_cast<std::int64_t>(Batch::size);
  const AdamFactors<T> factors(options);
  const bool amsgrad = max_second != nullptr;
  parallel_for(0, n, elementwise_grain, [=](std::int64_t begin, std::int64_t end) {
    std::int64_t i = begin;
    for (; i + width <= end; i += width) {
      AdamNumbers<Batch, T> v{Batch::load_unaligned(grad + i), Batch::load_unaligned(param + i),
                              Batch::load_unaligned(first + i), Batch::load_unaligned(second + i), Batch(T(0))};
      if (amsgrad) v.max_second = Batch::load_unaligned(max_second + i);
      v.step(factors, amsgrad);
      v.param.store_unaligned(param + i);
      v.first.store_unaligned(first + i);
      v.second.store_unaligned(second + i);
      if (amsgrad) v.max_second.store_unaligned(max_second + i);
    }
    for (; i < end; ++i) {
      AdamNumbers<T, T> v{grad[i], param[i], first[i], second[i], amsgrad ? max_second[i] : T(0)};
      v.step(factors, amsgrad);
      param[i] = v.param;
      first[i] = v.first;
      second[i] = v.second;
      if (amsgrad) max_second[i] = v.max_second;
    }
  });
}

template <class T>
void sparse_adam_step(const SparseAdamStep& o, std::int64_t n, const T* grad, T* param, T* first, T* second) {
  const auto step_size = static_cast<T>(o.step_size);
  const auto rest1 = static_cast<T>(1 - o.beta1);
  const auto rest2 = static_cast<T>(1 - o.beta2);
  const auto eps = static_cast<T>(o.eps);
  const auto sign = static_cast<T>(o.maximize ? -1 : 1);
  for_each_vector<T>(n, [=]<class V>(std::int64_t i) {
    using std::sqrt;
    using xsimd::sqrt;
    const V g = V(sign) * load<V>(grad, i);
    const V m = load<V>(first, i);
    const V v = load<V>(second, i);
    const V next_m = m + (g - m) * V(rest1);
    const V next_v = v + (g * g - v) * V(rest2);
    store(next_m, first, i);
    store(next_v, second, i);
    store<V>(load<V>(param, i) - V(step_size) * (next_m / (sqrt(next_v) + V(eps))), param, i);
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
  for_each_vector<T>(n, [=]<class V>(std::int64_t i) {
    const V p = load<V>(param, i);
    V g = decayed<V, T>(load<V>(grad, i), decay, p);
    if (buffer != nullptr) {
      const V average = begins ? g : load<V>(buffer, i) * V(momentum) + g * V(share);
      store(average, buffer, i);
      g = nesterov ? g + V(momentum) * average : average;
    }
    store<V>(p - V(lr) * g, param, i);
  });
}

template <class T>
void adagrad_step(const AdagradStep& o, std::int64_t n, const T* grad, T* param, T* sum) {
  const auto lr = static_cast<T>(o.lr);
  const auto eps = static_cast<T>(o.eps);
  const auto decay = static_cast<T>(o.weight_decay);
  for_each_vector<T>(n, [=]<class V>(std::int64_t i) {
    using std::sqrt;
    using xsimd::sqrt;
    const V p = load<V>(param, i);
    const V g = decayed<V, T>(load<V>(grad, i), decay, p);
    const V s = load<V>(sum, i) + g * g;
    store(s, sum, i);
    store<V>(p - V(lr) * (g / (sqrt(s) + V(eps))), param, i);
  });
}

template <class T>
void rmsprop_step(const RmspropStep& o, std::int64_t n, const T* grad, T* param, T* square_average, T* grad_average,
                  T* buffer) {
  const auto lr = static_cast<T>(o.lr);
  const auto eps = static_cast<T>(o.eps);
  const auto decay = static_cast<T>(o.weight_decay);
  const auto alpha = static_cast<T>(o.alpha);
  const auto rest = static_cast<T>(1 - o.alpha);
  const auto momentum = static_cast<T>(o.momentum);
  for_each_vector<T>(n, [=]<class V>(std::int64_t i) {
    using std::sqrt;
    using xsimd::sqrt;
    const V p = load<V>(param, i);
    const V g = decayed<V, T>(load<V>(grad, i), decay, p);
    const V square = load<V>(square_average, i) * V(alpha) + g * g * V(rest);
    store(square, square_average, i);
    V size = square;
    if (grad_average != nullptr) {
      const V average = load<V>(grad_average, i) * V(alpha) + g * V(rest);
      store(average, grad_average, i);
      size = square - average * average;
    }
    V step = g / (sqrt(size) + V(eps));
    if (buffer != nullptr) {
      step = load<V>(buffer, i) * V(momentum) + step;
      store(step, buffer, i);
    }
    store<V>(p - V(lr) * step, param, i);
  });
}

template void adagrad_step(const AdagradStep&, std::int64_t, const float*, float*, float*);
template void adagrad_step(const AdagradStep&, std::int64_t, const double*, double*, double*);
template void rmsprop_step(const RmspropStep&, std::int64_t, const float*, float*, float*, float*, float*);
template void rmsprop_step(const RmspropStep&, std::int64_t, const double*, double*, double*, double*, double*);
template void adam_step(const AdamStep&, std::int64_t, const float*, float*, float*, float*, float*);
template void adam_step(const AdamStep&, std::int64_t, const double*, double*, double*, double*, double*);
template void sparse_adam_step(const SparseAdamStep&, std::int64_t, const float*, float*, float*, float*);
template void sparse_adam_step(const SparseAdamStep&, std::int64_t, const double*, double*, double*, double*);
template void sgd_step(const SgdStep&, std::int64_t, const float*, float*, float*);
template void sgd_step(const SgdStep&, std::int64_t, const double*, double*, double*);

}  // namespace xgrad::kernels
