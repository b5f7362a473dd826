#include "autograd/ops/rearrange.h"

#include <algorithm>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/in_memory.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// Rolled by 0 to size - 1 along one dimension, outside the graph.
Tensor rolled(const Tensor& x, std::int64_t axis, std::int64_t shift) {
  const std::int64_t size = x.size(axis);
  Tensor y = empty(x.sizes(), x.dtype());
  detail::copy_values(narrow(y, axis, 0, shift), narrow(x, axis, size - shift, shift));
  detail::copy_values(narrow(y, axis, shift, size - shift), narrow(x, axis, 0, size - shift));
  return y;
}

}  // namespace

Tensor roll(const Tensor& x, IntArrayRef shifts, IntArrayRef dims) {
  if (dims.empty()) {
    check<ShapeError>(shifts.size() == 1, "roll: without dimensions expected one shift, got {}", shifts);
    return reshape(roll(reshape(x, {x.numel()}), shifts, 0), x.sizes());
  }
  const autograd::profiler::RecordFunction profiled("roll");
  check<ShapeError>(shifts.size() == dims.size(), "roll: {} shifts for dimensions {}", shifts, dims);
  Tensor y = x.detach();
  DimVector back;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const std::int64_t axis = wrap_dim("roll", dims[i], x.dim());
    back.push_back(-shifts[i]);
    if (x.numel() == 0 || x.dim() == 0) continue;
    const std::int64_t size = x.size(axis);
    const std::int64_t shift = (shifts[i] % size + size) % size;
    if (shift != 0) y = rolled(y, axis, shift);
  }
  if (y.impl()->storage.get() == x.impl()->storage.get()) y = y.clone();
  return record("Roll", std::move(y), {x},
                [back, dims = to_dims(dims)](const Tensor& grad) { return roll(grad, back, dims); });
}

Tensor flip(const Tensor& x, IntArrayRef dims) {
  const autograd::profiler::RecordFunction profiled("flip");
  Tensor y = empty(x.sizes(), x.dtype());
  DimVector strides = to_dims(x.strides());
  std::int64_t first = 0;
  DimVector turned(x.sizes().size(), 0);
  for (const std::int64_t dim : dims) {
    const auto axis = static_cast<std::size_t>(wrap_dim("flip", dim, x.dim()));
    if (x.dim() == 0) continue;
    check<ShapeError>(turned[axis] == 0, "flip: dimension {} is named twice in {}", axis, dims);
    turned[axis] = 1;
    first += (x.sizes()[axis] - 1) * strides[axis];
    strides[axis] = -strides[axis];
  }
  detail::copy_reordered(y, x, std::move(strides), first);
  return record("Flip", std::move(y), {x}, [dims = to_dims(dims)](const Tensor& grad) { return flip(grad, dims); });
}

Tensor repeat(const Tensor& x, IntArrayRef repeats) {
  const autograd::profiler::RecordFunction profiled("repeat");
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
    std::int64_t repeated = 0;
    check<ShapeError>(!__builtin_mul_overflow(repeats[i], size, &repeated), "repeat: {} times {} is too large", repeats,
                      x.sizes());
    sizes.push_back(repeated);
  }
  const Tensor repeated = reshape(expand(reshape(x, split), tiled), sizes);
  return repeated.is_alias_of(x) ? clone(repeated) : repeated;
}

Tensor tile(const Tensor& x, IntArrayRef repeats) {
  const autograd::profiler::RecordFunction profiled("tile");
  DimVector all;
  for (auto missing = x.dim() - static_cast<std::int64_t>(repeats.size()); missing > 0; --missing) all.push_back(1);
  for (const std::int64_t count : repeats) all.push_back(count);
  return repeat(x, all);
}

Tensor fliplr(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("fliplr");
  check<ShapeError>(x.dim() >= 2, "fliplr: expected at least 2 dimensions, got shape {}", x.sizes());
  return flip(x, 1);
}

Tensor flipud(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("flipud");
  check<ShapeError>(x.dim() >= 1, "flipud: expected at least 1 dimension, got shape {}", x.sizes());
  return flip(x, 0);
}

