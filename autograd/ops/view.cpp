#include "autograd/ops/view.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/record.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/reduce.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace detail {

Tensor alias(const Tensor& x, DimVector sizes, DimVector strides, std::int64_t offset, Dtype dtype) {
  intrusive_ptr<TensorImpl> impl(new TensorImpl(x.impl()->storage, std::move(sizes), std::move(strides), offset, dtype));
  impl->inference = x.is_inference();
  return Tensor(std::move(impl));
}
Tensor alias(const Tensor& x, DimVector sizes, DimVector strides, std::int64_t offset) {
  return alias(x, std::move(sizes), std::move(strides), offset, x.dtype());
}

Tensor make_view(const Tensor& x, DimVector sizes, DimVector strides, std::int64_t offset) {
  Tensor y = alias(x, std::move(sizes), std::move(strides), offset);
  AutogradMeta& meta = y.impl()->ensure_meta();
  const bool of_view = x.is_view();
  meta.base = of_view ? x.base() : x;
  meta.view_version = x.version();
  meta.views_leaf = of_view && (x.impl()->requires_grad || x.impl()->meta->views_leaf);
  meta.viewed_unrecorded = !GradMode::is_enabled() || (of_view && x.impl()->meta->viewed_unrecorded);
  return y;
}

Tensor whole_view(const Tensor& x) {
  Tensor y = make_view(x, to_dims(x.sizes()), to_dims(x.strides()), x.storage_offset());
  return record("Alias", std::move(y), {x}, [](const Tensor& grad) { return grad; });
}

}  // namespace detail

using detail::make_view;
using detail::whole_view;

Tensor view(const Tensor& x, IntArrayRef sizes) {
  const autograd::profiler::RecordFunction profiled("view");
  const DimVector wanted = infer_size("view", sizes, x.numel());
  DimVector strides;
  check<ShapeError>(view_strides(x.sizes(), x.strides(), wanted, strides),
                    "view: sizes {} cannot be had without a copy from sizes {} with strides {}; use reshape", wanted,
                    x.sizes(), x.strides());
  Tensor y = make_view(x, wanted, std::move(strides), x.storage_offset());
  return record("View", std::move(y), {x},
                [sizes = to_dims(x.sizes())](const Tensor& grad) { return reshape(grad, sizes); });
}

Tensor reshape(const Tensor& x, IntArrayRef sizes) {
  const autograd::profiler::RecordFunction profiled("reshape");
  const DimVector wanted = infer_size("reshape", sizes, x.numel());
  DimVector strides;
  return view(view_strides(x.sizes(), x.strides(), wanted, strides) ? x : clone(x), wanted);
}

Tensor expand(const Tensor& x, IntArrayRef sizes) {
  const autograd::profiler::RecordFunction profiled("expand");
  check<ShapeError>(static_cast<std::int64_t>(sizes.size()) >= x.dim(), "expand: {} has fewer dimensions than {}", sizes,
                    x.sizes());
  DimVector wanted = to_dims(sizes);
  DimVector strides(sizes.size(), 0);
  const std::size_t missing = sizes.size() - static_cast<std::size_t>(x.dim());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (i < missing) {
      check<ShapeError>(wanted[i] >= 0, "expand: size {} of the new dimension {} in {}", wanted[i], i, sizes);
      continue;
    }
    const std::int64_t size = x.sizes()[i - missing];
    if (wanted[i] == -1) wanted[i] = size;
    check<ShapeError>(size == 1 || size == wanted[i],
                      "expand: shape {} does not expand to {}: {} against {} in dimension {}", x.sizes(), sizes, size,
                      wanted[i], i);
    if (size == wanted[i]) strides[i] = x.strides()[i - missing];
  }
  if (IntArrayRef(wanted) == x.sizes()) return whole_view(x);
  Tensor y = make_view(x, std::move(wanted), std::move(strides), x.storage_offset());
  return record("Expand", std::move(y), {x},
                [sizes = to_dims(x.sizes())](const Tensor& grad) { return sum_to(grad, sizes); });
}

