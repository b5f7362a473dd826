#include "nn/modules/recurrent_sizes.h"

#include <cmath>

#include "autograd/base/check.h"
#include "nn/init/init.h"

namespace xgrad::nn::detail {

void check_recurrent_sizes(const std::string& module, std::int64_t input_size, std::int64_t hidden_size) {
  check<ValueError>(input_size > 0 && hidden_size > 0, "{}: input_size and hidden_size must be positive, got {} and {}",
                    module, input_size, hidden_size);
}

void draw_recurrent_parameters(const TensorList& parameters, std::int64_t hidden_size) {
  const double bound = 1 / std::sqrt(static_cast<double>(hidden_size));
  for (const Tensor& parameter : parameters) init::uniform_(parameter, -bound, bound);
}

}  // namespace xgrad::nn::detail
