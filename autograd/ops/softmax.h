/// Softmax and its logarithm, along one dimension of a floating-point tensor (TypeError), without overflow.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// e^x / sum(e^x). https://pytorch.org/docs/1.13/generated/torch.nn.functional.softmax.html
Tensor softmax(const Tensor& x, OnlyInt dim);
/// x - log(sum(e^x))
Tensor log_softmax(const Tensor& x, OnlyInt dim);
/// The same of x in another dtype.
inline Tensor softmax(const Tensor& x, OnlyInt dim, std::optional<Dtype> dtype) {
  return softmax(dtype ? x.to(*dtype) : x, dim);
}
/// The same of x in another dtype.
inline Tensor log_softmax(const Tensor& x, OnlyInt dim, std::optional<Dtype> dtype) {
  return log_softmax(dtype ? x.to(*dtype) : x, dim);
}

}  // namespace xgrad
