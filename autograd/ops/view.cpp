#include "autograd/ops/view.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/loop.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/reduce.h"
#include "autograd/tensor/check.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace detail {

Tensor alias(const Tensor& x, DimVector sizes, DimVector strides, std::int64_t offset) {
  return Tensor(
      intrusive_ptr<TensorImpl>(new TensorImpl(x.impl()->storage, std::move(sizes), std::move(strides), offset, x.dtype())));
}

}  // namespace detail

namespace {

using detail::Geometry;

/// One past the last element of a geometry.
std::int64_t extent(const Geometry& geometry) {
  std::int64_t last = geometry.offset;
  for (std::size_t i = 0; i < geometry.sizes.size(); ++i) {
    if (geometry.sizes[i] == 0) return geometry.offset;
    last += (geometry.sizes[i] - 1) * geometry.strides[i];
  }
  return last + 1;
}

Tensor under(const Tensor& memory, const Geometry& geometry) {
  return detail::alias(memory, geometry.sizes, geometry.strides, geometry.offset);
}

/// New memory, all zero, that holds both geometries.
Tensor memory_for(const Geometry& a, const Geometry& b, Dtype dtype) {
  return zeros({std::max(extent(a), extent(b))}, dtype);
}

/// target += source where several elements of target may be one place in memory.
void add_overlapping(const Tensor& target, const Tensor& source) {
  if (target.numel() == 0) return;
  kernels::Loop<2> loop{to_dims(target.sizes()), {to_dims(target.strides()), to_dims(source.strides())}};
  visit_floating(target.dtype(), "as_strided", [&]<class T>() {
    T* out = target.data_ptr<T>();
    const T* in = source.data_ptr<T>();
    const std::int64_t n = target.numel();
    DimVector index(loop.sizes.size());
    for (std::int64_t i = 0; i < n; ++i) {
      std::int64_t to = 0;
      std::int64_t from = 0;
      for (std::size_t dim = 0; dim < index.size(); ++dim) {
        to += index[dim] * loop.strides[0][dim];
        from += index[dim] * loop.strides[1][dim];
      }
      out[to] += in[from];
      for (std::size_t dim = index.size(); dim-- > 0 && ++index[dim] == loop.sizes[dim];) index[dim] = 0;
    }
  });
}

/// Whether two elements of a geometry may be one place in memory.
bool may_overlap(const Geometry& geometry) {
  std::vector<std::pair<std::int64_t, std::int64_t>> dims;  // stride and size
  for (std::size_t i = 0; i < geometry.sizes.size(); ++i) {
    if (geometry.sizes[i] > 1) dims.emplace_back(geometry.strides[i], geometry.sizes[i]);
  }
  std::sort(dims.begin(), dims.end());
  std::int64_t reach = 0;  // from the first to the last element of the smaller strides
  for (const auto& [stride, size] : dims) {
    if (stride <= reach) return true;
    reach += stride * (size - 1);
  }
  return false;
}

/// Makes memory that several elements of `whole` share hold their mean instead of their sum, so that the gradient that they
/// have in common counts once.
void share_out(const Tensor& memory, const Geometry& whole) {
  if (!may_overlap(whole)) return;
  const Tensor counts = zeros(memory.sizes(), memory.dtype());
  add_overlapping(under(counts, whole), ones(whole.sizes, memory.dtype()));
  Tensor shared = memory;
  shared.div_(counts.clamp_min(1));
}

/// Makes a view: shares memory, remembers its base. The caller records it.
Tensor make_view(const Tensor& x, DimVector sizes, DimVector strides, std::int64_t offset) {
  Tensor y = detail::alias(x, std::move(sizes), std::move(strides), offset);
  AutogradMeta& meta = y.impl()->ensure_meta();
  meta.base = x.is_view() ? x.base() : x;
  meta.view_version = x.version();
  return y;
}

}  // namespace

