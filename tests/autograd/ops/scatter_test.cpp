#include "autograd/ops/scatter.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    Scatter, "scatter",
    {"index_copy", [](const TensorList& x, const Json& a) { return TensorList{index_copy(x[0], a[0], x[1], x[2])}; }},
    {"scatter", [](const TensorList& x, const Json& a) { return TensorList{scatter(x[0], a[0], x[1], x[2])}; }},
    {"scatter_value",
     [](const TensorList& x, const Json& a) { return TensorList{scatter(x[0], a[0], x[1], scalar_at(a, 1))}; }},
    {"masked_scatter", [](const TensorList& x, const Json&) { return TensorList{masked_scatter(x[0], x[1], x[2])}; }},
    {"index_fill", [](const TensorList& x, const Json& a) { return TensorList{index_fill(x[0], a[0], x[1], x[2])}; }},
    binary("take", take),
    {"put", [](const TensorList& x, const Json& a) { return TensorList{put(x[0], x[1], x[2], a[0].get<bool>())}; }},
    {"take_along_dim",
     [](const TensorList& x, const Json& a) { return TensorList{take_along_dim(x[0], x[1], optional_at(a, 0))}; }});

TEST(Scatter, the_last_value_for_a_place_stays) {
  EXPECT_TRUE(equal(scatter(zeros({3}, kInt64), 0, tensor({1, 1}), tensor({5, 6})), tensor({0, 6, 0})));
  const Tensor x = rand({3, 2}, kFloat64).requires_grad_();
  const Tensor source = rand({4, 2}, kFloat64).requires_grad_();
  const std::function<Tensor(const TensorList&)> function = [](const TensorList& inputs) {
    return index_copy(inputs[0], 0, tensor({1, 0, 1, 1}), inputs[1]);
  };
  EXPECT_NO_THROW(autograd::gradcheck(function, {x, source}));
}

TEST(Scatter, take_along_dim_undoes_argsort) {
  const Tensor x = rand({4, 5});
  EXPECT_TRUE(equal(take_along_dim(x, argsort(x, 1), 1), std::get<0>(sort(x, 1))));
}

TEST(Scatter, index_fill_counts_from_the_end_too) {
  EXPECT_TRUE(equal(index_fill(zeros({3}), 0, tensor({-1}), 2), tensor({0.0, 0.0, 2.0})));
  EXPECT_TRUE(equal(index_fill(zeros({}), 0, tensor({0}), 2), tensor(2.0)));
}

TEST(Scatter, filling_and_putting_reject_bad_input) {
  const Tensor x = zeros({3, 4});
  EXPECT_THROW(index_fill(x, 2, tensor({0}), 1), IndexError);
  EXPECT_THROW(index_fill(x, 0, tensor({3}), 1), IndexError);
  EXPECT_THROW(index_fill(x, 0, tensor({0.0}), 1), TypeError);
  EXPECT_THROW(index_fill(x, 0, tensor({0}), ones({2})), ShapeError);
  EXPECT_THROW(take(x, tensor({12})), IndexError);
  EXPECT_THROW(take(x, tensor({1.0})), TypeError);
  EXPECT_THROW(take(zeros({0}), tensor({0})), IndexError);
  EXPECT_THROW(put(x, tensor({0}), ones({2})), ShapeError);
  EXPECT_THROW(put(x, tensor({0}), ones({1}, kInt64)), TypeError);
  EXPECT_THROW(put(x, tensor({12}), ones({1})), IndexError);
}

TEST(Scatter, rejects_bad_input) {
  const Tensor x = zeros({3, 4});
  EXPECT_THROW(scatter(x, 0, tensor({{0, 3}}), ones({1, 2})), IndexError);
  EXPECT_THROW(scatter(x, 0, tensor({{0, -1}}), ones({1, 2})), IndexError);
  EXPECT_THROW(scatter(x, 2, tensor({{0, 1}}), ones({1, 2})), IndexError);
  EXPECT_THROW(scatter(x, 0, tensor({0, 1}), ones({2})), ShapeError);
  EXPECT_THROW(scatter(x, 0, tensor({{0, 1}}), ones({1, 1})), ShapeError);
  EXPECT_THROW(scatter(x, 0, tensor({{0, 1}}), ones({1, 2}, kFloat64)), TypeError);
  EXPECT_THROW(scatter(x, 0, tensor({{0.0}}), ones({1, 1})), TypeError);
  EXPECT_THROW(index_copy(x, 0, tensor({0, 1}), ones({3, 4})), ShapeError);
  EXPECT_THROW(index_copy(x, 0, tensor({{0}}), ones({1, 4})), ShapeError);
  EXPECT_THROW(masked_scatter(x, x == 0, ones({11})), ShapeError);
  EXPECT_THROW(masked_scatter(x, x, ones({12})), TypeError);
  EXPECT_THROW(take_along_dim(x, tensor({0}), 0), ShapeError);
  EXPECT_THROW(take_along_dim(x, tensor({{0, 0}, {0, 0}}), 1), ShapeError);
}

}  // namespace xgrad::test
