#include "autograd/ops/rearrange.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    Rearrange, "rearrange",
    {"roll", [](const TensorList& x, const Json& a) { return TensorList{roll(x[0], dims_at(a, 0), dims_at(a, 1))}; }},
    {"repeat_interleave",
     [](const TensorList& x, const Json& a) {
       return TensorList{repeat_interleave(x[0], a[0].get<std::int64_t>(), optional_at(a, 1))};
     }},
    {"repeat_interleave_counts",
     [](const TensorList& x, const Json& a) { return TensorList{repeat_interleave(x[0], x[1], optional_at(a, 0))}; }},
    {"tile", [](const TensorList& x, const Json& a) { return TensorList{tile(x[0], dims_at(a, 0))}; }},
    unary("fliplr", fliplr), unary("flipud", flipud),
    {"rot90",
     [](const TensorList& x, const Json& a) { return TensorList{rot90(x[0], a[0].get<std::int64_t>(), dims_at(a, 1))}; }},
    {"meshgrid", [](const TensorList& x, const Json& a) { return meshgrid(x, a[0]); }});

TEST(Rearrange, rejects_bad_input) {
  const Tensor x = zeros({3, 4});
  EXPECT_THROW(roll(x, {1, 2}), ShapeError);
  EXPECT_THROW(roll(x, {1}, {0, 1}), ShapeError);
  EXPECT_THROW(roll(x, {1}, {2}), IndexError);
  EXPECT_THROW(repeat_interleave(x, -1), ValueError);
  EXPECT_THROW(repeat_interleave(x, 2, 2), IndexError);
  EXPECT_THROW(repeat_interleave(x, tensor({1, 2}), 0), ShapeError);
  EXPECT_THROW(repeat_interleave(tensor({1.0})), TypeError);
  EXPECT_THROW(fliplr(ones({3})), ShapeError);
  EXPECT_THROW(flipud(ones({})), ShapeError);
  EXPECT_THROW(rot90(x, 1, {0, 0}), ShapeError);
  EXPECT_THROW(rot90(x, 1, {0}), ShapeError);
  EXPECT_THROW(meshgrid({}), ValueError);
  EXPECT_THROW(meshgrid({x}), ShapeError);
  EXPECT_THROW(meshgrid({tensor({1}), tensor({1.0})}), TypeError);
  EXPECT_THROW(meshgrid({tensor({1})}, "yx"), ValueError);
}

TEST(Rearrange, what_rot90_turns_lies_in_memory_as_it_did) {
  manual_seed(5);
  const Tensor x = rand({2, 3, 4}).requires_grad_();
  const Tensor turned = rot90(x);
  EXPECT_EQ(turned.strides(), (DimVector{4, 12, 1}));
  EXPECT_TRUE(rot90(x, 2).is_contiguous());
  EXPECT_TRUE(rot90(turned, -1).is_contiguous());
  EXPECT_TRUE(equal(rot90(turned, -1), x));
  turned.sum().backward();
  EXPECT_TRUE(x.grad().is_contiguous());
}

}  // namespace xgrad::test
