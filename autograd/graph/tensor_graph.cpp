// What a tensor knows of the graph: its gradient, its hooks, the node that made it.

#include <memory>
#include <mutex>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/graph/node.h"
#include "autograd/tensor/grad_mode.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

void DeleteAutogradMeta::operator()(AutogradMeta* meta) const noexcept { delete meta; }

AutogradMeta& TensorImpl::ensure_meta() {
  if (!meta) meta.reset(new AutogradMeta);
  return *meta;
}

const Tensor& Tensor::requires_grad_(OnlyBool requires_grad) const {
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

Tensor& Tensor::detach_() const {
  check<GraphError>(!is_view(), "detach_: a view cannot be detached in place; use detach()");
  impl()->grad_fn.reset();
  impl_->output_number = 0;
  if (AutogradMeta* meta = impl_->meta.get()) {
    meta->shares_in_function = false;
    if (meta->retained_at) meta->retained_at->remove_hook(meta->retained_hook);
    meta->retained_at.reset();
    meta->retained.reset();
  }
  impl_->requires_grad = false;
  return const_cast<Tensor&>(*this);  // NOLINT(cppcoreguidelines-pro-type-const-cast): the handle itself
}

void Tensor::set_data(const Tensor& data) const {
  check<GraphError>(is_leaf(), "set_data: the data of a result of the graph cannot be replaced");
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
  if (AutogradMeta* meta = target->meta.get()) {  // no view of its old memory any more
    meta->base = Tensor();
    meta->views_leaf = false;
    meta->viewed_unrecorded = false;
  }
  forget_nonzero_rows(*this);
  if (const Tensor& gradient = grad(); gradient.defined() && (gradient.sizes() != sizes() || gradient.dtype() != dtype())) {
    mutable_grad() = Tensor();
  }
}

void Tensor::retain_grad() const {
  check<GraphError>(requires_grad(), "retain_grad: this tensor does not require a gradient");
  if (is_leaf() || retains_grad()) return;
  retain_gradient(*impl_, grad_fn(), impl_->output_number);
}

void retain_gradient(TensorImpl& tensor, const intrusive_ptr<Node>& node, std::uint32_t output_number) {
  AutogradMeta& meta = tensor.ensure_meta();
  if (!meta.retained) {
    meta.retained = std::make_shared<RetainedGradient>();
    meta.retained->tensor = &tensor;
  }
  if (meta.retained_at) meta.retained_at->remove_hook(meta.retained_hook);
  meta.retained_at = node;
  meta.retained_hook = node->add_hook(output_number, [to = meta.retained](const Tensor& arrived) {
    Tensor before;  // freed without the lock, for which the tensor's end waits
    const std::lock_guard lock(to->mutex);
    if (to->tensor != nullptr) {
      Tensor& grad = to->tensor->ensure_meta().grad;
      before = std::exchange(grad, grad.defined() ? grad.add(arrived) : arrived.clone());
    }
    return Tensor();
  });
}

bool Tensor::retains_grad() const { return impl()->meta && impl_->meta->retained; }

unsigned Tensor::add_hook(std::function<Tensor(const Tensor&)> hook) const {
  check<GraphError>(requires_grad(), "register_hook: this tensor does not require a gradient");
  const auto [node, output_number] = gradient_edge(*this);
  return node->add_hook(output_number, std::move(hook));
}

void Tensor::remove_hook(unsigned position) const {
  check<GraphError>(requires_grad(), "remove_hook: this tensor does not require a gradient");
  gradient_edge(*this).first->remove_hook(position);
}

unsigned Tensor::register_post_accumulate_grad_hook(std::function<void(const Tensor&)> hook) const {
  check<GraphError>(requires_grad() && is_leaf(),
                    "register_post_accumulate_grad_hook: this tensor is no leaf that requires a gradient");
  auto& hooks = impl()->ensure_meta().post_accumulate_hooks;
  hooks.push_back(std::move(hook));
  return static_cast<unsigned>(hooks.size() - 1);
}

void Tensor::remove_post_accumulate_grad_hook(unsigned position) const {
  auto& hooks = impl()->ensure_meta().post_accumulate_hooks;
  check<IndexError>(position < hooks.size() && hooks[position], "remove_post_accumulate_grad_hook: there is no hook {}",
                    position);
  hooks[position] = nullptr;
}

bool Tensor::is_view() const { return impl()->meta && impl_->meta->base.defined(); }

Tensor Tensor::base() const { return impl()->meta ? impl_->meta->base : Tensor(); }

}  // namespace xgrad
