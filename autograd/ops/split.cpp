#include "autograd/ops/split.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// Parts beyond the elements are empty: some of them are welcome, but not as many as fill the memory.
void check_parts(const char* operation, std::int64_t parts, std::int64_t size) {
  constexpr std::int64_t most = std::int64_t{1} << 20;
  check<ValueError>(parts > 0 && parts <= std::max(size, most), "{}: cannot cut {} elements into {} parts", operation, size,
                    parts);
}

/// Makes views of x the results of one operation: their gradients, or zeros of these sizes where a part was not used, are
/// put together into one tensor, where those of views one by one would each be a tensor as large as x, to be added up.
void record_parts(const char* name, const TensorList& parts, const Tensor& x, Tensor (*together)(const TensorList&, OnlyInt),
                  std::int64_t axis) {
  if (parts.empty() || !must_record({x})) return;
  std::vector<DimVector> sizes;
  sizes.reserve(parts.size());
  for (const Tensor& part : parts) sizes.push_back(to_dims(part.sizes()));
  record_all(name, parts, {x},
             [sizes = std::move(sizes), together, axis, dtype = x.dtype()](std::span<Tensor> grads, const Node&) {
               TensorList gradients(grads.begin(), grads.end());
               for (std::size_t i = 0; i < gradients.size(); ++i) {
                 if (!gradients[i].defined()) gradients[i] = expand(zeros({}, dtype), sizes[i]);
               }
               return std::array<Tensor, 1>{together(gradients, axis)};
             });
}

}  // namespace

TensorList chunk(const Tensor& x, std::int64_t chunks, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("chunk");
  check<ShapeError>(x.dim() > 0, "chunk: a 0-d tensor cannot be cut");
  const std::int64_t size = x.size(dim);
  if (size > 0 && chunks > 0) return split(x, (size - 1) / chunks + 1, dim);
  check_parts("chunk", chunks, size);
  return split_with_sizes(x, DimVector(static_cast<std::size_t>(chunks), 0), dim);
}

TensorList split(const Tensor& x, std::int64_t size, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("split");
  check<ShapeError>(x.dim() > 0, "split: a 0-d tensor cannot be cut");
  const std::int64_t whole = x.size(dim);
  check<ValueError>(size > 0 || (size == 0 && whole == 0), "split: parts of size {} do not make up {}", size, whole);
  DimVector sizes;
  for (std::int64_t start = 0; start < whole; start += size) sizes.push_back(std::min(size, whole - start));
  if (sizes.empty()) sizes.push_back(0);
  return split_with_sizes(x, sizes, dim);
}

TensorList split(const Tensor& x, IntArrayRef sizes, OnlyInt dim) { return split_with_sizes(x, sizes, dim); }

TensorList split_with_sizes(const Tensor& x, IntArrayRef sizes, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("split_with_sizes");
  check<ShapeError>(x.dim() > 0, "split: a 0-d tensor cannot be cut");
  std::int64_t total = 0;
  for (const std::int64_t size : sizes) {
    check<ShapeError>(size >= 0, "split: negative size in {}", sizes);
    total += size;
  }
  check<ShapeError>(total == x.size(dim), "split: sizes {} do not add up to dimension {} of shape {}", sizes, dim,
                    x.sizes());
  TensorList parts;
  parts.reserve(sizes.size());
  {
    const NoGradGuard no_grad;
    std::int64_t start = 0;
    for (const std::int64_t size : sizes) {
      parts.push_back(narrow(x, dim, start, size));
      start += size;
    }
  }
  record_parts("split", parts, x, cat, wrap_dim("split", dim, x.dim()));
  return parts;
}

TensorList tensor_split(const Tensor& x, std::int64_t sections, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("tensor_split");
  check<ShapeError>(x.dim() > 0, "tensor_split: a 0-d tensor cannot be cut");
  const std::int64_t size = x.size(dim);
  check_parts("tensor_split", sections, size);
  DimVector sizes;
  for (std::int64_t i = 0; i < sections; ++i) sizes.push_back(size / sections + (i < size % sections ? 1 : 0));
  return split_with_sizes(x, sizes, dim);
}

