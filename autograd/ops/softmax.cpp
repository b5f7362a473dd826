#include "autograd/ops/softmax.h"

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/softmax.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// A tensor with one dimension moved to the end, contiguous: rows for the kernels.
struct Rows {
  Rows(const Tensor& x, std::int64_t axis) {
    const NoGradGuard no_grad;
    data = x.dim() == 0 ? view(x.detach(), {1}) : contiguous(transpose(x.detach(), axis, -1));
    length = data.size(-1);
    rows = length == 0 ? 0 : data.numel() / length;
  }
  Tensor data;
  std::int64_t length;
  std::int64_t rows;
};

/// The rows' results in the shape of the input.
Tensor back(const Tensor& rows, const Tensor& like, std::int64_t axis) {
  const NoGradGuard no_grad;
  const Tensor y = like.dim() == 0 ? view(rows, {}) : contiguous(transpose(rows, axis, -1));
  return y.is_view() ? y.detach() : y;
}

Tensor compute(const char* operation, const Tensor& x, std::int64_t dim, bool logarithm) {
  const std::int64_t axis = wrap_dim(operation, dim, x.dim());
  return visit_floating(x.dtype(), operation, [&]<class T>() {
    const Rows in(x, axis);
    const Tensor out = empty_like(in.data);
    kernels::softmax_rows(in.data.data_ptr<T>(), in.rows, in.length, logarithm, out.data_ptr<T>());
    return back(out, x, axis);
  });
}

Tensor compute_backward(const Tensor& grad, const Tensor& y, std::int64_t dim, bool logarithm) {
  const std::int64_t axis = wrap_dim("softmax", dim, y.dim());
  return visit_floating(y.dtype(), "softmax", [&]<class T>() {
    const Rows gradients(grad, axis);
    const Rows results(y, axis);
    const Tensor out = empty_like(results.data);
    kernels::softmax_rows_backward(gradients.data.data_ptr<T>(), results.data.data_ptr<T>(), results.rows, results.length,
                                   logarithm, out.data_ptr<T>());
    return back(out, y, axis);
  });
}

}  // namespace

Tensor softmax(const Tensor& x, std::int64_t dim) {
  const autograd::profiler::RecordFunction profiled("softmax");
  Tensor y = compute("softmax", x, dim, false);
  return record("Softmax", y, {x}, [y = SavedTensor::result(y), dim](const Tensor& grad) {
    const Tensor s = y.unpack();
    if (!GradMode::is_enabled()) return compute_backward(grad, s, dim, false);
    return s * (grad - sum(grad * s, dim, true));
  });
}

Tensor log_softmax(const Tensor& x, std::int64_t dim) {
  const autograd::profiler::RecordFunction profiled("log_softmax");
  Tensor y = compute("log_softmax", x, dim, true);
  return record("LogSoftmax", y, {x}, [y = SavedTensor::result(y), dim](const Tensor& grad) {
    const Tensor l = y.unpack();
    if (!GradMode::is_enabled()) return compute_backward(grad, l, dim, true);
    return grad - exp(l) * sum(grad, dim, true);
  });
}

}  // namespace xgrad
