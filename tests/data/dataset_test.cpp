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

/// As many numbers as it is told.
class Growing : public Dataset<std::int64_t> {
 public:
  explicit Growing(std::int64_t first) : first_(first) {}
  std::int64_t get(std::size_t index) const override { return first_ + static_cast<std::int64_t>(index); }
  std::size_t size() const override { return size_; }
  std::int64_t first_;
  std::size_t size_ = 3;
};

TEST(ConcatDataset, KeepsTheSizesThatItWasMadeWith) {
  const auto first = std::make_shared<Growing>(0);
  const auto second = std::make_shared<Growing>(100);
  const ConcatDataset all(std::vector<std::shared_ptr<Growing>>{first, second});
  first->size_ = 4;
  EXPECT_EQ(all.get(3), 100);
  first->size_ = 2;
  EXPECT_EQ(all.get(5), 102);
  EXPECT_EQ(all.size(), 6U);
}

TEST(ConcatDataset, TakesAListOfDatasets) {
  using List = std::vector<std::shared_ptr<const Dataset<std::int64_t>>>;
  EXPECT_EQ(ConcatDataset<std::int64_t>(List{std::make_shared<Growing>(5)}).get(2), 7);
  EXPECT_THROW(ConcatDataset<std::int64_t>(List{}), ValueError);
  EXPECT_THROW(ConcatDataset<std::int64_t>(List{nullptr}), ValueError);
  const ConcatDataset with_empty(std::vector<std::int64_t>{}, std::vector<std::int64_t>{4}, std::vector<std::int64_t>{});
  EXPECT_EQ(with_empty.get(0), 4);
}

TEST(SharedDataset, TakesAUniquePointer) {
  std::unique_ptr<Dataset<std::int64_t>> dataset = std::make_unique<Growing>(1);
  EXPECT_EQ(shared_dataset(std::move(dataset))->get(1), 2);
}

TEST(RandomSplit, TakesFractionsAndAnyNumberOfParts) {
  const std::vector<std::int64_t> ten{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  manual_seed(3);
  const auto [train, valid] = random_split(ten, {7, 3});
  manual_seed(3);
  const auto [by_fraction, rest] = random_split(ten, {0.7, 0.3});
  EXPECT_EQ(by_fraction.indices(), train.indices());
  EXPECT_EQ(rest.indices(), valid.indices());
  manual_seed(3);
  const auto parts = random_split(ten, std::vector<std::size_t>{7, 3});
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[1].indices(), valid.indices());
  const auto thirds = random_split(ten, {1.0 / 3, 1.0 / 3, 1.0 / 3});
  EXPECT_EQ(thirds[0].size(), 4U);
  EXPECT_EQ(thirds[1].size(), 3U);
  EXPECT_THROW(random_split(ten, {0.5, 0.4}), ValueError);
  EXPECT_THROW(random_split(ten, {1.5, -0.5}), ValueError);
}

TEST(TensorDataset, TakesTensorsInBraces) {
  const Tensor x = arange(6).view({3, 2});
  TensorDataset in_parentheses({x, x * 2});
  EXPECT_EQ(in_parentheses.get(1).size(), 2U);
  EXPECT_EQ((TensorDataset{x, x * 2}.get(1).size()), 2U);
  EXPECT_EQ(TensorDataset({x}).get(2).size(), 1U);
  const TensorList list{x, x};
  EXPECT_EQ(TensorDataset(list).tensors().size(), 2U);
  EXPECT_EQ(TensorDataset(in_parentheses).tensors().size(), 2U);
}

}  // namespace
}  // namespace xgrad::data
