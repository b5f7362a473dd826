/// Function<T>: operations of one's own, as in libtorch.
///
///   struct Square : autograd::Function<Square> {
///     static Tensor forward(autograd::AutogradContext* context, const Tensor& x) {
///       context->save_for_backward({x});
///       return x * x;
///     }
///     static TensorList backward(autograd::AutogradContext* context, const TensorList& grads) {
///       return {grads[0] * 2 * context->get_saved_variables()[0]};
///     }
///   };
///   Tensor y = Square::apply(x);
///
/// https://pytorch.org/cppdocs/api/structtorch_1_1autograd_1_1_function.html
#pragma once

#include <any>
#include <map>
#include <string>
#include <type_traits>

#include "autograd/graph/saved_tensor.h"
#include "autograd/tensor/grad_mode.h"
#include "autograd/tensor/tensor.h"

namespace xgrad::autograd {

/// libtorch's old name of a tensor.
using Variable = Tensor;
/// Several of them.
using variable_list = TensorList;
/// Several tensors.
using tensor_list = TensorList;

/// A value kept between forward and backward: `context->saved_data["scale"] = 2.0; ... .to<double>()`.
class SavedValue {
 public:
  SavedValue() = default;
  /// A number, a text, a tensor or anything else that can be copied.
  template <class T, std::enable_if_t<!std::is_same_v<std::decay_t<T>, SavedValue>, int> = 0>
  SavedValue(T&& value) {  // NOLINT(google-explicit-constructor)
    using Kept = std::decay_t<T>;
    if constexpr (std::is_same_v<Kept, bool>) value_ = value;
    else if constexpr (std::is_integral_v<Kept>) value_ = static_cast<std::int64_t>(value);
    else if constexpr (std::is_floating_point_v<Kept>) value_ = static_cast<double>(value);
    else if constexpr (std::is_convertible_v<Kept, std::string> && !std::is_same_v<Kept, Tensor>)
      value_ = std::string(value);
    else if constexpr (std::is_convertible_v<Kept, IntArrayRef> && !std::is_same_v<Kept, Tensor>)
      value_ = IntArrayRef(value).vec();
    else value_ = std::forward<T>(value);
  }

  /// Throws ValueError where the value has another type.
  template <class T>
  T to() const {
    using Kept = std::conditional_t<std::is_integral_v<T> && !std::is_same_v<T, bool>, std::int64_t,
                                    std::conditional_t<std::is_floating_point_v<T>, double, T>>;
    if (const auto* kept = std::any_cast<Kept>(&value_)) return static_cast<T>(*kept);
    throw ValueError("saved_data: the value has another type than the one asked for");
  }
  std::int64_t toInt() const;
  double toDouble() const;
  bool toBool() const;
  std::vector<std::int64_t> toIntVector() const;  ///< what a list of sizes became
  Tensor toTensor() const;
  std::string toStringRef() const;

 private:
  std::any value_;
};

class FunctionNode;

/// What a custom operation's forward and backward share.
class AutogradContext {
 public:
  AutogradContext();
  AutogradContext(const AutogradContext&) = delete;
  AutogradContext& operator=(const AutogradContext&) = delete;
  ~AutogradContext();

  /// Keeps inputs or results for backward. Call it once, in forward.
  void save_for_backward(TensorList tensors);
  /// The tensors saved, in order. Throws GraphError where one was changed in place since, or the graph was freed.
  TensorList get_saved_variables() const;
  /// These inputs are changed in place by forward and returned.
  void mark_dirty(const TensorList& inputs);
  /// These results have no gradient.
  void mark_non_differentiable(const TensorList& outputs);
  /// Whether undefined gradients reach backward as zeros (the default).
  void set_materialize_grads(OnlyBool materialize) { materialize_grads_ = materialize; }
  /// Whether tensor argument `i` of apply() requires a gradient.
  bool needs_input_grad(std::size_t i) const;

