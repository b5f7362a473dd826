#include "autograd/kernels/elementwise_special_rows.h"

namespace xgrad::kernels {

template <>
UnaryRow special_unary_row<double>(Unary operation) {
  return special_unary_rows<double>(operation);
}
template <>
BinaryRow special_binary_row<double>(Binary operation) {
  return special_binary_rows<double>(operation);
}
template <>
TernaryRow special_ternary_row<double>(Ternary operation) {
  return special_ternary_rows<double>(operation);
}

}  // namespace xgrad::kernels
