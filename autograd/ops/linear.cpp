#include "autograd/ops/linear.h"

#include <array>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/base/parallel.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/gemm.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/matrices.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/reduced_dims.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

void check_dtypes(const char* operation, const Tensor& a, const Tensor& b) {
  check<TypeError>(a.dtype() == b.dtype() && a.dtype() != kBool,
                   "{}: expected two tensors of one dtype of numbers, got {} {} and {} {}", operation, a.dtype(), a.sizes(),
                   b.dtype(), b.sizes());
}

/// Whether the matrices of a tensor lie column by column. So will their gradient: a leaf that was transposed keeps it as it
/// is.
bool lies_transposed(const Tensor& x) { return x.stride(-2) == 1 && x.stride(-1) >= x.size(-2) && x.size(-1) > 1; }

/// A matrix in a form that BLAS takes: rows or columns lie contiguously.
struct BlasMatrix {
  explicit BlasMatrix(const Tensor& matrix) : tensor(matrix.detach()) {
    const std::int64_t rows = tensor.size(0);
    const std::int64_t columns = tensor.size(1);
    const auto fits = [](std::int64_t inner, std::int64_t outer, std::int64_t inner_size, std::int64_t outer_size) {
      return (inner == 1 || inner_size == 1) && (outer >= std::max<std::int64_t>(1, inner_size) || outer_size == 1);
    };
    if (fits(tensor.stride(1), tensor.stride(0), columns, rows)) {
      leading = std::max({std::int64_t{1}, columns, rows == 1 ? 1 : tensor.stride(0)});
    } else if (fits(tensor.stride(0), tensor.stride(1), rows, columns)) {
      transposed = true;
      leading = std::max({std::int64_t{1}, rows, columns == 1 ? 1 : tensor.stride(1)});
    } else {
      tensor = tensor.contiguous();
      leading = std::max<std::int64_t>(1, columns);
    }
  }

  Tensor tensor;
  bool transposed = false;
  std::int64_t leading = 1;
};

/// out = a b, added to out where `adds`, for matrices of integers. What does not fit the dtype wraps around.
void multiply_integers(const Tensor& out, const Tensor& a, const Tensor& b, bool adds) {
  const Tensor left = a.detach().contiguous();
  const Tensor right = b.detach().contiguous();
  const std::int64_t length = a.size(1);
  const std::int64_t columns = b.size(1);
  visit_any_dtype(out.dtype(), [&]<class T>() {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      const T* in = left.data_ptr<T>();
      T* result = out.data_ptr<T>();
      std::vector<std::uint64_t> row(static_cast<std::size_t>(columns));
      for (std::int64_t i = 0; i < a.size(0); ++i) {
        for (std::int64_t j = 0; j < columns; ++j) {
          row[static_cast<std::size_t>(j)] = adds ? static_cast<std::uint64_t>(result[i * columns + j]) : 0;
        }
        for (std::int64_t k = 0; k < length; ++k) {
          const auto factor = static_cast<std::uint64_t>(static_cast<std::int64_t>(in[i * length + k]));
          const T* other = right.data_ptr<T>() + k * columns;
          for (std::int64_t j = 0; j < columns; ++j)
            row[static_cast<std::size_t>(j)] += factor * static_cast<std::uint64_t>(other[j]);
        }
        for (std::int64_t j = 0; j < columns; ++j)
          result[i * columns + j] = static_cast<T>(row[static_cast<std::size_t>(j)]);
      }
    }
  });
}

/// out += beta... : out = a b + beta out, for matrices without history.
void multiply(const Tensor& out, const Tensor& a, const Tensor& b, double beta) {
  if (!out.is_floating_point()) {
    multiply_integers(out, a, b, beta != 0);
    return;
  }
  const BlasMatrix left(a);
  const BlasMatrix right(b);
  visit_floating(out.dtype(), "mm", [&]<class T>() {
    kernels::gemm<T>(left.transposed, right.transposed, a.size(0), b.size(1), a.size(1), left.tensor.data_ptr<T>(),
                     left.leading, right.tensor.data_ptr<T>(), right.leading, static_cast<T>(beta), out.data_ptr<T>(),
                     std::max<std::int64_t>(1, out.size(1)));
  });
}

