#include "autograd/backward/functional.h"

#include "autograd/base/check.h"
#include "autograd/graph/grad.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::autograd::functional {

namespace {

/// The inputs as the function sees them: requiring gradients, and part of the caller's graph only where asked.
TensorList prepared(const char* operation, const TensorList& inputs, bool create_graph) {
  TensorList result;
  for (const Tensor& input : inputs) {
    check<TypeError>(input.is_floating_point(), "{}: expected floating-point inputs, got {}", operation, input.dtype());
    if (create_graph && input.requires_grad()) {
      result.push_back(view(input, input.sizes()));
    } else {
      result.push_back(input.detach());
      result.back().requires_grad_();
    }
  }
  return result;
}

TensorList finished(TensorList tensors, bool create_graph) {
  if (create_graph) return tensors;
  for (Tensor& tensor : tensors) tensor = tensor.detach();
  return tensors;
}

/// grad() of those outputs that depend on anything; zeros for inputs that none depends on.
TensorList gradients_or_zeros(const TensorList& outputs, const TensorList& inputs, const TensorList& weights,
                              bool retain_graph, bool create_graph) {
  TensorList recorded;
  TensorList their_weights;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i].requires_grad()) continue;
    recorded.push_back(outputs[i]);
    their_weights.push_back(weights[i]);
  }
  TensorList result(inputs.size());
  if (!recorded.empty()) result = grad(recorded, inputs, their_weights, retain_graph || create_graph, create_graph, true);
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (!result[i].defined()) result[i] = zeros_like(inputs[i]);
  }
  return result;
}

void check_directions(const char* operation, const TensorList& v, const TensorList& like) {
  check<ShapeError>(v.size() == like.size(), "{}: {} tensors in v, expected {}", operation, v.size(), like.size());
  for (std::size_t i = 0; i < v.size(); ++i) {
    check<ShapeError>(v[i].sizes() == like[i].sizes(), "{}: tensor {} of v has shape {}, expected {}", operation, i,
                      v[i].sizes(), like[i].sizes());
  }
}

TensorListFunction as_list(const TensorFunction& function) {
  return [&function](const TensorList& inputs) { return TensorList{function(inputs[0])}; };
}

}  // namespace

std::vector<TensorList> jacobian(const TensorListFunction& function, const TensorList& inputs, OnlyBool create_graph) {
  const EnableGradGuard enable_grad;
  const TensorList x = prepared("jacobian", inputs, create_graph);
  const TensorList outputs = function(x);
  std::vector<TensorList> result;
  for (const Tensor& output : outputs) {
    std::vector<TensorList> rows(x.size());
    for (std::int64_t i = 0; i < output.numel(); ++i) {
      const Tensor weight = zeros(output.numel(), output.dtype());
      select(weight, 0, i).fill_(1);
      TensorList row = gradients_or_zeros({output}, x, {view(weight, output.sizes())}, true, create_graph);
      for (std::size_t j = 0; j < x.size(); ++j) rows[j].push_back(std::move(row[j]));
    }
    TensorList blocks;
    for (std::size_t j = 0; j < x.size(); ++j) {
      DimVector sizes = to_dims(output.sizes());
      for (const std::int64_t size : x[j].sizes()) sizes.push_back(size);
      blocks.push_back(rows[j].empty() ? zeros(sizes, x[j].dtype()) : reshape(stack(rows[j]), sizes));
    }
    result.push_back(finished(std::move(blocks), create_graph));
  }
  return result;
}

Tensor jacobian(const TensorFunction& function, const Tensor& input, OnlyBool create_graph) {
  return jacobian(as_list(function), {input}, create_graph)[0][0];
}

std::vector<TensorList> hessian(const ScalarFunction& function, const TensorList& inputs, OnlyBool create_graph) {
  const TensorListFunction slope = [&function](const TensorList& x) {
    const Tensor output = function(x);
    check<ShapeError>(output.numel() == 1, "hessian: expected a function with one element, got shape {}", output.sizes());
    return gradients_or_zeros({output}, x, {ones_like(output)}, true, true);
  };
  return jacobian(slope, inputs, create_graph);
}

Tensor hessian(const TensorFunction& function, const Tensor& input, OnlyBool create_graph) {
  const ScalarFunction of_list = [&function](const TensorList& x) { return function(x[0]); };
  return hessian(of_list, {input}, create_graph)[0][0];
}

std::pair<TensorList, TensorList> vjp(const TensorListFunction& function, const TensorList& inputs, const TensorList& v,
                                      OnlyBool create_graph) {
  const EnableGradGuard enable_grad;
  const TensorList x = prepared("vjp", inputs, create_graph);
  TensorList outputs = function(x);
  TensorList weights = v;
  if (v.empty()) {
    check<ShapeError>(outputs.size() == 1 && outputs[0].numel() == 1,
                      "vjp: v may be left out for one output with one element only");
    weights = {ones_like(outputs[0])};
  }
  check_directions("vjp", weights, outputs);
  TensorList product = gradients_or_zeros(outputs, x, weights, false, create_graph);
  return {finished(std::move(outputs), create_graph), finished(std::move(product), create_graph)};
}

std::pair<Tensor, Tensor> vjp(const TensorFunction& function, const Tensor& input, const Tensor& v, OnlyBool create_graph) {
  auto [outputs, product] = vjp(as_list(function), {input}, v.defined() ? TensorList{v} : TensorList{}, create_graph);
  return {outputs[0], product[0]};
}

std::pair<TensorList, TensorList> jvp(const TensorListFunction& function, const TensorList& inputs, const TensorList& v,
                                      OnlyBool create_graph) {
  check_directions("jvp", v, inputs);
  const EnableGradGuard enable_grad;
  const TensorList x = prepared("jvp", inputs, create_graph);
  TensorList outputs = function(x);
  // The gradient is linear in the outputs' weights; its own gradient with respect to them is the product.
  TensorList weights;
  for (const Tensor& output : outputs) weights.push_back(zeros_like(output).requires_grad_());
  const TensorList slopes = gradients_or_zeros(outputs, x, weights, true, true);
  TensorList product = gradients_or_zeros(slopes, weights, v, false, create_graph);
  return {finished(std::move(outputs), create_graph), finished(std::move(product), create_graph)};
}

std::pair<Tensor, Tensor> jvp(const TensorFunction& function, const Tensor& input, const Tensor& v, OnlyBool create_graph) {
  auto [outputs, product] = jvp(as_list(function), {input}, {v}, create_graph);
  return {outputs[0], product[0]};
}

}  // namespace xgrad::autograd::functional
