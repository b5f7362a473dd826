/// Weights by direction and length. https://pytorch.org/docs/1.13/generated/torch.nn.utils.weight_norm.html
#pragma once

#include <cstdint>

#include "autograd/tensor/tensor.h"
#include "nn/module.h"
#include "nn/module_hooks.h"

namespace xgrad::nn::utils {

/// v g / |v|, with the norm over all dimensions but `dim`; over all of them with -1. g has the size 1 along these. Throws
/// ShapeError for a g that does not fit. Salimans and Kingma, 2016, https://arxiv.org/abs/1602.07868
Tensor normed_weight(const Tensor& v, const Tensor& g, std::int64_t dim = 0);
/// |v| over all dimensions but `dim`, which keep size 1.
Tensor norm_except_dim(const Tensor& v, std::int64_t dim = 0);

namespace detail {
HookHandle split_weight(Module& module, Tensor& weight, std::int64_t dim);
}  // namespace detail

/// Puts the parameters `weight_g` (its length) and `weight_v` (its direction) in the place of a module's `weight`, which is
/// computed from them whenever the module is called through its holder. The module's class has a public member `weight`.
/// Throws IndexError where no such parameter is registered, or dim is out of range, ValueError where the two names are
/// taken. Such a module has no clone(). The handle takes the hook away; the weight stays as it is then.
template <class Holder>
HookHandle weight_norm(const Holder& module, std::int64_t dim = 0) {
  return detail::split_weight(*module, module->weight, dim);
}

}  // namespace xgrad::nn::utils
