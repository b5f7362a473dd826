#include "autograd/ops/vector_products.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/cross.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/products.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/type_promotion.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

Tensor addmv(const Tensor& bias, const Tensor& matrix, const Tensor& vector, Scalar beta, Scalar alpha) {
  const autograd::profiler::RecordFunction profiled("addmv");
  return detail::scaled_sum("addmv", bias, mv(matrix, vector), beta, alpha);
}

Tensor addr(const Tensor& bias, const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha) {
  const autograd::profiler::RecordFunction profiled("addr");
  return detail::scaled_sum("addr", bias, outer(a, b), beta, alpha);
}

Tensor addbmm(const Tensor& bias, const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha) {
  const autograd::profiler::RecordFunction profiled("addbmm");
  return detail::scaled_sum("addbmm", bias, sum(bmm(a, b), 0), beta, alpha);
}

Tensor inner(const Tensor& a, const Tensor& b) {
  const autograd::profiler::RecordFunction profiled("inner");
  if (a.dim() == 0 || b.dim() == 0) return a * b;
  const std::int64_t length = a.size(-1);
  check<ShapeError>(length == b.size(-1), "inner: the last dimensions of {} and {} differ", a.sizes(), b.sizes());
  DimVector sizes(a.sizes().begin(), a.sizes().end() - 1);
  for (std::int64_t i = 0; i + 1 < b.dim(); ++i) sizes.push_back(b.size(i));
  const auto rows = [length](const Tensor& x) {
    std::int64_t count = 1;
    for (std::int64_t i = 0; i + 1 < x.dim(); ++i) count *= x.size(i);
    return reshape(x, {count, length});
  };
  return reshape(mm(rows(a), transpose(rows(b), 0, 1)), sizes);
}

Tensor vdot(const Tensor& a, const Tensor& b) {
  const autograd::profiler::RecordFunction profiled("vdot");
  return dot(a, b);
}
Tensor ger(const Tensor& a, const Tensor& b) {
  const autograd::profiler::RecordFunction profiled("ger");
  return outer(a, b);
}

Tensor kron(const Tensor& a, const Tensor& b) {
  const autograd::profiler::RecordFunction profiled("kron");
  const auto dims = static_cast<std::size_t>(std::max(a.dim(), b.dim()));
  DimVector a_sizes(2 * dims, 1);
  DimVector b_sizes(2 * dims, 1);
  DimVector sizes(dims, 1);
  for (std::size_t i = 0; i < dims; ++i) {
    const std::size_t a_missing = dims - a.sizes().size();
    const std::size_t b_missing = dims - b.sizes().size();
    if (i >= a_missing) a_sizes[2 * i] = a.sizes()[i - a_missing];
    if (i >= b_missing) b_sizes[2 * i + 1] = b.sizes()[i - b_missing];
    sizes[i] = a_sizes[2 * i] * b_sizes[2 * i + 1];
  }
  return reshape(reshape(a, a_sizes) * reshape(b, b_sizes), sizes);
}

namespace {

/// Of one shape and dtype, along a dimension of size 3.
Tensor cross_along(const Tensor& a, const Tensor& b, std::int64_t axis) {
  if (const Dtype wide = compute_dtype(a.dtype()); wide != a.dtype()) {
    return to(cross_along(to(a, wide), to(b, wide), axis), a.dtype());
  }
  Tensor y = empty(a.sizes(), a.dtype());
  const Tensor first = a.detach().contiguous();
  const Tensor second = b.detach().contiguous();
  const auto at = static_cast<std::size_t>(axis);
  visit_dtype(a.dtype(), [&]<class T>() {
    if constexpr (!std::is_same_v<T, bool>) {
      kernels::cross(first.data_ptr<T>(), second.data_ptr<T>(), number_of_elements(a.sizes().slice(0, at)),
                     number_of_elements(a.sizes().slice(at + 1, a.sizes().size() - at - 1)), y.data_ptr<T>());
    }
  });
  record_all("cross", {&y, 1}, {a, b},
             [a = SavedTensor(a), b = SavedTensor(b), axis](std::span<Tensor> grads, const Node& node) {
               std::array<Tensor, 2> gradients;
               if (node.needs_gradient(0)) gradients[0] = cross_along(b.unpack(), grads[0], axis);
               if (node.needs_gradient(1)) gradients[1] = cross_along(grads[0], a.unpack(), axis);
               return gradients;
             });
  return y;
}

}  // namespace

Tensor cross(const Tensor& a, const Tensor& b, std::optional<OnlyInt> dim) {
  const autograd::profiler::RecordFunction profiled("cross");
  check<ShapeError>(dim || a.sizes() == b.sizes(), "cross: shapes {} and {} differ", a.sizes(), b.sizes());
  std::int64_t axis = 0;
  if (dim) {
    axis = wrap_dim("cross", *dim, a.dim());
  } else {
    while (axis < a.dim() && a.size(axis) != 3) ++axis;
  }
  const std::int64_t from_end = axis - a.dim();  // the same dimension of both, where they broadcast
  check<ShapeError>(axis < a.dim() && a.size(axis) == 3 && b.dim() >= -from_end && b.size(from_end) == 3,
                    "cross: expected a dimension of size 3, got shapes {} and {}", a.sizes(), b.sizes());
  const Dtype dtype = result_type(a, b);
  check<TypeError>(dtype != kBool, "cross: expected numbers, got bools");
  const DimVector sizes = broadcast_shapes("cross", a.sizes(), b.sizes());
  return cross_along(detail::expanded(to(a, dtype), sizes), detail::expanded(to(b, dtype), sizes),
                     from_end + static_cast<std::int64_t>(sizes.size()));
}

}  // namespace xgrad
