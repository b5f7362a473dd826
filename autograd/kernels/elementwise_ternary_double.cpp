#include "autograd/kernels/elementwise_ternary_rows.h"

namespace xgrad::kernels {

template <>
TernaryRow ternary_row<double>(Ternary operation) {
  return floating_ternary_row<double>(operation);
}

}  // namespace xgrad::kernels
