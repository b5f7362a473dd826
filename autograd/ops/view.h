/// Views: other shapes over the same memory. Gradients flow back to the tensor that is viewed, and what is written in place
/// through a view is seen, and differentiated, through its base. https://pytorch.org/docs/1.13/tensor_view.html
/// All functions here throw IndexError for a dimension or index out of range, ShapeError for sizes that do not fit.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The same elements in row-major order under other sizes; one size may be -1. `view` throws where only a copy could do it,
/// `reshape` makes that copy.
Tensor view(const Tensor& x, IntArrayRef sizes);
/// As `view`, or a copy where no view could do it.
Tensor reshape(const Tensor& x, IntArrayRef sizes);
/// Repeats dimensions of size 1 without copying; -1 keeps a size.
Tensor expand(const Tensor& x, IntArrayRef sizes);
/// Two dimensions changed for one another.
Tensor transpose(const Tensor& x, OnlyInt dim0, OnlyInt dim1);
/// Transpose of a matrix; tensors of fewer dimensions are returned as they are.
Tensor t(const Tensor& x);
/// The dimensions in another order.
Tensor permute(const Tensor& x, IntArrayRef dims);
/// The slice at `index` of one dimension, which disappears.
Tensor select(const Tensor& x, OnlyInt dim, std::int64_t index);
/// Every `step`-th index in [start, end); negative bounds count from the end, bounds outside are clipped.
Tensor slice(const Tensor& x, OnlyInt dim = 0, std::optional<std::int64_t> start = std::nullopt,
             std::optional<std::int64_t> end = std::nullopt, std::int64_t step = 1);
/// The indices from `start` on, `length` of them.
Tensor narrow(const Tensor& x, OnlyInt dim, std::int64_t start, std::int64_t length);
/// Drops all dimensions of size 1, or one of them.
Tensor squeeze(const Tensor& x);
Tensor squeeze(const Tensor& x, OnlyInt dim);
/// A new dimension of size 1 at `dim`.
Tensor unsqueeze(const Tensor& x, OnlyInt dim);

/// Merges dimensions start_dim to end_dim; a copy where the memory does not allow it.
Tensor flatten(const Tensor& x, OnlyInt start_dim = 0, OnlyInt end_dim = -1);
/// One dimension as several of the given sizes, one of which may be -1. Throws ShapeError where they do not multiply to it.
Tensor unflatten(const Tensor& x, OnlyInt dim, IntArrayRef sizes);
/// The dimension `source` at the place `destination`, the others in their order.
Tensor movedim(const Tensor& x, std::int64_t source, std::int64_t destination);
/// Several dimensions at once; the two lists are of one length (ShapeError) and name no dimension twice.
Tensor movedim(const Tensor& x, IntArrayRef source, IntArrayRef destination);
void movedim(const Tensor& x, NoDimension auto source, auto destination) = delete;
void movedim(const Tensor& x, auto source, NoDimension auto destination) = delete;
/// All windows of `size` along a dimension, one every `step`: the dimension counts windows, and their elements are a new
/// last dimension. Windows that overlap share memory. https://pytorch.org/docs/1.13/generated/torch.Tensor.unfold.html
Tensor unfold(const Tensor& x, OnlyInt dim, std::int64_t size, std::int64_t step);
/// The diagonal of two dimensions, which becomes the last dimension; `offset` above it.
Tensor diagonal(const Tensor& x, std::int64_t offset = 0, OnlyInt dim1 = 0, OnlyInt dim2 = 1);
/// Any sizes and strides over the tensor's storage. Throws ShapeError where they leave it.
Tensor as_strided(const Tensor& x, IntArrayRef sizes, IntArrayRef strides,
                  std::optional<std::int64_t> offset = std::nullopt);

/// A copy of x in which the part that as_strided() would show is replaced by the source, of its shape (ShapeError) and x's
/// dtype (TypeError). No two elements of the part are one place in memory (ShapeError).
/// https://pytorch.org/docs/1.13/generated/torch.as_strided_scatter.html
Tensor as_strided_scatter(const Tensor& x, const Tensor& source, IntArrayRef sizes, IntArrayRef strides,
                          std::optional<std::int64_t> offset = std::nullopt);

namespace detail {
/// How a tensor lies in its storage.
struct Geometry {
  explicit Geometry(const Tensor& x)
      : sizes(to_dims(x.sizes())), strides(to_dims(x.strides())), offset(x.storage_offset()) {}
  DimVector sizes;
  DimVector strides;
  std::int64_t offset;
};

/// Whether two elements with these strides may be one place in memory: the strides alone do not always tell.
bool may_overlap(IntArrayRef sizes, IntArrayRef strides);
inline bool may_overlap(const Geometry& geometry) { return may_overlap(geometry.sizes, geometry.strides); }

/// Three linear maps on gradients, each differentiable. `whole` and `part` are geometries over one storage.
/// The gradient of the whole, given that of the part: zeros elsewhere.
Tensor as_strided_backward(const Tensor& gradient, const Geometry& whole, const Geometry& part);
/// What lies in the part, of a gradient with the shape of the whole.
Tensor part_of(const Tensor& gradient, const Geometry& whole, const Geometry& part);
/// A gradient with the shape of the whole, zero in the part.
Tensor zero_part(const Tensor& gradient, const Geometry& whole, const Geometry& part);

/// The same memory under another geometry, or as another dtype, outside the graph.
Tensor alias(const Tensor& x, DimVector sizes, DimVector strides, std::int64_t offset, Dtype dtype);
Tensor alias(const Tensor& x, DimVector sizes, DimVector strides, std::int64_t offset);
/// The same, but it remembers the tensor that it is a view of. The caller records it.
Tensor make_view(const Tensor& x, DimVector sizes, DimVector strides, std::int64_t offset);
/// All of x as a tensor of its own, in its own place in the graph: what a view gives that changes nothing.
Tensor whole_view(const Tensor& x);
/// x itself where it has these sizes, else x.expand(sizes): for what an operation computes from, not for what it returns.
inline Tensor expanded(const Tensor& x, IntArrayRef sizes) { return x.sizes() == sizes ? x : expand(x, sizes); }
}  // namespace detail

}  // namespace xgrad
