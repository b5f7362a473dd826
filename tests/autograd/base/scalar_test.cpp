#include "autograd/base/scalar.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "autograd/base/error.h"

namespace xgrad {
namespace {

TEST(ScalarTest, converts_under_libtorchs_names) {
  EXPECT_EQ(Scalar(3).toInt(), 3);
  EXPECT_EQ(Scalar(2.75).toLong(), 2);
  EXPECT_EQ(Scalar(-2.75).toLong(), -2);
  EXPECT_EQ(Scalar(3).toFloat(), 3.0F);
  EXPECT_EQ(Scalar(0.5).toDouble(), 0.5);
  EXPECT_TRUE(Scalar(0.5).toBool());
  EXPECT_EQ(Scalar(Half(1.5F)).toHalf(), Half(1.5F));
  EXPECT_EQ(Scalar().toLong(), 0);
  EXPECT_EQ((-Scalar(2)).toLong(), -2);
  EXPECT_THROW(-Scalar(true), TypeError);
}

TEST(ScalarTest, knows_its_kind) {
  EXPECT_TRUE(Scalar(3).isIntegral(false));
  EXPECT_FALSE(Scalar(true).isIntegral(false));
  EXPECT_TRUE(Scalar(true).isIntegral(true));
  EXPECT_TRUE(Scalar(3.0).isFloatingPoint());
  EXPECT_TRUE(Scalar(false).isBoolean());
  EXPECT_EQ(Scalar(3).type(), kLong);
  EXPECT_TRUE(Scalar(1).equal(1.0));
  EXPECT_FALSE(Scalar(1.5).equal(1));
}

TEST(ScalarTest, integers_wrap_around_only_below_zero_or_when_asked) {
  EXPECT_EQ(Scalar(255).toByte(), 255);
  EXPECT_EQ(Scalar(-1).toByte(), 255);
  EXPECT_THROW(Scalar(256).toByte(), ValueError);
  EXPECT_THROW(Scalar(-256).toByte(), ValueError);
  EXPECT_EQ(Scalar(-128).toChar(), -128);
  EXPECT_THROW(Scalar(128).toChar(), ValueError);
  EXPECT_THROW(Scalar(1LL << 31).toInt(), ValueError);
  EXPECT_EQ(Scalar(300).wrapped<std::uint8_t>(), 44);
  EXPECT_EQ(Scalar(300).to<bool>(), true);
  EXPECT_THROW(Scalar(std::numeric_limits<std::uint64_t>::max()), ValueError);
}

TEST(ScalarTest, throws_where_an_integer_cannot_hold_it) {
  EXPECT_THROW(Scalar(1e30).toLong(), ValueError);
  EXPECT_THROW(Scalar(std::numeric_limits<double>::quiet_NaN()).toInt(), ValueError);
  EXPECT_THROW(Scalar(std::numeric_limits<double>::infinity()).to<std::int64_t>(), ValueError);
  EXPECT_THROW(Scalar(256.0).toByte(), ValueError);
  EXPECT_EQ(Scalar(255.9).toByte(), 255);
  EXPECT_EQ(Scalar(-0.5).toByte(), 0);
  EXPECT_EQ(Scalar(-9223372036854775808.0).toLong(), std::numeric_limits<std::int64_t>::min());
  EXPECT_THROW(Scalar(9223372036854775808.0).toLong(), ValueError);
}

TEST(ScalarTest, prints) {
  std::ostringstream stream;
  stream << Scalar(1) << ' ' << Scalar(0.5) << ' ' << Scalar(true);
  EXPECT_EQ(stream.str(), "1 0.5 true");
}

}  // namespace
}  // namespace xgrad
