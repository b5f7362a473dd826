#include "nn/utils/convert_parameters.h"

#include <cstdint>

#include "autograd/base/check.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::nn::utils {

Tensor parameters_to_vector(const std::vector<Tensor>& parameters) {
  check<ValueError>(!parameters.empty(), "parameters_to_vector: there are no parameters");
  TensorList flat;
  for (const Tensor& parameter : parameters) flat.push_back(reshape(parameter, {-1}));
  return cat(flat);
}

void vector_to_parameters(const Tensor& vector, const std::vector<Tensor>& parameters) {
  std::int64_t elements = 0;
  for (const Tensor& parameter : parameters) elements += parameter.numel();
  check<ShapeError>(vector.dim() == 1 && vector.numel() == elements,
                    "vector_to_parameters: a vector {} does not fit parameters of {} elements", vector.sizes(), elements);
  const NoGradGuard no_grad;
  std::int64_t first = 0;
  for (Tensor parameter : parameters) {
    parameter.copy_(reshape(narrow(vector, 0, first, parameter.numel()), parameter.sizes()));
    first += parameter.numel();
  }
}

}  // namespace xgrad::nn::utils