Tensor permute(const Tensor& x, IntArrayRef dims) {
  const autograd::profiler::RecordFunction profiled("permute");
  check<ShapeError>(static_cast<std::int64_t>(dims.size()) == x.dim(), "permute: {} does not name the {} dimensions of {}",
                    dims, x.dim(), x.sizes());
  DimVector sizes(dims.size());
  DimVector strides(dims.size());
  DimVector inverse(dims.size(), -1);
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const auto dim = static_cast<std::size_t>(wrap_dim("permute", dims[i], x.dim()));
    check<ShapeError>(inverse[dim] == -1, "permute: dimension {} is named twice in {}", dim, dims);
    inverse[dim] = static_cast<std::int64_t>(i);
    sizes[i] = x.sizes()[dim];
    strides[i] = x.strides()[dim];
  }
  Tensor y = make_view(x, std::move(sizes), std::move(strides), x.storage_offset());
  return record("Permute", std::move(y), {x}, [inverse](const Tensor& grad) { return permute(grad, inverse); });
}

Tensor transpose(const Tensor& x, OnlyInt dim0, OnlyInt dim1) {
  const autograd::profiler::RecordFunction profiled("transpose");
  const auto first = static_cast<std::size_t>(wrap_dim("transpose", dim0, x.dim()));
  const auto second = static_cast<std::size_t>(wrap_dim("transpose", dim1, x.dim()));
  if (x.dim() == 0) return whole_view(x);
  DimVector sizes = to_dims(x.sizes());
  DimVector strides = to_dims(x.strides());
  std::swap(sizes[first], sizes[second]);
  std::swap(strides[first], strides[second]);
  Tensor y = make_view(x, std::move(sizes), std::move(strides), x.storage_offset());
  return record("Transpose", std::move(y), {x}, [dim0, dim1](const Tensor& grad) { return transpose(grad, dim0, dim1); });
}

Tensor t(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("t");
  check<ShapeError>(x.dim() <= 2, "t: expected at most 2 dimensions, got shape {}", x.sizes());
  return x.dim() == 2 ? transpose(x, 0, 1) : whole_view(x);
}

namespace {

/// The gradient of a slice: zeros of the whole shape with `grad` in place. Its own gradient is the slice again.
Tensor slice_backward(const Tensor& grad, const DimVector& sizes, std::int64_t dim, std::int64_t start, std::int64_t end,
                      std::int64_t step) {
  Tensor whole = zeros(sizes, grad.dtype());
  {
    const NoGradGuard no_grad;
    detail::copy_values(slice(whole, dim, start, end, step), grad);
  }
  return record("SliceBackward", whole, {grad},
                [dim, start, end, step](const Tensor& g) { return slice(g, dim, start, end, step); });
}

Tensor select_backward(const Tensor& grad, const DimVector& sizes, std::int64_t dim, std::int64_t index) {
  Tensor whole = zeros(sizes, grad.dtype());
  {
    const NoGradGuard no_grad;
    detail::copy_values(select(whole, dim, index), grad);
  }
  return record("SelectBackward", whole, {grad}, [dim, index](const Tensor& g) { return select(g, dim, index); });
}

}  // namespace

Tensor select(const Tensor& x, OnlyInt dim, std::int64_t index) {
  const autograd::profiler::RecordFunction profiled("select");
  check<IndexError>(x.dim() > 0, "select: a 0-d tensor has nothing to select from");
  const auto axis = static_cast<std::size_t>(wrap_dim("select", dim, x.dim()));
  const std::int64_t size = x.sizes()[axis];
  check<IndexError>(index >= -size && index < size, "select: index {} is out of range for dimension {} of shape {}", index,
                    axis, x.sizes());
  if (index < 0) index += size;
  DimVector sizes = to_dims(x.sizes());
  DimVector strides = to_dims(x.strides());
  const std::int64_t offset = x.storage_offset() + index * strides[axis];
  sizes.erase(sizes.begin() + axis);
  strides.erase(strides.begin() + axis);
  Tensor y = make_view(x, std::move(sizes), std::move(strides), offset);
  return record("Select", std::move(y), {x}, [sizes = to_dims(x.sizes()), axis, index](const Tensor& grad) {
    return select_backward(grad, sizes, static_cast<std::int64_t>(axis), index);
  });
}

