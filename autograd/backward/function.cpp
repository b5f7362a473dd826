#include "autograd/backward/function.h"

#include <cxxabi.h>

#include <cstdlib>
#include <mutex>
#include <typeindex>
#include <unordered_map>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/inplace.h"
#include "autograd/tensor/creation.h"

namespace xgrad::autograd {

TensorList AutogradContext::get_saved_variables() const {
  check<GraphError>(
      !freed_,
      "{}: backward through this graph a second time: the tensors saved for it were freed. Pass retain_graph = "
      "true to the first backward",
      node_ != nullptr ? node_->name() : "Function");
  if (node_ == nullptr) return to_save_;
  TensorList tensors;
  tensors.reserve(saved_.size());
  for (const SavedTensor& saved : saved_) tensors.push_back(saved.unpack());
  return tensors;
}

void AutogradContext::mark_dirty(const TensorList& inputs) {
  for (const Tensor& input : inputs) dirty_.insert(input.impl());
}

void AutogradContext::mark_non_differentiable(const TensorList& outputs) {
  for (const Tensor& output : outputs) non_differentiable_.insert(output.impl());
}

bool AutogradContext::needs_input_grad(std::size_t i) const { return i < needs_input_grad_.size() && needs_input_grad_[i]; }

void FunctionNode::set_inputs(const TensorList& inputs, std::vector<bool> is_tensor) {
  inputs_ = inputs;
  is_tensor_ = std::move(is_tensor);
  records_ = must_record(inputs);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool needs = inputs[i].defined() && inputs[i].requires_grad();
    if (is_tensor_[i]) context_.needs_input_grad_.push_back(needs);
    if (records_) add_input(inputs[i]);
    input_meta_.push_back(inputs[i].defined() ? Meta{to_dims(inputs[i].sizes()), inputs[i].dtype()} : Meta{{}, kBool});
  }
}

void FunctionNode::set_outputs(const intrusive_ptr<FunctionNode>& node, TensorList& outputs) {
  FunctionNode& self = *node;
  self.outputs_ = static_cast<std::uint32_t>(outputs.size());
  const TensorList inputs = std::move(self.inputs_);
  self.inputs_.clear();
  for (Tensor& output : outputs) {
    check<ValueError>(output.defined(), "{}: forward returned an undefined tensor", self.name());
    self.output_meta_.push_back({to_dims(output.sizes()), output.dtype()});
    const bool is_input =
        std::any_of(inputs.begin(), inputs.end(), [&](const Tensor& x) { return x.defined() && x.is_same(output); });
    if (is_input && !self.context_.dirty_.contains(output.impl())) {
      const Tensor alias = output.detach();  // the input itself keeps its own place in the graph
      if (self.context_.non_differentiable_.contains(output.impl())) self.context_.non_differentiable_.insert(alias.impl());
      output = alias;
    }
  }
  for (const Tensor& input : inputs) {
    if (!input.defined() || !self.context_.dirty_.contains(input.impl())) continue;
    require_writable(self.name().c_str(), input);
    input.impl()->storage->bump_version();
  }
  if (!self.records_) return;
  self.context_.node_ = &self;
  {
    // Results are saved outside the graph, so that the node does not own itself.
    const NodeConstruction construction(&self);
    self.context_.saved_.reserve(self.context_.to_save_.size());
    for (const Tensor& tensor : self.context_.to_save_) {
      const auto found = std::find_if(outputs.begin(), outputs.end(),
                                      [&](const Tensor& output) { return tensor.defined() && output.is_same(tensor); });
      const bool is_result = found != outputs.end() && !self.context_.dirty_.contains(tensor.impl());
      self.context_.saved_.push_back(is_result
                                         ? SavedTensor::result(tensor, static_cast<std::uint32_t>(found - outputs.begin()))
                                         : SavedTensor(tensor));
    }
    self.context_.to_save_.clear();
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (self.context_.non_differentiable_.contains(outputs[i].impl())) continue;
    set_history(outputs[i], intrusive_ptr<Node>(node.get()), static_cast<std::uint32_t>(i));
  }
  self.context_.dirty_.clear();
  self.context_.non_differentiable_.clear();
}

void FunctionNode::apply(std::span<Tensor> output_gradients, std::span<Tensor> input_gradients) {
  TensorList grads(output_gradients.begin(), output_gradients.end());
  for (std::size_t i = 0; i < grads.size(); ++i) {
    if (!grads[i].defined() && context_.materialize_grads_ && is_floating_point(output_meta_[i].dtype)) {
      grads[i] = zeros(output_meta_[i].sizes, output_meta_[i].dtype);
    }
  }
  TensorList gradients = backward_(&context_, std::move(grads));
  check<GraphError>(
      gradients.size() >= input_gradients.size(),
      "{}: backward returned {} gradients for {} arguments of forward: expected one each, undefined where there is "
      "none",
      name(), gradients.size(), input_gradients.size());
  for (std::size_t i = input_gradients.size(); i < gradients.size(); ++i) {
    check<GraphError>(!gradients[i].defined(), "{}: backward returned a gradient for argument {}, forward has {}", name(), i,
                      input_gradients.size());
  }
  for (std::size_t i = 0; i < input_gradients.size(); ++i) {
    if (!gradients[i].defined()) continue;
    check<GraphError>(is_tensor_[i], "{}: backward returned a gradient for argument {}, which is not a tensor", name(), i);
    check<ShapeError>(gradients[i].sizes() == IntArrayRef(input_meta_[i].sizes),
                      "{}: backward returned a gradient of shape {} for argument {} of shape {}", name(),
                      gradients[i].sizes(), i, IntArrayRef(input_meta_[i].sizes));
    if (needs_gradient(i)) input_gradients[i] = gradients[i].to(input_meta_[i].dtype);
  }
}

void FunctionNode::release_saved() {
  if (context_.saved_.empty()) return;
  Node::release_saved();
  context_.freed_ = true;
}

namespace detail {

const char* function_name(const std::type_info& type) {
  static std::mutex mutex;
  static std::unordered_map<std::type_index, std::string> names;
  const std::lock_guard lock(mutex);
  const auto [entry, inserted] = names.try_emplace(type);
  if (inserted) {
    int status = 0;
    char* readable = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
    entry->second = status == 0 ? readable : type.name();
    std::free(readable);
  }
  return entry->second.c_str();
}

}  // namespace detail
}  // namespace xgrad::autograd
