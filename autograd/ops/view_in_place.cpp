#include "autograd/ops/view_in_place.h"

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad {

namespace {

/// Gives `target` the shape of `view`, which was made of it, and the view's place in the graph.
Tensor& become(const char* operation, const Tensor& target, const Tensor& view) {
  check<GraphError>(!GradMode::is_enabled() || !target.requires_grad() || !target.is_leaf(),
                    "{}: a leaf that requires a gradient cannot be changed in place; use NoGradGuard, or a copy", operation);
  if (view.is_same(target)) return itself(target);
  intrusive_ptr<Node> node = view.grad_fn();
  TensorImpl* impl = target.impl();
  impl->sizes = view.impl()->sizes;
  impl->strides = view.impl()->strides;
  impl->offset = view.impl()->offset;
  impl->data = view.impl()->data;
  impl->numel = view.impl()->numel;
  impl->contiguous = view.impl()->contiguous;
  // What was saved of it for a backward pass has the old shape: the version tells.
  impl->storage->bump_version();
  if (node) set_history(target, std::move(node), view.impl()->output_number);
  return itself(target);
}

}  // namespace

Tensor& Tensor::unsqueeze_(OnlyInt dim) const { return become("unsqueeze_", *this, unsqueeze(dim)); }
Tensor& Tensor::squeeze_() const { return become("squeeze_", *this, squeeze()); }
Tensor& Tensor::squeeze_(OnlyInt dim) const { return become("squeeze_", *this, squeeze(dim)); }
Tensor& Tensor::t_() const { return become("t_", *this, t()); }
Tensor& Tensor::transpose_(OnlyInt dim0, OnlyInt dim1) const { return become("transpose_", *this, transpose(dim0, dim1)); }
Tensor& Tensor::as_strided_(IntArrayRef sizes, IntArrayRef strides, std::optional<std::int64_t> offset) const {
  return become("as_strided_", *this, as_strided(sizes, strides, offset));
}

Tensor& Tensor::resize_(IntArrayRef sizes, std::optional<MemoryFormat> format) const {
  detail::require_row_major("resize_", format);
  check<GraphError>(!requires_grad() && !is_view(), "resize_: a tensor of the graph or a view cannot be resized");
  for (const std::int64_t size : sizes) check<ShapeError>(size >= 0, "resize_: negative size in {}", sizes);
  if (this->sizes() == sizes) return itself(*this);
  const Tensor fresh = empty(sizes, dtype());
  const std::int64_t kept = std::min(numel(), fresh.numel());
  const Tensor old = is_contiguous() ? *this : xgrad::contiguous(*this);
  detail::copy_values(detail::alias(fresh, {kept}, {1}, 0), detail::alias(old, {kept}, {1}, old.storage_offset()));
  set_data(fresh);
  return itself(*this);
}

}  // namespace xgrad
