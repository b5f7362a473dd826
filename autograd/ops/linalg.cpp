#include "autograd/ops/linalg.h"

#include <algorithm>
#include <cmath>

#include "autograd/base/check.h"
#include "autograd/base/parallel.h"
#include "autograd/graph/record.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/contraction.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/products.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/solve.h"
#include "autograd/ops/vector_products.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

Tensor in_dtype(const Tensor& x, std::optional<Dtype> dtype) { return dtype ? x.to(*dtype) : x; }

}  // namespace

Tensor linalg_multi_dot(const TensorList& given) {
  const autograd::profiler::RecordFunction profiled("linalg_multi_dot");
  check<ValueError>(given.size() >= 2, "linalg_multi_dot: expected at least two matrices, got {}", given.size());
  const bool row = given.front().dim() == 1;
  const bool column = given.back().dim() == 1;
  TensorList matrices = given;
  if (row) matrices.front() = unsqueeze(matrices.front(), 0);
  if (column) matrices.back() = unsqueeze(matrices.back(), 1);
  Tensor product = chain_matmul(matrices);
  if (column) product = squeeze(product, 1);
  return row ? squeeze(product, 0) : product;
}

Tensor linalg_vecdot(const Tensor& a, const Tensor& b, OnlyInt dim) {
  check<TypeError>(a.dtype() == b.dtype(), "linalg_vecdot: dtypes {} and {} differ", a.dtype(), b.dtype());
  if (a.dim() == 1 && b.dim() == 1 && a.numel() == b.numel() && (dim == 0 || dim == -1)) return dot(a, b);
  return sum(a * b, {dim});
}

Tensor linalg_cross(const Tensor& a, const Tensor& b, OnlyInt dim) {
  check<ShapeError>(a.dim() == b.dim(), "linalg_cross: {} and {} have different numbers of dimensions", a.sizes(),
                    b.sizes());
  return cross(a, b, dim);
}

Tensor linalg_matrix_power(const Tensor& a, std::int64_t n) {
  const autograd::profiler::RecordFunction profiled("linalg_matrix_power");
  check<ShapeError>(a.dim() >= 2 && a.size(-1) == a.size(-2),
                    "linalg_matrix_power: expected square matrices (..., n, n), got {}", a.sizes());
  if (n == 0) return expand(eye(a.size(-1), a.dtype()), a.sizes()).clone();
  Tensor square = n < 0 ? linalg_inv(a) : a;
  Tensor result;
  for (std::uint64_t left = n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n); left > 0; left /= 2) {
    if (left % 2 == 1) result = result.defined() ? matmul(result, square) : square;
    if (left > 1) square = matmul(square, square);
  }
  return n == 1 ? result.clone() : result;
}

namespace {

/// The sum over k of k x^(k - 1) grad[..., k], by Horner's rule.
Tensor vander_gradient(const Tensor& x, const Tensor& grad) {
  const std::int64_t powers = grad.size(-1);
  if (GradMode::is_enabled() || x.dtype() != grad.dtype() || compute_dtype(x.dtype()) != x.dtype()) {
    Tensor slope = select(grad, -1, powers - 1) * (powers - 1);
    for (std::int64_t k = powers - 2; k > 0; --k) slope = slope * x + select(grad, -1, k) * k;
    return slope;
  }
  const Tensor at = x.contiguous();
  const Tensor arriving = grad.contiguous();
  Tensor slope = empty(x.sizes(), x.dtype());
  visit_floating(x.dtype(), "linalg_vander", [&]<class T>() {
    const T* numbers = at.data_ptr<T>();
    const T* flow = arriving.data_ptr<T>();
    T* out = slope.data_ptr<T>();
    const std::int64_t grain = kernels::runs_in_part(kernels::moving_grain, powers);
    kernels::parallel_for(0, x.numel(), grain, [=](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) {
        const auto number = static_cast<double>(numbers[i]);
        double sum = 0;
        for (std::int64_t k = powers - 1; k > 0; --k) {
          sum = sum * number + static_cast<double>(k) * static_cast<double>(flow[i * powers + k]);
        }
        out[i] = static_cast<T>(sum);
      }
    });
  });
  return slope;
}

}  // namespace

