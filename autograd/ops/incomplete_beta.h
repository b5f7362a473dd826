/// The incomplete beta function's slopes.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad::detail {

/// dx / da / (1 - x) for draws x of the beta distribution of a and b = total - a, where b and the draw's place in the
/// distribution stay. All of one shape and dtype. A gradient of it is a GraphError.
Tensor beta_quantile_slope(const Tensor& a, const Tensor& total, const Tensor& x);

}  // namespace xgrad::detail
