#include "autograd/kernels/elementwise_special_rows.h"

namespace xgrad::kernels {

template UnaryRow special_unary_row<float>(Unary operation);
template BinaryRow special_binary_row<float>(Binary operation);
template TernaryRow special_ternary_row<float>(Ternary operation);

}  // namespace xgrad::kernels
