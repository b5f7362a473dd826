/// AnyModule: a module whose type is known only as it runs.
/// https://pytorch.org/cppdocs/api/classtorch_1_1nn_1_1_any_module.html
#pragma once

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "nn/module.h"
#include "nn/modules/container/any_value.h"

namespace xgrad::nn {

namespace detail {

/// A module of a type that AnyModule has forgotten.
struct AnyModuleContent {
  virtual ~AnyModuleContent() = default;
  virtual AnyValue forward(std::vector<AnyValue>& arguments) const = 0;
  virtual std::unique_ptr<AnyModuleContent> with(const std::shared_ptr<Module>& other) const = 0;
  virtual const std::shared_ptr<Module>& module() const = 0;
  virtual const std::type_info& type_info() const noexcept = 0;
};

[[noreturn]] void throw_argument_count(const Module& module, std::size_t most, std::size_t given);
[[noreturn]] void throw_argument_type(const Module& module, std::size_t position, const std::type_info& expected,
                                      const std::type_info& given);

/// The parameters of forward.
template <class... Parameters>
struct ForwardParameters {};
template <class Result, class Class, class... Parameters>
ForwardParameters<Parameters...> parameters_of(Result (Class::*)(Parameters...));
template <class Result, class Class, class... Parameters>
ForwardParameters<Parameters...> parameters_of(Result (Class::*)(Parameters...) const);

/// Overloaded and template forwards have no address: they are taken to map a tensor.
template <class Impl>
auto forward_parameters() {
  if constexpr (requires { parameters_of(&Impl::forward); }) {
    return decltype(parameters_of(&Impl::forward))();
  } else {
    return ForwardParameters<const Tensor&>();
  }
}

/// What a parameter's argument is held as, and as what it is passed: as itself, but for an Only<T>, which is made anew.
template <class Parameter, class Decayed = std::decay_t<Parameter>>
struct ArgumentOf {
  using Value = Decayed;
  using Passed = Parameter;
};
template <class Parameter, class T>
struct ArgumentOf<Parameter, Only<T>> {
  using Value = T;
  using Passed = Only<T>;
};

template <class Impl>
class AnyModuleOf final : public AnyModuleContent {
 public:
  explicit AnyModuleOf(std::shared_ptr<Impl> module) : impl_(module.get()), module_(std::move(module)) {}

  AnyValue forward(std::vector<AnyValue>& arguments) const override { return call(arguments, forward_parameters<Impl>()); }
  std::unique_ptr<AnyModuleContent> with(const std::shared_ptr<Module>& other) const override {
    return std::make_unique<AnyModuleOf>(std::dynamic_pointer_cast<Impl>(other));
  }
  const std::shared_ptr<Module>& module() const override { return module_; }
  const std::type_info& type_info() const noexcept override { return typeid(Impl); }

 private:
  /// Calls forward with as many arguments as are given; the rest have defaults, or the call does not compile and is refused.
  template <class... Parameters>
  AnyValue call(std::vector<AnyValue>& arguments, ForwardParameters<Parameters...> parameters) const {
    AnyValue result;
    const auto try_count = [&]<std::size_t... I>(std::index_sequence<I...>) {
      if (arguments.size() != sizeof...(I)) return false;
      if constexpr (requires(Impl & impl, std::tuple<Parameters&&...> & p) { impl.forward(std::get<I>(std::move(p))...); }) {
        result = AnyValue(run(argument<std::tuple_element_t<I, std::tuple<Parameters&&...>>>(arguments, I)...));
        return true;
      } else {
        return false;
      }
    };
    const bool called = [&]<std::size_t... Counts>(std::index_sequence<Counts...>) {
      return (... || try_count(std::make_index_sequence<Counts>()));
    }
    (std::make_index_sequence<sizeof...(Parameters) + 1>());
    static_cast<void>(parameters);
    if (!called) throw_argument_count(*module_, sizeof...(Parameters), arguments.size());
    return result;
  }

  template <class... Args>
  auto run(Args&&... args) const {
    if (!impl_->hooks()) [[likely]]
      return impl_->forward(std::forward<Args>(args)...);
    return call_with_hooks(*impl_, impl_->hooks(), std::forward<Args>(args)...);
  }

  template <class Parameter>
  typename ArgumentOf<Parameter>::Passed argument(std::vector<AnyValue>& arguments, std::size_t position) const {
    using Value = typename ArgumentOf<Parameter>::Value;
    auto* value = arguments[position].try_get<Value>();
    if (value == nullptr) throw_argument_type(*module_, position, typeid(Value), arguments[position].type_info());
    return static_cast<typename ArgumentOf<Parameter>::Passed>(*value);
  }

