#include "autograd/tensor/tensor.h"

#include <algorithm>

#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/grad_mode.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/check.h"

namespace xgrad {

TensorImpl::TensorImpl(intrusive_ptr<Storage> storage_, DimVector sizes_, DimVector strides_, std::int64_t offset_,
                       Dtype dtype_)
    : storage(std::move(storage_)),
      data(storage->data() + offset_ * static_cast<std::int64_t>(element_size(dtype_))),
      numel(number_of_elements(sizes_)),
      sizes(std::move(sizes_)),
      strides(std::move(strides_)),
      offset(offset_),
      dtype(dtype_),
      contiguous(xgrad::is_contiguous(sizes, strides)),
      inference(InferenceMode::is_enabled()) {}

TensorImpl::TensorImpl(intrusive_ptr<Storage> storage_, IntArrayRef sizes_, std::int64_t numel_, Dtype dtype_)
    : storage(std::move(storage_)),
      data(storage->data()),
      numel(numel_),
      sizes(sizes_.begin(), sizes_.end()),
      strides(contiguous_strides(sizes_)),
      offset(0),
      dtype(dtype_),
      contiguous(true),
      inference(InferenceMode::is_enabled()) {}

TensorImpl::~TensorImpl() = default;

AutogradMeta& TensorImpl::ensure_meta() {
  if (!meta) meta = std::make_unique<AutogradMeta>();
  return *meta;
}

void TensorBase::throw_undefined() { throw ValueError("an undefined tensor was used: expected one that holds data"); }

void TensorBase::throw_type(Dtype expected, const char* method) const {
  throw TypeError(fmt::format("{}: the tensor has dtype {}, not {}", method, dtype(), expected));
}

void TensorBase::require_dim(std::size_t expected, const char* method) const {
  check<ShapeError>(impl()->sizes.size() == expected, "{}: expected {} dimensions, the tensor has shape {}", method,
                    expected, sizes());
}

std::int64_t TensorBase::size(std::int64_t dim) const {
  check<IndexError>(this->dim() > 0, "size: a 0-d tensor has no dimension {}", dim);
  return impl_->sizes[static_cast<std::size_t>(wrap_dim("size", dim, this->dim()))];
}

std::int64_t TensorBase::stride(std::int64_t dim) const {
  check<IndexError>(this->dim() > 0, "stride: a 0-d tensor has no dimension {}", dim);
  return impl_->strides[static_cast<std::size_t>(wrap_dim("stride", dim, this->dim()))];
}

bool TensorBase::is_non_overlapping_and_dense() const {
  DimVector order;
  for (std::int64_t i = 0; i < dim(); ++i) {
    if (sizes()[i] != 1) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return strides()[a] < strides()[b]; });
  std::int64_t expected = 1;
  for (const std::int64_t i : order) {
    if (numel() > 0 && strides()[i] != expected) return false;
    expected *= sizes()[i];
  }
  return true;
}

bool TensorBase::is_set_to(const TensorBase& other) const {
  return is_alias_of(other) && storage_offset() == other.storage_offset() && sizes() == other.sizes() &&
         strides() == other.strides();
}

Scalar TensorBase::item() const {
  check<ShapeError>(numel() == 1, "item: expected one element, the tensor has shape {}", sizes());
  return visit_any_dtype(dtype(), [&]<class T>() {
    const T element = *reinterpret_cast<const T*>(impl_->data);
    if constexpr (std::is_arithmetic_v<T>) return Scalar(element);
    else return Scalar(static_cast<float>(element));
  });
}

const Tensor& Tensor::requires_grad_(bool requires_grad) const {
  TensorImpl* tensor = impl();
  check<GraphError>(requires_grad || !tensor->grad_fn,
                    "requires_grad_: this tensor is a result of the graph; detach() gives one that needs no gradient");
  check<TypeError>(!requires_grad || is_floating_point(),
                   "requires_grad_: only floating-point tensors can require gradients, this one is {}", dtype());
  if (tensor->grad_fn) return *this;
  check<GraphError>(!requires_grad || !tensor->inference || InferenceMode::is_enabled(),
                    "requires_grad_: this tensor was made in inference mode; clone() it outside of it first");
  tensor->requires_grad = requires_grad;
  if (requires_grad) gradient_accumulator(*this);  // made now, so that threads that record only read it
  return *this;
}

const Tensor& Tensor::grad() const {
  static const Tensor none;
  return impl()->meta ? impl_->meta->grad : none;
}

Tensor& Tensor::mutable_grad() const {
  Tensor& gradient = impl()->ensure_meta().grad;
  if (gradient.defined()) forget_nonzero_rows(gradient);  // any row may be written through its memory
  return gradient;
}

Tensor Tensor::detach() const {
  TensorImpl* source = impl();
  Tensor detached(intrusive_ptr<TensorImpl>(
      new TensorImpl(source->storage, source->sizes, source->strides, source->offset, source->dtype)));
  return detached;
}

Tensor& Tensor::detach_() {
  check<GraphError>(!is_view(), "detach_: a view cannot be detached in place; use detach()");
  impl()->grad_fn.reset();
  impl_->output_number = 0;
  impl_->requires_grad = false;
  return *this;
}

void Tensor::set_data(const Tensor& data) const {
  check<GraphError>(is_leaf() && !is_view(), "set_data: the data of a result of the graph or a view cannot be replaced");
  check<TypeError>(!requires_grad() || data.is_floating_point(), "set_data: a tensor that requires a gradient cannot be {}",
                   data.dtype());
  TensorImpl* target = impl();
  const TensorImpl* source = data.impl();
  target->storage = source->storage;
  target->data = source->data;
  target->numel = source->numel;
  target->sizes = source->sizes;
  target->strides = source->strides;
  target->offset = source->offset;
  target->dtype = source->dtype;
  target->contiguous = source->contiguous;
  forget_nonzero_rows(*this);
  if (const Tensor& gradient = grad(); gradient.defined() && (gradient.sizes() != sizes() || gradient.dtype() != dtype())) {
    mutable_grad() = Tensor();
  }
}

void Tensor::retain_grad() const {
  check<GraphError>(requires_grad(), "retain_grad: this tensor does not require a gradient");
  if (is_leaf() || retains_grad()) return;
  AutogradMeta& meta = impl_->ensure_meta();
  meta.retains_grad = true;
  meta.alive = std::make_shared<int>(0);
  // The hook must not keep the tensor alive: it belongs to the tensor's own node. The gradient's slot is shared instead.
  grad_fn()->add_hook(impl_->output_number, [tensor = impl_.get(), alive = std::weak_ptr<int>(meta.alive)](const Tensor& g) {
    if (const auto still = alive.lock()) {
      Tensor& grad = tensor->ensure_meta().grad;
      grad = grad.defined() ? grad.add(g) : g;
    }
    return Tensor();
  });
}

bool Tensor::retains_grad() const { return impl()->meta && impl_->meta->retains_grad; }

unsigned Tensor::register_hook(std::function<Tensor(const Tensor&)> hook) const {
  check<GraphError>(requires_grad(), "register_hook: this tensor does not require a gradient");
  const auto [node, output_number] = gradient_edge(*this);
  return node->add_hook(output_number, std::move(hook));
}

void Tensor::remove_hook(unsigned position) const {
  check<GraphError>(requires_grad(), "remove_hook: this tensor does not require a gradient");
  gradient_edge(*this).first->remove_hook(position);
}

bool Tensor::is_view() const { return impl()->meta && impl_->meta->base.defined(); }

Tensor Tensor::base() const { return impl()->meta ? impl_->meta->base : Tensor(); }

}  // namespace xgrad
