#include "autograd/ops/pdist.h"

#include <cmath>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/graph/saved_tensor.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/power.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// All i < j below n.
std::pair<Tensor, Tensor> pairs(std::int64_t n) {
  Tensor first = empty({n * (n - 1) / 2}, kInt64);
  Tensor second = empty({n * (n - 1) / 2}, kInt64);
  auto* i_of = first.data_ptr<std::int64_t>();
  auto* j_of = second.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = i + 1; j < n; ++j) {
      *i_of++ = i;
      *j_of++ = j;
    }
  }
  return {first, second};
}

/// The gradient of each difference d, of norm y: grad sign(d) (|d| / y)^(p - 1), and 0 where either is 0.
Tensor difference_gradient(const Tensor& d, const Tensor& y, const Tensor& grad, double p) {
  if (p == 0) return zeros_like(d) * grad;
  if (p == 1) return sign(d) * grad;
  // All of the largest differences count in full, where amax would share among them.
  if (std::isinf(p)) return sign(d) * eq(abs(d), y).to(d.dtype()) * grad;
  return detail::norm_gradient(d, y, grad, p);
}

}  // namespace

Tensor pdist(const Tensor& x, double p) {
  check<TypeError>(x.is_floating_point(), "pdist: expected a floating-point tensor, got {}", x.dtype());
  check<ShapeError>(x.dim() == 2, "pdist: expected a matrix, got {}", x.sizes());
  check<ValueError>(p >= 0, "pdist: p must not be negative, got {}", p);
  const auto differences = [](const Tensor& rows) {
    const auto [first, second] = pairs(rows.size(0));
    return index_select(rows, 0, first) - index_select(rows, 0, second);
  };
  Tensor y = x.size(0) < 2 || x.size(1) == 0 ? zeros({x.size(0) * (x.size(0) - 1) / 2}, x.dtype())
                                             : norm(differences(x.detach()), p, -1);
  // The differences, which are many, are computed again for the gradient rather than kept.
  return record("Pdist", y, {x}, [x = SavedTensor(x), y = SavedTensor::result(y), p, differences](const Tensor& grad) {
    const Tensor rows = x.unpack();
    if (rows.size(0) < 2 || rows.size(1) == 0) return zeros_like(rows);
    const Tensor of_pairs = difference_gradient(differences(rows), unsqueeze(y.unpack(), 1), unsqueeze(grad, 1), p);
    const auto [first, second] = pairs(rows.size(0));
    return index_add(index_add(zeros_like(rows), 0, first, of_pairs), 0, second, -of_pairs);
  });
}

}  // namespace xgrad
