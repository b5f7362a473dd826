#include "autograd/kernels/elementwise_special_rows.h"

namespace xgrad::kernels {

template <>
UnaryRow special_unary_row<float>(Unary operation) {
  return special_unary_rows<float>(operation);
}
template <>
BinaryRow special_binary_row<float>(Binary operation) {
  return special_binary_rows<float>(operation);
}
template <>
TernaryRow special_ternary_row<float>(Ternary operation) {
  return special_ternary_rows<float>(operation);
}

}  // namespace xgrad::kernels
