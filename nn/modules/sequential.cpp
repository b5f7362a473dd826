#include "nn/modules/sequential.h"

#include "autograd/tensor/check.h"

namespace xgrad::nn {

Tensor SequentialImpl::forward(const Tensor& x) const {
  check<ValueError>(!steps_.empty(), "Sequential: there is no module to run");
  Tensor result = x;
  for (const auto& step : steps_) result = step(result);
  return result;
}

}  // namespace xgrad::nn
