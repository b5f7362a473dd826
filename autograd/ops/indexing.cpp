#include "autograd/ops/indexing.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/parallel.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/add_rows.h"
#include "autograd/kernels/gather.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/in_memory.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

Tensor detail::unchecked_index(const char* operation, const Tensor& index) {
  check<TypeError>(index.dtype() == kInt64 || index.dtype() == kInt32, "{}: expected an int64 index, got {}", operation,
                   index.dtype());
  return converted(index.detach(), kInt64).contiguous();
}

Tensor detail::checked_index(const char* operation, const Tensor& index, std::int64_t size, bool negative_allowed) {
  Tensor checked = unchecked_index(operation, index);
  const auto* values = checked.data_ptr<std::int64_t>();
  const std::int64_t lowest = negative_allowed ? -size : 0;
  const auto [least, largest] = kernels::index_range(values, checked.numel());
  if (least < lowest || largest >= size) [[unlikely]] {
    const std::int64_t* wrong =
        std::find_if(values, values + checked.numel(), [=](std::int64_t value) { return value < lowest || value >= size; });
    throw IndexError(fmt::format("{}: index {} is out of range: expected {} to {}", operation, *wrong, lowest, size - 1));
  }
  return least < 0 ? where(lt(checked, 0), checked + size, checked) : checked;
}

namespace {

/// Sizes around one dimension: outer x size x inner.
struct Around {
  Around(IntArrayRef sizes, std::size_t dim) {
    for (std::size_t i = 0; i < dim; ++i) outer *= sizes[i];
    for (std::size_t i = dim + 1; i < sizes.size(); ++i) inner *= sizes[i];
  }
  std::int64_t outer = 1;
  std::int64_t inner = 1;
};

}  // namespace

Tensor cat(const TensorList& tensors, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("cat");
  check<ValueError>(!tensors.empty(), "cat: expected at least one tensor");
  Dtype dtype = tensors.front().dtype();
  const Tensor* model = nullptr;  // an empty vector joins anything, as in PyTorch
  for (const Tensor& tensor : tensors) {
    dtype = promote_types(dtype, tensor.dtype());
    check<ShapeError>(tensor.dim() > 0, "cat: a 0-d tensor cannot be joined; use stack");
    if (model == nullptr && !(tensor.dim() == 1 && tensor.numel() == 0)) model = &tensor;
  }
  if (model == nullptr) model = &tensors.front();
  const auto axis = static_cast<std::size_t>(wrap_dim("cat", dim, model->dim()));
  TensorList parts;
  DimVector lengths;  // -1 of empty vectors beside tensors of more dimensions
  DimVector sizes = to_dims(model->sizes());
  sizes[axis] = 0;
  for (const Tensor& tensor : tensors) {
    parts.push_back(to(tensor, dtype));
    if (tensor.dim() == 1 && tensor.numel() == 0 && model->dim() != 1) {
      lengths.push_back(-1);
      continue;
    }
    bool fits = tensor.dim() == model->dim();
    for (std::size_t i = 0; fits && i < sizes.size(); ++i) fits = i == axis || tensor.sizes()[i] == sizes[i];
    check<ShapeError>(fits, "cat: shapes {} and {} differ outside dimension {}", model->sizes(), tensor.sizes(), axis);
    sizes[axis] += tensor.sizes()[axis];
    lengths.push_back(tensor.sizes()[axis]);
  }
  Tensor y = empty(sizes, dtype);
  {
    const NoGradGuard no_grad;
    std::int64_t start = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (lengths[i] <= 0) continue;
      detail::copy_values(narrow(y, static_cast<std::int64_t>(axis), start, lengths[i]), parts[i]);
      start += lengths[i];
    }
  }
  record_all("Cat", {&y, 1}, parts, [lengths, axis](std::span<Tensor> grads, const Node& node) {
    TensorList gradients(lengths.size());
    std::int64_t start = 0;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      const bool joined = lengths[i] >= 0;
      if (node.needs_gradient(i)) {
        gradients[i] =
            joined ? narrow(grads[0], static_cast<std::int64_t>(axis), start, lengths[i]) : zeros({0}, grads[0].dtype());
      }
      if (joined) start += lengths[i];
    }
    return gradients;
  });
  return y;
}