TensorList tensor_split(const Tensor& x, IntArrayRef indices, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("tensor_split");
  check<ShapeError>(x.dim() > 0, "tensor_split: a 0-d tensor cannot be cut");
  const std::int64_t size = x.size(dim);
  DimVector sizes;
  std::int64_t end = 0;
  bool ascending = true;
  for (const std::int64_t index : indices) {
    const std::int64_t begin = std::exchange(end, std::clamp<std::int64_t>(index < 0 ? index + size : index, 0, size));
    ascending &= begin <= end;
    sizes.push_back(end - begin);
  }
  sizes.push_back(size - end);
  if (ascending) return split_with_sizes(x, sizes, dim);
  TensorList parts;
  std::int64_t start = 0;
  for (const std::int64_t index : indices) {
    parts.push_back(slice(x, dim, start, index));
    start = index;
  }
  parts.push_back(slice(x, dim, start));
  return parts;
}

namespace {

TensorList equal_parts(const char* operation, const Tensor& x, std::int64_t sections, std::int64_t dim) {
  const autograd::profiler::RecordFunction profiled(operation);
  check<ShapeError>(dim < x.dim(), "{}: shape {} has too few dimensions", operation, x.sizes());
  check<ValueError>(sections > 0 && x.size(dim) % sections == 0, "{}: dimension {} of shape {} does not divide into {}",
                    operation, dim, x.sizes(), sections);
  return tensor_split(x, sections, dim);
}

}  // namespace

TensorList hsplit(const Tensor& x, std::int64_t sections) {
  return equal_parts("hsplit", x, sections, x.dim() == 1 ? 0 : 1);
}
TensorList vsplit(const Tensor& x, std::int64_t sections) {
  return equal_parts("vsplit", x, sections, x.dim() == 1 ? 1 : 0);
}
TensorList dsplit(const Tensor& x, std::int64_t sections) { return equal_parts("dsplit", x, sections, 2); }

namespace {

TensorList parts_between(const char* operation, const Tensor& x, IntArrayRef indices, std::int64_t dim) {
  check<ShapeError>(dim < x.dim(), "{}: shape {} has too few dimensions", operation, x.sizes());
  return tensor_split(x, indices, dim);
}

}  // namespace

TensorList hsplit(const Tensor& x, IntArrayRef indices) { return parts_between("hsplit", x, indices, x.dim() == 1 ? 0 : 1); }
TensorList vsplit(const Tensor& x, IntArrayRef indices) { return parts_between("vsplit", x, indices, x.dim() == 1 ? 1 : 0); }
TensorList dsplit(const Tensor& x, IntArrayRef indices) { return parts_between("dsplit", x, indices, 2); }

TensorList tensor_split(const Tensor& x, const Tensor& parts, OnlyInt dim) {
  check<TypeError>(parts.dtype() == kInt64, "tensor_split: expected int64 parts, got {}", parts.dtype());
  check<ShapeError>(parts.dim() <= 1, "tensor_split: expected a number of parts or a vector of indices, got shape {}",
                    parts.sizes());
  if (parts.dim() == 0) return tensor_split(x, parts.item<std::int64_t>(), dim);
  return tensor_split(x, IntArrayRef(parts.to_vector<std::int64_t>()), dim);
}

TensorList unbind(const Tensor& x, OnlyInt dim) {
  const autograd::profiler::RecordFunction profiled("unbind");
  check<ShapeError>(x.dim() > 0, "unbind: a 0-d tensor cannot be cut");
  TensorList parts;
  const std::int64_t size = x.size(dim);
  parts.reserve(static_cast<std::size_t>(size));
  {
    const NoGradGuard no_grad;
    for (std::int64_t i = 0; i < size; ++i) parts.push_back(select(x, dim, i));
  }
  record_parts("unbind", parts, x, stack, wrap_dim("unbind", dim, x.dim()));
  return parts;
}

}  // namespace xgrad
