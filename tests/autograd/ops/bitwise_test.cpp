#include "autograd/ops/bitwise.h"

#include <cstdint>

#include "autograd/ops/comparison.h"
#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Bitwise, "bitwise", binary("bitwise_and", bitwise_and, Gradients::kNone),
                      binary("bitwise_or", bitwise_or, Gradients::kNone),
                      binary("bitwise_xor", bitwise_xor, Gradients::kNone),
                      binary("bitwise_left_shift", bitwise_left_shift, Gradients::kNone),
                      binary("bitwise_right_shift", bitwise_right_shift, Gradients::kNone),
                      binary("gcd", gcd, Gradients::kNone), binary("lcm", lcm, Gradients::kNone),
                      unary("bitwise_not", bitwise_not, Gradients::kNone));

TEST(Bitwise, operators_combine_masks) {
  const Tensor x = tensor({1, 2, 3, 4});
  EXPECT_TRUE(equal((x > 1) & (x < 4), tensor({false, true, true, false})));
  EXPECT_TRUE(equal((x == 1) | (x == 4), tensor({true, false, false, true})));
  EXPECT_TRUE(equal(~(x > 2) ^ (x == 1), tensor({false, true, false, false})));
  Tensor y = x.clone();
  y &= tensor(6);
  EXPECT_TRUE(equal(y, tensor({0, 2, 2, 4})));
  constexpr std::int64_t high = std::int64_t{1} << 62;
  EXPECT_TRUE(equal(x.bitwise_left_shift(62), tensor({high, -high - high, -high, std::int64_t{0}})));
}

TEST(Bitwise, small_integers_wrap) {
  EXPECT_EQ(bitwise_not(tensor({0, 255}, kUInt8)).to_vector<int>(), (std::vector<int>{255, 0}));
  EXPECT_EQ(bitwise_left_shift(tensor({64, 3}, kInt8), tensor({1, 1}, kInt8)).to_vector<int>(), (std::vector<int>{-128, 6}));
  EXPECT_EQ(bitwise_right_shift(tensor({-8}), tensor({70})).item<int>(), -1);
  EXPECT_EQ(bitwise_left_shift(tensor({-8}), tensor({64})).item<int>(), 0);
}

TEST(Bitwise, rejects_bad_input) {
  EXPECT_THROW(ones({2}) & ones({2}), TypeError);
  EXPECT_THROW(bitwise_not(ones({2})), TypeError);
  EXPECT_THROW(bitwise_left_shift(ones({2}, kBool), ones({2}, kBool)), TypeError);
  EXPECT_THROW(gcd(ones({2}, kInt64), ones({3}, kInt64)), ShapeError);
  Tensor mask = ones({2}, kBool);
  EXPECT_THROW(mask.bitwise_and_(tensor({1, 2})), TypeError);
  EXPECT_TRUE(equal(mask, ones({2}, kBool)));
}

}  // namespace xgrad::test