/// The gradients of both factors of product(a, b), each laid out as its factor is.
auto gradients_of_product(Tensor (*product)(const Tensor&, const Tensor&), const Tensor& a, const Tensor& b) {
  return [product, a = SavedTensor(a), b = SavedTensor(b), turns_a = lies_transposed(a), turns_b = lies_transposed(b)](
             const Tensor& grad, const Node& node) {
    std::array<Tensor, 2> gradients;
    if (node.needs_gradient(0)) {
      const Tensor right = b.unpack();
      gradients[0] = turns_a ? swapped(product(right, swapped(grad))) : product(grad, swapped(right));
    }
    if (node.needs_gradient(1)) {
      const Tensor left = a.unpack();
      gradients[1] = turns_b ? swapped(product(swapped(grad), left)) : product(swapped(left), grad);
    }
    return gradients;
  };
}

}  // namespace

Tensor mm(const Tensor& a, const Tensor& b) {
  const autograd::profiler::RecordFunction profiled("mm");
  check_dtypes("mm", a, b);
  check<ShapeError>(a.dim() == 2 && b.dim() == 2 && a.size(1) == b.size(0),
                    "mm: matrices of shapes {} and {} do not multiply: expected (n, k) and (k, m)", a.sizes(), b.sizes());
  Tensor y = empty({a.size(0), b.size(1)}, a.dtype());
  multiply(y, a, b, 0);
  return record("Mm", std::move(y), {a, b}, gradients_of_product(mm, a, b));
}

Tensor bmm(const Tensor& a, const Tensor& b) {
  const autograd::profiler::RecordFunction profiled("bmm");
  check_dtypes("bmm", a, b);
  check<ShapeError>(a.dim() == 3 && b.dim() == 3 && a.size(0) == b.size(0) && a.size(2) == b.size(1),
                    "bmm: batches of shapes {} and {} do not multiply: expected (b, n, k) and (b, k, m)", a.sizes(),
                    b.sizes());
  Tensor y = empty({a.size(0), a.size(1), b.size(2)}, a.dtype());
  {
    const NoGradGuard no_grad;
    const Tensor left = a.detach();
    const Tensor right = b.detach();
    const std::int64_t work = std::max<std::int64_t>(1, a.size(1) * a.size(2) * b.size(2));
    kernels::parallel_for(0, a.size(0), std::max<std::int64_t>(1, 500000 / work),
                          [&](std::int64_t first, std::int64_t last) {
                            const NoGradGuard no_grad_here;  // another thread's setting is its own
                            for (std::int64_t i = first; i < last; ++i) multiply(y[i], left[i], right[i], 0);
                          });
  }
  return record("Bmm", std::move(y), {a, b}, gradients_of_product(bmm, a, b));
}

Tensor dot(const Tensor& a, const Tensor& b) {
  check<ShapeError>(a.dim() == 1 && b.dim() == 1 && a.size(0) == b.size(0),
                    "dot: expected two vectors of one length, got {} and {}", a.sizes(), b.sizes());
  check<TypeError>(a.dtype() == b.dtype(), "dot: dtypes {} and {} differ", a.dtype(), b.dtype());
  if (!a.is_floating_point()) return sum(a * b);
  const autograd::profiler::RecordFunction profiled("dot");
  return record("dot", sum_of("dot", Binary::mul, a, b), {a, b},
                [a = save_for(b, a), b = save_for(a, b)](const Tensor& grad, const Node& node) {
                  std::array<Tensor, 2> gradients;
                  if (node.needs_gradient(0)) gradients[0] = grad * b.unpack();
                  if (node.needs_gradient(1)) gradients[1] = grad * a.unpack();
                  return gradients;
                });
}

Tensor mv(const Tensor& a, const Tensor& b) {
  check<ShapeError>(a.dim() == 2 && b.dim() == 1 && a.size(1) == b.size(0),
                    "mv: shapes {} and {} do not multiply: expected (n, k) and (k)", a.sizes(), b.sizes());
  return squeeze(mm(a, unsqueeze(b, 1)), 1);
}

Tensor outer(const Tensor& a, const Tensor& b) {
  check<ShapeError>(a.dim() == 1 && b.dim() == 1, "outer: expected two vectors, got {} and {}", a.sizes(), b.sizes());
  return unsqueeze(a, 1) * b;
}

