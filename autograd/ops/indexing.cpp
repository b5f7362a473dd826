#include "autograd/ops/indexing.h"

#include <cstring>

#include "autograd/base/check.h"
#include "autograd/base/parallel.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/add_rows.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

Tensor detail::checked_index(const char* operation, const Tensor& index, std::int64_t size, bool negative_allowed) {
  check<TypeError>(index.dtype() == kInt64 || index.dtype() == kInt32, "{}: expected an int64 index, got {}", operation,
                   index.dtype());
  Tensor checked = converted(index.detach(), kInt64).contiguous();
  const auto* values = checked.data_ptr<std::int64_t>();
  const std::int64_t lowest = negative_allowed ? -size : 0;
  bool any_negative = false;
  for (std::int64_t i = 0; i < checked.numel(); ++i) {
    if (values[i] < lowest || values[i] >= size) [[unlikely]] {
      throw IndexError(
          fmt::format("{}: index {} is out of range: expected {} to {}", operation, values[i], lowest, size - 1));
    }
    any_negative |= values[i] < 0;
  }
  return any_negative ? where(lt(checked, 0), checked + size, checked) : checked;
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

Tensor cat(const TensorList& tensors, std::int64_t dim) {
  const autograd::profiler::RecordFunction profiled("cat");
  check<ValueError>(!tensors.empty(), "cat: expected at least one tensor");
  Dtype dtype = tensors.front().dtype();
  const Tensor* model = nullptr;  // an empty vector joins anything, as in PyTorch
  for (const Tensor& tensor : tensors) {
    dtype = promote_types(dtype, tensor.dtype());
    check<ShapeError>(tensor.dim() > 0, "cat: a 0-d tensor cannot be joined; use stack");
    if (model == nullptr && !(tensor.dim() == 1 && tensor.numel() == 0)) model = &tensor;
  }
  if (model == nullptr) {
    wrap_dim("cat", dim, 1);
    return empty({0}, dtype);
  }
  const auto axis = static_cast<std::size_t>(wrap_dim("cat", dim, model->dim()));
  TensorList parts;
  DimVector sizes = to_dims(model->sizes());
  sizes[axis] = 0;
  for (const Tensor& tensor : tensors) {
    if (tensor.dim() == 1 && tensor.numel() == 0 && model->dim() != 1) continue;
    bool fits = tensor.dim() == model->dim();
    for (std::size_t i = 0; fits && i < sizes.size(); ++i) fits = i == axis || tensor.sizes()[i] == sizes[i];
    check<ShapeError>(fits, "cat: shapes {} and {} differ outside dimension {}", model->sizes(), tensor.sizes(), axis);
    sizes[axis] += tensor.sizes()[axis];
    parts.push_back(to(tensor, dtype));
  }
  Tensor y = empty(sizes, dtype);
  DimVector lengths;
  {
    const NoGradGuard no_grad;
    std::int64_t start = 0;
    for (const Tensor& part : parts) {
      const std::int64_t length = part.sizes()[axis];
      detail::copy_values(narrow(y, static_cast<std::int64_t>(axis), start, length), part);
      lengths.push_back(length);
      start += length;
    }
  }
  record_all("Cat", {&y, 1}, parts, [lengths, axis](std::span<Tensor> grads, const Node& node) {
    TensorList gradients(lengths.size());
    std::int64_t start = 0;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      if (node.needs_gradient(i)) gradients[i] = narrow(grads[0], static_cast<std::int64_t>(axis), start, lengths[i]);
      start += lengths[i];
    }
    return gradients;
  });
  return y;
}

