#include "autograd/ops/unique.h"

#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

TensorList three(const std::tuple<Tensor, Tensor, Tensor>& results) {
  return {std::get<0>(results), std::get<1>(results), std::get<2>(results)};
}

}  // namespace

XGRAD_TEST_OPERATIONS(
    Unique, "unique", {"unique", [](const TensorList& x, const Json&) { return three(unique(x[0])); }, Gradients::kNone},
    {"unique_dim", [](const TensorList& x, const Json& a) { return three(unique_dim(x[0], a[0], true, true, true)); },
     Gradients::kNone},
    {"unique_consecutive",
     [](const TensorList& x, const Json& a) { return three(unique_consecutive(x[0], true, true, optional_at(a, 0))); },
     Gradients::kNone});

TEST(Unique, what_was_not_asked_for_is_empty) {
  const Tensor x = tensor({1, 1, 2});
  EXPECT_EQ(std::get<1>(unique_consecutive(x)).numel(), 0);
  EXPECT_EQ(std::get<2>(unique_dim(x, 0)).numel(), 0);
  EXPECT_EQ(std::get<1>(unique_dim_consecutive(x, 0, true)).numel(), 3);
}

TEST(Unique, rejects_bad_input) {
  EXPECT_THROW(unique_dim(zeros({2}), 1), IndexError);
  EXPECT_THROW(unique_dim(zeros({}), 0), ShapeError);
  EXPECT_THROW(unique_dim_consecutive(zeros({}), 0), ShapeError);
  EXPECT_THROW(unique_consecutive(zeros({2}), false, false, 1), IndexError);
}

}  // namespace xgrad::test
