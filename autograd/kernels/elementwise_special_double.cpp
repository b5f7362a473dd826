#include "autograd/kernels/elementwise_special_rows.h"

namespace xgrad::kernels {

template UnaryRow special_unary_row<double>(Unary operation);
template BinaryRow special_binary_row<double>(Binary operation);
template TernaryRow special_ternary_row<double>(Ternary operation);

}  // namespace xgrad::kernels