Tensor stack(const TensorList& tensors, std::int64_t dim) {
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

Tensor index_select(const Tensor& x, std::int64_t dim, const Tensor& index) {
  const autograd::profiler::RecordFunction profiled("index_select");
  check<ShapeError>(index.dim() <= 1, "index_select: the index must be a vector, got shape {}", index.sizes());
  const auto axis = static_cast<std::size_t>(wrap_dim("index_select", dim, x.dim()));
  const std::int64_t size = x.dim() == 0 ? 1 : x.sizes()[axis];
  const Tensor rows = detail::checked_index("index_select", index, size);
  DimVector sizes = to_dims(x.sizes());
  if (!sizes.empty()) sizes[axis] = rows.numel();
  Tensor y = empty(sizes, x.dtype());
  const Tensor source = x.detach().contiguous();
  const Around around(x.sizes(), axis);
  const auto* order = rows.data_ptr<std::int64_t>();
  const std::int64_t count = rows.numel();
  const auto bytes = static_cast<std::size_t>(around.inner) * x.element_size();
  const auto* from = static_cast<const std::byte*>(source.data_ptr());
  auto* into = static_cast<std::byte*>(y.data_ptr());
  if (bytes > 0) {
    const auto step = static_cast<std::int64_t>(bytes);
    kernels::parallel_for(0, around.outer * count, std::max<std::int64_t>(1, 65536 / step),
                          [=](std::int64_t first, std::int64_t last) {
                            for (std::int64_t i = first; i < last; ++i) {
                              std::memcpy(into + i * step, from + (i / count * size + order[i % count]) * step, bytes);
                            }
                          });
  }
  return record("IndexSelect", y, {x}, [rows = SavedTensor(rows), sizes = to_dims(x.sizes()), dim](const Tensor& grad) {
    return index_add(zeros(sizes, grad.dtype()), dim, rows.unpack(), grad);
  });
}

Tensor index_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source) {
  const autograd::profiler::RecordFunction profiled("index_add");
  check<ShapeError>(index.dim() <= 1, "index_add: the index must be a vector, got shape {}", index.sizes());
  check<TypeError>(x.dtype() == source.dtype(), "index_add: dtypes {} and {} differ", x.dtype(), source.dtype());
  const auto axis = static_cast<std::size_t>(wrap_dim("index_add", dim, x.dim()));
  const std::int64_t size = x.dim() == 0 ? 1 : x.sizes()[axis];
  const Tensor rows = detail::checked_index("index_add", index, size);
  DimVector expected = to_dims(x.sizes());
  if (!expected.empty()) expected[axis] = rows.numel();
  check<ShapeError>(source.sizes() == IntArrayRef(expected), "index_add: a source of shape {} does not fit: expected {}",
                    source.sizes(), expected);
  Tensor y = x.detach().clone();
  const Tensor addend = source.detach().contiguous();
  const Around around(x.sizes(), axis);
  visit_dtype(x.dtype(), [&]<class T>() {
    kernels::add_rows(rows.data_ptr<std::int64_t>(), rows.numel(), size, around.outer, around.inner, addend.data_ptr<T>(),
                      y.data_ptr<T>());
  });
  record_all("IndexAdd", {&y, 1}, {x, source}, [rows = SavedTensor(rows), dim](std::span<Tensor> grads, const Node& node) {
    std::array<Tensor, 2> gradients;
    if (node.needs_gradient(0)) gradients[0] = grads[0];
    if (node.needs_gradient(1)) gradients[1] = index_select(grads[0], dim, rows.unpack());
    return gradients;
  });
  return y;
}

namespace {

/// Calls visit(position in the index, position in x) for every element of a gather or scatter.
template <class Visit>
void for_each_gathered(const Tensor& x, std::size_t axis, const Tensor& index, const Visit& visit) {
  const auto* values = index.data_ptr<std::int64_t>();
  const DimVector strides = contiguous_strides(x.sizes());
  DimVector at(index.sizes().size());
  const std::int64_t n = index.numel();
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t position = 0;
    for (std::size_t dim = 0; dim < at.size(); ++dim) position += (dim == axis ? values[i] : at[dim]) * strides[dim];
    visit(i, position);
    for (std::size_t dim = at.size(); dim-- > 0 && ++at[dim] == index.sizes()[dim];) at[dim] = 0;
  }
}

std::size_t check_gather(const char* operation, const Tensor& x, std::int64_t dim, const Tensor& index) {
  const auto axis = static_cast<std::size_t>(wrap_dim(operation, dim, x.dim()));
  bool fits = index.dim() == x.dim();
  for (std::size_t i = 0; fits && i < x.sizes().size(); ++i) fits = i == axis || index.sizes()[i] <= x.sizes()[i];
  check<ShapeError>(fits || index.numel() == 0,
                    "{}: an index of shape {} does not fit a tensor of shape {} along dimension {}", operation,
                    index.sizes(), x.sizes(), axis);
  return axis;
}

}  // namespace

Tensor gather(const Tensor& x, std::int64_t dim, const Tensor& index) {
  const autograd::profiler::RecordFunction profiled("gather");
  const std::size_t axis = check_gather("gather", x, dim, index);
  const Tensor at = detail::checked_index("gather", index, x.dim() == 0 ? 1 : x.sizes()[axis]);
  Tensor y = empty(index.sizes(), x.dtype());
  const Tensor source = x.detach().contiguous();
  visit_any_dtype(x.dtype(), [&]<class T>() {
    T* out = y.data_ptr<T>();
    const T* in = source.data_ptr<T>();
    for_each_gathered(x, axis, at, [=](std::int64_t i, std::int64_t position) { out[i] = in[position]; });
  });
  return record("Gather", y, {x}, [at = SavedTensor(at), sizes = to_dims(x.sizes()), dim](const Tensor& grad) {
    return scatter_add(zeros(sizes, grad.dtype()), dim, at.unpack(), grad);
  });
}

