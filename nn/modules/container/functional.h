/// Functional: a function as a module. https://pytorch.org/cppdocs/api/classtorch_1_1nn_1_1_functional_impl.html
#pragma once

#include <functional>
#include <iosfwd>

#include "nn/cloneable.h"

namespace xgrad::nn {

/// Calls a function of a tensor: `nn::Functional([](const Tensor& x) { return x.flatten(1); })`. Further arguments are kept
/// and passed on: `nn::Functional(xgrad::elu, 1.0)`.
class FunctionalImpl : public Cloneable<FunctionalImpl> {
 public:
  using Function = std::function<Tensor(const Tensor&)>;

  /// Calls `function(x, arguments...)`.
  explicit FunctionalImpl(Function function);
  /// Calls `function(x, first, rest...)`.
  template <class AnyFunction, class First, class... Rest>
  explicit FunctionalImpl(AnyFunction function, First first, Rest... rest)
      : function_([function, first, rest...](const Tensor& x) { return function(x, first, rest...); }) {}

  /// Does nothing: there is nothing to register.
  void reset() override;
  void pretty_print(std::ostream& stream) const override;
  Tensor forward(const Tensor& x) const { return function_(x); }
  Tensor operator()(const Tensor& x) const { return forward(x); }

 private:
  Function function_;
};

/// Holds a FunctionalImpl. Of an operation with several overloads, such as `nn::Functional(xgrad::elu, 1, 1, 1)`, it takes
/// the one with such arguments.
class Functional : public ModuleHolder<FunctionalImpl> {
 public:
  using ModuleHolder<FunctionalImpl>::ModuleHolder;
  Functional(Tensor (*function)(const Tensor&, Scalar), Scalar first);
  Functional(Tensor (*function)(const Tensor&, Scalar, Scalar, Scalar), Scalar first, Scalar second, Scalar third);
};

}  // namespace xgrad::nn
