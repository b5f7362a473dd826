#include "autograd/kernels/elementwise_floating.h"

namespace xgrad::kernels {

template <>
UnaryRow unary_row<double>(Unary operation) {
  return floating_unary_row<double>(operation);
}

template <>
BinaryRow binary_row<double>(Binary operation) {
  return floating_binary_row<double>(operation);
}

template <>
TernaryRow ternary_row<double>(Ternary operation) {
  return floating_ternary_row<double>(operation);
}

}  // namespace xgrad::kernels
