#include "autograd/ops/inplace.h"

#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

/// An operation in place, on a clone, so that a leaf can be differentiated through it.
template <class Change>
Operation changing(const char* name, Change change, Gradients gradients = Gradients::kTwice) {
  return {name,
          [=](const TensorList& x, const Json& a) {
            Tensor y = x[0].clone();
            change(y, x, a);
            return TensorList{y};
          },
          gradients};
}

}  // namespace

XGRAD_TEST_OPERATIONS(
    Inplace, "inplace", changing("add_", [](Tensor& y, const TensorList& x, const Json&) { y.add_(x[1]); }),
    changing("sub_", [](Tensor& y, const TensorList& x, const Json&) { y.sub_(x[1]); }),
    changing("mul_", [](Tensor& y, const TensorList& x, const Json&) { y.mul_(x[1]); }),
    changing("div_", [](Tensor& y, const TensorList& x, const Json&) { y.div_(x[1]); }),
    changing("copy_", [](Tensor& y, const TensorList& x, const Json&) { y.copy_(x[1]); }),
    changing("add_scalar", [](Tensor& y, const TensorList&, const Json& a) { y.add_(scalar_at(a, 0)); }),
    changing("sub_scalar", [](Tensor& y, const TensorList&, const Json& a) { y.sub_(scalar_at(a, 0)); }),
    changing("mul_scalar", [](Tensor& y, const TensorList&, const Json& a) { y.mul_(scalar_at(a, 0)); }),
    changing("div_scalar", [](Tensor& y, const TensorList&, const Json& a) { y.div_(scalar_at(a, 0)); }),
    changing("pow_scalar", [](Tensor& y, const TensorList&, const Json& a) { y.pow_(scalar_at(a, 0)); }),
    changing(
        "fill_scalar", [](Tensor& y, const TensorList&, const Json& a) { y.fill_(scalar_at(a, 0)); }, Gradients::kNone),
    changing("neg_", [](Tensor& y, const TensorList&, const Json&) { y.neg_(); }),
    changing("exp_", [](Tensor& y, const TensorList&, const Json&) { y.exp_(); }),
    changing("sqrt_", [](Tensor& y, const TensorList&, const Json&) { y.sqrt_(); }),
    changing("tanh_", [](Tensor& y, const TensorList&, const Json&) { y.tanh_(); }),
    changing("sigmoid_", [](Tensor& y, const TensorList&, const Json&) { y.sigmoid_(); }),
    changing("relu_", [](Tensor& y, const TensorList&, const Json&) { y.relu_(); }),
    changing(
        "zero_", [](Tensor& y, const TensorList&, const Json&) { y.zero_(); }, Gradients::kNone),
    changing("clamp_", [](Tensor& y, const TensorList&, const Json& a) { y.clamp_(scalar_at(a, 0), scalar_at(a, 1)); }),
    changing("addcmul_", [](Tensor& y, const TensorList& x, const Json& a) { y.addcmul_(x[1], x[2], scalar_at(a, 0)); }),
    changing("addcdiv_", [](Tensor& y, const TensorList& x, const Json& a) { y.addcdiv_(x[1], x[2], scalar_at(a, 0)); }),
    changing("lerp_", [](Tensor& y, const TensorList& x, const Json& a) { y.lerp_(x[1], scalar_at(a, 0)); }),
    changing("masked_fill_", [](Tensor& y, const TensorList& x, const Json& a) { y.masked_fill_(x[1], scalar_at(a, 0)); }),
    changing("index_add_", [](Tensor& y, const TensorList& x, const Json& a) { y.index_add_(a[0], x[1], x[2]); }));

}  // namespace xgrad::test
