#include "autograd/ops/products.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Products, "products",
                      {"einsum", [](const TensorList& x, const Json& a) { return TensorList{einsum(a[0], x)}; }},
                      {"baddbmm",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{baddbmm(x[0], x[1], x[2], scalar_at(a, 0), scalar_at(a, 1))};
                       }},
                      {"cumprod", [](const TensorList& x, const Json& a) { return TensorList{cumprod(x[0], a[0])}; }},
                      {"layer_norm", [](const TensorList& x, const Json& a) {
                         return TensorList{layer_norm(x[0], dims_at(a, 0), x.size() > 1 ? x[1] : Tensor(),
                                                      x.size() > 2 ? x[2] : Tensor(), a[1])};
                       }});

TEST(Products, gradients_of_cumprod_next_to_zeros_agree_with_finite_differences) {
  const Tensor x = tensor({{1.5, 0.0, -2.0, 3.0}, {0.0, 2.0, 0.0, 1.0}}, kFloat64).requires_grad_();
  for (const std::int64_t dim : {0, 1}) {
    const std::function<Tensor(const TensorList&)> function = [=](const TensorList& inputs) {
      return cumprod(inputs[0], dim);
    };
    EXPECT_NO_THROW(autograd::gradcheck(function, {x}));
    EXPECT_NO_THROW(autograd::gradgradcheck(function, {x}));
  }
}

TEST(Products, rejects_bad_input) {
  const Tensor x = ones({3, 4});
  EXPECT_THROW(einsum("ij", {}), ValueError);
  EXPECT_THROW(einsum("ij,jk", {x}), ValueError);
  EXPECT_THROW(einsum("i1->i", {x}), ValueError);
  EXPECT_THROW(einsum("ij->k", {x}), ValueError);
  EXPECT_THROW(einsum("ij->ii", {x}), ValueError);
  EXPECT_THROW(einsum("ijk->i", {x}), ShapeError);
  EXPECT_THROW(einsum("...ijk->i", {x}), ShapeError);
  EXPECT_THROW(einsum("ii->i", {x}), ShapeError);
  EXPECT_THROW(einsum("ij,ij->i", {x, ones({3, 5})}), ShapeError);
  EXPECT_THROW(einsum("ij,ij->i", {x, ones({3, 4}, kFloat64)}), TypeError);
  EXPECT_THROW(baddbmm(ones({5}), ones({2, 3, 4}), ones({2, 4, 2})), ShapeError);
  EXPECT_THROW(baddbmm(ones({2}, kFloat64), ones({2, 3, 4}), ones({2, 4, 2})), TypeError);
  EXPECT_THROW(cumprod(x, 2), IndexError);
  EXPECT_THROW(layer_norm(x, {3}), ShapeError);
  EXPECT_THROW(layer_norm(x, {4}, ones({3})), ShapeError);
  EXPECT_THROW(layer_norm(x, {4}, ones({4}, kFloat64)), TypeError);
  EXPECT_THROW(layer_norm(ones({3}, kInt64), {3}), TypeError);
}

}  // namespace xgrad::test
