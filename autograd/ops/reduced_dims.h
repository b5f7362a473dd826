/// What reductions share: which dimensions go, and the memory of what is reduced. For .cpp files of operations.
#pragma once

#include <vector>

#include "autograd/base/check.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/unary.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Which dimensions are reduced, and the shapes that result.
struct ReducedDims {
  ReducedDims(const char* operation, const Tensor& x, IntArrayRef dims) : reduced(x.sizes().size(), dims.empty()) {
    for (const std::int64_t dim : dims) {
      const auto axis = static_cast<std::size_t>(wrap_dim(operation, dim, x.dim()));
      if (x.dim() == 0) continue;
      check<IndexError>(!reduced[axis], "{}: dimension {} is named twice in {}", operation, axis, dims);
      reduced[axis] = true;
    }
    for (std::size_t i = 0; i < reduced.size(); ++i) {
      kept_sizes.push_back(reduced[i] ? 1 : x.sizes()[i]);
      if (!reduced[i]) sizes.push_back(x.sizes()[i]);
      if (reduced[i]) length *= x.sizes()[i];
    }
  }

  IntArrayRef result(OnlyBool keepdim) const { return keepdim ? IntArrayRef(kept_sizes) : IntArrayRef(sizes); }

  std::vector<bool> reduced;
  DimVector kept_sizes;  ///< with 1 for reduced dimensions
  DimVector sizes;       ///< without them
  std::int64_t length = 1;
};

/// A tensor laid out as outer x length x inner with `length` to be reduced.
struct Middle {
  Middle(const Tensor& x, const ReducedDims& dims) {
    const std::size_t n = dims.reduced.size();
    std::size_t first = 0;
    while (first < n && !dims.reduced[first]) ++first;
    std::size_t last = first;
    while (last < n && dims.reduced[last]) ++last;
    bool adjacent = true;
    for (std::size_t i = last; i < n; ++i) adjacent &= !dims.reduced[i];
    if (adjacent) {
      for (std::size_t i = 0; i < first; ++i) outer *= x.sizes()[i];
      for (std::size_t i = last; i < n; ++i) inner *= x.sizes()[i];
      data = x.detach().contiguous();
    } else {  // the reduced dimensions go to the end
      is_permuted = true;
      for (std::size_t i = 0; i < n; ++i) {
        if (!dims.reduced[i]) order.push_back(static_cast<std::int64_t>(i));
      }
      for (std::size_t i = 0; i < n; ++i) {
        if (dims.reduced[i]) order.push_back(static_cast<std::int64_t>(i));
      }
      outer = number_of_elements(dims.sizes);
      data = permute(x.detach(), order).contiguous();
    }
    length = dims.length;
  }

  Tensor data;
  std::int64_t outer = 1;
  std::int64_t length = 1;
  std::int64_t inner = 1;
  bool is_permuted = false;  ///< the elements are in another order than in the tensor,
  DimVector order;           ///< with its dimensions in this one
};

/// A result of a reduction, with the reduced dimensions back as 1, so that it broadcasts against the input.
inline Tensor with_dims(const Tensor& y, const DimVector& kept_sizes) { return reshape(y, kept_sizes); }

/// The sum of f(p, q) over all elements of two tensors of one shape and dtype, without history: in one pass where they are
/// contiguous.
Tensor sum_of(const char* name, Binary f, const Tensor& p, const Tensor& q, const Parameters& parameters = {});

}  // namespace xgrad