namespace detail {

Tensor as_strided_backward(const Tensor& gradient, const Geometry& whole, const Geometry& part) {
  const autograd::profiler::RecordFunction profiled("as_strided_backward");
  const Tensor memory = memory_for(whole, part, gradient.dtype());
  add_overlapping(under(memory, part), gradient);
  share_out(memory, whole);
  return record("AsStridedBackward", under(memory, whole).clone(), {gradient},
                [whole, part](const Tensor& grad) { return part_of(grad, whole, part); });
}

Tensor part_of(const Tensor& gradient, const Geometry& whole, const Geometry& part) {
  const autograd::profiler::RecordFunction profiled("part_of");
  const Tensor memory = memory_for(whole, part, gradient.dtype());
  if (may_overlap(whole)) {
    add_overlapping(under(memory, whole), gradient);
    share_out(memory, whole);
  } else {
    copy_values(under(memory, whole), gradient);
  }
  return record("PartOf", under(memory, part).clone(), {gradient},
                [whole, part](const Tensor& grad) { return as_strided_backward(grad, whole, part); });
}

Tensor zero_part(const Tensor& gradient, const Geometry& whole, const Geometry& part) {
  const autograd::profiler::RecordFunction profiled("zero_part");
  const Tensor memory = memory_for(whole, part, gradient.dtype());
  copy_values(under(memory, whole), gradient);
  copy_values(under(memory, part), zeros({}, gradient.dtype()));
  return record("ZeroPart", under(memory, whole).clone(), {gradient},
                [whole, part](const Tensor& grad) { return zero_part(grad, whole, part); });
}

}  // namespace detail

Tensor as_strided(const Tensor& x, IntArrayRef sizes, IntArrayRef strides, std::optional<std::int64_t> offset) {
  const autograd::profiler::RecordFunction profiled("as_strided");
  check<ShapeError>(sizes.size() == strides.size(), "as_strided: {} sizes but {} strides", sizes.size(), strides.size());
  const std::int64_t first = offset.value_or(x.storage_offset());
  check<ShapeError>(first >= 0, "as_strided: negative offset {}", first);
  std::int64_t last = first;
  const bool has_elements = number_of_elements(sizes) > 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    check<ShapeError>(strides[i] >= 0, "as_strided: negative stride {} in {}", strides[i], strides);
    std::int64_t span = 0;
    check<ShapeError>(!has_elements || (!__builtin_mul_overflow(sizes[i] - 1, strides[i], &span) &&
                                        !__builtin_add_overflow(last, span, &last)),
                      "as_strided: sizes {} with strides {} leave the storage", sizes, strides);
  }
  const auto held = static_cast<std::int64_t>(x.impl()->storage->bytes() / x.element_size());
  check<ShapeError>(!has_elements || last < held,
                    "as_strided: sizes {} with strides {} from element {} on leave a storage of {} elements", sizes, strides,
                    first, held);
  Tensor y = make_view(x, to_dims(sizes), to_dims(strides), first);
  if (!must_record({x})) return y;
  return record("AsStrided", y, {x}, [whole = Geometry(x), part = Geometry(y)](const Tensor& grad) {
    return detail::as_strided_backward(grad, whole, part);
  });
}

Tensor view(const Tensor& x, IntArrayRef sizes) {
  const autograd::profiler::RecordFunction profiled("view");
  const DimVector wanted = infer_size("view", sizes, x.numel());
  DimVector strides;
  check<ShapeError>(view_strides(x.sizes(), x.strides(), wanted, strides),
                    "view: sizes {} cannot be had without a copy from sizes {} with strides {}; use reshape", wanted,
                    x.sizes(), x.strides());
  Tensor y = make_view(x, wanted, std::move(strides), x.storage_offset());
  return record("View", y, {x}, [sizes = to_dims(x.sizes())](const Tensor& grad) { return reshape(grad, sizes); });
}

Tensor reshape(const Tensor& x, IntArrayRef sizes) {
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
  if (IntArrayRef(wanted) == x.sizes()) return x;
  Tensor y = make_view(x, std::move(wanted), std::move(strides), x.storage_offset());
  return record("Expand", y, {x}, [sizes = to_dims(x.sizes())](const Tensor& grad) { return sum_to(grad, sizes); });
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
  return record("Permute", y, {x}, [inverse](const Tensor& grad) { return permute(grad, inverse); });
}

