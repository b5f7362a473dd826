#include "autograd/kernels/elementwise_unary_rows.h"

namespace xgrad::kernels {

template <>
UnaryRow unary_row<float>(Unary operation) {
  return floating_unary_row<float>(operation);
}

}  // namespace xgrad::kernels
