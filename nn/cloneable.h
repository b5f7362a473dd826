/// Cloneable: modules that can be copied in depth. https://pytorch.org/cppdocs/api/classtorch_1_1nn_1_1_cloneable.html
#pragma once

#include <memory>
#include <optional>

#include "nn/clone_scope.h"
#include "nn/module.h"

namespace xgrad::nn {

namespace detail {

/// Makes a module what a clone of another module of its class is. Throws ValueError where that has another class.
template <class Derived>
void take_clone(Derived& module, const Module& original) {
  const std::shared_ptr<Module> clone = original.clone();
  auto* same = dynamic_cast<Derived*>(clone.get());
  if (same == nullptr) throw ValueError(module.name() + ": the submodule to clone has another type, " + original.name());
  module = *same;
}

/// Gives clone() to modules that reach what they registered only by name.
template <class Derived>
class CloneableByName : public Module {
 public:
  /// A copy with parameters, buffers and submodules of its own.
  std::shared_ptr<Module> clone(const std::optional<Device>& /*device*/ = std::nullopt) const override {
    const CloneScope scope(*this);
    const auto copy = std::make_shared<Derived>(static_cast<const Derived&>(*this));
    static_cast<CloneableByName&>(*copy).own_registered();
    scope.finish(*copy);
    return copy;
  }

 protected:
  void become_clone(const Module& original) override { take_clone(static_cast<Derived&>(*this), original); }
};

}  // namespace detail

/// Gives a module clone(). All that the module registers is registered in reset(), which the constructor calls: a clone is a
/// copy of the object whose reset() ran anew, with the original's values in what it registered, hyper-parameters and
/// training mode included. `struct NetImpl : nn::Cloneable<NetImpl> { void reset() override { ... } };`
///
/// What the original has in several places, such as a tied weight, the clone has in the same places. A submodule that shares
/// tensors with others stays what reset() of the module above makes of it, with the original's values.
template <class Derived, class Base = Module>
class Cloneable : public Base {
 public:
  using Base::Base;

  /// Registers parameters, buffers and submodules, with their first values.
  virtual void reset() = 0;

  /// Throws ValueError where reset() does not register what the original has, or does not tie what the original ties.
  std::shared_ptr<Module> clone(const std::optional<Device>& /*device*/ = std::nullopt) const override {
    const detail::CloneScope scope(*this);
    const auto copy = std::make_shared<Derived>(static_cast<const Derived&>(*this));
    Cloneable& fresh = *copy;
    fresh.forget_registered();
    {
      const detail::Resetting resetting(fresh, *this);
      fresh.reset();
    }
    fresh.copy_registered(*this);
    scope.finish(*copy);
    return copy;
  }

 protected:
  void become_clone(const Module& original) override { detail::take_clone(static_cast<Derived&>(*this), original); }
};

}  // namespace xgrad::nn
