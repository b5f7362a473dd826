#include "data/dataset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "autograd/autograd.h"

namespace xgrad::data {
namespace {

std::vector<int> numbers(int count) {
  std::vector<int> result(static_cast<std::size_t>(count));
  std::iota(result.begin(), result.end(), 0);
  return result;
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(TensorDataset, GivesTheRowsOfItsTensors) {
  const TensorDataset dataset(tensor({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}}), tensor({7, 8, 9}));
  ASSERT_EQ(dataset.size(), 3U);
  const TensorList row = dataset.get(1);
  ASSERT_EQ(row.size(), 2U);
  EXPECT_EQ(row[0].to_vector<double>(), (std::vector<double>{3, 4}));
  EXPECT_EQ(row[1].dim(), 0);
  EXPECT_EQ(row[1].item<std::int64_t>(), 8);
}

TEST(TensorDataset, RowsAreViewsAndNoCopies) {
  Tensor x = zeros({2, 2});
  const TensorDataset dataset(x);
  x.fill_(3);
  EXPECT_EQ(dataset.get(0)[0].to_vector<float>(), (std::vector<float>{3, 3}));
}

TEST(TensorDataset, RefusesTensorsThatDoNotFit) {
  EXPECT_THROW(TensorDataset(TensorList{}), ValueError);
  EXPECT_THROW(TensorDataset(tensor(1.0)), ShapeError);
  const std::string message = message_of([] { TensorDataset(zeros({2, 3}), zeros({4})); });
  EXPECT_NE(message.find("[2, 3]"), std::string::npos) << message;
  EXPECT_NE(message.find("[4]"), std::string::npos) << message;
}

TEST(TensorDataset, RefusesAnIndexOutOfRange) {
  const TensorDataset dataset(zeros({2}));
  EXPECT_THROW(dataset.get(2), IndexError);
  EXPECT_THROW(dataset.get(static_cast<std::size_t>(-1)), IndexError);
}

TEST(VectorDataset, CopiesShareTheExamples) {
  const VectorDataset<std::string> dataset({"a", "b"});
  const VectorDataset<std::string> copy = dataset;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_EQ(copy.size(), 2U);
  EXPECT_EQ(copy.get(1), "b");
  EXPECT_THROW(copy.get(2), IndexError);
}

TEST(SharedDataset, TakesDatasetsPointersAndVectors) {
  const auto pointer = std::make_shared<VectorDataset<int>>(numbers(3));
  EXPECT_EQ(shared_dataset(pointer), pointer);
  EXPECT_EQ(shared_dataset(*pointer)->get(2), 2);
  EXPECT_EQ(shared_dataset(numbers(4))->size(), 4U);
  const std::shared_ptr<const Dataset<int>> abstract = pointer;
  EXPECT_EQ(shared_dataset(abstract), pointer);
  EXPECT_THROW(shared_dataset(std::shared_ptr<VectorDataset<int>>()), ValueError);
}

TEST(Subset, MapsIndices) {
  const Subset subset(numbers(10), {7, 3, 3});
  ASSERT_EQ(subset.size(), 3U);
  EXPECT_EQ(subset.get(0), 7);
  EXPECT_EQ(subset.get(2), 3);
  EXPECT_THROW(subset.get(3), IndexError);
  EXPECT_THROW((Subset(numbers(10), {0, 10})), IndexError);
}

TEST(ConcatDataset, GoesThroughOneAfterTheOther) {
  const ConcatDataset dataset(VectorDataset<int>({1, 2}), std::vector<int>{}, std::vector<int>{3});
  ASSERT_EQ(dataset.size(), 3U);
  EXPECT_EQ(dataset.get(0), 1);
  EXPECT_EQ(dataset.get(1), 2);
  EXPECT_EQ(dataset.get(2), 3);
  EXPECT_THROW(dataset.get(3), IndexError);
}

TEST(RandomSplit, PartsShareNoExampleAndLeaveNoneOut) {
  const auto [train, valid] = random_split(numbers(10), {7, 3}, Generator(5));
  ASSERT_EQ(train.size(), 7U);
  ASSERT_EQ(valid.size(), 3U);
  std::vector<int> all;
  for (std::size_t i = 0; i < 7; ++i) all.push_back(train.get(i));
  for (std::size_t i = 0; i < 3; ++i) all.push_back(valid.get(i));
  EXPECT_NE(all, numbers(10));
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, numbers(10));
}

TEST(RandomSplit, FollowsTheOrderOfRandperm) {
  const auto [first, second] = random_split(numbers(6), {4, 2}, Generator(3));
  const auto order = randperm(6, Generator(3)).to_vector<std::int64_t>();
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(i < 4 ? first.get(i) : second.get(i - 4), order[i]);
}

TEST(RandomSplit, RefusesLengthsThatDoNotAddUp) {
  EXPECT_THROW(random_split(numbers(10), {7, 2}), ValueError);
  EXPECT_THROW(random_split(numbers(10), {7, 4}), ValueError);
  const std::size_t huge = static_cast<std::size_t>(-1);  // 11 + huge would wrap around to 10
  EXPECT_THROW(random_split(numbers(10), {11, huge}), ValueError);
}

}  // namespace
}  // namespace xgrad::data
