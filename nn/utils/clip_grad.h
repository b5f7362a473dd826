/// Limits on gradients.
#pragma once

#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad::nn::utils {

/// Scales all gradients so that their common norm is at most `max_norm`. Parameters without a gradient are passed over.
/// Returns the norm before. Throws ValueError for a negative max_norm or NaN, and for a norm that is not finite where
/// `error_if_nonfinite`.
/// https://pytorch.org/docs/1.13/generated/torch.nn.utils.clip_grad_norm_.html
double clip_grad_norm_(const std::vector<Tensor>& parameters, double max_norm, double norm_type = 2,
                       OnlyBool error_if_nonfinite = false);

double clip_grad_norm_(const Tensor& parameter, double max_norm, double norm_type = 2, OnlyBool error_if_nonfinite = false);

/// Limits every element of the gradients to [-clip_value, clip_value]. Throws ValueError for a negative clip_value.
/// https://pytorch.org/docs/1.13/generated/torch.nn.utils.clip_grad_value_.html
void clip_grad_value_(const std::vector<Tensor>& parameters, double clip_value);
void clip_grad_value_(const Tensor& parameter, double clip_value);

}  // namespace xgrad::nn::utils
