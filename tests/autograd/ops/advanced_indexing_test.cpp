#include "autograd/ops/advanced_indexing.h"

#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

using indexing::Ellipsis;
using indexing::None;
using indexing::Slice;
using indexing::TensorIndex;

/// The index that the golden file describes; "tensor" stands for the next of `tensors`.
std::vector<TensorIndex> index_from(const Json& items, TensorList tensors) {
  std::vector<TensorIndex> indices;
  auto next = tensors.begin();
  for (const Json& item : items) {
    if (item.is_null()) indices.emplace_back(None);
    else if (item.is_boolean()) indices.emplace_back(item.get<bool>());
    else if (item.is_number()) indices.emplace_back(item.get<std::int64_t>());
    else if (item == "...") indices.emplace_back("...");
    else if (item == "tensor") indices.emplace_back(*next++);
    else indices.emplace_back(Slice(optional_at(item, 1), optional_at(item, 2), optional_at(item, 3)));
  }
  return indices;
}

}  // namespace

XGRAD_TEST_OPERATIONS(
    AdvancedIndexing, "advanced_indexing",
    {"index",
     [](const TensorList& x, const Json& a) {
       return TensorList{index(x[0], index_from(a[0], {x.begin() + 1, x.end()}))};
     }},
    {"index_put", [](const TensorList& x, const Json& a) {
       return TensorList{index_put(x[0], index_from(a[0], {x.begin() + 2, x.end()}), x[1], a[1].get<bool>())};
     }});

TEST(AdvancedIndexing, without_tensors_is_a_view) {
  Tensor x = zeros({3, 4});
  Tensor part = index(x, {Slice(1, None), "...", Slice(None, None, 2)});
  EXPECT_EQ(part.sizes(), IntArrayRef({2, 2}));
  part.fill_(1);
  EXPECT_EQ(x.sum().item<double>(), 4);
  EXPECT_EQ(index(x, {None, 1, Ellipsis, None}).sizes(), IntArrayRef({1, 4, 1}));
  EXPECT_TRUE(index(x, {0, tensor(3)}).is_view());
}

TEST(AdvancedIndexing, with_tensors_is_a_copy) {
  const Tensor x = zeros({3, 4});
  index(x, {std::vector<std::int64_t>{0, 2}}).fill_(1);
  index(x, {x == 0}).fill_(1);
  EXPECT_EQ(x.sum().item<double>(), 0);
}

TEST(AdvancedIndexing, a_mask_before_a_slice_takes_all_of_its_dimensions) {  // PyTorch 1.13 takes the slice of the wrong one
  const Tensor x = arange(12).view({2, 2, 3});
  const Tensor mask = tensor({{true, false}, {false, true}});
  EXPECT_TRUE(equal(index(x, {mask, Slice(1, None)}), tensor({{1, 2}, {10, 11}})));
}

TEST(AdvancedIndexing, assignment_in_place_reaches_the_base_and_the_graph) {
  Tensor x = arange(6.0).view({2, 3}).requires_grad_();
  Tensor value = tensor({10.0, 20.0}).requires_grad_();
  Tensor y = x * 2;
  Tensor row = y[1];
  index_put_(row, {tensor({2, 0})}, value);
  EXPECT_TRUE(close(tensor({{0.0, 2.0, 4.0}, {20.0, 8.0, 10.0}}), y.detach()));
  (y * y).sum().backward();
  EXPECT_TRUE(close(tensor({{0.0, 8.0, 16.0}, {0.0, 32.0, 0.0}}), x.grad()));
  EXPECT_TRUE(close(tensor({20.0, 40.0}), value.grad()));
}

TEST(AdvancedIndexing, assigns_numbers_and_masks) {
  Tensor x = arange(6).view({2, 3});
  index_put_(x, {x > 3}, 0);
  EXPECT_TRUE(equal(x, tensor({{0, 1, 2}, {3, 0, 0}})));
  index_put_(x, {"...", -1}, 7.9);
  EXPECT_TRUE(equal(x, tensor({{0, 1, 7}, {3, 0, 7}})));
  index_put_(x, {Slice(), tensor({0, 0})}, 1, true);
  EXPECT_TRUE(equal(x, tensor({{2, 1, 7}, {5, 0, 7}})));
}

TEST(AdvancedIndexing, assignment_from_overlapping_memory_takes_the_old_values) {
  Tensor x = arange(5);
  index_put_(x, {Slice(1, None)}, x.slice(0, 0, 4));
  EXPECT_TRUE(equal(x, tensor({0, 0, 1, 2, 3})));
  index_put_(x, {tensor({0, 1, 2, 3, 4})}, x.flip(0));
  EXPECT_TRUE(equal(x, tensor({3, 2, 1, 0, 0})));
}

TEST(AdvancedIndexing, rejects_bad_input_and_changes_nothing) {
  Tensor x = zeros({3, 4});
  EXPECT_THROW(index(x, {3}), IndexError);
  EXPECT_THROW(index(x, {tensor({0, 3})}), IndexError);
  EXPECT_THROW(index(x, {tensor({-4})}), IndexError);
  EXPECT_THROW(index(x, {0, 0, 0}), IndexError);
  EXPECT_THROW(index(x, {Ellipsis, Ellipsis}), IndexError);
  EXPECT_THROW(index(x, {tensor({1.0})}), TypeError);
  EXPECT_THROW(index(x, {tensor({true, false})}), ShapeError);
  EXPECT_THROW(index(x, {tensor({0, 1}), tensor({0, 1, 2})}), ShapeError);
  EXPECT_THROW(index(x, {Slice(None, None, -1)}), ValueError);
  EXPECT_THROW(index(x, {".."}), ValueError);
  const std::uint32_t version = x.version();
  EXPECT_THROW(index_put_(x, {tensor({0, 3})}, ones({4})), IndexError);
  EXPECT_THROW(index_put_(x, {tensor({0, 1})}, ones({3})), ShapeError);
  EXPECT_THROW(index_put_(x, {Slice(1, None)}, ones({3, 4})), ShapeError);
  EXPECT_THROW(index_put_(x, {tensor({0, 1})}, tensor(1)), TypeError);
  EXPECT_EQ(x.version(), version);
  EXPECT_EQ(x.sum().item<double>(), 0);
  Tensor leaf = zeros({3}).requires_grad_();
  EXPECT_THROW(index_put_(leaf, {0}, 1), GraphError);
  try {
    index(x, {tensor({7})});
    FAIL();
  } catch (const IndexError& error) {
    EXPECT_STREQ(error.what(), "index: index 7 is out of range: expected -3 to 2");
  }
}

}  // namespace xgrad::test
