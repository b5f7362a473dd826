// Assignment to a temporary tensor writes into its array; assignment to a variable lets it refer to another.
#include <algorithm>

#include "autograd/autograd.h"
#include "tests/support/graph.h"

namespace xgrad::test {

using indexing::Slice;

TEST(Assignment, through_an_index_writes) {
  const Tensor x = zeros({3, 3});
  x[0] = ones({3});
  x.index({1}) = tensor(5.0);
  x.slice(0, 2, 3) = tensor({1.0, 2.0, 3.0});
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{1, 1, 1, 5, 5, 5, 1, 2, 3}));
  x[0][1] = 7;
  x.index({Slice(1)}) = 2;
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{1, 7, 1, 2, 2, 2, 2, 2, 2}));
  x[1] = x[0];
  x.select(1, 2) = true;
  x[tensor(2)] = -1.5;
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{1, 7, 1, 1, 7, 1, -1.5, -1.5, -1.5}));
}

TEST(Assignment, to_the_data_of_a_parameter_writes) {
  const Tensor w = ones({2}, leaf);
  w.data() = tensor({3.0, 4.0});
  EXPECT_EQ(w.to_vector<double>(), (std::vector<double>{3, 4}));
  w.detach() = 5;
  EXPECT_EQ(w.to_vector<double>(), (std::vector<double>{5, 5}));
  EXPECT_TRUE(w.requires_grad());
}

TEST(Assignment, is_recorded_as_a_copy) {
  const Tensor x = ones({3}, leaf);
  const Tensor value = tensor({2.0}, leaf);
  const Tensor y = x * 3;
  y[1] = value[0] * 5;
  (y * tensor({1.0, 10.0, 100.0}, kFloat64)).sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{3, 0, 300}));
  EXPECT_EQ(value.grad().to_vector<double>(), (std::vector<double>{50}));
  const Tensor z = x * 3;
  z[0] = 0;
  const TensorList gradients = autograd::grad({z.sum()}, {x});
  EXPECT_EQ(gradients[0].to_vector<double>(), (std::vector<double>{0, 3, 3}));
}

TEST(Assignment, to_a_part_of_a_leaf_that_requires_a_gradient_is_an_error) {
  const Tensor x = ones({3}, leaf);
  EXPECT_THROW(x[0] = 1.0, GraphError);
  EXPECT_THROW(x[0] = ones({}, kFloat64), GraphError);
  EXPECT_THROW(zeros({3})[0] = Tensor(), ValueError);
  const Tensor plain = ones({3});
  EXPECT_THROW(plain.slice(0, 0, 2) = ones({3}), ShapeError);
  EXPECT_EQ(plain.to_vector<float>(), (std::vector<float>{1, 1, 1}));
}

TEST(Assignment, to_a_copy_that_nobody_sees_is_an_error) {
  const Tensor x = zeros({3});
  EXPECT_THROW(x.index({x == 0}) = 1, ValueError);
  EXPECT_THROW(x[tensor({0, 1})] = ones({2}), ValueError);
  EXPECT_THROW(x.to(kFloat64) = x, ValueError);
  float memory[2] = {1, 2};
  from_blob(memory, {2}) = 5;
  EXPECT_EQ(memory[1], 5);
}

TEST(Assignment, to_variables_lets_them_refer_to_others) {
  const Tensor first = ones({2});
  Tensor x = first;
  Tensor y;
  y = x;
  x = zeros({2});
  EXPECT_TRUE(y.is_same(first));
  std::tie(x, y) = std::make_tuple(y, x);
  EXPECT_TRUE(x.is_same(first));
  TensorList list = {ones({1}), zeros({1})};
  const Tensor kept = list[0];
  std::swap(list[0], list[1]);
  std::rotate(list.begin(), list.begin() + 1, list.end());
  list.erase(list.begin());
  list[0] = std::move(x);
  EXPECT_FALSE(x.defined());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(kept.item<float>(), 1);
  std::optional<Tensor> maybe = kept;
  maybe = zeros({1});
  std::map<std::string, Tensor> named = {{"a", kept}};
  named["a"] = zeros({1});
  EXPECT_EQ(kept.item<float>(), 1);
}

TEST(Assignment, methods_in_place_are_const) {
  const Tensor x = ones({2}, leaf);
  x.sum().backward();
  x.grad().zero_();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{0, 0}));
  const Tensor t = ones({2});
  EXPECT_EQ(&t.copy_(zeros({2})), &t);
  EXPECT_EQ(t.to_vector<float>(), (std::vector<float>{0, 0}));
}

TEST(Assignment, methods_in_place_refuse_before_they_compute) {
  const Tensor x = tensor({-1.0}, leaf);
  EXPECT_THROW(x.log_(), GraphError);
  EXPECT_THROW(x.addmm_(ones({2}), ones({3})), GraphError);  // whose shapes do not fit either
}

}  // namespace xgrad::test
