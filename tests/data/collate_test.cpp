#include "data/collate.h"

#include <gtest/gtest.h>

#include <concepts>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "autograd/autograd.h"

namespace xgrad::data {
namespace {

TEST(DefaultCollate, StacksTensors) {
  const Tensor batch = default_collate(TensorList{tensor({1, 2}), tensor({3, 4}), tensor({5, 6})});
  EXPECT_EQ(batch.sizes(), IntArrayRef({3, 2}));
  EXPECT_EQ(batch.to_vector<int>(), (std::vector<int>{1, 2, 3, 4, 5, 6}));
}

TEST(DefaultCollate, RefusesTensorsOfDifferentShapes) {
  EXPECT_THROW(default_collate(TensorList{zeros({2}), zeros({3})}), ShapeError);
}

TEST(DefaultCollate, StacksListsFieldByField) {
  const std::vector<TensorList> rows = {{tensor({1.0, 2.0}), tensor(7)}, {tensor({3.0, 4.0}), tensor(8)}};
  const TensorList batch = default_collate(rows);
  ASSERT_EQ(batch.size(), 2U);
  EXPECT_EQ(batch[0].sizes(), IntArrayRef({2, 2}));
  EXPECT_EQ(batch[1].to_vector<int>(), (std::vector<int>{7, 8}));
}

TEST(DefaultCollate, RefusesListsOfDifferentLengths) {
  EXPECT_THROW(default_collate(std::vector<TensorList>{{zeros({1})}, {zeros({1}), zeros({1})}}), ShapeError);
}

TEST(DefaultCollate, NumbersBecomeAVector) {
  EXPECT_EQ(default_collate(std::vector<int>{1, 2}).dtype(), kInt64);
  EXPECT_EQ(default_collate(std::vector<float>{1, 2}).dtype(), kFloat32);
  EXPECT_EQ(default_collate(std::vector<bool>{true, false}).dtype(), kBool);
  EXPECT_EQ(default_collate(std::vector<int>{1, 2}).to_vector<int>(), (std::vector<int>{1, 2}));
}

TEST(DefaultCollate, CollatesPairsAndTuplesFieldByField) {
  const std::vector<std::pair<Tensor, int>> pairs = {{tensor({1, 2}), 5}, {tensor({3, 4}), 6}};
  const std::pair<Tensor, Tensor> pair = default_collate(pairs);
  EXPECT_EQ(pair.first.to_vector<int>(), (std::vector<int>{1, 2, 3, 4}));
  EXPECT_EQ(pair.second.to_vector<int>(), (std::vector<int>{5, 6}));

  using Example = std::tuple<std::string, std::pair<double, Tensor>, bool>;
  const std::vector<Example> tuples = {{"a", {0.5, tensor(1)}, true}, {"b", {1.5, tensor(2)}, false}};
  const auto [names, inner, flags] = default_collate(tuples);
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(inner.first.to_vector<double>(), (std::vector<double>{0.5, 1.5}));
  EXPECT_EQ(inner.second.to_vector<int>(), (std::vector<int>{1, 2}));
  EXPECT_EQ(flags.to_vector<bool>(), (std::vector<bool>{true, false}));
}

TEST(DefaultCollate, KeepsExamplesOfOtherTypes) {
  const std::vector<std::string> words = {"a", "b"};
  EXPECT_EQ(default_collate(words), words);
}

TEST(CollatedBatch, FollowsFromTheFunction) {
  const auto count = [](const std::vector<int>& examples) { return std::to_string(examples.size()); };
  static_assert(std::same_as<CollatedBatch<int, decltype(count)>, std::string>);
  const auto first = [](const auto& examples) -> const auto& { return examples.front(); };
  static_assert(std::same_as<CollatedBatch<int, decltype(first)>, int>);
  static_assert(std::same_as<CollatedBatch<int, decltype(default_collate<int>)&>, Tensor>);
}

TEST(DefaultCollate, NumbersKeepTheirPrecision) {
  const Tensor doubles = default_collate(std::vector<double>{1700000001.0, 1e300});
  EXPECT_EQ(doubles.dtype(), kFloat64);
  EXPECT_EQ(doubles.to_vector<double>(), (std::vector<double>{1700000001.0, 1e300}));
  EXPECT_EQ(default_collate(std::vector<float>{1.5F}).dtype(), kFloat32);
  EXPECT_EQ(default_collate(std::vector<int>{1}).dtype(), kInt64);
}

TEST(DefaultCollate, ExamplesAreCollatedFieldByField) {
  const Example<> batch = default_collate(std::vector<Example<>>{{ones({2}), tensor(0)}, {zeros({2}), tensor(1)}});
  EXPECT_EQ(batch.data.sizes(), IntArrayRef({2, 2}));
  EXPECT_EQ(batch.target.to_vector<std::int64_t>(), (std::vector<std::int64_t>{0, 1}));
  const TensorExample data = default_collate(std::vector<TensorExample>{ones({2}), zeros({2})});
  EXPECT_EQ(data.data.sizes(), IntArrayRef({2, 2}));
}

}  // namespace
}  // namespace xgrad::data
