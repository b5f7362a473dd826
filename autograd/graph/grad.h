/// The backward engine: runs a graph's nodes from its roots to its leaves.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>

#include "autograd/tensor/tensor.h"

namespace xgrad::autograd {

/// Computes the gradients of `outputs` and adds them to the `grad()` of the leaves, or of `inputs` alone where given.
/// `grad_outputs[i]` may be undefined for an output with one element. Any number of threads may call this at once, on
/// separate graphs and on graphs that share leaves. Throws GraphError and ShapeError.
/// https://pytorch.org/docs/1.13/generated/torch.autograd.backward.html
void backward(const TensorList& outputs, const TensorList& grad_outputs = {},
              std::optional<OnlyBool> retain_graph = std::nullopt, OnlyBool create_graph = false,
              const std::optional<TensorList>& inputs = std::nullopt);
/// The same for inputs in braces.
inline void backward(const TensorList& outputs, const TensorList& grad_outputs, std::optional<OnlyBool> retain_graph,
                     OnlyBool create_graph, std::initializer_list<Tensor> inputs) {
  backward(outputs, grad_outputs, retain_graph, create_graph, std::optional<TensorList>(inputs));
}

/// The gradients of `outputs` with respect to `inputs`, which need not be leaves; no `grad()` changes. With
/// `create_graph` they can be differentiated in turn. An input that the outputs do not depend on is an error, or an
/// undefined tensor with `allow_unused`. https://pytorch.org/docs/1.13/generated/torch.autograd.grad.html
TensorList grad(const TensorList& outputs, const TensorList& inputs, const TensorList& grad_outputs = {},
                std::optional<OnlyBool> retain_graph = std::nullopt, OnlyBool create_graph = false,
                OnlyBool allow_unused = false);

/// Runs `callback` once the backward that this thread is in has ended: the outermost one, where backward runs within
/// backward. Callbacks run in the order in which they came, and may queue others; where backward throws, they are dropped.
/// Throws GraphError outside of backward: hooks and gradients of Functions are the places to call it.
void queue_callback(std::function<void()> callback);

}  // namespace xgrad::autograd

namespace xgrad::detail {

/// Whether the backward that runs on this thread drops what a node saved once the node has run: its gradient may then
/// overwrite what nobody else holds.
bool backward_drops_saved();

}  // namespace xgrad::detail
