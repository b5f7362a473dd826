/// CloneScope: what keeps ties while a model is cloned. For nn/cloneable.h.
#pragma once

#include <memory>

namespace xgrad::nn {

class Module;

namespace detail {

/// A call of clone(), with the calls for submodules inside it: the outermost one of a thread keeps the record, so that a
/// tensor or a module that the original has in several places becomes one in the clone.
class CloneScope {
 public:
  explicit CloneScope(const Module& original);
  ~CloneScope();
  CloneScope(const CloneScope&) = delete;
  CloneScope& operator=(const CloneScope&) = delete;

  /// The end of the call: the outermost one throws ValueError where the clone is not tied as the original is.
  void finish(const Module& clone) const;

  /// A clone, or the one that was made of this module before.
  static std::shared_ptr<Module> clone(const Module& original);

 private:
  friend class xgrad::nn::Module;
  friend class Resetting;

  struct Record;
  /// nullptr outside of all calls.
  static Record*& record();
  /// Whether some tensor below the module is in another place of the model as well.
  static bool is_tied_outside(const Module& module);

  std::unique_ptr<Record> own_;  ///< of the outermost one
};

/// While a clone's reset() runs: what it registers is the clone of what the original has under the name, where there is one.
class Resetting {
 public:
  Resetting(const Module& fresh, const Module& source);
  ~Resetting();
  Resetting(const Resetting&) = delete;
  Resetting& operator=(const Resetting&) = delete;

 private:
  const Module* fresh_;
  const Module* source_;
};

}  // namespace detail

}  // namespace xgrad::nn
