#include "nn/clone_scope.h"

#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/tensor/grad_mode.h"
#include "autograd/tensor/tensor.h"
#include "nn/clone_record.h"
#include "nn/module.h"
#include "nn/ordered_dict.h"

namespace xgrad::nn::detail {

namespace {

/// For each place of a tensor, the first place of the same one: equal for two modules that are tied alike.
std::vector<std::size_t> ties_of(const Module& module) {
  std::unordered_map<const TensorImpl*, std::size_t> first;
  std::vector<std::size_t> ties;
  for (const auto& tensors : {module.named_parameters(true, false), module.named_buffers(true, false)}) {
    for (const auto& item : tensors) ties.push_back(first.try_emplace(item.value().impl(), ties.size()).first->second);
  }
  return ties;
}

std::unordered_map<const TensorImpl*, std::size_t> places_of(const Module& module) {
  std::unordered_map<const TensorImpl*, std::size_t> places;
  for (const auto& tensors : {module.named_parameters(true, false), module.named_buffers(true, false)}) {
    for (const auto& item : tensors) ++places[item.value().impl()];
  }
  return places;
}

/// Gives a clone the original's values once more.
void copy_values(const Module& clone, const Module& original) {
  const NoGradGuard no_grad;
  for (const bool parameters : {true, false}) {
    const auto to = parameters ? clone.named_parameters(true, false) : clone.named_buffers(true, false);
    const auto from = parameters ? original.named_parameters(true, false) : original.named_buffers(true, false);
    for (const auto& item : from) {
      const Tensor* target = to.find(item.key());
      if (target != nullptr && target->defined() && item.value().defined()) {
        Tensor(*target).set_data(item.value().detach().clone());
      }
    }
  }
}

}  // namespace

CloneScope::Record*& CloneScope::record() {
  thread_local Record* current = nullptr;
  return current;
}

CloneScope::CloneScope(const Module& original) {
  if (record() != nullptr) return;
  own_ = std::make_unique<Record>();
  own_->original = &original;
  own_->places = places_of(original);
  record() = own_.get();
}

CloneScope::~CloneScope() {
  if (own_) record() = nullptr;
}

void CloneScope::finish(const Module& clone) const {
  if (!own_) return;
  check<ValueError>(ties_of(clone) == ties_of(*own_->original),
                    "{}: the clone does not share the parameters that the original shares: tie them in reset()",
                    clone.name());
}

std::shared_ptr<Module> CloneScope::clone(const Module& original) {
  Record* const current = record();
  if (current == nullptr) return original.clone();
  if (const auto found = current->modules.find(&original); found != current->modules.end()) {
    if (current->redrawn.erase(&original) > 0) copy_values(*found->second, original);
    return found->second;
  }
  auto copy = original.clone();
  current->modules.emplace(&original, copy);
  if (current->fresh != nullptr) current->redrawn.insert(&original);
  return copy;
}

bool CloneScope::is_tied_outside(const Module& module) {
  const Record* const current = record();
  if (current == nullptr) return false;
  for (const auto& [tensor, places] : places_of(module)) {
    const auto all = current->places.find(tensor);
    if (all != current->places.end() && all->second > places) return true;
  }
  return false;
}

Resetting::Resetting(const Module& fresh, const Module& source)
    : fresh_(std::exchange(CloneScope::record()->fresh, &fresh)),
      source_(std::exchange(CloneScope::record()->source, &source)) {}

Resetting::~Resetting() {
  CloneScope::record()->fresh = fresh_;
  CloneScope::record()->source = source_;
}

}  // namespace xgrad::nn::detail
