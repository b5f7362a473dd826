#include "autograd/kernels/elementwise_unary_rows.h"

namespace xgrad::kernels {

template <>
UnaryRow unary_row<double>(Unary operation) {
  return floating_unary_row<double>(operation);
}

}  // namespace xgrad::kernels