Tensor stack(const TensorList& tensors, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("stack");
  check<ValueError>(!tensors.empty(), "stack: expected at least one tensor");
  const std::int64_t axis = wrap_dim("stack", dim, tensors.front().dim() + 1);
  TensorList parts;
  parts.reserve(tensors.size());
  for (const Tensor& tensor : tensors) {
    check<ShapeError>(tensor.sizes() == tensors.front().sizes(), "stack: shapes {} and {} differ", tensors.front().sizes(),
                      tensor.sizes());
    parts.push_back(unsqueeze(tensor, axis));
  }
  return cat(parts, axis);
}

namespace {

/// out[o, r] = in[o, order[r]] for rows of `inner` elements, of which `size` are in each part of `in`.
template <class Element>
void copy_elements_of(Element* out, const Element* in, const std::int64_t* order, std::int64_t outer, std::int64_t count,
                      std::int64_t size) {
  constexpr std::int64_t grain = 65536;
  for (std::int64_t o = 0; o < outer; ++o) {
    kernels::parallel_for(0, count, grain, [=](std::int64_t first, std::int64_t last) {
      for (std::int64_t r = first; r < last; ++r) out[o * count + r] = in[o * size + order[r]];
    });
  }
}

void copy_rows(void* out, const void* in, const std::int64_t* order, std::int64_t outer, std::int64_t count,
               std::int64_t size, std::int64_t inner, std::size_t element_size) {
  if (inner == 1 && element_size == 4) {
    copy_elements_of(static_cast<std::uint32_t*>(out), static_cast<const std::uint32_t*>(in), order, outer, count, size);
    return;
  }
  if (inner == 1 && element_size == 8) {
    copy_elements_of(static_cast<std::uint64_t*>(out), static_cast<const std::uint64_t*>(in), order, outer, count, size);
    return;
  }
  const auto bytes = static_cast<std::size_t>(inner) * element_size;
  if (bytes == 0) return;
  const auto step = static_cast<std::int64_t>(bytes);
  const auto* from = static_cast<const std::byte*>(in);
  auto* into = static_cast<std::byte*>(out);
  kernels::parallel_for(0, outer * count, kernels::runs_in_part(4 * kernels::moving_grain, step),
                        [=](std::int64_t first, std::int64_t last) {
                          for (std::int64_t i = first; i < last; ++i) {
                            std::memcpy(into + i * step, from + (i / count * size + order[i % count]) * step, bytes);
                          }
                        });
}

/// add(y, addend), in the wider dtype where there is no kernel for theirs.
template <class Add>
void add_wide(const Tensor& y, const Tensor& addend, const Add& add) {
  const Dtype wide = compute_dtype(y.dtype());
  if (wide == y.dtype()) return add(y, addend);
  const Tensor sum = detail::converted(y, wide);
  add(sum, detail::converted(addend, wide));
  detail::copy_values(y, sum);
}

}  // namespace

void detail::add_rows(const Tensor& y, std::size_t axis, const Tensor& rows, const Tensor& addend) {
  const Around around(y.sizes(), axis);
  const std::int64_t size = y.dim() == 0 ? 1 : y.sizes()[axis];
  add_wide(y, addend, [&](const Tensor& sum, const Tensor& part) {
    visit_dtype(sum.dtype(), [&]<class T>() {
      kernels::add_rows(rows.data_ptr<std::int64_t>(), rows.numel(), size, around.outer, around.inner, part.data_ptr<T>(),
                        sum.data_ptr<T>());
    });
  });
}

kernels::GatherIndex detail::index_into(IntArrayRef sizes, std::size_t axis, const Tensor& index) {
  return {index.data_ptr<std::int64_t>(), to_dims(index.sizes()), contiguous_strides(sizes), axis,
          sizes.empty() ? 1 : sizes[axis]};
}

