#include "nn/modules/activation.h"

#include <ostream>

#include "autograd/ops/loss.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/softmax.h"
#include "autograd/tensor/check.h"

namespace xgrad::nn {

Tensor ReLUImpl::forward(const Tensor& x) const { return relu(x); }
Tensor TanhImpl::forward(const Tensor& x) const { return tanh(x); }
Tensor SigmoidImpl::forward(const Tensor& x) const { return sigmoid(x); }
Tensor GELUImpl::forward(const Tensor& x) const { return gelu(x); }
Tensor SiLUImpl::forward(const Tensor& x) const { return silu(x); }

Tensor LeakyReLUImpl::forward(const Tensor& x) const { return leaky_relu(x, options.negative_slope()); }
void LeakyReLUImpl::pretty_print(std::ostream& stream) const {
  stream << "LeakyReLU(negative_slope=" << options.negative_slope() << ')';
}

Tensor SoftmaxImpl::forward(const Tensor& x) const { return softmax(x, options.dim()); }
void SoftmaxImpl::pretty_print(std::ostream& stream) const { stream << "Softmax(dim=" << options.dim() << ')'; }

Tensor LogSoftmaxImpl::forward(const Tensor& x) const { return log_softmax(x, options.dim()); }
void LogSoftmaxImpl::pretty_print(std::ostream& stream) const { stream << "LogSoftmax(dim=" << options.dim() << ')'; }

DropoutImpl::DropoutImpl(const DropoutOptions& options_) : options(options_) {
  check<ValueError>(options.p() >= 0 && options.p() <= 1, "Dropout: the probability must lie in [0, 1], got {}",
                    options.p());
}
Tensor DropoutImpl::forward(const Tensor& x) const { return dropout(x, options.p(), is_training()); }
void DropoutImpl::pretty_print(std::ostream& stream) const { stream << "Dropout(p=" << options.p() << ')'; }

}  // namespace xgrad::nn
