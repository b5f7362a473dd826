#include "autograd/kernels/elementwise_binary_rows.h"

namespace xgrad::kernels {

template <>
BinaryRow binary_row<double>(Binary operation) {
  return floating_binary_row<double>(operation);
}

}  // namespace xgrad::kernels