detail::IndexedSlices detail::checked_slices(const char* operation, const Tensor& x, std::int64_t dim, const Tensor& index) {
  check<ShapeError>(index.dim() <= 1, "{}: the index must be a vector, got shape {}", operation, index.sizes());
  check<ShapeError>(x.dim() > 0 || index.numel() == 1, "{}: a 0-d tensor takes one index, got {}", operation, index.numel());
  const auto axis = static_cast<std::size_t>(wrap_dim(operation, dim, x.dim()));
  return {axis, checked_index(operation, index, x.dim() == 0 ? 1 : x.sizes()[axis])};
}

detail::IndexedSlices detail::checked_slices(const char* operation, const Tensor& x, std::int64_t dim, const Tensor& index,
                                             const Tensor& source) {
  check<TypeError>(x.dtype() == source.dtype(), "{}: dtypes {} and {} differ", operation, x.dtype(), source.dtype());
  IndexedSlices slices = checked_slices(operation, x, dim, index);
  DimVector expected = to_dims(x.sizes());
  if (!expected.empty()) expected[slices.axis] = slices.rows.numel();
  check<ShapeError>(source.sizes() == IntArrayRef(expected), "{}: a source of shape {} does not fit: expected {}", operation,
                    source.sizes(), expected);
  return slices;
}

Tensor index_select(const Tensor& x, OnlyInt dim, const Tensor& index) {
  const autograd::profiler::RecordFunction profiled("index_select");
  const auto slices = detail::checked_slices("index_select", x, dim, index);
  const std::size_t axis = slices.axis;
  const Tensor& rows = slices.rows;
  const std::int64_t size = x.dim() == 0 ? 1 : x.sizes()[axis];
  DimVector sizes = to_dims(x.sizes());
  if (!sizes.empty()) sizes[axis] = rows.numel();
  Tensor y = empty(sizes, x.dtype());
  const Tensor source = x.detach().contiguous();
  const Around around(x.sizes(), axis);
  const auto* order = rows.data_ptr<std::int64_t>();
  const std::int64_t count = rows.numel();
  copy_rows(y.data_ptr(), source.data_ptr(), order, around.outer, count, size, around.inner, x.element_size());
  return record("IndexSelect", std::move(y), {x},
                [rows = SavedTensor(rows), sizes = to_dims(x.sizes()), axis](const Tensor& grad) {
                  Tensor sum = zeros(sizes, grad.dtype());
                  if (GradMode::is_enabled()) return index_add(sum, static_cast<std::int64_t>(axis), rows.unpack(), grad);
                  detail::add_rows(sum, axis, rows.unpack(), grad.contiguous());
                  return sum;
                });
}

Tensor index_add(const Tensor& x, OnlyInt dim, const Tensor& index, const Tensor& source) {
  const autograd::profiler::RecordFunction profiled("index_add");
  const auto slices = detail::checked_slices("index_add", x, dim, index, source);
  Tensor y = x.detach().clone();
  const Tensor addend = source.detach().contiguous();
  detail::add_rows(y, slices.axis, slices.rows, addend);
  record_all("IndexAdd", {&y, 1}, {x, source},
             [rows = SavedTensor(slices.rows), dim](std::span<Tensor> grads, const Node& node) {
               std::array<Tensor, 2> gradients;
               if (node.needs_gradient(0)) gradients[0] = grads[0];
               if (node.needs_gradient(1)) gradients[1] = index_select(grads[0], dim, rows.unpack());
               return gradients;
             });
  return y;
}

namespace {

std::size_t check_gather(const char* operation, const Tensor& x, std::int64_t dim, const Tensor& index) {
  const auto axis = static_cast<std::size_t>(wrap_dim(operation, dim, x.dim()));
  bool fits = index.dim() == x.dim();
  for (std::size_t i = 0; fits && i < x.sizes().size(); ++i) fits = i == axis || index.sizes()[i] <= x.sizes()[i];
  check<ShapeError>(fits || index.numel() == 0,
                    "{}: an index of shape {} does not fit a tensor of shape {} along dimension {}", operation,
                    index.sizes(), x.sizes(), axis);
  return axis;
}

/// y[where i lies] += part[i], for contiguous tensors outside the graph.
void add_scattered(const Tensor& y, std::size_t axis, const Tensor& index, const Tensor& part) {
  add_wide(y, part, [&](const Tensor& sum, const Tensor& addend) {
    visit_dtype(sum.dtype(), [&]<class T>() {
      kernels::scatter_add(sum.data_ptr<T>(), addend.data_ptr<T>(), detail::index_into(sum.sizes(), axis, index));
    });
  });
}

}  // namespace

