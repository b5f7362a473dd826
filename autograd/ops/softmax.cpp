#include "autograd/ops/softmax.h"

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/softmax.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/reduced_dims.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// softmax, or its logarithm.
Tensor normalized_exponentials(const char* operation, const Tensor& x, std::int64_t dim, bool logarithm) {
  return visit_floating(x.dtype(), operation, [&]<class T>() {
    const Middle in(x, ReducedDims(operation, x, {dim}));
    Tensor y = empty(x.sizes(), x.dtype());
    kernels::softmax_middle(in.data.data_ptr<T>(), in.outer, in.length, in.inner, logarithm, y.data_ptr<T>());
    return y;
  });
}

/// The gradient of what normalized_exponentials made, of its result `y`.
Tensor normalized_exponentials_backward(const Tensor& grad, const Tensor& y, std::int64_t dim, bool logarithm) {
  return visit_floating(y.dtype(), "softmax", [&]<class T>() {
    const Middle results(y, ReducedDims("softmax", y, {dim}));
    const Tensor arriving = grad.contiguous();
    Tensor gradient = empty(y.sizes(), y.dtype());
    kernels::softmax_middle_backward(arriving.data_ptr<T>(), results.data.data_ptr<T>(), results.outer, results.length,
                                     results.inner, logarithm, gradient.data_ptr<T>());
    return gradient;
  });
}

}  // namespace

Tensor softmax(const Tensor& x, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("softmax");
  Tensor y = normalized_exponentials("softmax", x, dim, false);
  return record("Softmax", y, {x}, [y = SavedTensor::result(y), dim](const Tensor& grad) {
    const Tensor s = y.unpack();
    if (!GradMode::is_enabled()) return normalized_exponentials_backward(grad, s, dim, false);
    return s * (grad - sum(grad * s, {dim}, true));
  });
}

Tensor log_softmax(const Tensor& x, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("log_softmax");
  Tensor y = normalized_exponentials("log_softmax", x, dim, true);
  return record("LogSoftmax", y, {x}, [y = SavedTensor::result(y), dim](const Tensor& grad) {
    const Tensor l = y.unpack();
    if (!GradMode::is_enabled()) return normalized_exponentials_backward(grad, l, dim, true);
    return grad - exp(l) * sum(grad, {dim}, true);
  });
}

}  // namespace xgrad
