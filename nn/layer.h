/// Layer: a module that is made from options and describes itself by them.
#pragma once

#include <concepts>
#include <iosfwd>
#include <string>
#include <typeinfo>
#include <utility>

#include "autograd/base/arg.h"
#include "autograd/base/fields.h"
#include "autograd/io/fields.h"
#include "nn/choice_fields.h"
#include "nn/cloneable.h"

namespace xgrad::nn {

/// Options of a layer that has none.
struct NoOptions {
  XGRAD_FIELDS();
};

/// A module made from `Options`, a class with XGRAD_FIELDS. It has the constructors, the member `options`, and the line that
/// it prints, as in `LeakyReLU(negative_slope=0.01)`:
///
///   struct LeakyReLUImpl : Layer<LeakyReLUImpl, LeakyReLUOptions> {
///     using Layer::Layer;
///     Tensor forward(const Tensor& x) const;
///   };
///   XGRAD_MODULE(LeakyReLU);
///
/// Options that can be wrong have `void validate(const std::string& module) const`, which throws ValueError and names the
/// module. A layer with parameters registers them in reset(), which its constructors call. Layers that share more than that
/// have a base of their own, in place of Module.
template <class Self, HasFields Options_ = NoOptions, class Base = Module>
class Layer : public Cloneable<Self, Base> {
 public:
  using Options = Options_;

  Layer() requires requires { Options(); } : Layer(Options()) {
  }
  // NOLINTNEXTLINE(modernize-pass-by-value): as libtorch's
  explicit Layer(const Options& options_) : options(options_) {
    if constexpr (requires { options.validate(std::string()); }) options.validate(kind());
  }
  /// A base that is made from the options, and checks them.
  explicit Layer(const Options& options_) requires requires {
    Base(options_);
  } : Cloneable<Self, Base>(options_), options(options_) {
  }
  /// From the arguments of the options' constructor.
  template <class First, class Second, class... Rest>
  requires std::constructible_from<Options, First, Second, Rest...> Layer(First&& first, Second&& second, Rest&&... rest)
      : Layer(Options(std::forward<First>(first), std::forward<Second>(second), std::forward<Rest>(rest)...)) {}

  void reset() override {}
  /// A layer of which no option is shown and that has submodules prints its name alone: they follow in parentheses.
  void pretty_print(std::ostream& stream) const override {
    print_fields(stream, kind(), options, this->children().empty() ? "()" : "");
  }

  Options options;  ///< that it was made with

 private:
  static std::string kind() { return detail::module_name(typeid(Self)); }
};

}  // namespace xgrad::nn