Tensor gather(const Tensor& x, OnlyInt dim, const Tensor& index) {
  const autograd::profiler::RecordFunction profiled("gather");
  const std::size_t axis = check_gather("gather", x, dim, index);
  const Tensor at = detail::unchecked_index("gather", index);
  Tensor y = empty(index.sizes(), x.dtype());
  const Tensor source = x.detach().contiguous();
  if (!kernels::gather(x.element_size(), y.data_ptr(), source.data_ptr(), detail::index_into(x.sizes(), axis, at)))
      [[unlikely]]
    detail::checked_index("gather", index, x.dim() == 0 ? 1 : x.sizes()[axis]);  // throws
  return record("Gather", std::move(y), {x}, [at = SavedTensor(at), sizes = to_dims(x.sizes()), axis](const Tensor& grad) {
    Tensor sum = zeros(sizes, grad.dtype());
    if (GradMode::is_enabled()) return scatter_add(sum, static_cast<std::int64_t>(axis), at.unpack(), grad);
    add_scattered(sum, axis, at.unpack(), grad.contiguous());
    return sum;
  });
}

Tensor scatter_add(const Tensor& x, OnlyInt dim, const Tensor& index, const Tensor& source) {
  const autograd::profiler::RecordFunction profiled("scatter_add");
  check<TypeError>(x.dtype() == source.dtype(), "scatter_add: dtypes {} and {} differ", x.dtype(), source.dtype());
  const std::size_t axis = check_gather("scatter_add", x, dim, index);
  bool fits = source.dim() == index.dim();
  for (std::size_t i = 0; fits && i < source.sizes().size(); ++i) fits = index.sizes()[i] <= source.sizes()[i];
  check<ShapeError>(fits || index.numel() == 0, "scatter_add: an index of shape {} is larger than the source {}",
                    index.sizes(), source.sizes());
  const Tensor at = detail::checked_index("scatter_add", index, x.dim() == 0 ? 1 : x.sizes()[axis]);
  Tensor y = x.detach().clone();
  Tensor part = source.detach();
  for (std::size_t i = 0; i < index.sizes().size(); ++i) {
    part = slice(part, static_cast<std::int64_t>(i), 0, index.sizes()[i]);
  }
  part = part.contiguous();
  add_scattered(y, axis, at, part);
  record_all("ScatterAdd", {&y, 1}, {x, source},
             [at = SavedTensor(at), sizes = to_dims(source.sizes()), dim](std::span<Tensor> grads, const Node& node) {
               std::array<Tensor, 2> gradients;
               if (node.needs_gradient(0)) gradients[0] = grads[0];
               if (node.needs_gradient(1)) {
                 Tensor taken = gather(grads[0], dim, at.unpack());
                 for (std::size_t i = 0; i < sizes.size(); ++i) {  // what the index leaves out has no gradient
                   const auto along = static_cast<std::int64_t>(i);
                   if (taken.size(along) == sizes[i]) continue;
                   DimVector missing = to_dims(taken.sizes());
                   missing[i] = sizes[i] - taken.size(along);
                   taken = cat({taken, zeros(missing, taken.dtype())}, along);
                 }
                 gradients[1] = taken;
               }
               return gradients;
             });
  return y;
}

