#include "autograd/kernels/elementwise_binary_rows.h"

namespace xgrad::kernels {

template <>
BinaryRow binary_row<float>(Binary operation) {
  return floating_binary_row<float>(operation);
}

}  // namespace xgrad::kernels
