#include "nn/load_plan.h"

#include <memory>

#include "autograd/base/check.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::nn::detail {

namespace {

thread_local LoadPlan* current = nullptr;

/// A view, or a result of the graph, keeps its memory; only its values can change.
bool can_move(const Tensor& tensor) { return tensor.is_leaf() && !tensor.is_view(); }

}  // namespace

LoadPlan::~LoadPlan() {
  if (!committed_) undo();
}

LoadPlan::LoadPlan(const Module& module) {
  for (const auto& tensors : {module.parameters(), module.buffers()}) {
    for (const Tensor& tensor : tensors) {
      if (can_move(tensor)) before_.push_back({tensor, tensor.detach()});
    }
  }
}

void LoadPlan::run(const Module& module, const char* operation, const char* what,
                   const std::function<void(LoadPlan&)>& collect) {
  if (current != nullptr) return collect(*current);
  prepare(module, operation, what, collect)();
}

std::function<void()> LoadPlan::prepare(const Module& module, const char* operation, const char* what,
                                        const std::function<void(LoadPlan&)>& collect) {
  const std::shared_ptr<LoadPlan> plan(new LoadPlan(module), [](LoadPlan* prepared) { delete prepared; });
  struct Active {
    explicit Active(LoadPlan& active) { current = &active; }
    ~Active() { current = nullptr; }
  };
  const Active active(*plan);
  try {
    collect(*plan);
  } catch (const Error& error) {
    if (plan->problems().empty()) throw;
    plan->refuse(error.what());  // it may follow from the others
  }
  const std::string problems = plan->problems();
  check<ValueError>(problems.empty(), "{}: the {} does not fit {}:{}", operation, what, module.name(), problems);
  return [plan] { plan->commit(); };
}

void LoadPlan::take(const std::string& name, const Tensor& target, const Value* value) {
  names_.insert(name);
  if (value == nullptr || !value->is_tensor()) {
    problems_.push_back({fmt::format("missing: {} {}", name, target.sizes()), target.impl()});
    return;
  }
  const Tensor& tensor = value->to_tensor();
  if (!tensor.defined()) return refuse(fmt::format("undefined: {}, expected {}", name, target.sizes()));
  if (!(tensor.sizes() == target.sizes())) {
    return refuse(fmt::format("another shape: {} is {}, expected {}", name, tensor.sizes(), target.sizes()));
  }
  const NoGradGuard no_grad;
  if (planned_.insert_or_assign(target.impl(), tensor).second) order_.push_back(target);
  if (can_move(target)) target.set_data(tensor.detach().to(target.dtype()));
}

std::string LoadPlan::problems() const {
  std::string text;
  for (const Problem& problem : problems_) {
    if (problem.missing == nullptr || !planned_.contains(problem.missing)) text += "\n  " + problem.text;
  }
  return text;
}

void LoadPlan::commit() {
  committed_ = true;
  const NoGradGuard no_grad;
  std::unordered_map<const TensorImpl*, Tensor> memory;
  for (const Before& before : before_) memory.emplace(before.tensor.impl(), before.memory);
  for (const Tensor& target : order_) {
    const auto found = memory.find(target.impl());
    const Tensor value = can_move(target) ? target.detach() : planned_.at(target.impl());
    planned_.erase(target.impl());  // the memory of the value goes once it is copied
    if (found != memory.end()) {
      // A load() of the module's own may have given it another shape since.
      if (!(found->second.sizes() == value.sizes()) || found->second.dtype() != value.dtype()) continue;
      target.set_data(found->second);
    }
    target.copy_(value);
  }
}

void LoadPlan::undo() noexcept {
  for (const Before& before : before_) before.tensor.set_data(before.memory);
}

}  // namespace xgrad::nn::detail