Tensor matmul(const Tensor& a, const Tensor& b) {
  check_dtypes("matmul", a, b);
  check<ShapeError>(a.dim() > 0 && b.dim() > 0, "matmul: 0-d tensors do not multiply; use *");
  if (a.dim() == 1 && b.dim() == 1) return dot(a, b);
  if (a.dim() == 1) return squeeze(matmul(unsqueeze(a, 0), b), -2);
  if (b.dim() == 1) return squeeze(matmul(a, unsqueeze(b, 1)), -1);
  check<ShapeError>(a.size(-1) == b.size(-2), "matmul: shapes {} and {} do not multiply: {} columns against {} rows",
                    a.sizes(), b.sizes(), a.size(-1), b.size(-2));
  if (a.dim() == 2 && b.dim() == 2) return mm(a, b);
  if (b.dim() == 2) {  // one product over all rows
    DimVector sizes = to_dims(a.sizes());
    sizes.back() = b.size(1);
    DimVector rows{1, a.size(-1)};
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i) rows[0] *= sizes[i];
    return view(mm(reshape(a, rows), b), sizes);
  }
  const DimVector batch = broadcast_shapes("matmul", leading_sizes(a), leading_sizes(b));
  const auto flat = [&](const Tensor& x) {
    const DimVector sizes = of_matrices(batch, x.size(-2), x.size(-1));
    return reshape(detail::expanded(x, sizes), {number_of_elements(batch), x.size(-2), x.size(-1)});
  };
  return view(bmm(flat(a), flat(b)), of_matrices(batch, a.size(-2), b.size(-1)));
}

Tensor addmm(const Tensor& bias, const Tensor& a, const Tensor& b, Scalar beta, Scalar alpha) {
  return detail::scaled_sum("addmm", bias, mm(a, b), beta, alpha);
}

namespace detail {

Tensor scaled_sum(const char* operation, const Tensor& bias, const Tensor& product, Scalar beta, Scalar alpha) {
  check<ShapeError>(is_expandable_to(bias.sizes(), product.sizes()), "{}: a bias of shape {} does not broadcast to {}",
                    operation, bias.sizes(), product.sizes());
  const auto scaled = [](const Tensor& x, Scalar factor) { return factor.to<double>() == 1 ? x : x * factor; };
  if (beta.to<double>() != 0) return scaled(bias, beta) + scaled(product, alpha);
  // Numbers in place of what counts for nothing; where it has a history, its gradient is 0.
  const Tensor nothing = bias.requires_grad() ? masked_fill(bias, ones({}, kBool), 0) : zeros({}, bias.dtype());
  return nothing + scaled(product, alpha);
}

}  // namespace detail

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const autograd::profiler::RecordFunction profiled("linear");
  check_dtypes("linear", x, weight);
  check<ShapeError>(weight.dim() == 2, "linear: expected a matrix of weights (out, in), got {}", weight.sizes());
  check<ShapeError>(x.dim() >= 1 && x.size(-1) == weight.size(1),
                    "linear: input {} does not fit weight {}: expected {} features", x.sizes(), weight.sizes(),
                    weight.size(1));
  if (bias.defined()) {
    check_dtypes("linear", x, bias);
    check<ShapeError>(bias.dim() == 1 && bias.size(0) == weight.size(0), "linear: bias {} does not fit weight {}",
                      bias.sizes(), weight.sizes());
  }
  const std::int64_t features = weight.size(0);
  DimVector sizes = to_dims(x.sizes());
  sizes.back() = features;
  const std::int64_t rows = number_of_elements(x.sizes().slice(0, x.sizes().size() - 1));
  Tensor y = empty({rows, features}, x.dtype());
  {
    const NoGradGuard no_grad;
    if (bias.defined()) detail::copy_values(y, bias);
    multiply(y, reshape(x, {rows, x.size(-1)}), t(weight), bias.defined() ? 1 : 0);
    y = detail::alias(y, sizes, contiguous_strides(sizes), 0);
  }
  return record("Linear", std::move(y), {x, weight, bias},
                [x = SavedTensor(x), weight = SavedTensor(weight), rows](const Tensor& grad, const Node& node) {
                  const Tensor w = weight.unpack();
                  const Tensor flat = reshape(grad, {rows, w.size(0)});
                  std::array<Tensor, 3> gradients;
                  if (node.needs_gradient(0)) gradients[0] = reshape(mm(flat, w), x.unpack().sizes());
                  if (node.needs_gradient(1)) gradients[1] = mm(t(flat), reshape(x.unpack(), {rows, w.size(1)}));
                  if (node.needs_gradient(2)) gradients[2] = sum(flat, 0);
                  return gradients;
                });
}

}  // namespace xgrad