Tensor slice(const Tensor& x, OnlyInt dim, std::optional<std::int64_t> start, std::optional<std::int64_t> end,
             std::int64_t step) {
  const autograd::profiler::RecordFunction profiled("slice");
  check<IndexError>(x.dim() > 0, "slice: a 0-d tensor has no dimension to slice");
  check<ValueError>(step > 0, "slice: the step must be positive, got {}", step);
  const auto axis = static_cast<std::size_t>(wrap_dim("slice", dim, x.dim()));
  const std::int64_t size = x.sizes()[axis];
  const auto clip = [size](std::int64_t bound) {
    return std::clamp<std::int64_t>(bound < 0 ? bound + size : bound, 0, size);
  };
  const std::int64_t first = clip(start.value_or(0));
  const std::int64_t last = std::max(first, clip(end.value_or(size)));
  DimVector sizes = to_dims(x.sizes());
  DimVector strides = to_dims(x.strides());
  const std::int64_t offset = x.storage_offset() + first * strides[axis];
  sizes[axis] = (last - first) / step + ((last - first) % step != 0 ? 1 : 0);
  strides[axis] *= step;
  Tensor y = make_view(x, std::move(sizes), std::move(strides), offset);
  return record("Slice", std::move(y), {x}, [sizes = to_dims(x.sizes()), axis, first, last, step](const Tensor& grad) {
    return slice_backward(grad, sizes, static_cast<std::int64_t>(axis), first, last, step);
  });
}

Tensor narrow(const Tensor& x, OnlyInt dim, std::int64_t start, std::int64_t length) {
  const autograd::profiler::RecordFunction profiled("narrow");
  check<IndexError>(x.dim() > 0, "narrow: a 0-d tensor has no dimension to narrow");
  const std::int64_t size = x.size(dim);
  if (start < 0) start += size;
  check<IndexError>(length >= 0 && start >= 0 && start <= size - length,
                    "narrow: {} elements from {} on leave dimension {} of shape {}", length, start, dim, x.sizes());
  return slice(x, dim, start, start + length);
}

Tensor squeeze(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("squeeze");
  DimVector sizes;
  for (const std::int64_t size : x.sizes()) {
    if (size != 1) sizes.push_back(size);
  }
  return view(x, sizes);
}

Tensor squeeze(const Tensor& x, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("squeeze");
  const auto axis = static_cast<std::size_t>(wrap_dim("squeeze", dim, x.dim()));
  if (x.dim() == 0 || x.sizes()[axis] != 1) return whole_view(x);
  DimVector sizes = to_dims(x.sizes());
  sizes.erase(sizes.begin() + axis);
  return view(x, sizes);
}

Tensor unsqueeze(const Tensor& x, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("unsqueeze");
  const auto axis = static_cast<std::size_t>(wrap_dim("unsqueeze", dim, x.dim() + 1));
  DimVector sizes = to_dims(x.sizes());
  sizes.insert(sizes.begin() + axis, 1);
  return view(x, sizes);
}

Tensor flatten(const Tensor& x, OnlyInt start_dim, OnlyInt end_dim) {
  const autograd::profiler::RecordFunction profiled("flatten");
  const auto first = static_cast<std::size_t>(wrap_dim("flatten", start_dim, x.dim()));
  const auto last = static_cast<std::size_t>(wrap_dim("flatten", end_dim, x.dim()));
  if (x.dim() == 0) return reshape(x, {1});
  check<ShapeError>(first <= last, "flatten: start_dim {} comes after end_dim {}", start_dim, end_dim);
  if (first == last) return x;
  DimVector sizes;
  std::int64_t merged = 1;
  for (std::size_t i = 0; i < x.sizes().size(); ++i) {
    if (i >= first && i <= last) merged *= x.sizes()[i];
    if (i == last) sizes.push_back(merged);
    if (i < first || i > last) sizes.push_back(x.sizes()[i]);
  }
  return reshape(x, sizes);
}

