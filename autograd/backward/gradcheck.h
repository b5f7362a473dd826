/// Checks analytical gradients against finite differences.
#pragma once

#include <functional>

#include "autograd/tensor/tensor.h"

namespace xgrad::autograd {

/// True where the gradients of `function` at `inputs` agree with central differences: |a - n| <= atol + rtol |n| for each
/// element of the Jacobian. Inputs that require a gradient should be float64. Where they disagree it throws GraphError with
/// both values, or returns false with `raise` off. https://pytorch.org/docs/1.13/generated/torch.autograd.gradcheck.html
bool gradcheck(const std::function<TensorList(const TensorList&)>& function, const TensorList& inputs, double eps = 1e-6,
               double atol = 1e-5, double rtol = 1e-3, OnlyBool raise = true);
bool gradcheck(const std::function<Tensor(const TensorList&)>& function, const TensorList& inputs, double eps = 1e-6,
               double atol = 1e-5, double rtol = 1e-3, OnlyBool raise = true);

/// gradcheck of the gradient itself: the second derivatives, against random gradients of the outputs.
bool gradgradcheck(const std::function<TensorList(const TensorList&)>& function, const TensorList& inputs, double eps = 1e-6,
                   double atol = 1e-5, double rtol = 1e-3, OnlyBool raise = true);
bool gradgradcheck(const std::function<Tensor(const TensorList&)>& function, const TensorList& inputs, double eps = 1e-6,
                   double atol = 1e-5, double rtol = 1e-3, OnlyBool raise = true);

}  // namespace xgrad::autograd
