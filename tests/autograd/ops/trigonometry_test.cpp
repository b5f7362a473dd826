#include "autograd/ops/trigonometry.h"

#include "autograd/ops/binary.h"
#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Trigonometry, "trigonometry", unary("sin", sin), unary("cos", cos), unary("tan", tan),
                      unary("asin", asin), unary("acos", acos), unary("atan", atan), unary("sinh", sinh),
                      unary("cosh", cosh), unary("asinh", asinh), unary("acosh", acosh), unary("atanh", atanh),
                      unary("deg2rad", deg2rad), unary("rad2deg", rad2deg), binary("atan2", atan2));

TEST(Trigonometry, rejects_bad_input) {
  EXPECT_THROW(ones({3}, kInt64).sin_(), TypeError);
  EXPECT_THROW(ones({3}, kInt64).acosh_(), TypeError);
  EXPECT_THROW(ones({3}, kInt64).deg2rad_(), TypeError);
  EXPECT_THROW(atan2(ones({3}), ones({4})), ShapeError);
}

}  // namespace xgrad::test
