#include "autograd/ops/joining.h"

#include <cstddef>
#include <cstdint>
#include <span>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

TensorList each(const TensorList& tensors, Tensor (*function)(const Tensor&)) {
  TensorList results;
  results.reserve(tensors.size());
  for (const Tensor& tensor : tensors) results.push_back(function(tensor));
  return results;
}

}  // namespace

Tensor atleast_1d(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("atleast_1d");
  return x.dim() == 0 ? unsqueeze(x, 0) : x;
}
Tensor atleast_2d(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("atleast_2d");
  return x.dim() < 2 ? unsqueeze(atleast_1d(x), 0) : x;
}
Tensor atleast_3d(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("atleast_3d");
  return x.dim() < 3 ? unsqueeze(atleast_2d(x), -1) : x;
}
TensorList atleast_1d(const TensorList& tensors) {
  const autograd::profiler::RecordFunction profiled("atleast_1d");
  return each(tensors, atleast_1d);
}
TensorList atleast_2d(const TensorList& tensors) {
  const autograd::profiler::RecordFunction profiled("atleast_2d");
  return each(tensors, atleast_2d);
}
TensorList atleast_3d(const TensorList& tensors) {
  const autograd::profiler::RecordFunction profiled("atleast_3d");
  return each(tensors, atleast_3d);
}

Tensor hstack(const TensorList& tensors) {
  const autograd::profiler::RecordFunction profiled("hstack");
  check<ValueError>(!tensors.empty(), "hstack: expected at least one tensor");
  const TensorList parts = atleast_1d(tensors);
  return cat(parts, parts[0].dim() == 1 ? 0 : 1);
}

Tensor vstack(const TensorList& tensors) {
  const autograd::profiler::RecordFunction profiled("vstack");
  check<ValueError>(!tensors.empty(), "vstack: expected at least one tensor");
  return cat(atleast_2d(tensors), 0);
}

Tensor dstack(const TensorList& tensors) {
  const autograd::profiler::RecordFunction profiled("dstack");
  check<ValueError>(!tensors.empty(), "dstack: expected at least one tensor");
  return cat(atleast_3d(tensors), 2);
}

Tensor column_stack(const TensorList& tensors) {
  const autograd::profiler::RecordFunction profiled("column_stack");
  check<ValueError>(!tensors.empty(), "column_stack: expected at least one tensor");
  return cat(each(tensors, [](const Tensor& x) { return x.dim() < 2 ? reshape(x, {x.numel(), 1}) : x; }), 1);
}

Tensor block_diag(const TensorList& tensors) {
  const autograd::profiler::RecordFunction profiled("block_diag");
  check<ValueError>(!tensors.empty(), "block_diag: expected at least one tensor");
  Dtype dtype = tensors[0].dtype();
  for (const Tensor& tensor : tensors) {
    check<ShapeError>(tensor.dim() <= 2, "block_diag: expected at most two dimensions, got shape {}", tensor.sizes());
    dtype = promote_types(dtype, tensor.dtype());
  }
  TensorList blocks;
  DimVector heights;
  DimVector widths;
  DimVector sizes(2, 0);
  for (const Tensor& tensor : tensors) {
    blocks.push_back(to(atleast_2d(tensor), dtype));
    heights.push_back(blocks.back().size(0));
    widths.push_back(blocks.back().size(1));
    sizes[0] += heights.back();
    sizes[1] += widths.back();
  }
  // The places of the blocks in a matrix.
  const auto places = [heights, widths](const Tensor& matrix) {
    TensorList parts;
    std::int64_t top = 0;
    std::int64_t left = 0;
    for (std::size_t i = 0; i < heights.size(); ++i) {
      parts.push_back(narrow(narrow(matrix, 0, top, heights[i]), 1, left, widths[i]));
      top += heights[i];
      left += widths[i];
    }
    return parts;
  };
  Tensor y = zeros(sizes, dtype);
  const TensorList targets = places(y.detach());
  for (std::size_t i = 0; i < blocks.size(); ++i) detail::copy_values(targets[i], blocks[i]);
  record_all("block_diag", {&y, 1}, blocks, [places](std::span<Tensor> grads, const Node&) { return places(grads[0]); });
  return y;
}

TensorList broadcast_tensors(const TensorList& tensors) {
  const autograd::profiler::RecordFunction profiled("broadcast_tensors");
  DimVector sizes;
  for (const Tensor& tensor : tensors) sizes = broadcast_shapes("broadcast_tensors", sizes, tensor.sizes());
  TensorList results;
  for (const Tensor& tensor : tensors) results.push_back(detail::expanded(tensor, sizes));
  return results;
}

Tensor flatten_dense_tensors(const TensorList& tensors) {
  TensorList parts;
  parts.reserve(tensors.size());
  for (const Tensor& tensor : tensors) parts.push_back(reshape(tensor, {-1}));
  return cat(parts);
}

TensorList unflatten_dense_tensors(const Tensor& flat, const TensorList& tensors) {
  check<ShapeError>(flat.dim() == 1, "unflatten_dense_tensors: expected a vector, got {}", flat.sizes());
  TensorList parts;
  parts.reserve(tensors.size());
  std::int64_t first = 0;
  for (const Tensor& tensor : tensors) {
    check<ShapeError>(tensor.numel() <= flat.numel() - first, "unflatten_dense_tensors: {} elements are too few",
                      flat.numel());
    parts.push_back(view(narrow(flat, 0, first, tensor.numel()), tensor.sizes()));
    first += tensor.numel();
  }
  return parts;
}

}  // namespace xgrad
