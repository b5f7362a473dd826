#include "autograd/xtensor.h"

#include "autograd/autograd.h"
#include "tests/support/golden.h"

namespace xgrad::test {

TEST(XtensorTest, an_expression_becomes_a_tensor_of_its_values) {
  const xt::xarray<float> a = {{1, 2, 3}, {4, 5, 6}};
  const Tensor x = from_xtensor(a * 2 + 1);
  EXPECT_EQ(x.sizes(), IntArrayRef({2, 3}));
  EXPECT_EQ(x.dtype(), kFloat32);
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{3, 5, 7, 9, 11, 13}));
}

TEST(XtensorTest, dtypes_follow_the_value_type) {
  EXPECT_EQ(from_xtensor(xt::xarray<double>{1, 2}).dtype(), kFloat64);
  EXPECT_EQ(from_xtensor(xt::xarray<int>{1, 2}).dtype(), kInt32);
  EXPECT_EQ(from_xtensor(xt::xarray<std::size_t>{1, 2}).dtype(), kInt64);
  EXPECT_EQ(from_xtensor(xt::xarray<std::int64_t>{1, 2}).to_vector<std::int64_t>(), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(from_xtensor(xt::xarray<double>{1, 2} > 1.5).dtype(), kBool);
}

TEST(XtensorTest, expressions_that_broadcast_and_column_major_arrays_keep_their_elements) {
  xt::xarray<double> column = xt::xarray<double>::from_shape({2, 1});
  column(0, 0) = 1;
  column(1, 0) = 2;
  const xt::xarray<double> row = {{10, 20, 30}};
  EXPECT_EQ(from_xtensor(column + row).to_vector<double>(), (std::vector<double>{11, 21, 31, 12, 22, 32}));
  const xt::xarray<double, xt::layout_type::column_major> turned = {{1, 2, 3}, {4, 5, 6}};
  EXPECT_EQ(from_xtensor(turned).to_vector<double>(), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(from_xtensor(xt::transpose(row)).sizes(), IntArrayRef({3, 1}));
}

TEST(XtensorTest, empty_and_zero_dimensional_expressions_keep_their_shapes) {
  EXPECT_EQ(from_xtensor(xt::xarray<float>::from_shape({2, 0})).sizes(), IntArrayRef({2, 0}));
  EXPECT_EQ(from_xtensor(xt::xarray<double>(2.5)).sizes(), IntArrayRef());
  EXPECT_EQ(from_xtensor(xt::xarray<double>(2.5)).item<double>(), 2.5);
}

TEST(XtensorTest, a_tensor_from_an_expression_can_require_gradients) {
  const Tensor x = from_xtensor(xt::xarray<double>{1, 2, 3}, true);
  square(x).sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{2, 4, 6}));
}

TEST(XtensorTest, an_array_over_a_tensor_shares_its_memory) {
  const Tensor x = arange(6, kFloat32).reshape({2, 3});
  auto array = as_xtensor<float>(x);
  ASSERT_EQ(array.dimension(), 2U);
  EXPECT_EQ(array(1, 2), 5);
  array += 1;
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  x.detach().fill_(0);
  EXPECT_EQ(array(1, 2), 0);
}

TEST(XtensorTest, an_array_over_a_view_has_its_strides) {
  const Tensor x = arange(12, kFloat64).reshape({3, 4});
  for (const Tensor& view : {x.t(), x.slice(1, 1, 4, 2), x.slice(0, 1, 3), x[1], x.unsqueeze(1), x.select(1, 0)}) {
    const auto array = as_xtensor<double>(view);
    const xt::xarray<double> copy = array;
    EXPECT_EQ(std::vector<double>(copy.begin(), copy.end()), view.to_vector<double>()) << to_string(view);
    EXPECT_TRUE(equal(from_xtensor(array), view));
  }
}

TEST(XtensorTest, writing_through_an_array_over_a_view_leaves_the_gaps_alone) {
  const Tensor x = zeros({3, 4}, kFloat64);
  auto columns = as_xtensor<double>(x.slice(1, 0, 4, 2));
  columns += 1;
  auto row = as_xtensor<double>(x.select(1, 3));
  row = xt::ones<double>({3}) * 5;
  EXPECT_EQ(x.to_vector<double>(), (std::vector<double>{1, 0, 1, 5, 1, 0, 1, 5, 1, 0, 1, 5}));
}

TEST(XtensorTest, an_expanded_tensor_reads_as_its_repetitions) {
  const Tensor x = tensor({1.0, 2.0}, kFloat64).expand({3, 2});
  const xt::xarray<double> copy = as_xtensor<double>(x);
  EXPECT_EQ(std::vector<double>(copy.begin(), copy.end()), (std::vector<double>{1, 2, 1, 2, 1, 2}));
}

TEST(XtensorTest, the_type_asked_for_is_the_tensors) {
  EXPECT_THROW(as_xtensor<float>(ones({2}, kFloat64)), TypeError);
  EXPECT_EQ(as_xtensor<float>(zeros({0, 3})).size(), 0U);
  EXPECT_EQ(as_xtensor<float>(ones({}))(), 1);
}

}  // namespace xgrad::test
