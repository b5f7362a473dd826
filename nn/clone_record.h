/// What CloneScope (nn/clone_scope.h) keeps while a model is cloned. For nn's .cpp files.
#pragma once

#include <cstddef>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "autograd/tensor/tensor.h"
#include "nn/clone_scope.h"

namespace xgrad::nn::detail {

struct CloneScope::Record {
  const Module* original;
  std::unordered_map<const TensorImpl*, std::size_t> places;  ///< where the original has each tensor
  std::unordered_map<const TensorImpl*, Tensor> tensors;      ///< the clones of the original's
  std::unordered_map<const Module*, std::shared_ptr<Module>> modules;
  std::unordered_set<const Module*> redrawn;  ///< of these, those that were cloned in a reset(), which may change the clone
  const Module* fresh = nullptr;              ///< whose reset() runs
  const Module* source = nullptr;             ///< and what it becomes a clone of
};

}  // namespace xgrad::nn::detail
