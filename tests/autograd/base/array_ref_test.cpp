#include "autograd/base/array_ref.h"

#include <gtest/gtest.h>

#include <sstream>

#include "autograd/base/shape.h"
#include "autograd/ops/indexing.h"
#include "autograd/tensor/creation.h"

namespace xgrad {
namespace {

TEST(ArrayRefTest, views_whatever_holds_elements) {
  const std::vector<std::int64_t> vector = {1, 2, 3};
  const std::array<std::int64_t, 2> array = {1, 2};
  const std::int64_t plain[] = {1, 2, 3};
  const DimVector small = {1, 2, 3};
  EXPECT_EQ(IntArrayRef(vector), IntArrayRef(plain));
  EXPECT_EQ(IntArrayRef(small), IntArrayRef(vector));
  EXPECT_TRUE(IntArrayRef(array).equals(IntArrayRef(vector).slice(0, 2)));
  EXPECT_EQ(IntArrayRef(vector).data(), vector.data());
  EXPECT_EQ(IntArrayRef(vector[1]).vec(), std::vector<std::int64_t>{2});
  EXPECT_TRUE(IntArrayRef().empty());
}

TEST(ArrayRefTest, checks_what_is_asked_for) {
  const std::vector<int> values = {5, 6, 7};
  const ArrayRef<int> view = values;
  EXPECT_EQ(view.front(), 5);
  EXPECT_EQ(view.back(), 7);
  EXPECT_EQ(view.at(1), 6);
  EXPECT_EQ(view.slice(1).vec(), (std::vector<int>{6, 7}));
  EXPECT_TRUE(view.slice(3).empty());
  EXPECT_THROW(view.at(3), IndexError);
  EXPECT_THROW(view.slice(2, 2), IndexError);
  EXPECT_THROW(view.slice(4), IndexError);
  EXPECT_THROW(ArrayRef<int>().front(), IndexError);
  EXPECT_THROW(ArrayRef<int>().back(), IndexError);
  EXPECT_EQ(std::vector<int>(view.rbegin(), view.rend()), (std::vector<int>{7, 6, 5}));
}

TEST(ArrayRefTest, goes_where_a_vector_goes) {
  const Tensor parts[] = {ones({2}), zeros({1})};
  EXPECT_EQ(cat(ArrayRef<Tensor>(parts, 2)).sizes(), IntArrayRef({3}));
  const std::vector<std::int64_t> sizes = parts[0].sizes();
  EXPECT_EQ(sizes, std::vector<std::int64_t>{2});
}

TEST(ArrayRefTest, prints) {
  std::ostringstream stream;
  stream << IntArrayRef({2, 3}) << ArrayRef<double>({0.5}) << ArrayRef<int>();
  EXPECT_EQ(stream.str(), "[2, 3][0.5][]");
}

}  // namespace
}  // namespace xgrad
