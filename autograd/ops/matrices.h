/// Batches of matrices, whose last two dimensions are rows and columns. For .cpp files of linear algebra.
#pragma once

#include "autograd/base/check.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Throws ShapeError but for square matrices, TypeError but for float32 and float64.
inline void require_squares(const char* operation, const Tensor& a) {
  check<ShapeError>(a.dim() >= 2 && a.size(-1) == a.size(-2), "{}: expected square matrices (..., n, n), got {}", operation,
                    a.sizes());
  check<TypeError>(a.dtype() == kFloat32 || a.dtype() == kFloat64, "{}: expected float32 or float64, got {}", operation,
                   a.dtype());
}

/// The sizes of the batch.
inline IntArrayRef leading_sizes(const Tensor& x) { return x.sizes().slice(0, x.sizes().size() - 2); }

/// The sizes of a batch, of one of matrices.
inline DimVector of_matrices(DimVector batch, std::int64_t rows, std::int64_t columns) {
  batch.push_back(rows);
  batch.push_back(columns);
  return batch;
}

/// With rows for columns.
inline Tensor swapped(const Tensor& x) { return transpose(x, -2, -1); }

}  // namespace xgrad
