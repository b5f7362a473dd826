#include "autograd/ops/scatter.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/gather.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/in_memory.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// Which entries of an index come again later; undefined where none does.
Tensor replaced_later(const Tensor& rows, std::int64_t size) {
  const auto* order = rows.data_ptr<std::int64_t>();
  const Tensor seen = zeros({size}, kBool);
  const Tensor replaced = empty({rows.numel()}, kBool);
  bool any = false;
  for (std::int64_t r = rows.numel(); r-- > 0;) {
    bool& before = seen.data_ptr<bool>()[order[r]];
    replaced.data_ptr<bool>()[r] = before;
    any |= before;
    before = true;
  }
  return any ? replaced : Tensor();
}

/// Writes a number into the chosen rows of a contiguous tensor.
void fill_rows(const Tensor& y, std::size_t axis, const Tensor& chosen, const Tensor& value) {
  std::int64_t outer = 1;
  std::int64_t inner = 1;
  for (std::size_t i = 0; i < axis; ++i) outer *= y.sizes()[i];
  for (std::size_t i = axis + 1; i < y.sizes().size(); ++i) inner *= y.sizes()[i];
  const auto* rows = chosen.data_ptr<std::int64_t>();
  visit_any_dtype(y.dtype(), [&]<class T>() {
    const T number = *value.data_ptr<T>();
    for (std::int64_t o = 0; o < outer; ++o) {
      T* part = y.data_ptr<T>() + o * y.sizes()[axis] * inner;
      for (std::int64_t r = 0; r < chosen.numel(); ++r) std::fill_n(part + rows[r] * inner, inner, number);
    }
  });
}

}  // namespace

Tensor index_copy(const Tensor& x, OnlyInt dim, const Tensor& index, const Tensor& source) {
  const autograd::profiler::RecordFunction profiled("index_copy");
  const auto slices = detail::checked_slices("index_copy", x, dim, index, source);
  const std::size_t axis = slices.axis;
  const Tensor& rows = slices.rows;
  const std::int64_t size = x.dim() == 0 ? 1 : x.sizes()[axis];
  Tensor y = x.detach().clone();
  const Tensor values = source.detach().contiguous();
  const auto* order = rows.data_ptr<std::int64_t>();
  const std::int64_t count = rows.numel();
  std::int64_t inner = 1;
  for (std::size_t i = axis + 1; i < x.sizes().size(); ++i) inner *= x.sizes()[i];
  const std::int64_t outer = values.numel() == 0 ? 0 : values.numel() / (count * inner);
  const auto copy = [&]<class T>() {
    T* out = static_cast<T*>(y.data_ptr());
    const T* in = static_cast<const T*>(values.data_ptr());
    for (std::int64_t o = 0; o < outer; ++o) {
      for (std::int64_t r = 0; r < count; ++r) {
        T* target = out + (o * size + order[r]) * inner;
        const T* row = in + (o * count + r) * inner;
        if (inner == 1) *target = *row;
        else std::copy_n(row, inner, target);
      }
    }
  };
  if (compute_dtype(x.dtype()) == x.dtype()) {
    visit_dtype(x.dtype(), copy);
  } else {
    inner *= static_cast<std::int64_t>(x.element_size());
    copy.operator()<std::byte>();
  }
  const DimVector expected = to_dims(source.sizes());
  record_all("IndexCopy", {&y, 1}, {x, source},
             [rows = SavedTensor(rows), expected, axis, size](std::span<Tensor> grads, const Node& node) {
               const auto along_dim = static_cast<std::int64_t>(axis);
               std::array<Tensor, 2> gradients;
               if (node.needs_gradient(0))
                 gradients[0] = index_copy(grads[0], along_dim, rows.unpack(), zeros(expected, grads[0].dtype()));
               if (node.needs_gradient(1)) {
                 gradients[1] = reshape(index_select(grads[0], along_dim, rows.unpack()), expected);
                 const Tensor replaced = replaced_later(rows.unpack(), size);
                 if (replaced.defined()) {
                   DimVector along(std::max<std::size_t>(1, expected.size()), 1);
                   along[axis] = replaced.numel();
                   gradients[1] = masked_fill(gradients[1], view(replaced, along), 0);
                 }
               }
               return gradients;
             });
  return y;
}

