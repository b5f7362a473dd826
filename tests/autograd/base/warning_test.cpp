#include "autograd/base/warning.h"

#include <gtest/gtest.h>

#include <vector>

#include "autograd/ops/reduce.h"
#include "autograd/tensor/creation.h"

namespace xgrad {
namespace {

class Collect : public WarningHandler {
 public:
  void process(const SourceLocation& /*location*/, const std::string& message, bool /*verbatim*/) override {
    messages.push_back(message);
  }
  std::vector<std::string> messages;
};

TEST(WarningTest, goes_to_the_handler_as_long_as_it_is_set) {
  Collect collect;
  {
    const Warning::WarningHandlerGuard guard(&collect);
    EXPECT_EQ(Warning::get_warning_handler(), &collect);
    warn("careful");
  }
  EXPECT_EQ(collect.messages, std::vector<std::string>{"careful"});
  EXPECT_NE(Warning::get_warning_handler(), &collect);
}

TEST(WarningTest, backward_that_creates_a_graph_warns) {
  Collect collect;
  const Warning::WarningHandlerGuard guard(&collect);
  const Warning::WarnAlways always;
  const Tensor x = ones({2}, TensorOptions().requires_grad(true));
  x.sum().backward();
  EXPECT_TRUE(collect.messages.empty());
  x.sum().backward({}, true, true);
  ASSERT_EQ(collect.messages.size(), 1U);
  EXPECT_NE(collect.messages[0].find("create_graph"), std::string::npos);
}

}  // namespace
}  // namespace xgrad
