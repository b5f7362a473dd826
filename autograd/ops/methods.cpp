// Tensor's methods, of the table autograd/tensor/methods.def.
#include "autograd/ops/activation.h"
#include "autograd/ops/advanced_indexing.h"
#include "autograd/ops/argument_forms.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/bessel.h"
#include "autograd/ops/binary.h"
#include "autograd/ops/bitwise.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/cumulative.h"
#include "autograd/ops/diagonal.h"
#include "autograd/ops/division.h"
#include "autograd/ops/histogram.h"
#include "autograd/ops/incomplete_gamma.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/linalg.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/nan_reduce.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/power.h"
#include "autograd/ops/products.h"
#include "autograd/ops/quantile.h"
#include "autograd/ops/random.h"
#include "autograd/ops/rearrange.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/scatter.h"
#include "autograd/ops/scatter_reduce.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/solve.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/special.h"
#include "autograd/ops/split.h"
#include "autograd/ops/statistics.h"
#include "autograd/ops/trigonometry.h"
#include "autograd/ops/vector_products.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

using indexing::TensorIndex;

#define XGRAD_OR(...)
#define XGRAD_METHOD(Result, name, parameters, ...) \
  Result Tensor::name parameters const { return xgrad::name(*this __VA_OPT__(, ) __VA_ARGS__); }
#define XGRAD_BOTH(name, parameters, ...)                                                                \
  XGRAD_METHOD(Tensor, name, parameters, __VA_ARGS__)                                                    \
  Tensor& Tensor::name##_ parameters const {                                                             \
    require_writable(#name "_", *this);                                                                  \
    return write_result(#name "_", *this, xgrad::name(before_change(*this) __VA_OPT__(, ) __VA_ARGS__)); \
  }
#define XGRAD_BOTH_LINEAR(name, parameters, ...)                                          \
  XGRAD_METHOD(Tensor, name, parameters, __VA_ARGS__)                                     \
  Tensor& Tensor::name##_ parameters const {                                              \
    require_writable(#name "_", *this);                                                   \
    return write_result(#name "_", *this, xgrad::name(*this __VA_OPT__(, ) __VA_ARGS__)); \
  }
#define XGRAD_ALIAS(Result, name, parameters, ...) \
  Result Tensor::name parameters const { return __VA_ARGS__; }
#define XGRAD_INLINE(Result, name, parameters, ...)
#define XGRAD_OWN(Result, name, parameters)
#define XGRAD_REFUSE(name)
#include "autograd/tensor/methods.def"

}  // namespace xgrad