Tensor nonzero(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("nonzero");
  const Tensor source = x.detach().to(kBool).contiguous();
  const bool* set = source.data_ptr<bool>();
  const std::int64_t dims = x.dim();
  const std::int64_t count = std::count(set, set + source.numel(), true);
  Tensor y = empty({count, dims}, kInt64);
  if (y.numel() == 0) return y;
  auto* out = y.data_ptr<std::int64_t>();
  const std::int64_t length = x.size(-1);
  DimVector at(static_cast<std::size_t>(dims - 1), 0);
  constexpr std::int64_t block = 512;
  std::array<std::int64_t, block> buffer;
  auto* const end = out + y.numel();
  for (std::int64_t row = 0; out != end; ++row) {
    for (std::int64_t begin = 0; begin < length; begin += block) {
      // Places of a vector go where they belong as long as a whole block has room there.
      const bool in_place = dims == 1 && end - out >= block;
      std::int64_t* const places = in_place ? out : buffer.data();
      // Written whether it is one or not: there is nothing to guess for the processor.
      std::size_t found = 0;
      for (std::int64_t i = begin; i < std::min(length, begin + block); ++i) {
        places[found] = i;
        found += set[row * length + i] ? 1 : 0;
      }
      if (in_place) {
        out += found;
        continue;
      }
      for (std::size_t i = 0; i < found; ++i) {
        for (const std::int64_t outer : at) *out++ = outer;
        *out++ = places[i];
      }
    }
    for (std::size_t dim = at.size(); dim-- > 0 && ++at[dim] == x.sizes()[dim];) at[dim] = 0;
  }
  return y;
}

Tensor masked_select(const Tensor& x, const Tensor& mask) {
  const autograd::profiler::RecordFunction profiled("masked_select");
  check<TypeError>(mask.dtype() == kBool, "masked_select: the mask must be a bool tensor, got {}", mask.dtype());
  const DimVector sizes = broadcast_shapes("masked_select", x.sizes(), mask.sizes());
  const Tensor positions = squeeze(nonzero(reshape(detail::expanded(mask, sizes), {-1})), 1);
  return index_select(reshape(detail::expanded(x, sizes), {-1}), 0, positions);
}

namespace {

Tensor triangle(const char* operation, const Tensor& x, std::int64_t diagonal, bool lower) {
  const autograd::profiler::RecordFunction profiled(operation);
  check<ShapeError>(x.dim() >= 2, "{}: expected at least 2 dimensions, got shape {}", operation, x.sizes());
  Tensor y = empty(x.sizes(), x.dtype());
  const Tensor source = x.detach().contiguous();
  const std::int64_t rows = x.size(-2);
  const std::int64_t columns = x.size(-1);
  const std::int64_t offset = std::clamp(diagonal, -rows, columns) + (lower ? 1 : 0);
  const auto bytes = static_cast<std::int64_t>(x.element_size());
  const auto* from = static_cast<const std::byte*>(source.data_ptr());
  auto* to = static_cast<std::byte*>(y.data_ptr());
  const std::int64_t all_rows = x.numel() == 0 ? 0 : x.numel() / columns;
  kernels::parallel_for(0, all_rows, kernels::runs_in_part(kernels::moving_grain, columns),
                        [=](std::int64_t first, std::int64_t last) {
                          for (std::int64_t row = first; row < last; ++row) {
                            const std::int64_t cut = std::clamp<std::int64_t>(row % rows + offset, 0, columns) * bytes;
                            const std::int64_t at = row * columns * bytes;
                            const std::int64_t kept = lower ? 0 : cut;
                            const std::int64_t count = lower ? cut : columns * bytes - cut;
                            std::memcpy(to + at + kept, from + at + kept, static_cast<std::size_t>(count));
                            std::memset(to + at + (lower ? cut : 0), 0, static_cast<std::size_t>(columns * bytes - count));
                          }
                        });
  return record(operation, std::move(y), {x},
                [=](const Tensor& grad) { return triangle(operation, grad, diagonal, lower); });
}

}  // namespace

Tensor tril(const Tensor& x, std::int64_t diagonal) { return triangle("tril", x, diagonal, true); }
Tensor triu(const Tensor& x, std::int64_t diagonal) { return triangle("triu", x, diagonal, false); }

}  // namespace xgrad