Tensor unflatten(const Tensor& x, OnlyInt dim, IntArrayRef sizes) {
  const autograd::profiler::RecordFunction profiled("unflatten");
  check<ShapeError>(x.dim() > 0 && !sizes.empty(), "unflatten: expected a dimension and sizes for it, got shape {} and {}",
                    x.sizes(), sizes);
  const auto axis = static_cast<std::size_t>(wrap_dim("unflatten", dim, x.dim()));
  const DimVector parts = infer_size("unflatten", sizes, x.sizes()[axis]);
  DimVector all;
  for (std::size_t i = 0; i < x.sizes().size(); ++i) {
    if (i == axis) {
      for (const std::int64_t part : parts) all.push_back(part);
    } else {
      all.push_back(x.sizes()[i]);
    }
  }
  return view(x, all);
}

Tensor movedim(const Tensor& x, std::int64_t source, std::int64_t destination) {
  const autograd::profiler::RecordFunction profiled("movedim");
  const std::int64_t from = wrap_dim("movedim", source, x.dim());
  const std::int64_t to = wrap_dim("movedim", destination, x.dim());
  if (x.dim() == 0) return whole_view(x);
  DimVector order;
  for (std::int64_t i = 0; i < x.dim(); ++i) {
    if (i != from) order.push_back(i);
  }
  order.insert(order.begin() + to, from);
  return permute(x, order);
}

Tensor movedim(const Tensor& x, IntArrayRef source, IntArrayRef destination) {
  const autograd::profiler::RecordFunction profiled("movedim");
  check<ShapeError>(source.size() == destination.size(), "movedim: {} dimensions go to {} places", source.size(),
                    destination.size());
  DimVector order(x.sizes().size(), -1);
  std::vector<bool> moved(x.sizes().size(), false);
  for (std::size_t i = 0; i < source.size(); ++i) {
    const auto from = static_cast<std::size_t>(wrap_dim("movedim", source[i], x.dim()));
    const auto to = static_cast<std::size_t>(wrap_dim("movedim", destination[i], x.dim()));
    if (x.dim() == 0) return whole_view(x);
    check<ShapeError>(!moved[from] && order[to] == -1, "movedim: a dimension is named twice in {} or {}", source,
                      destination);
    moved[from] = true;
    order[to] = static_cast<std::int64_t>(from);
  }
  std::size_t next = 0;
  for (std::int64_t& from : order) {
    if (from != -1) continue;
    while (moved[next]) ++next;
    from = static_cast<std::int64_t>(next++);
  }
  return permute(x, order);
}

Tensor Tensor::numpy_T() const {
  DimVector order;
  for (std::int64_t i = dim(); i-- > 0;) order.push_back(i);
  return permute(order);
}

Tensor Tensor::matrix_H() const {
  check<ShapeError>(dim() == 0 || dim() == 2, "matrix_H: expected a matrix, got {}", sizes());
  return dim() == 0 ? *this : transpose(0, 1);
}

Tensor Tensor::view(Dtype dtype) const {
  if (dtype == scalar_type()) return alias();
  check<TypeError>(dtype != kBool, "view: not all bytes are bools");
  const auto old_size = static_cast<std::int64_t>(element_size());
  const auto new_size = static_cast<std::int64_t>(xgrad::element_size(dtype));
  DimVector viewed = to_dims(sizes());
  DimVector steps = to_dims(strides());
  std::int64_t offset = storage_offset();
  if (old_size != new_size) {
    check<ShapeError>(
        dim() > 0 && is_contiguous() && viewed.back() * old_size % new_size == 0 && offset * old_size % new_size == 0,
        "view: elements of {} and shape {} at place {} of their memory are none of {}", scalar_type(), sizes(), offset,
        dtype);
    viewed.back() = viewed.back() * old_size / new_size;
    steps = contiguous_strides(viewed);
    offset = offset * old_size / new_size;
  }
  return detail::alias(*this, std::move(viewed), std::move(steps), offset, dtype);
}

}  // namespace xgrad
