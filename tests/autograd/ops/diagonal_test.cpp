#include "autograd/ops/diagonal.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    Diagonal, "diagonal", {"diag", [](const TensorList& x, const Json& a) { return TensorList{diag(x[0], a[0])}; }},
    {"diagflat", [](const TensorList& x, const Json& a) { return TensorList{diagflat(x[0], a[0])}; }},
    {"diag_embed", [](const TensorList& x, const Json& a) { return TensorList{diag_embed(x[0], a[0], a[1], a[2])}; }},
    unary("trace", trace),
    {"diagonal_scatter",
     [](const TensorList& x, const Json& a) { return TensorList{diagonal_scatter(x[0], x[1], a[0], a[1], a[2])}; }},
    {"select_scatter",
     [](const TensorList& x, const Json& a) { return TensorList{select_scatter(x[0], x[1], a[0], a[1])}; }},
    {"slice_scatter",
     [](const TensorList& x, const Json& a) {
       return TensorList{slice_scatter(x[0], x[1], a[0], optional_at(a, 1), optional_at(a, 2), a[3])};
     }},
    {"as_strided_scatter",
     [](const TensorList& x, const Json& a) {
       return TensorList{as_strided_scatter(x[0].detach(), x[1].detach(), dims_at(a, 0), dims_at(a, 1), optional_at(a, 2))};
     },
     Gradients::kNone},
    {"fill_diagonal",
     [](const TensorList& x, const Json& a) {
       Tensor y = x[0].clone();
       return TensorList{y.fill_diagonal_(scalar_at(a, 0), a[1].get<bool>())};
     },
     Gradients::kConstant});

TEST(Diagonal, as_strided_scatter_writes_where_as_strided_reads) {
  const Tensor x = rand({4, 3}, kFloat64).t();
  const Tensor source = rand({2, 2}, kFloat64);
  const Tensor y = as_strided_scatter(x, source, {2, 2}, {1, 4});  // x is (3, 4) with strides (1, 3)
  EXPECT_EQ(y[0][0].item<double>(), source[0][0].item<double>());
  EXPECT_EQ(y[1][0].item<double>(), source[1][0].item<double>());
  EXPECT_EQ(y[1][1].item<double>(), source[0][1].item<double>());
  EXPECT_EQ(y[2][1].item<double>(), source[1][1].item<double>());
  EXPECT_EQ(y[2][3].item<double>(), x[2][3].item<double>());
  const std::function<Tensor(const TensorList&)> function = [](const TensorList& inputs) {
    return as_strided_scatter(inputs[0], inputs[1], {2, 2}, {1, 4});
  };
  EXPECT_NO_THROW(autograd::gradcheck(function, {x.clone().requires_grad_(), source.clone().requires_grad_()}));
  EXPECT_NO_THROW(autograd::gradcheck(function, {x.detach().requires_grad_(), source.clone().requires_grad_()}));
  EXPECT_THROW(as_strided_scatter(x, source, {2, 2}, {0, 1}), ShapeError);
  EXPECT_THROW(as_strided_scatter(x, source, {2, 2}, {1, 40}), ShapeError);
  EXPECT_THROW(as_strided_scatter(x, source, {4}, {1}), ShapeError);
  EXPECT_THROW(as_strided_scatter(x, source.to(kFloat32), {2, 2}, {1, 4}), TypeError);
}

TEST(Diagonal, rejects_bad_input) {
  EXPECT_THROW(diag(ones({2, 2, 2})), ShapeError);
  EXPECT_THROW(diag_embed(ones({})), ShapeError);
  EXPECT_THROW(diag_embed(ones({2}), 0, 1, 1), ShapeError);
  EXPECT_THROW(trace(ones({2})), ShapeError);
  EXPECT_THROW(diagonal_scatter(ones({3, 3}), ones({2})), ShapeError);
  EXPECT_THROW(select_scatter(ones({3, 3}), ones({3}), 0, 3), IndexError);
  EXPECT_THROW(slice_scatter(ones({3, 3}), ones({3, 3}), 0, 1), ShapeError);
  Tensor x = ones({2, 3, 3});
  EXPECT_THROW(x.fill_diagonal_(0), ShapeError);
}

}  // namespace xgrad::test