  Impl* impl_;
  std::shared_ptr<Module> module_;
};

}  // namespace detail

/// Holds a module of any type. forward takes the arguments that the module's own forward takes, of exactly these types
/// (checked as it runs), and is told what it returns: `any.forward(x)` a Tensor, `any.forward<std::tuple<...>>(x)` others.
/// Arguments at the end may be left out where the module's forward has defaults for them. Copies hold the same module.
class AnyModule {
 public:
  AnyModule() = default;
  template <class Impl, class = std::enable_if_t<std::is_base_of_v<Module, Impl>>>
  explicit AnyModule(std::shared_ptr<Impl> module)
      : content_(std::make_shared<detail::AnyModuleOf<Impl>>(std::move(module))) {}
  /// Holds the module of a holder.
  template <class Impl>
  explicit AnyModule(const ModuleHolder<Impl>& holder) : AnyModule(holder.ptr()) {}
  /// Moves or copies a module in.
  template <class Impl, class = std::enable_if_t<std::is_base_of_v<Module, std::decay_t<Impl>>>, class = void>
  explicit AnyModule(Impl&& module) : AnyModule(std::make_shared<std::decay_t<Impl>>(std::forward<Impl>(module))) {}

  /// Holds another module.
  template <class Impl>
  AnyModule& operator=(std::shared_ptr<Impl> module) {
    return *this = AnyModule(std::move(module));
  }

  /// A clone of the module. Throws ValueError where it cannot be cloned.
  AnyModule clone() const;
  /// Runs forward. Throws TypeError for arguments of another type, ValueError for too many or too few; where nothing is
  /// held, ValueError, as do all below.
  template <class... Args>
  AnyValue any_forward(Args&&... args) const {
    std::vector<AnyValue> values;
    values.reserve(sizeof...(Args));
    (values.push_back(value_of(std::forward<Args>(args))), ...);
    return content().forward(values);
  }
  /// The same, for a result of type Result. Throws TypeError where it has another type.
  template <class Result = Tensor, class... Args>
  Result forward(Args&&... args) const {
    return any_forward(std::forward<Args>(args)...).template get<Result>();
  }
  /// The module as a T, or as the module that a holder T holds. Throws TypeError where it has another type.
  template <class T>
  decltype(auto) get() const {
    if constexpr (requires { typename T::ContainedType; }) {
      return T(cast<typename T::ContainedType>());
    } else {
      return static_cast<T&>(*cast<T>());
    }
  }
  std::shared_ptr<Module> ptr() const { return content().module(); }
  /// The module as an Impl. Throws TypeError where it has another type.
  template <class Impl>
  std::shared_ptr<Impl> ptr() const {
    return cast<Impl>();
  }
  const std::type_info& type_info() const { return content().type_info(); }
  bool is_empty() const noexcept { return content_ == nullptr; }

 private:
  const detail::AnyModuleContent& content() const;
  template <class T>
  static AnyValue value_of(T&& value) {
    if constexpr (std::is_same_v<std::decay_t<T>, AnyValue>) return std::forward<T>(value);
    else return AnyValue(std::forward<T>(value));
  }
  template <class Impl>
  std::shared_ptr<Impl> cast() const {
    if (auto module = std::dynamic_pointer_cast<Impl>(content().module())) return module;
    throw TypeError("AnyModule: the module is a " + detail::readable_name(type_info()) + ", not a " +
                    detail::readable_name(typeid(Impl)));
  }

  std::shared_ptr<const detail::AnyModuleContent> content_;
};

/// A module with its name, for named Sequentials: `{"fc", nn::Linear(3, 4)}`.
class NamedAnyModule {
 public:
  /// From a name and a holder, pointer or module.
  template <class ModuleType>
  NamedAnyModule(std::string name, ModuleType&& module)
      : name_(std::move(name)), module_(AnyModule(std::forward<ModuleType>(module))) {}
  NamedAnyModule(std::string name, AnyModule module) : name_(std::move(name)), module_(std::move(module)) {}

  const std::string& name() const noexcept { return name_; }
  AnyModule& module() noexcept { return module_; }
  const AnyModule& module() const noexcept { return module_; }

 private:
  std::string name_;
  AnyModule module_;
};

}  // namespace xgrad::nn
