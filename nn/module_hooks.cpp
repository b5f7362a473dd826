#include "nn/module_hooks.h"

#include <span>

#include "autograd/graph/record.h"
#include "nn/module.h"

namespace xgrad::nn {

void HookHandle::remove() {
  const auto hooks = hooks_.lock();
  if (!hooks) return;
  const auto drop = [this](auto& entries) {
    std::erase_if(entries, [this](const auto& entry) { return entry.first == id_; });
  };
  drop(hooks->before);
  drop(hooks->after);
  drop(hooks->backward);
  hooks_.reset();
}

namespace detail {

/// What the two ends of a module's part of the graph share: gradients reach the outputs' end first.
struct HookedCall::Backward {
  std::weak_ptr<Module> module;
  ModuleHooks::Entries<FullBackwardHook> hooks;
  TensorList grad_outputs;
  std::vector<std::size_t> recorded;  ///< positions among the inputs of those in the graph
  std::size_t inputs = 0;

  /// Runs the hooks on the gradients of the recorded inputs.
  void run(std::span<Tensor> gradients) {
    const auto alive = module.lock();
    if (!alive) return;
    TensorList grad_inputs(inputs);
    for (std::size_t i = 0; i < recorded.size(); ++i) grad_inputs[recorded[i]] = gradients[i];
    for (const auto& [id, hook] : hooks) hook(*alive, grad_inputs, grad_outputs);
    for (std::size_t i = 0; i < recorded.size(); ++i) gradients[i] = grad_inputs.at(recorded[i]);
    grad_outputs.clear();
  }
};

namespace {

/// Tensors with the same memory, behind a node of their own whose gradients go through `backward`.
template <class Run>
void pass_through(const char* name, const std::vector<Tensor*>& places, Run backward) {
  TensorList inputs;
  TensorList results;
  for (const Tensor* place : places) {
    inputs.push_back(*place);
    results.push_back(place->detach());
  }
  record_all(name, results, inputs, [backward](std::span<Tensor> gradients, const Node&) {
    backward(gradients);
    return TensorList(gradients.begin(), gradients.end());
  });
  for (std::size_t i = 0; i < places.size(); ++i) *places[i] = results[i];
}

TensorList tensors_at(const std::vector<Tensor*>& places) {
  TensorList tensors;
  for (const Tensor* place : places) tensors.push_back(*place);
  return tensors;
}

void replace_tensors(const std::vector<Tensor*>& places, const TensorList& tensors) {
  if (tensors.size() != places.size()) throw ValueError("a hook changed the number of tensors of a module's call");
  for (std::size_t i = 0; i < places.size(); ++i) *places[i] = tensors[i];
}

}  // namespace

HookedCall::HookedCall(Module& module, std::shared_ptr<ModuleHooks> hooks) : module_(module), hooks_(std::move(hooks)) {}
HookedCall::~HookedCall() = default;

void HookedCall::before(const std::vector<Tensor*>& arguments) {
  inputs_ = tensors_at(arguments);
  // Copies: a hook may remove itself.
  for (const auto& [id, hook] : ModuleHooks::Entries<ForwardPreHook>(hooks_->before)) hook(module_, inputs_);
  replace_tensors(arguments, inputs_);
  if (hooks_->backward.empty() || !GradMode::is_enabled()) return;
  backward_ = std::make_shared<Backward>();
  backward_->module = module_.weak_from_this();
  backward_->hooks = hooks_->backward;
  backward_->inputs = arguments.size();
  std::vector<Tensor*> recorded;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i]->requires_grad()) continue;
    recorded.push_back(arguments[i]);
    backward_->recorded.push_back(i);
  }
  if (!recorded.empty()) {
    pass_through("ModuleInputs", recorded, [shared = backward_](std::span<Tensor> gradients) { shared->run(gradients); });
  }
}

void HookedCall::after(const std::vector<Tensor*>& results) {
  if (!hooks_->after.empty()) {
    TensorList outputs = tensors_at(results);
    for (const auto& [id, hook] : ModuleHooks::Entries<ForwardHook>(hooks_->after)) hook(module_, inputs_, outputs);
    replace_tensors(results, outputs);
  }
  if (!backward_) return;
  std::vector<Tensor*> recorded;
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i]->requires_grad()) continue;
    recorded.push_back(results[i]);
    positions.push_back(i);
  }
  if (recorded.empty()) return;
  pass_through("ModuleOutputs", recorded,
               [shared = backward_, positions, size = results.size()](std::span<Tensor> gradients) {
                 shared->grad_outputs.assign(size, Tensor());
                 for (std::size_t i = 0; i < positions.size(); ++i) shared->grad_outputs[positions[i]] = gradients[i];
                 if (shared->recorded.empty()) shared->run({});  // no input waits for a gradient
               });
}

}  // namespace detail

}  // namespace xgrad::nn
