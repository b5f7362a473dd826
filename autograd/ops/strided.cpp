// Views of view.h by sizes and strides over the storage: their gradients gather what lies at one place in memory.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/loop.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

using detail::Geometry;
using detail::make_view;
using detail::may_overlap;

namespace {

/// One past the last element of a geometry.
std::int64_t extent(const Geometry& geometry) {
  std::int64_t last = geometry.offset;
  for (std::size_t i = 0; i < geometry.sizes.size(); ++i) {
    if (geometry.sizes[i] == 0) return geometry.offset;
    last += (geometry.sizes[i] - 1) * geometry.strides[i];
  }
  return last + 1;
}

Tensor view_of(const Tensor& memory, const Geometry& geometry) {
  return detail::alias(memory, geometry.sizes, geometry.strides, geometry.offset);
}

/// target += source where several elements of target may be one place in memory; both of one dtype.
void add_overlapping(const Tensor& target, const Tensor& source) {
  kernels::Loop<2> loop{to_dims(target.sizes()), {to_dims(target.strides()), to_dims(source.strides())}};
  if (loop.sizes.empty()) loop = {{1}, {DimVector{1}, DimVector{1}}};
  visit_floating(target.dtype(), "as_strided", [&]<class T>() {
    T* const to = target.data_ptr<T>();
    const T* const from = source.data_ptr<T>();
    const std::int64_t one_thread = target.numel();
    kernels::for_each_run(loop, one_thread, [&](const auto& offsets, std::int64_t length, const auto& strides) {
      T* const out = to + offsets[0];
      const T* const in = from + offsets[1];
      for (std::int64_t i = 0; i < length; ++i) out[i * strides[0]] += in[i * strides[1]];
    });
  });
}

/// New memory that holds both geometries, for the first to be written: all zero outside of it, and in double precision where
/// elements add up.
Tensor memory_for(const Geometry& written, const Geometry& other, Dtype dtype) {
  const bool written_overlaps = may_overlap(written);
  const DimVector size{std::max(extent(written), extent(other))};
  if (!written_overlaps && number_of_elements(written.sizes) == size[0] && !may_overlap(other)) return empty(size, dtype);
  return zeros(size, written_overlaps || may_overlap(other) ? kFloat64 : dtype);
}

/// Makes memory that several elements of `whole` share hold their mean instead of their sum, so that the gradient that they
/// have in common counts once.
void divide_by_repeats(const Tensor& memory, const Geometry& whole) {
  if (!may_overlap(whole)) return;
  const Tensor counts = zeros(memory.sizes(), memory.dtype());
  add_overlapping(view_of(counts, whole), ones(whole.sizes, memory.dtype()));
  memory.div_(counts.clamp_min(1));
}

}  // namespace

namespace detail {

bool may_overlap(IntArrayRef sizes, IntArrayRef strides) {
  std::vector<std::pair<std::int64_t, std::int64_t>> dims;  // stride and size
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 0) return false;
    if (sizes[i] > 1) dims.emplace_back(strides[i], sizes[i]);
  }
  std::sort(dims.begin(), dims.end());
  std::int64_t reach = 0;  // from the first to the last element of the smaller strides
  for (const auto& [stride, size] : dims) {
    if (stride <= reach) return true;
    reach += stride * (size - 1);
  }
  return false;
}

Tensor as_strided_backward(const Tensor& gradient, const Geometry& whole, const Geometry& part) {
  const autograd::profiler::RecordFunction profiled("as_strided_backward");
  const Tensor memory = memory_for(part, whole, gradient.dtype());
  if (may_overlap(part)) add_overlapping(view_of(memory, part), converted(gradient, memory.dtype()));
  else copy_values(view_of(memory, part), gradient);
  divide_by_repeats(memory, whole);
  return record("AsStridedBackward", converted(view_of(memory, whole).contiguous(), gradient.dtype()), {gradient},
                [whole, part](const Tensor& grad) { return part_of(grad, whole, part); });
}