  /// Other values that backward needs, by name.
  std::map<std::string, SavedValue> saved_data;

 private:
  friend class FunctionNode;

  TensorList to_save_;
  std::vector<SavedTensor> saved_;
  std::vector<const TensorImpl*> dirty_;
  std::vector<const TensorImpl*> non_differentiable_;
  std::vector<char> needs_input_grad_;  ///< one for each tensor argument
  bool materialize_grads_ = true;
  bool freed_ = false;
  const Node* node_ = nullptr;
};

using BackwardFunction = TensorList (*)(AutogradContext*, TensorList);

/// The node of a custom operation. Users meet it through Function<T>.
class FunctionNode final : public Node {
 public:
  /// `name` must outlive the node.
  FunctionNode(const char* name, BackwardFunction backward);
  FunctionNode(const FunctionNode&) = delete;
  FunctionNode& operator=(const FunctionNode&) = delete;
  ~FunctionNode() override;

  AutogradContext& context() { return context_; }  ///< what forward and backward share
  /// Notes the inputs, before forward runs.
  void set_inputs(const TensorList& inputs, std::vector<char> is_tensor);
  /// Puts the outputs of forward into the graph: they become outputs of `node`.
  static void set_outputs(const intrusive_ptr<FunctionNode>& node, TensorList& outputs);

  void apply(std::span<Tensor> output_gradients, std::span<Tensor> input_gradients) override;
  void release_saved() override;

 private:
  struct Meta {
    DimVector sizes;
    Dtype dtype;
  };
  AutogradContext context_;
  BackwardFunction backward_;
  TensorList inputs_;  ///< only until set_outputs
  std::vector<char> is_tensor_;
  std::vector<Meta> input_meta_;
  std::vector<Meta> output_meta_;
  bool records_ = false;
};

namespace detail {
const char* function_name(const std::type_info& type);
}  // namespace detail

/// Base of custom operations. T has static `forward(AutogradContext*, arguments...)`, which returns a Tensor or a
/// TensorList, and static `backward(AutogradContext*, TensorList)`, which returns one gradient for each argument of
/// forward, undefined for those that are not tensors. Forward is not recorded; backward is, when gradients of gradients
/// are asked for. Throws GraphError and ShapeError for gradients of a wrong number or shape.
template <class T>
struct Function {
  /// Runs forward, and records it where an argument requires a gradient.
  template <class... Args>
  static auto apply(Args&&... args) {
    intrusive_ptr<FunctionNode> node(new FunctionNode(
        detail::function_name(typeid(T)),
        [](AutogradContext* context, TensorList grads) { return TensorList(T::backward(context, std::move(grads))); }));
    TensorList inputs;
    std::vector<char> is_tensor;
    const auto collect = [&](const auto& argument) {
      using Argument = std::decay_t<decltype(argument)>;
      if constexpr (std::is_same_v<Argument, Tensor>) {
        inputs.push_back(argument);
        is_tensor.push_back(true);
      } else if constexpr (std::is_same_v<Argument, TensorList>) {
        for (const Tensor& tensor : argument) {
          inputs.push_back(tensor);
          is_tensor.push_back(true);
        }
      } else {
        inputs.emplace_back();
        is_tensor.push_back(false);
      }
    };
    (collect(args), ...);
    node->set_inputs(inputs, std::move(is_tensor));
    using Result = std::decay_t<decltype(T::forward(&node->context(), std::forward<Args>(args)...))>;
    TensorList outputs;
    {
      const NoGradGuard no_grad;
      if constexpr (std::is_same_v<Result, Tensor>) outputs = {T::forward(&node->context(), std::forward<Args>(args)...)};
      else outputs = T::forward(&node->context(), std::forward<Args>(args)...);
    }
    FunctionNode::set_outputs(node, outputs);
    if constexpr (std::is_same_v<Result, Tensor>) return outputs[0];
    else return outputs;
  }
};

}  // namespace xgrad::autograd
