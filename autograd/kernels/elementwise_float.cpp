#include "autograd/kernels/elementwise_floating.h"

namespace xgrad::kernels {

template <>
UnaryRow unary_row<float>(Unary operation) {
  return floating_unary_row<float>(operation);
}

template <>
BinaryRow binary_row<float>(Binary operation) {
  return floating_binary_row<float>(operation);
}

template <>
TernaryRow ternary_row<float>(Ternary operation) {
  return floating_ternary_row<float>(operation);
}

}  // namespace xgrad::kernels