Tensor rot90(const Tensor& x, std::int64_t k, IntArrayRef dims) {
  const autograd::profiler::RecordFunction profiled("rot90");
  check<ShapeError>(dims.size() == 2, "rot90: expected two dimensions to turn, got {}", dims);
  const std::int64_t first = wrap_dim("rot90", dims[0], x.dim());
  const std::int64_t second = wrap_dim("rot90", dims[1], x.dim());
  check<ShapeError>(x.dim() >= 2 && first != second, "rot90: expected two different dimensions of shape {}, got {}",
                    x.sizes(), dims);
  const std::int64_t turns = (k % 4 + 4) % 4;
  if (turns == 0) return x.clone();
  DimVector sizes = to_dims(x.sizes());
  DimVector strides = to_dims(x.strides());
  std::int64_t origin = 0;  // where the first element of the result lies
  const auto reverse = [&](OnlyInt dim) {
    const auto axis = static_cast<std::size_t>(dim);
    origin += (sizes[axis] - 1) * strides[axis];
    strides[axis] = -strides[axis];
  };
  if (turns != 3) reverse(second);
  if (turns != 1) reverse(first);
  // The result lies as the operand does, so that both are gone through as they lie: turned, it is the operand's rows still.
  DimVector target_strides = dense_strides(sizes, {to_dims(x.strides())});
  if (turns != 2) {
    for (DimVector* dims_of : {&sizes, &strides, &target_strides}) {
      std::swap((*dims_of)[static_cast<std::size_t>(first)], (*dims_of)[static_cast<std::size_t>(second)]);
    }
  }
  Tensor y = empty_strided(sizes, target_strides, x.dtype());
  detail::copy_reordered(y, x, std::move(strides), origin);
  return record("rot90", std::move(y), {x}, [turns, first, second](const Tensor& grad) {
    return rot90(grad, -turns, {first, second});
  });
}

Tensor repeat_interleave(const Tensor& repeats) {
  const autograd::profiler::RecordFunction profiled("repeat_interleave");
  check<TypeError>(repeats.dtype() == kInt64, "repeat_interleave: expected int64 counts, got {}", repeats.dtype());
  check<ShapeError>(repeats.dim() == 1, "repeat_interleave: expected a vector of counts, got shape {}", repeats.sizes());
  const std::vector<std::int64_t> counts = repeats.to_vector<std::int64_t>();
  std::int64_t total = 0;
  for (const std::int64_t count : counts) {
    check<ValueError>(count >= 0, "repeat_interleave: the count {} is negative", count);
    check<ShapeError>(!__builtin_add_overflow(total, count, &total), "repeat_interleave: the result is too large");
  }
  Tensor y = empty({total}, kInt64);
  auto* out = y.data_ptr<std::int64_t>();
  for (std::size_t i = 0; i < counts.size(); ++i) out = std::fill_n(out, counts[i], static_cast<std::int64_t>(i));
  return y;
}

Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, std::optional<OnlyInt> dim) {
  const autograd::profiler::RecordFunction profiled("repeat_interleave");
  const bool flat = !dim || x.dim() == 0;
  const std::int64_t axis = dim ? wrap_dim("repeat_interleave", *dim, x.dim()) : 0;
  const Tensor source = flat ? reshape(x, {x.numel()}) : x;
  const Tensor vector = repeats.dim() == 0 ? reshape(repeats, {1}) : repeats;
  check<ShapeError>(vector.dim() == 1 && (vector.numel() == 1 || vector.numel() == source.size(axis)),
                    "repeat_interleave: counts of shape {} do not fit dimension {} of {}", repeats.sizes(), axis,
                    source.sizes());
  return index_select(source, axis, repeat_interleave(detail::expanded(vector, source.size(axis))));
}

Tensor repeat_interleave(const Tensor& x, std::int64_t repeats, std::optional<OnlyInt> dim) {
  return repeat_interleave(x, full({1}, repeats), dim);
}

TensorList meshgrid(const TensorList& tensors, const std::string& indexing) {
  const autograd::profiler::RecordFunction profiled("meshgrid");
  check<ValueError>(!tensors.empty(), "meshgrid: expected at least one tensor");
  check<ValueError>(indexing == "ij" || indexing == "xy", R"(meshgrid: the indexing is "ij" or "xy", not "{}")", indexing);
  const bool swapped = indexing == "xy" && tensors.size() > 1;
  DimVector sizes;
  for (const Tensor& tensor : tensors) {
    check<ShapeError>(tensor.dim() <= 1, "meshgrid: expected vectors, got shape {}", tensor.sizes());
    check<TypeError>(tensor.dtype() == tensors.front().dtype(), "meshgrid: dtypes {} and {} differ", tensors.front().dtype(),
                     tensor.dtype());
    sizes.push_back(tensor.numel());
  }
  TensorList grids;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    DimVector along(tensors.size(), 1);
    along[i] = sizes[i];
    const Tensor grid = expand(view(tensors[i], along), sizes);
    grids.push_back(swapped ? transpose(grid, 0, 1) : grid);
  }
  return grids;
}

}  // namespace xgrad
