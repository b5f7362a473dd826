/// What tests of the graph share.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "autograd/autograd.h"

namespace xgrad::test {

/// Options of a float64 leaf that requires a gradient.
inline const TensorOptions leaf = TensorOptions(kFloat64).requires_grad(true);

inline void expect_values(const Tensor& x, const std::vector<double>& values) {
  ASSERT_TRUE(x.defined());
  EXPECT_EQ(x.to_vector<double>(), values);
}

/// What an exception of type E says.
template <class E, class Function>
std::string message_of(Function function) {
  try {
    function();
  } catch (const E& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

}  // namespace xgrad::test
