#include "autograd/graph/anomaly_mode.h"

#include <gmock/gmock.h>

#include "autograd/autograd.h"

namespace xgrad::test {

namespace {

std::string error_of_backward(const Tensor& loss) {
  try {
    loss.backward();
  } catch (const GraphError& error) {
    return error.what();
  }
  return "";
}

/// 0 * inf on the way back: the gradient of sqrt at 0 is infinite.
Tensor broken_loss(const Tensor& x) { return (x.sqrt() * 0).sum(); }

}  // namespace

TEST(AnomalyModeTest, names_the_operation_whose_backward_made_the_first_nan) {
  const Tensor x = tensor({{1.0, 4.0}, {0.0, 9.0}}, requires_grad());
  const autograd::DetectAnomalyGuard detect_anomaly;
  const std::string found = error_of_backward(broken_loss(x * 1));
  EXPECT_THAT(found, ::testing::HasSubstr("backward of Sqrt"));
  EXPECT_THAT(found, ::testing::HasSubstr("nan at index [1, 0]"));
  EXPECT_THAT(found, ::testing::HasSubstr("the first that is not finite"));
}

TEST(AnomalyModeTest, tells_where_the_operation_was_called) {
  const Tensor x = zeros({2}, requires_grad());
  const Tensor before = broken_loss(x * 1);
  const autograd::DetectAnomalyGuard detect_anomaly;
  EXPECT_THAT(error_of_backward(broken_loss(x * 1)), ::testing::HasSubstr("xgrad::sqrt(xgrad::Tensor const&)"));
  EXPECT_THAT(error_of_backward(before), ::testing::HasSubstr("before the forward pass"));
}

TEST(AnomalyModeTest, tells_a_gradient_that_was_broken_already) {
  const Tensor x = ones({2}, requires_grad());
  const Tensor y = x * 2;
  const autograd::DetectAnomalyGuard detect_anomaly;
  try {
    y.backward(full({2}, std::numeric_limits<double>::infinity()));
    ADD_FAILURE() << "nothing was thrown";
  } catch (const GraphError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("not finite already"));
  }
}

TEST(AnomalyModeTest, is_off_outside_its_guard_and_may_only_remember) {
  const Tensor x = zeros({2}, requires_grad());
  {
    const autograd::DetectAnomalyGuard remember_only(false);
    EXPECT_TRUE(autograd::AnomalyMode::is_enabled());
    EXPECT_FALSE(autograd::AnomalyMode::should_check_nan());
    EXPECT_EQ(error_of_backward(broken_loss(x)), "");
  }
  EXPECT_FALSE(autograd::AnomalyMode::is_enabled());
  EXPECT_EQ(error_of_backward(broken_loss(x)), "");
}

}  // namespace xgrad::test