Tensor part_of(const Tensor& gradient, const Geometry& whole, const Geometry& part) {
  const autograd::profiler::RecordFunction profiled("part_of");
  const Tensor memory = memory_for(whole, part, gradient.dtype());
  if (may_overlap(whole)) {
    add_overlapping(view_of(memory, whole), converted(gradient, memory.dtype()));
    divide_by_repeats(memory, whole);
  } else {
    copy_values(view_of(memory, whole), gradient);
  }
  return record("PartOf", converted(view_of(memory, part).clone(), gradient.dtype()), {gradient},
                [whole, part](const Tensor& grad) { return as_strided_backward(grad, whole, part); });
}

Tensor zero_part(const Tensor& gradient, const Geometry& whole, const Geometry& part) {
  const autograd::profiler::RecordFunction profiled("zero_part");
  const Tensor memory = memory_for(whole, part, gradient.dtype());
  copy_values(view_of(memory, whole), gradient);
  copy_values(view_of(memory, part), zeros({}, memory.dtype()));
  return record("ZeroPart", converted(view_of(memory, whole).contiguous(), gradient.dtype()), {gradient},
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

Tensor as_strided_scatter(const Tensor& x, const Tensor& source, IntArrayRef sizes, IntArrayRef strides,
                          std::optional<std::int64_t> offset) {
  const autograd::profiler::RecordFunction profiled("as_strided_scatter");
  check<TypeError>(x.dtype() == source.dtype(), "as_strided_scatter: dtypes {} and {} differ", x.dtype(), source.dtype());
  check<ShapeError>(source.sizes() == sizes, "as_strided_scatter: a source of shape {} for a part of shape {}",
                    source.sizes(), sizes);
  const Geometry whole(x);
  const Geometry part(as_strided(x.detach(), sizes, strides, offset));
  check<ShapeError>(!may_overlap(part), "as_strided_scatter: elements of sizes {} with strides {} share memory", sizes,
                    strides);
  const Tensor memory = memory_for(whole, part, x.dtype());
  detail::copy_values(view_of(memory, whole), x);
  detail::copy_values(view_of(memory, part), source);
  // Memory that is x's geometry and nothing else is the result.
  Tensor y = detail::converted(view_of(memory, whole), x.dtype());
  if (!y.is_contiguous() || y.numel() != memory.numel()) y = y.clone();
  record_all("AsStridedScatter", {&y, 1}, {x, source}, [whole, part](std::span<Tensor> grads, const Node& node) {
    std::array<Tensor, 2> gradients;
    if (node.needs_gradient(0)) gradients[0] = detail::zero_part(grads[0], whole, part);
    if (node.needs_gradient(1)) gradients[1] = detail::part_of(grads[0], whole, part);
    return gradients;
  });
  return y;
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

Tensor unfold(const Tensor& x, OnlyInt dim, std::int64_t size, std::int64_t step) {
  const autograd::profiler::RecordFunction profiled("unfold");
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
  return record("Unfold", std::move(y), {x}, [sizes = to_dims(x.sizes()), dim, size, step](const Tensor& grad) {
    return unfold_backward(grad, sizes, dim, size, step);
  });
}

Tensor diagonal(const Tensor& x, std::int64_t offset, OnlyInt dim1, OnlyInt dim2) {
  const autograd::profiler::RecordFunction profiled("diagonal");
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
  return record("Diagonal", std::move(y), {x}, [sizes = to_dims(x.sizes()), offset, dim1, dim2](const Tensor& grad) {
    return diagonal_backward(grad, sizes, offset, dim1, dim2);
  });
}

intrusive_ptr<Node> Tensor::grad_fn() const {
  AutogradMeta* meta = impl()->meta.get();
  check<GraphError>(meta == nullptr || !meta->shares_in_function || meta->view_version == version(),
                    "a result of a Function shares its memory with an argument or another result, and that was changed in "
                    "place since: its gradient is not known any more; clone() it in forward");
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

}  // namespace xgrad
