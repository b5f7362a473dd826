#include "autograd/ops/binary.h"

#include "autograd/ops/comparison.h"
#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

Operation of_two(const char* name, Tensor (*function)(const Tensor&, const Tensor&),
                 Gradients gradients = Gradients::kTwice) {
  return {name, [=](const TensorList& x, const Json&) { return TensorList{function(x[0], x[1])}; }, gradients};
}

}  // namespace

XGRAD_TEST_OPERATIONS(Binary, "binary", of_two("copysign", copysign), of_two("hypot", hypot), of_two("logaddexp", logaddexp),
                      of_two("logaddexp2", logaddexp2), of_two("xlogy", xlogy), of_two("float_power", float_power),
                      of_two("ldexp", ldexp), of_two("fmax", fmax, Gradients::kConstant),
                      of_two("fmin", fmin, Gradients::kConstant), of_two("heaviside", heaviside, Gradients::kNone),
                      of_two("nextafter", nextafter, Gradients::kNone));

TEST(Binary, rejects_bad_input) {
  EXPECT_THROW(hypot(ones({2}), ones({3})), ShapeError);
  EXPECT_THROW(heaviside(ones({2}), ones({2}, kInt64)), TypeError);
  EXPECT_THROW(nextafter(ones({2}, kInt64), ones({2}, kInt64)), TypeError);
}

}  // namespace xgrad::test
