#include "autograd/graph/record.h"

#include "autograd/graph/autograd_meta.h"

namespace xgrad {

namespace {
[[gnu::tls_model("initial-exec")]] constinit thread_local bool grad_mode = true;
[[gnu::tls_model("initial-exec")]] constinit thread_local bool inference_mode = false;
}  // namespace

bool GradMode::is_enabled() { return grad_mode; }
void GradMode::set_enabled(OnlyBool enabled) { grad_mode = enabled; }

InferenceMode::InferenceMode(OnlyBool enabled) : previous_(inference_mode), grad_mode_(!enabled) {
  inference_mode = enabled;
}
InferenceMode::~InferenceMode() { inference_mode = previous_; }
bool InferenceMode::is_enabled() { return inference_mode; }

bool must_record(std::initializer_list<InputRef> inputs) {
  if (!grad_mode) return false;
  for (const InputRef& input : inputs) {
    if (input.tensor->defined() && input.tensor->requires_grad()) return true;
  }
  return false;
}

bool must_record(const TensorList& inputs) {
  if (!grad_mode) return false;
  for (const Tensor& input : inputs) {
    if (input.defined() && input.requires_grad()) return true;
  }
  return false;
}

void set_history(const Tensor& result, intrusive_ptr<Node> node, std::uint32_t output_number) {
  if (!result.defined() || !result.is_floating_point()) return;
  if (output_number == 0) node->finish_recording();
  TensorImpl& tensor = *result.impl();
  if (tensor.meta && tensor.meta->retained) retain_gradient(tensor, node, output_number);
  tensor.grad_fn = std::move(node);
  tensor.output_number = output_number;
}

}  // namespace xgrad
