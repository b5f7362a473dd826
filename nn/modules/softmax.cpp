#include "nn/modules/softmax.h"

#include "nn/functional/activation.h"

namespace xgrad::nn {

Tensor GLUImpl::forward(const Tensor& x) const { return functional::glu(x, options); }
Tensor SoftmaxImpl::forward(const Tensor& x) const { return functional::softmax(x, options); }
Tensor SoftminImpl::forward(const Tensor& x) const { return functional::softmin(x, options); }
Tensor LogSoftmaxImpl::forward(const Tensor& x) const { return functional::log_softmax(x, options); }

}  // namespace xgrad::nn
