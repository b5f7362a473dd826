/// Parameters as one vector, and back. https://pytorch.org/docs/1.13/generated/torch.nn.utils.parameters_to_vector.html
#pragma once

#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad::nn::utils {

/// All elements of the parameters, one parameter after the other, as a vector in the graph. Throws ValueError for no
/// parameters.
Tensor parameters_to_vector(const std::vector<Tensor>& parameters);

/// Puts the elements of a vector into the parameters, in place and outside the graph. Throws ShapeError unless the vector
/// has as many elements as the parameters together; nothing is changed then.
void vector_to_parameters(const Tensor& vector, const std::vector<Tensor>& parameters);

}  // namespace xgrad::nn::utils
