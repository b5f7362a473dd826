#include "nn/utils/clip_grad.h"

#include <cmath>

#include "autograd/base/check.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/reduce.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::nn::utils {

namespace {

TensorList gradients_of(const std::vector<Tensor>& parameters) {
  TensorList gradients;
  for (const Tensor& parameter : parameters) {
    if (parameter.grad().defined()) gradients.push_back(parameter.grad());
  }
  return gradients;
}

/// The norm of a gradient. Zeros add nothing to one of positive order.
Tensor norm_of(const Tensor& gradient, double norm_type) {
  if (norm_type <= 0) return norm(gradient, norm_type);
  const Tensor rows = gather_nonzero_rows(gradient);
  return rows.numel() == 0 ? zeros({}, gradient.dtype()) : norm(rows, norm_type);
}

}  // namespace

double clip_grad_norm_(const std::vector<Tensor>& parameters, double max_norm, double norm_type,
                       OnlyBool error_if_nonfinite) {
  check<ValueError>(max_norm >= 0, "clip_grad_norm_: the bound must not be negative, got {}", max_norm);
  const NoGradGuard no_grad;
  TensorList gradients = gradients_of(parameters);
  if (gradients.empty()) return 0;
  TensorList norms;
  for (const Tensor& gradient : gradients) norms.push_back(norm_of(gradient, norm_type));
  const auto total = norm(stack(norms), norm_type).item<double>();
  check<ValueError>(!error_if_nonfinite || std::isfinite(total),
                    "clip_grad_norm_: the norm of order {} of the gradients is {}", norm_type, total);
  const double scale = max_norm / (total + 1e-6);
  if (scale < 1 || std::isnan(scale)) {
    for (const Tensor& gradient : gradients) change_nonzero_rows(gradient, [=](Tensor& rows) { rows.mul_(scale); });
  }
  return total;
}

double clip_grad_norm_(const Tensor& parameter, double max_norm, double norm_type, OnlyBool error_if_nonfinite) {
  return clip_grad_norm_(std::vector<Tensor>{parameter}, max_norm, norm_type, error_if_nonfinite);
}

void clip_grad_value_(const std::vector<Tensor>& parameters, double clip_value) {
  check<ValueError>(clip_value >= 0, "clip_grad_value_: the bound must not be negative, got {}", clip_value);
  const NoGradGuard no_grad;
  for (const Tensor& gradient : gradients_of(parameters)) {
    change_nonzero_rows(gradient, [=](Tensor& rows) { rows.clamp_(-clip_value, clip_value); });
  }
}

void clip_grad_value_(const Tensor& parameter, double clip_value) {
  clip_grad_value_(std::vector<Tensor>{parameter}, clip_value);
}

}  // namespace xgrad::nn::utils