namespace {

/// Throws unless source and index fit x; the axis.
std::size_t check_scatter(const char* operation, const Tensor& x, std::int64_t dim, const Tensor& index,
                          const Tensor& source) {
  check<TypeError>(x.dtype() == source.dtype(), "{}: dtypes {} and {} differ", operation, x.dtype(), source.dtype());
  const auto axis = static_cast<std::size_t>(wrap_dim(operation, dim, x.dim()));
  bool fits = index.dim() == x.dim() && source.dim() == x.dim();
  for (std::size_t i = 0; fits && i < x.sizes().size(); ++i) {
    fits = index.sizes()[i] <= source.sizes()[i] && (i == axis || index.sizes()[i] <= x.sizes()[i]);
  }
  check<ShapeError>(fits || index.numel() == 0,
                    "{}: an index of shape {} does not fit x {} and source {} along dimension {}", operation, index.sizes(),
                    x.sizes(), source.sizes(), axis);
  return axis;
}

/// The part of the source that an index of this shape takes.
Tensor part_for(const Tensor& source, IntArrayRef index_sizes) {
  Tensor part = source;
  for (std::size_t i = 0; i < index_sizes.size(); ++i) {
    const auto dim = static_cast<std::int64_t>(i);
    if (index_sizes[i] != part.size(dim)) part = narrow(part, dim, 0, index_sizes[i]);
  }
  return part;
}

/// What gather() takes from x, but 0 where scatter() would have replaced it later; outside the graph.
Tensor gathered_last(const Tensor& x, std::size_t axis, const Tensor& at) {
  Tensor y = empty(at.sizes(), x.dtype());
  const Tensor source = x.detach().contiguous();
  kernels::gather_last(x.element_size(), y.data_ptr(), source.data_ptr(), detail::index_into(x.sizes(), axis, at));
  return y;
}

/// The gradient of a source of these sizes that went where a checked index says.
Tensor scatter_backward(const Tensor& grad, std::size_t axis, const Tensor& at, const DimVector& sizes) {
  Tensor taken;
  if (GradMode::is_enabled()) {
    const Tensor kept = gathered_last(ones(grad.sizes(), grad.dtype()), axis, at);
    taken = masked_fill(gather(grad, static_cast<std::int64_t>(axis), at), eq(kept, 0), 0);
  } else {
    taken = gathered_last(grad, axis, at);
  }
  if (taken.sizes() == IntArrayRef(sizes)) return taken;
  Tensor whole = zeros(sizes, grad.dtype());  // what the index leaves out has no gradient
  part_for(whole, at.sizes()).copy_(taken);
  return whole;
}

}  // namespace

std::pair<Tensor, Tensor> detail::scattered(const char* operation, const Tensor& x, std::int64_t dim, const Tensor& index,
                                            const Tensor& source) {
  const std::size_t axis = check_scatter(operation, x, dim, index, source);
  if (index.numel() == 0) return {zeros({0}, kInt64), narrow(reshape(source, {-1}), 0, 0, 0)};
  const Tensor wrapped = detail::checked_index(operation, index, x.dim() == 0 ? 1 : x.sizes()[axis]);
  const Tensor positions = empty({index.numel()}, kInt64);
  kernels::places(positions.data_ptr<std::int64_t>(), detail::index_into(x.sizes(), axis, wrapped));
  return {positions, reshape(part_for(source, index.sizes()), {-1})};
}