Tensor linalg_vander(const Tensor& x, std::optional<std::int64_t> n) {
  const autograd::profiler::RecordFunction profiled("linalg_vander");
  check<ShapeError>(x.dim() >= 1, "linalg_vander: expected at least one dimension");
  check<TypeError>(x.dtype() != kBool, "linalg_vander: bools have no powers");
  const std::int64_t powers = n.value_or(x.size(-1));
  check<ValueError>(powers > 1, "linalg_vander: expected at least two powers, got {}", powers);
  const Tensor column = unsqueeze(x.detach(), -1);
  DimVector sizes = to_dims(column.sizes());
  sizes.back() = powers - 1;
  const Tensor y = cat({ones_like(column), cumprod(expand(column, sizes), -1).to(x.scalar_type())}, -1);
  return record("LinalgVander", y, {x},
                [x = SavedTensor(x)](const Tensor& grad) { return vander_gradient(x.unpack(), grad); });
}

Tensor linalg_vector_norm(const Tensor& x, Scalar ord, IntArrayRef dims, OnlyBool keepdim, std::optional<Dtype> dtype) {
  return norm(in_dtype(x, dtype), ord, dims, keepdim);
}

namespace {

/// Two dimensions, counted from the front.
DimVector matrix_dims(const Tensor& x, IntArrayRef dims) {
  check<ShapeError>(dims.size() == 2, "linalg_matrix_norm: expected two dimensions, got {}", dims);
  check<ShapeError>(x.dim() >= 2, "linalg_matrix_norm: expected matrices, got {}", x.sizes());
  DimVector found{wrap_dim("linalg_matrix_norm", dims[0], x.dim()), wrap_dim("linalg_matrix_norm", dims[1], x.dim())};
  check<IndexError>(found[0] != found[1], "linalg_matrix_norm: dimension {} is named twice", dims[0]);
  return found;
}

}  // namespace

Tensor linalg_matrix_norm(const Tensor& given, Scalar ord, IntArrayRef dims, OnlyBool keepdim, std::optional<Dtype> dtype) {
  const Tensor x = in_dtype(given, dtype);
  const DimVector axes = matrix_dims(x, dims);
  check<TypeError>(x.is_floating_point(), "linalg_matrix_norm: expected a floating-point tensor, got {}", x.dtype());
  const auto order = ord.to<double>();
  check<ValueError>(std::abs(order) != 2, "linalg_matrix_norm: order {} asks for singular values, which are not there",
                    order);
  check<ValueError>(std::abs(order) == 1 || std::isinf(order), "linalg_matrix_norm: there is no order {}", order);
  const bool of_columns = std::abs(order) == 1;
  const Tensor sums = sum(abs(x), axes[of_columns ? 0 : 1], true);
  const std::int64_t rest = axes[of_columns ? 1 : 0];
  Tensor found = order > 0 ? amax(sums, rest, true) : amin(sums, rest, true);
  if (keepdim) return found;
  return squeeze(squeeze(found, std::max(axes[0], axes[1])), std::min(axes[0], axes[1]));
}

Tensor linalg_matrix_norm(const Tensor& x) { return linalg_matrix_norm(x, "fro"); }

Tensor detail::named_matrix_norm(const Tensor& given, std::string_view ord, IntArrayRef dims, bool keepdim,
                                 std::optional<Dtype> dtype) {
  check<ValueError>(ord != "nuc", "linalg_matrix_norm: \"nuc\" asks for singular values, which are not there");
  check<ValueError>(ord == "fro", "linalg_matrix_norm: there is no order \"{}\"", ord);
  const Tensor x = in_dtype(given, dtype);
  return norm(x, 2, matrix_dims(x, dims), keepdim);
}

Tensor linalg_norm(const Tensor& x, std::optional<Scalar> ord, IntArrayRef dims, OnlyBool keepdim,
                   std::optional<Dtype> dtype) {
  if (!ord) return linalg_vector_norm(x, 2, dims, keepdim, dtype);
  const std::size_t reduced = dims.empty() ? x.sizes().size() : dims.size();
  check<ShapeError>(reduced == 1 || reduced == 2,
                    "linalg_norm: with an order, expected a vector or a matrix, or one or two dimensions, got {} and {}",
                    x.sizes(), dims);
  if (reduced == 1) return linalg_vector_norm(x, *ord, dims, keepdim, dtype);
  return linalg_matrix_norm(x, *ord, dims.empty() ? IntArrayRef({-2, -1}) : dims, keepdim, dtype);
}

Tensor detail::named_norm(const Tensor& x, std::string_view ord, IntArrayRef dims, bool keepdim,
                          std::optional<Dtype> dtype) {
  check<ShapeError>((dims.empty() ? x.sizes().size() : dims.size()) == 2,
                    "linalg_norm: order \"{}\" is of matrices, got {} and dimensions {}", ord, x.sizes(), dims);
  return named_matrix_norm(x, ord, dims.empty() ? IntArrayRef({-2, -1}) : dims, keepdim, dtype);
}

}  // namespace xgrad
