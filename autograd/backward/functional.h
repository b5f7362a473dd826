/// Derivatives of functions: Jacobians, Hessians and their products with vectors.
/// https://pytorch.org/docs/1.13/autograd.html#functional-higher-level-api
///
/// Inputs are floating-point (TypeError) and need not require a gradient; their `grad()` does not change. An output that
/// does not depend on an input has a derivative of zeros. With `create_graph` the results can be differentiated in turn,
/// with respect to inputs that require a gradient, too.
#pragma once

#include <functional>
#include <utility>

#include "autograd/tensor/tensor.h"

namespace xgrad::autograd::functional {

/// One tensor in, one out.
using TensorFunction = std::function<Tensor(const Tensor&)>;
/// Several tensors in, several out.
using TensorListFunction = std::function<TensorList(const TensorList&)>;
/// Several tensors in, one element out.
using ScalarFunction = std::function<Tensor(const TensorList&)>;

/// The derivatives of every element of the output with respect to every element of the input: (output sizes, input sizes).
Tensor jacobian(const TensorFunction& function, const Tensor& input, OnlyBool create_graph = false);
/// result[i][j] is that of output i with respect to input j.
std::vector<TensorList> jacobian(const TensorListFunction& function, const TensorList& inputs,
                                 OnlyBool create_graph = false);

/// The second derivatives of a function with one element: (input sizes, input sizes). Throws ShapeError for more elements.
Tensor hessian(const TensorFunction& function, const Tensor& input, OnlyBool create_graph = false);
/// result[i][j] is that with respect to inputs i and j.
std::vector<TensorList> hessian(const ScalarFunction& function, const TensorList& inputs, OnlyBool create_graph = false);

/// The outputs, and the vector-Jacobian product: the gradients of the inputs for gradients `v` of the outputs, which may be
/// left out for one element. Throws ShapeError where v does not fit.
std::pair<Tensor, Tensor> vjp(const TensorFunction& function, const Tensor& input, const Tensor& v = {},
                              OnlyBool create_graph = false);
std::pair<TensorList, TensorList> vjp(const TensorListFunction& function, const TensorList& inputs, const TensorList& v = {},
                                      OnlyBool create_graph = false);

/// The outputs, and the Jacobian-vector product: how the outputs change along direction `v` of the inputs. By the gradient
/// of the gradient, so that it costs about two backward passes. Throws ShapeError where v does not fit.
std::pair<Tensor, Tensor> jvp(const TensorFunction& function, const Tensor& input, const Tensor& v,
                              OnlyBool create_graph = false);
std::pair<TensorList, TensorList> jvp(const TensorListFunction& function, const TensorList& inputs, const TensorList& v,
                                      OnlyBool create_graph = false);

}  // namespace xgrad::autograd::functional