Tensor scatter(const Tensor& x, OnlyInt dim, const Tensor& index, const Tensor& source) {
  const autograd::profiler::RecordFunction profiled("scatter");
  const std::size_t axis = check_scatter("scatter", x, dim, index, source);
  if (index.numel() == 0) return x.clone();
  const Tensor at = detail::unchecked_index("scatter", index);
  Tensor y = x.detach().clone();
  const Tensor part = part_for(source.detach(), index.sizes()).contiguous();
  if (!kernels::scatter(y.element_size(), y.data_ptr(), part.data_ptr(), detail::index_into(y.sizes(), axis, at)))
      [[unlikely]]
    detail::checked_index("scatter", index, x.dim() == 0 ? 1 : x.sizes()[axis]);  // throws
  record_all("scatter", {&y, 1}, {x, source},
             [at = SavedTensor(at), axis, sizes = to_dims(source.sizes())](std::span<Tensor> grads, const Node& node) {
               std::array<Tensor, 2> gradients;
               if (node.needs_gradient(0)) gradients[0] = scatter(grads[0], static_cast<std::int64_t>(axis), at.unpack(), 0);
               if (node.needs_gradient(1)) gradients[1] = scatter_backward(grads[0], axis, at.unpack(), sizes);
               return gradients;
             });
  return y;
}

Tensor scatter(const Tensor& x, OnlyInt dim, const Tensor& index, Scalar value) {
  return scatter(x, dim, index, full(index.sizes(), value, x.dtype()));
}

Tensor masked_scatter(const Tensor& x, const Tensor& mask, const Tensor& source) {
  const autograd::profiler::RecordFunction profiled("masked_scatter");
  check<TypeError>(mask.dtype() == kBool, "masked_scatter: the mask must be a bool tensor, got {}", mask.dtype());
  check<TypeError>(x.dtype() == source.dtype(), "masked_scatter: dtypes {} and {} differ", x.dtype(), source.dtype());
  const DimVector sizes = broadcast_shapes("masked_scatter", x.sizes(), mask.sizes());
  const Tensor positions = squeeze(nonzero(reshape(detail::expanded(mask, sizes), {number_of_elements(sizes)})), 1);
  check<ShapeError>(positions.numel() <= source.numel(), "masked_scatter: the mask takes {} elements, the source {} has {}",
                    positions.numel(), source.sizes(), source.numel());
  const Tensor values = narrow(reshape(source, {source.numel()}), 0, 0, positions.numel());
  return reshape(index_copy(reshape(detail::expanded(x, sizes), {number_of_elements(sizes)}), 0, positions, values), sizes);
}

Tensor take_along_dim(const Tensor& x, const Tensor& index, std::optional<OnlyInt> dim) {
  const autograd::profiler::RecordFunction profiled("take_along_dim");
  if (!dim) return gather(reshape(x, {x.numel()}), 0, reshape(index, {index.numel()}));
  check<ShapeError>(x.dim() == index.dim(), "take_along_dim: x {} and index {} have different numbers of dimensions",
                    x.sizes(), index.sizes());
  const auto axis = static_cast<std::size_t>(wrap_dim("take_along_dim", *dim, x.dim()));
  if (x.dim() == 0) return gather(x, 0, index);
  DimVector x_sizes = to_dims(x.sizes());
  DimVector index_sizes = to_dims(index.sizes());
  x_sizes[axis] = index_sizes[axis] = 1;
  x_sizes = index_sizes = broadcast_shapes("take_along_dim", x_sizes, index_sizes);
  x_sizes[axis] = x.sizes()[axis];
  index_sizes[axis] = index.sizes()[axis];
  return gather(detail::expanded(x, x_sizes), *dim, detail::expanded(index, index_sizes));
}

Tensor index_fill(const Tensor& x, OnlyInt dim, const Tensor& index, const Tensor& value) {
  const autograd::profiler::RecordFunction profiled("index_fill");
  check<ShapeError>(value.dim() == 0, "index_fill: expected one value, got shape {}", value.sizes());
  check<ShapeError>(index.dim() <= 1, "index_fill: expected a vector of indices, got shape {}", index.sizes());
  if (x.dim() == 0) return reshape(index_fill(reshape(x, {1}), dim, index, value), {});
  const std::int64_t axis = wrap_dim("index_fill", dim, x.dim());
  const Tensor chosen = detail::checked_index("index_fill", reshape(index, {-1}), x.size(axis), true);
  const Tensor number = to(value, x.dtype());
  if (must_record({number})) {  // its gradient is a sum over the rows, each counted once
    DimVector sizes(x.sizes().size(), 1);
    sizes[static_cast<std::size_t>(axis)] = x.size(axis);
    const Tensor mask = zeros({x.size(axis)}, kBool);
    fill_rows(mask, 0, chosen, full({}, true, kBool));
    return where(view(mask, sizes), number, x);
  }
  Tensor y = x.detach().clone();
  fill_rows(y, static_cast<std::size_t>(axis), chosen, number);
  return record("IndexFill", std::move(y), {x}, [axis, chosen = SavedTensor(chosen)](const Tensor& grad) {
    return index_fill(grad, axis, chosen.unpack(), 0);
  });
}