Tensor transpose(const Tensor& x, std::int64_t dim0, std::int64_t dim1) {
  const autograd::profiler::RecordFunction profiled("transpose");
  const auto first = static_cast<std::size_t>(wrap_dim("transpose", dim0, x.dim()));
  const auto second = static_cast<std::size_t>(wrap_dim("transpose", dim1, x.dim()));
  if (x.dim() == 0) return x;
  DimVector sizes = to_dims(x.sizes());
  DimVector strides = to_dims(x.strides());
  std::swap(sizes[first], sizes[second]);
  std::swap(strides[first], strides[second]);
  Tensor y = make_view(x, std::move(sizes), std::move(strides), x.storage_offset());
  return record("Transpose", y, {x}, [dim0, dim1](const Tensor& grad) { return transpose(grad, dim0, dim1); });
}

Tensor t(const Tensor& x) {
  check<ShapeError>(x.dim() <= 2, "t: expected at most 2 dimensions, got shape {}", x.sizes());
  return x.dim() == 2 ? transpose(x, 0, 1) : x;
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

Tensor select(const Tensor& x, std::int64_t dim, std::int64_t index) {
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
  return record("Select", y, {x}, [sizes = to_dims(x.sizes()), axis, index](const Tensor& grad) {
    return select_backward(grad, sizes, static_cast<std::int64_t>(axis), index);
  });
}

Tensor slice(const Tensor& x, std::int64_t dim, std::optional<std::int64_t> start, std::optional<std::int64_t> end,
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
  sizes[axis] = (last - first + step - 1) / step;
  strides[axis] *= step;
  Tensor y = make_view(x, std::move(sizes), std::move(strides), offset);
  return record("Slice", y, {x}, [sizes = to_dims(x.sizes()), axis, first, last, step](const Tensor& grad) {
    return slice_backward(grad, sizes, static_cast<std::int64_t>(axis), first, last, step);
  });
}

Tensor narrow(const Tensor& x, std::int64_t dim, std::int64_t start, std::int64_t length) {
  check<IndexError>(x.dim() > 0, "narrow: a 0-d tensor has no dimension to narrow");
  const std::int64_t size = x.size(dim);
  if (start < 0) start += size;
  check<IndexError>(length >= 0 && start >= 0 && start <= size - length,
                    "narrow: {} elements from {} on leave dimension {} of shape {}", length, start, dim, x.sizes());
  return slice(x, dim, start, start + length);
}

Tensor squeeze(const Tensor& x) {
  DimVector sizes;
  for (const std::int64_t size : x.sizes()) {
    if (size != 1) sizes.push_back(size);
  }
  return view(x, sizes);
}

Tensor squeeze(const Tensor& x, std::int64_t dim) {
  const auto axis = static_cast<std::size_t>(wrap_dim("squeeze", dim, x.dim()));
  if (x.dim() == 0 || x.sizes()[axis] != 1) return x;
  DimVector sizes = to_dims(x.sizes());
  sizes.erase(sizes.begin() + axis);
  return view(x, sizes);
}

Tensor unsqueeze(const Tensor& x, std::int64_t dim) {
  const auto axis = static_cast<std::size_t>(wrap_dim("unsqueeze", dim, x.dim() + 1));
  DimVector sizes = to_dims(x.sizes());
  sizes.insert(sizes.begin() + axis, 1);
  return view(x, sizes);
}

Tensor flatten(const Tensor& x, std::int64_t start_dim, std::int64_t end_dim) {
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

Tensor unflatten(const Tensor& x, std::int64_t dim, IntArrayRef sizes) {
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
  const std::int64_t from = wrap_dim("movedim", source, x.dim());
  const std::int64_t to = wrap_dim("movedim", destination, x.dim());
  if (x.dim() == 0) return x;
  DimVector order;
  for (std::int64_t i = 0; i < x.dim(); ++i) {
    if (i != from) order.push_back(i);
  }
  order.insert(order.begin() + to, from);
  return permute(x, order);
}

Tensor movedim(const Tensor& x, IntArrayRef source, IntArrayRef destination) {
  check<ShapeError>(source.size() == destination.size(), "movedim: {} dimensions go to {} places", source.size(),
                    destination.size());
  DimVector order(x.sizes().size(), -1);
  std::vector<bool> moved(x.sizes().size(), false);
  for (std::size_t i = 0; i < source.size(); ++i) {
    const auto from = static_cast<std::size_t>(wrap_dim("movedim", source[i], x.dim()));
    const auto to = static_cast<std::size_t>(wrap_dim("movedim", destination[i], x.dim()));
    if (x.dim() == 0) return x;
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

namespace {

/// The gradient of windows, added up where they overlap. Its own gradient is the windows again.
Tensor unfold_backward(const Tensor& grad, const DimVector& sizes, std::int64_t dim, std::int64_t size, std::int64_t step) {
  const Tensor whole = zeros(sizes, grad.dtype());
  {
    const NoGradGuard no_grad;
    add_overlapping(unfold(whole, dim, size, step), grad);
  }
  return record("UnfoldBackward", whole, {grad}, [=](const Tensor& g) { return unfold(g, dim, size, step); });
}

/// The gradient of a diagonal: zeros beside it. Its own gradient is the diagonal again.
Tensor diagonal_backward(const Tensor& grad, const DimVector& sizes, std::int64_t offset, std::int64_t dim1,
                         std::int64_t dim2) {
  const Tensor whole = zeros(sizes, grad.dtype());
  {
    const NoGradGuard no_grad;
    detail::copy_values(diagonal(whole, offset, dim1, dim2), grad);
  }
  return record("DiagonalBackward", whole, {grad}, [=](const Tensor& g) { return diagonal(g, offset, dim1, dim2); });
}

}  // namespace

Tensor unfold(const Tensor& x, std::int64_t dim, std::int64_t size, std::int64_t step) {
  const auto axis = static_cast<std::size_t>(wrap_dim("unfold", dim, x.dim()));
  const std::int64_t length = x.dim() == 0 ? 1 : x.sizes()[axis];
  check<ValueError>(size >= 0 && size <= length && step > 0,
                    "unfold: windows of {} every {} do not fit into a dimension of {}", size, step, length);
  DimVector sizes = to_dims(x.sizes());
  DimVector strides = to_dims(x.strides());
  if (x.dim() > 0) {
    sizes[axis] = (length - size) / step + 1;
    sizes.push_back(size);
    strides.push_back(strides[axis]);
    strides[axis] *= step;
  } else {
    sizes.push_back(size);
    strides.push_back(1);
  }
  Tensor y = make_view(x, std::move(sizes), std::move(strides), x.storage_offset());
  return record("Unfold", y, {x}, [sizes = to_dims(x.sizes()), dim, size, step](const Tensor& grad) {
    return unfold_backward(grad, sizes, dim, size, step);
  });
}

Tensor diagonal(const Tensor& x, std::int64_t offset, std::int64_t dim1, std::int64_t dim2) {
  check<ShapeError>(x.dim() >= 2, "diagonal: expected at least 2 dimensions, got shape {}", x.sizes());
  const auto row = static_cast<std::size_t>(wrap_dim("diagonal", dim1, x.dim()));
  const auto column = static_cast<std::size_t>(wrap_dim("diagonal", dim2, x.dim()));
  check<ShapeError>(row != column, "diagonal: the two dimensions must differ, both are {}", row);
  const std::int64_t rows = x.sizes()[row] - std::max<std::int64_t>(0, -offset);
  const std::int64_t columns = x.sizes()[column] - std::max<std::int64_t>(0, offset);
  const std::int64_t length = std::max<std::int64_t>(0, std::min(rows, columns));
  std::int64_t first = x.storage_offset();
  if (length > 0)
    first += std::max<std::int64_t>(0, -offset) * x.strides()[row] + std::max<std::int64_t>(0, offset) * x.strides()[column];
  DimVector sizes;
  DimVector strides;
  for (std::size_t i = 0; i < x.sizes().size(); ++i) {
    if (i == row || i == column) continue;
    sizes.push_back(x.sizes()[i]);
    strides.push_back(x.strides()[i]);
  }
  sizes.push_back(length);
  strides.push_back(x.strides()[row] + x.strides()[column]);
  Tensor y = make_view(x, std::move(sizes), std::move(strides), first);
  return record("Diagonal", y, {x}, [sizes = to_dims(x.sizes()), offset, dim1, dim2](const Tensor& grad) {
    return diagonal_backward(grad, sizes, offset, dim1, dim2);
  });
}

intrusive_ptr<Node> Tensor::grad_fn() const {
  AutogradMeta* meta = impl()->meta.get();
  if (meta == nullptr || !meta->base.defined() || meta->view_version == version()) return impl_->grad_fn;
  // The memory was written since: the base's history, seen through this view, is this view's.
  const EnableGradGuard enable;
  meta->view_version = version();
  impl_->grad_fn.reset();
  if (meta->base.requires_grad()) {
    record("AsStrided", *this, {meta->base}, [whole = Geometry(meta->base), part = Geometry(*this)](const Tensor& grad) {
      return detail::as_strided_backward(grad, whole, part);
    });
  }
  return impl_->grad_fn;
}

Tensor Tensor::view(IntArrayRef sizes) const { return xgrad::view(*this, sizes); }
Tensor Tensor::view_as(const Tensor& other) const { return xgrad::view(*this, other.sizes()); }
Tensor Tensor::reshape(IntArrayRef sizes) const { return xgrad::reshape(*this, sizes); }
Tensor Tensor::reshape_as(const Tensor& other) const { return xgrad::reshape(*this, other.sizes()); }
Tensor Tensor::expand(IntArrayRef sizes) const { return xgrad::expand(*this, sizes); }
Tensor Tensor::expand_as(const Tensor& other) const { return xgrad::expand(*this, other.sizes()); }
Tensor Tensor::transpose(std::int64_t dim0, std::int64_t dim1) const { return xgrad::transpose(*this, dim0, dim1); }
Tensor Tensor::t() const { return xgrad::t(*this); }
Tensor Tensor::permute(IntArrayRef dims) const { return xgrad::permute(*this, dims); }
Tensor Tensor::select(std::int64_t dim, std::int64_t index) const { return xgrad::select(*this, dim, index); }
Tensor Tensor::operator[](std::int64_t index) const { return xgrad::select(*this, 0, index); }
Tensor Tensor::slice(std::int64_t dim, std::optional<std::int64_t> start, std::optional<std::int64_t> end,
                     std::int64_t step) const {
  return xgrad::slice(*this, dim, start, end, step);
}
Tensor Tensor::narrow(std::int64_t dim, std::int64_t start, std::int64_t length) const {
  return xgrad::narrow(*this, dim, start, length);
}
Tensor Tensor::squeeze() const { return xgrad::squeeze(*this); }
Tensor Tensor::squeeze(std::int64_t dim) const { return xgrad::squeeze(*this, dim); }
Tensor Tensor::unsqueeze(std::int64_t dim) const { return xgrad::unsqueeze(*this, dim); }
Tensor Tensor::flatten(std::int64_t start_dim, std::int64_t end_dim) const {
  return xgrad::flatten(*this, start_dim, end_dim);
}
Tensor Tensor::as_strided(IntArrayRef sizes, IntArrayRef strides, std::optional<std::int64_t> offset) const {
  return xgrad::as_strided(*this, sizes, strides, offset);
}
Tensor Tensor::diagonal(std::int64_t offset, std::int64_t dim1, std::int64_t dim2) const {
  return xgrad::diagonal(*this, offset, dim1, dim2);
}

Tensor Tensor::unflatten(std::int64_t dim, IntArrayRef sizes) const { return xgrad::unflatten(*this, dim, sizes); }
Tensor Tensor::movedim(std::int64_t source, std::int64_t destination) const {
  return xgrad::movedim(*this, source, destination);
}
Tensor Tensor::unfold(std::int64_t dim, std::int64_t size, std::int64_t step) const {
  return xgrad::unfold(*this, dim, size, step);
}
Tensor Tensor::movedim(IntArrayRef source, IntArrayRef destination) const {
  return xgrad::movedim(*this, source, destination);
}
Tensor Tensor::numpy_T() const {
  DimVector order;
  for (std::int64_t i = dim(); i-- > 0;) order.push_back(i);
  return permute(order);
}

}  // namespace xgrad
