#include "nn/utils/weight_norm.h"

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"

namespace xgrad::nn::utils {

Tensor norm_except_dim(const Tensor& v, std::int64_t dim) {
  check<IndexError>(dim >= -1 && dim < v.dim(), "weight_norm: dimension {} is out of range for a weight {}", dim, v.sizes());
  return xgrad::norm_except_dim(v, 2, dim);
}

Tensor normed_weight(const Tensor& v, const Tensor& g, std::int64_t dim) {
  const Tensor lengths = utils::norm_except_dim(v, dim);
  check<ShapeError>(g.sizes() == lengths.sizes(), "weight_norm: lengths {} do not fit a weight {}: expected {}", g.sizes(),
                    v.sizes(), lengths.sizes());
  return v * (g / lengths);
}

namespace detail {

HookHandle split_weight(Module& module, Tensor& weight, std::int64_t dim) {
  const Tensor length = utils::norm_except_dim(weight.detach(), dim);
  const auto parameters = module.named_parameters(/*recurse=*/false);
  for (const char* name : {"weight_g", "weight_v"}) {
    check<ValueError>(!parameters.contains(name), "weight_norm: {} has a parameter '{}' already", module.name(), name);
  }
  const Tensor old = module.unregister_parameter("weight");
  const Tensor g = module.register_parameter("weight_g", length);
  const Tensor v = module.register_parameter("weight_v", old.detach().clone());
  weight = normed_weight(v, g, dim);
  return module.register_forward_pre_hook([&weight, v, g, dim](Module&, TensorList&) { weight = normed_weight(v, g, dim); });
}

}  // namespace detail

}  // namespace xgrad::nn::utils
