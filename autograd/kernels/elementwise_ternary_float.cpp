#include "autograd/kernels/elementwise_ternary_rows.h"

namespace xgrad::kernels {

template <>
TernaryRow ternary_row<float>(Ternary operation) {
  return floating_ternary_row<float>(operation);
}

}  // namespace xgrad::kernels