Tensor index_fill(const Tensor& x, OnlyInt dim, const Tensor& index, Scalar value) {
  return index_fill(x, dim, index, full({}, value, x.dtype()));
}

Tensor take(const Tensor& x, const Tensor& index) {
  const autograd::profiler::RecordFunction profiled("take");
  check<IndexError>(x.numel() > 0 || index.numel() == 0, "take: there is nothing to take from shape {}", x.sizes());
  const Tensor chosen = detail::checked_index("take", reshape(index, {-1}), x.numel(), true);
  return reshape(index_select(reshape(x, {-1}), 0, chosen), index.sizes());
}

Tensor put(const Tensor& x, const Tensor& index, const Tensor& source, OnlyBool accumulate) {
  const autograd::profiler::RecordFunction profiled("put");
  check<TypeError>(x.dtype() == source.dtype(), "put: dtypes {} and {} differ", x.dtype(), source.dtype());
  check<ShapeError>(index.numel() == source.numel(), "put: {} positions for a source of shape {}", index.numel(),
                    source.sizes());
  const Tensor chosen = detail::checked_index("put", reshape(index, {-1}), x.numel(), true);
  const Tensor flat = reshape(x, {-1});
  const Tensor values = reshape(source, {-1});
  const Tensor changed = accumulate ? index_add(flat, 0, chosen, values) : index_copy(flat, 0, chosen, values);
  return reshape(changed, x.sizes());
}

Tensor scatter(const Tensor& x, OnlyInt dim, const Tensor& index, const Tensor& source, std::string_view reduce) {
  const autograd::profiler::RecordFunction profiled("scatter");
  if (reduce == "add") return scatter_add(x, dim, index, source);
  check<ValueError>(reduce == "multiply", R"(scatter: expected to "add" or to "multiply", got "{}")", reduce);
  check<GraphError>(!must_record({x, source}), "scatter: multiplication has no gradient; detach() the tensors first");
  Tensor y = scatter(x, dim, index, source);  // throws what there is to throw
  detail::copy_values(y, x);
  const Tensor rows = index.to(kInt64).contiguous();
  const Tensor factors = source.contiguous();
  const std::size_t axis = x.dim() == 0 ? 0 : static_cast<std::size_t>(wrap_dim("scatter", dim, x.dim()));
  visit_any_dtype(y.dtype(), [&]<class T>() {
    T* out = y.data_ptr<T>();
    const T* in = factors.data_ptr<T>();
    DimVector place(rows.sizes().size());
    for (std::int64_t i = 0; i < rows.numel(); ++i) {
      const std::int64_t row = rows.data_ptr<std::int64_t>()[i];
      std::int64_t to = place.empty() ? row : 0;
      std::int64_t from = 0;
      for (std::size_t d = 0; d < place.size(); ++d) {
        to += (d == axis ? row : place[d]) * y.strides()[d];
        from += place[d] * factors.strides()[d];
      }
      out[to] = static_cast<T>(out[to] * in[from]);
      for (std::size_t d = place.size(); d-- > 0 && ++place[d] == rows.sizes()[d];) place[d] = 0;
    }
  });
  return y;
}

Tensor scatter(const Tensor& x, OnlyInt dim, const Tensor& index, Scalar value, std::string_view reduce) {
  return scatter(x, dim, index, full(index.sizes(), value, x.dtype()), reduce);
}

}  // namespace xgrad