Tensor scatter_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source) {
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
  const bool short_sums = index.dim() == 0 || index.sizes()[axis] <= kernels::short_sum;
  visit_dtype(x.dtype(), [&]<class T>() {
    T* out = y.data_ptr<T>();
    const T* in = part.data_ptr<T>();
    if (!std::is_same_v<T, float> || short_sums) {
      for_each_gathered(x, axis, at, [=](std::int64_t i, std::int64_t position) {
        out[position] = static_cast<T>(out[position] + in[i]);
      });
      return;
    }
    std::vector<std::int64_t> positions(static_cast<std::size_t>(at.numel()));
    for_each_gathered(x, axis, at, [&](std::int64_t i, std::int64_t position) {
      positions[static_cast<std::size_t>(i)] = position;
    });
    kernels::add_rows(positions.data(), at.numel(), x.numel(), 1, 1, in, out);
  });
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
  const Tensor source = x.detach().to(kBool).contiguous();
  const bool* set = source.data_ptr<bool>();
  std::vector<std::int64_t> found;
  for (std::int64_t i = 0; i < source.numel(); ++i) {
    if (set[i]) found.push_back(i);
  }
  Tensor y = empty({static_cast<std::int64_t>(found.size()), x.dim()}, kInt64);
  auto* out = y.data_ptr<std::int64_t>();
  for (std::size_t row = 0; row < found.size(); ++row) {
    std::int64_t rest = found[row];
    for (std::int64_t dim = x.dim(); dim-- > 0;) {
      out[static_cast<std::int64_t>(row) * x.dim() + dim] = rest % x.size(dim);
      rest /= x.size(dim);
    }
  }
  return y;
}

Tensor masked_select(const Tensor& x, const Tensor& mask) {
  check<TypeError>(mask.dtype() == kBool, "masked_select: the mask must be a bool tensor, got {}", mask.dtype());
  const DimVector sizes = broadcast_shapes("masked_select", x.sizes(), mask.sizes());
  const Tensor positions = squeeze(nonzero(reshape(expand(mask, sizes), {-1})), 1);
  return index_select(reshape(expand(x, sizes), {-1}), 0, positions);
}

Tensor flip(const Tensor& x, IntArrayRef dims) {
  const autograd::profiler::RecordFunction profiled("flip");
  Tensor y = x.detach();
  for (const std::int64_t dim : dims) {
    const std::int64_t axis = wrap_dim("flip", dim, x.dim());
    if (x.dim() == 0) continue;
    const std::int64_t size = x.size(axis);
    y = index_select(y, axis, size == 0 ? empty({0}, kInt64) : arange(size - 1, -1, -1));
  }
  if (y.impl()->storage.get() == x.impl()->storage.get()) y = y.clone();
  return record("Flip", y, {x}, [dims = to_dims(dims)](const Tensor& grad) { return flip(grad, dims); });
}

Tensor repeat(const Tensor& x, IntArrayRef repeats) {
  check<ShapeError>(static_cast<std::int64_t>(repeats.size()) >= x.dim(), "repeat: {} names fewer dimensions than {}",
                    repeats, x.sizes());
  // (r0, s0, r1, s1, ...) is what tiling means; expand does it without copying, reshape copies once.
  const std::size_t missing = repeats.size() - x.sizes().size();
  DimVector split;
  DimVector tiled;
  DimVector sizes;
  for (std::size_t i = 0; i < repeats.size(); ++i) {
    check<ShapeError>(repeats[i] >= 0, "repeat: negative count in {}", repeats);
    const std::int64_t size = i < missing ? 1 : x.sizes()[i - missing];
    split.push_back(1);
    split.push_back(size);
    tiled.push_back(repeats[i]);
    tiled.push_back(size);
    sizes.push_back(repeats[i] * size);
  }
  return contiguous(reshape(expand(reshape(x, split), tiled), sizes));
}

namespace {

Tensor triangle(const char* operation, const Tensor& x, std::int64_t diagonal, bool lower) {
  check<ShapeError>(x.dim() >= 2, "{}: expected at least 2 dimensions, got shape {}", operation, x.sizes());
  const Tensor rows = unsqueeze(arange(x.size(-2)), 1);
  const Tensor columns = arange(x.size(-1));
  const Tensor offset = columns - rows;
  return where(lower ? le(offset, diagonal) : ge(offset, diagonal), x, zeros({}, x.dtype()));
}

}  // namespace

Tensor tril(const Tensor& x, std::int64_t diagonal) { return triangle("tril", x, diagonal, true); }
Tensor triu(const Tensor& x, std::int64_t diagonal) { return triangle("triu", x, diagonal, false); }

}  // namespace xgrad
