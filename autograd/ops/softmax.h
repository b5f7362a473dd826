/// Softmax and its logarithm, along one dimension of a floating-point tensor (TypeError), without overflow.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// e^x / sum(e^x). https://pytorch.org/docs/1.13/generated/torch.nn.functional.softmax.html
Tensor softmax(const Tensor& x, std::int64_t dim);
/// x - log(sum(e^x))
Tensor log_softmax(const Tensor& x, std::int64_t dim);

}  // namespace xgrad
