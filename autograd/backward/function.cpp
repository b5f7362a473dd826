#include "autograd/backward/function.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <typeindex>
#include <unordered_map>

#include "autograd/base/check.h"
#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/record.h"
#include "autograd/ops/inplace.h"
#include "autograd/tensor/creation.h"

namespace xgrad::autograd {

std::int64_t SavedValue::toInt() const { return to<std::int64_t>(); }
double SavedValue::toDouble() const { return to<double>(); }
bool SavedValue::toBool() const { return to<bool>(); }
std::vector<std::int64_t> SavedValue::toIntVector() const { return to<std::vector<std::int64_t>>(); }
Tensor SavedValue::toTensor() const { return to<Tensor>(); }
std::string SavedValue::toStringRef() const { return to<std::string>(); }

AutogradContext::AutogradContext() = default;
AutogradContext::~AutogradContext() = default;

void AutogradContext::save_for_backward(TensorList tensors) { to_save_ = std::move(tensors); }

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
  for (const Tensor& input : inputs) dirty_.push_back(input.impl());
}

void AutogradContext::mark_non_differentiable(const TensorList& outputs) {
  for (const Tensor& output : outputs) non_differentiable_.push_back(output.impl());
}

bool AutogradContext::needs_input_grad(std::size_t i) const {
  return i < needs_input_grad_.size() && needs_input_grad_[i] != 0;
}

FunctionNode::FunctionNode(const char* name, BackwardFunction backward) : Node(name, 0), backward_(backward) {}

FunctionNode::~FunctionNode() = default;

void FunctionNode::set_inputs(const TensorList& inputs, std::vector<char> is_tensor) {
  inputs_ = inputs;
  is_tensor_ = std::move(is_tensor);
  records_ = must_record(inputs);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool needs = inputs[i].defined() && inputs[i].requires_grad();
    if (is_tensor_[i] != 0) context_.needs_input_grad_.push_back(needs ? 1 : 0);
    if (records_) add_input(inputs[i]);
    input_meta_.push_back(inputs[i].defined() ? Meta{to_dims(inputs[i].sizes()), inputs[i].dtype()} : Meta{{}, kBool});
  }
}

namespace {

/// A result of forward as a tensor of its own: what it is a view of knows nothing of the Function.
Tensor without_base(const Tensor& output) { return output.detach(); }

/// Whether other tensors that a program can reach lie in the memory of result i, of which the graph will know nothing.
bool shares_memory(const TensorList& outputs, std::size_t i, const TensorList& inputs) {
  const auto is_there = [&](const Tensor& other) { return other.defined() && other.is_alias_of(outputs[i]); };
  if (std::any_of(inputs.begin(), inputs.end(), is_there)) return true;
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    if (k != i && is_there(outputs[k])) return true;
  }
  return false;
}

}  // namespace

void FunctionNode::set_outputs(const intrusive_ptr<FunctionNode>& node, TensorList& outputs) {
  FunctionNode& self = *node;
  self.outputs_ = static_cast<std::uint32_t>(outputs.size());
  const TensorList inputs = std::move(self.inputs_);
  self.inputs_.clear();
  const auto among = [](const TensorList& tensors, const Tensor& x) {
    return std::any_of(tensors.begin(), tensors.end(), [&](const Tensor& t) { return t.defined() && t.is_same(x); });
  };
  for (const Tensor& output : outputs) {
    check<ValueError>(output.defined(), "{}: forward returned an undefined tensor", self.name());
    self.output_meta_.push_back({to_dims(output.sizes()), output.dtype()});
  }
  const auto marked = [](const std::vector<const TensorImpl*>& tensors, const Tensor& x) {
    return std::find(tensors.begin(), tensors.end(), x.impl()) != tensors.end();
  };
  const auto is_dirty = [&](const Tensor& x) { return marked(self.context_.dirty_, x); };
  for (const Tensor& input : inputs) {
    if (!input.defined() || !is_dirty(input)) continue;
    require_writable(self.name().c_str(), input);
    check<GraphError>(!self.records_ || !input.requires_grad() || among(outputs, input),
                      "{}: an argument was marked as changed in place, but forward does not return it", self.name());
    input.impl()->storage->bump_version();
  }
  const TensorList returned = outputs;
  const auto is_differentiable = [&](std::size_t i) {
    return self.records_ && is_floating_point(returned[i].dtype()) &&
           !marked(self.context_.non_differentiable_, returned[i]);
  };
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const bool is_input = among(inputs, returned[i]);
    if (is_input && is_dirty(returned[i])) continue;
    // An argument itself keeps its own place in the graph.
    if (is_input || (is_differentiable(i) && returned[i].is_view())) outputs[i] = without_base(returned[i]);
  }
  if (!self.records_) return;
  self.context_.node_ = &self;
  {
    // Results are saved outside the graph, so that the node does not own itself.
    const NodeConstruction construction(&self);
    self.context_.saved_.reserve(self.context_.to_save_.size());
    for (const Tensor& tensor : self.context_.to_save_) {
      const auto found = std::find_if(returned.begin(), returned.end(),
                                      [&](const Tensor& output) { return tensor.defined() && output.is_same(tensor); });
      const auto number = static_cast<std::size_t>(found - returned.begin());
      const bool is_result = found != returned.end() && (is_dirty(tensor) || !among(inputs, tensor));
      self.context_.saved_.push_back(is_result ? SavedTensor::result(outputs[number], static_cast<std::uint32_t>(number))
                                               : SavedTensor(tensor));
    }
    self.context_.to_save_.clear();
  }
  const intrusive_ptr<Node> as_node(node.get());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!is_differentiable(i)) continue;
    const auto number = static_cast<std::uint32_t>(i);
    if (among(inputs, returned[i]) && is_dirty(returned[i])) {
      // What the argument is a view of takes its part from the Function, too.
      const Tensor value = without_base(returned[i]);
      set_history(value, as_node, number);
      rebase_history(returned[i], value);
      continue;
    }
    set_history(outputs[i], as_node, number);
    if (shares_memory(outputs, i, inputs)) {
      AutogradMeta& meta = outputs[i].impl()->ensure_meta();
      meta.shares_in_function = true;
    }
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (shares_memory_in_function(outputs[i])) outputs[i].impl()->meta->view_version = outputs[i].version();
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
    check<GraphError>(is_tensor_[i] != 0, "{}: backward returned a gradient for argument {}, which is not a tensor", name(),
                      i);
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
