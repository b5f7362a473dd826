#include "autograd/graph/saved_tensor.h"

#include <utility>

#include "autograd/base/check.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad {

namespace {
[[gnu::tls_model("initial-exec")]] constinit thread_local Node* node_under_construction = nullptr;
}

NodeConstruction::NodeConstruction(Node* node) : previous_(node_under_construction) { node_under_construction = node; }
NodeConstruction::~NodeConstruction() { node_under_construction = previous_; }

SavedTensor::SavedTensor(const Tensor& input) : tensor_(input) {
  if (input.defined()) version_ = input.version();
}

SavedTensor SavedTensor::result(const Tensor& result, std::uint32_t output_number) {
  SavedTensor saved;
  saved.is_result_ = true;
  saved.output_number_ = output_number;
  if (result.defined() && GradMode::is_enabled()) {
    saved.tensor_ = result.detach();
    saved.version_ = result.version();
  }
  return saved;
}

SavedTensor::SavedTensor(const SavedTensor& other)
    : tensor_(other.tensor_), version_(other.version_), output_number_(other.output_number_), is_result_(other.is_result_) {
  attach();
}

SavedTensor::SavedTensor(SavedTensor&& other) noexcept
    : tensor_(std::move(other.tensor_)),
      version_(other.version_),
      output_number_(other.output_number_),
      is_result_(other.is_result_) {
  attach();
}

void SavedTensor::attach() {
  node_ = node_under_construction;
  if (node_ == nullptr) return;
  next_ = node_->saved_;
  node_->saved_ = this;
}

void SavedTensor::release() {
  tensor_ = Tensor();
  released_ = true;
}

std::string SavedTensor::operation() const { return node_ != nullptr ? node_->name() : "backward"; }

const Tensor& SavedTensor::value() const {
  if (released_) [[unlikely]] {
    throw GraphError(
        fmt::format("{}: backward through this graph a second time: the tensors saved for it were freed. "
                    "Pass retain_graph = true to the first backward",
                    operation()));
  }
  if (tensor_.defined() && tensor_.version() != version_) [[unlikely]] {
    throw GraphError(
        fmt::format("{}: a tensor of shape {} that backward needs was changed in place since: saved at version {}, now at "
                    "version {}. Clone it before changing it",
                    operation(), tensor_.sizes(), version_, tensor_.version()));
  }
  return tensor_;
}

Tensor SavedTensor::unpack() const {
  const Tensor& tensor = value();
  if (!tensor.defined() || !is_result_ || node_ == nullptr || !GradMode::is_enabled()) return tensor;
  // Put the result back into the graph, so that this gradient can be differentiated again.
  Tensor attached = tensor.detach();
  attached.impl()->grad_fn = intrusive_ptr<Node>(node_);
  attached.impl()->output_number = output_number_;
  return attached;
}

}  // namespace xgrad
