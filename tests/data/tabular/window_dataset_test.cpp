#include "data/tabular/window_dataset.h"

#include "autograd/autograd.h"
#include "data/data_loader.h"

#include <gtest/gtest.h>

#include <limits>

namespace xgrad::data {
namespace {

using Ints = std::vector<std::int64_t>;

TEST(WindowDataset, PairsWindowsWithWhatFollows) {
  const WindowDataset windows(arange(6), {.length = 3});
  ASSERT_EQ(windows.size(), 3U);
  const auto [window, target] = windows.get(1);
  EXPECT_EQ(window.to_vector<std::int64_t>(), (Ints{1, 2, 3}));
  EXPECT_EQ(target.dim(), 0);
  EXPECT_EQ(target.item<std::int64_t>(), 4);
  EXPECT_THROW(windows.get(3), IndexError);
}

TEST(WindowDataset, TargetsMayBeTheSameRowOrSeveral) {
  const WindowDataset now(arange(6), arange(6) * 10, {.length = 2, .horizon = 0});
  ASSERT_EQ(now.size(), 5U);
  EXPECT_EQ(now.get(4).second.item<std::int64_t>(), 50);
  const WindowDataset later(arange(10), {.length = 2, .horizon = 2, .stride = 3, .target_length = 2});
  ASSERT_EQ(later.size(), 2U);
  EXPECT_EQ(later.get(1).first.to_vector<std::int64_t>(), (Ints{3, 4}));
  EXPECT_EQ(later.get(1).second.to_vector<std::int64_t>(), (Ints{6, 7}));
}

TEST(WindowDataset, BatchesHaveTheWindowsDimensions) {
  const WindowDataset windows(randn({20, 4}), randn({20}), {.length = 5});
  DataLoader loader(windows, {.batch_size = 15});
  for (auto& [x, y] : loader) {
    EXPECT_EQ(x.sizes(), (IntArrayRef{15, 5, 4}));
    EXPECT_EQ(y.sizes(), IntArrayRef{15});
  }
}

TEST(WindowDataset, AShortSeriesHasNoWindows) {
  EXPECT_EQ(WindowDataset(arange(3), {.length = 3}).size(), 0U);
  EXPECT_EQ(WindowDataset(arange(3), {.length = 3, .horizon = 0}).size(), 1U);
  constexpr auto huge = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(WindowDataset(arange(3), {.length = huge, .horizon = huge, .target_length = huge}).size(), 0U);
}

TEST(WindowDataset, RefusesArgumentsThatMakeNoSense) {
  EXPECT_THROW(WindowDataset(arange(3), {.length = 0}), ValueError);
  EXPECT_THROW(WindowDataset(arange(3), {.horizon = -1}), ValueError);
  EXPECT_THROW(WindowDataset(arange(3), {.stride = 0}), ValueError);
  EXPECT_THROW(WindowDataset(arange(3), {.target_length = -1}), ValueError);
  EXPECT_THROW(WindowDataset(arange(3), arange(4), {}), ShapeError);
  EXPECT_THROW(WindowDataset(ones({}), {}), ShapeError);
}

}  // namespace
}  // namespace xgrad::data
