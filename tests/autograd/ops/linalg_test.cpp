#include "autograd/ops/linalg.h"

#include <cmath>

#include "autograd/autograd.h"
#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

Tensor matrix_norm_of(const Tensor& x, const Json& a) {
  if (a[0] == "fro") return linalg_matrix_norm(x, "fro", dims_at(a, 1), a[2].get<bool>());
  return linalg_matrix_norm(x, scalar_at(a, 0), dims_at(a, 1), a[2].get<bool>());
}

Tensor norm_of(const Tensor& x, const Json& a) {
  return linalg_norm(x, a[0].is_null() ? std::nullopt : std::optional<Scalar>(scalar_at(a, 0)), dims_at(a, 1));
}

}  // namespace

XGRAD_TEST_OPERATIONS(
    Linalg, "linalg",
    {"linalg_matrix_norm", [](const TensorList& x, const Json& a) { return TensorList{matrix_norm_of(x[0], a)}; }},
    {"linalg_norm", [](const TensorList& x, const Json& a) { return TensorList{norm_of(x[0], a)}; }},
    {"linalg_vector_norm",
     [](const TensorList& x, const Json& a) {
       return TensorList{linalg_vector_norm(x[0], scalar_at(a, 0), dims_at(a, 1), a[2].get<bool>())};
     }},
    {"linalg_vecdot", [](const TensorList& x, const Json& a) { return TensorList{linalg_vecdot(x[0], x[1], a[0])}; }},
    {"linalg_cross", [](const TensorList& x, const Json& a) { return TensorList{linalg_cross(x[0], x[1], a[0])}; }},
    {"linalg_matrix_power", [](const TensorList& x, const Json& a) { return TensorList{linalg_matrix_power(x[0], a[0])}; }},
    {"linalg_vander", [](const TensorList& x, const Json& a) { return TensorList{linalg_vander(x[0], optional_at(a, 0))}; }},
    {"linalg_diagonal",
     [](const TensorList& x, const Json& a) { return TensorList{linalg_diagonal(x[0], a[0], a[1], a[2])}; }},
    {"norm_except_dim", [](const TensorList& x, const Json& a) { return TensorList{norm_except_dim(x[0], a[0], a[1])}; }},
    unary("linalg_inv", linalg_inv), unary("linalg_det", linalg_det),
    {"linalg_slogdet", [](const TensorList& x, const Json&) { return TensorList{std::get<1>(linalg_slogdet(x[0]))}; }},
    {"linalg_solve",
     [](const TensorList& x, const Json& a) { return TensorList{linalg_solve(x[0], x[1], a[0].get<bool>())}; }},
    {"cholesky_solve",
     [](const TensorList& x, const Json& a) {
       const bool upper = a[0];
       return TensorList{cholesky_solve(x[0], upper ? triu(x[1]) : tril(x[1]), upper)};
     }},
    {"cholesky_inverse",
     [](const TensorList& x, const Json& a) {
       const bool upper = a[0];
       return TensorList{cholesky_inverse(upper ? triu(x[0]) : tril(x[0]), upper)};
     }},
    {"triangular_solve",
     [](const TensorList& x, const Json& a) {
       return TensorList{std::get<0>(triangular_solve(x[0], x[1], a[0].get<bool>(), a[1].get<bool>(), a[2].get<bool>()))};
     }},
    {"linalg_multi_dot", [](const TensorList& x, const Json&) { return TensorList{linalg_multi_dot(x)}; }},
    {"flatten_dense_tensors", [](const TensorList& x, const Json&) { return TensorList{flatten_dense_tensors(x)}; }},
    {"conv_tbc", [](const TensorList& x, const Json& a) { return TensorList{conv_tbc(x[0], x[1], x[2], a[0])}; }});

TEST(Linalg, methods_and_other_names_are_the_functions) {
  const Tensor a = tensor({{2.0, 1.0}, {1.0, 3.0}}, kFloat64);
  EXPECT_DOUBLE_EQ(a.det().item<double>(), 5);
  EXPECT_DOUBLE_EQ(a.logdet().item<double>(), std::log(5.0));
  EXPECT_TRUE(std::isnan(logdet(-a.select(0, 0).diag() + a).item<double>()));
  EXPECT_TRUE(allclose(a.inverse().matmul(a), eye(2, kFloat64)));
  EXPECT_TRUE(equal(a.matrix_power(3), a.mm(a).mm(a)));
  EXPECT_TRUE(allclose(a.cholesky().mm(a.cholesky().t()), a));
  const Tensor b = tensor({{1.0}, {2.0}}, kFloat64);
  EXPECT_TRUE(allclose(a.mm(b.cholesky_solve(a.cholesky())), b));
  EXPECT_TRUE(allclose(a.mm(a.cholesky().cholesky_inverse()), eye(2, kFloat64)));
  EXPECT_TRUE(allclose(a.triu().mm(std::get<0>(b.triangular_solve(a))), b));
  EXPECT_TRUE(equal(a.matrix_H(), a.t()));
  EXPECT_TRUE(equal(linalg_matmul(a, b), a.mm(b)));
  EXPECT_DOUBLE_EQ(linalg_norm(a, 0, 1)[0].item<double>(), 2);
}

TEST(Linalg, a_singular_matrix_has_determinant_zero_and_no_inverse) {
  const Tensor a = tensor({{1.0, 2.0}, {2.0, 4.0}}, kFloat64);
  EXPECT_EQ(linalg_det(a).item<double>(), 0);
  const auto [sign, logarithm] = linalg_slogdet(a);
  EXPECT_EQ(sign.item<double>(), 0);
  EXPECT_EQ(logarithm.item<double>(), -INFINITY);
  EXPECT_EQ(logdet(a).item<double>(), -INFINITY);
  EXPECT_THROW(linalg_inv(a), ValueError);
  EXPECT_THROW(linalg_solve(a, ones({2}, kFloat64)), ValueError);
  EXPECT_THROW(linalg_matrix_power(a, -1), ValueError);
}

TEST(Linalg, maps_between_tensors_are_inverted_and_solved) {
  manual_seed(1);
  const Tensor a = rand({2, 3, 6}, kFloat64);
  const Tensor inverse = linalg_tensorinv(a);
  EXPECT_EQ(inverse.sizes(), IntArrayRef({6, 2, 3}));
  EXPECT_TRUE(allclose(tensordot(inverse, a, {1, 2}, {0, 1}), eye(6, kFloat64), 1e-5, 1e-8));
  const Tensor b = rand({2, 3}, kFloat64);
  const Tensor x = linalg_tensorsolve(a, b);
  EXPECT_EQ(x.sizes(), IntArrayRef({6}));
  EXPECT_TRUE(allclose(a.matmul(x), b));
  EXPECT_TRUE(allclose(linalg_tensorsolve(a.movedim(2, 0), b, 0), x));
  EXPECT_THROW(linalg_tensorinv(a, 1), ShapeError);
  EXPECT_THROW(linalg_tensorinv(a, 4), ValueError);
  EXPECT_THROW(linalg_tensorsolve(a, rand({3, 2}, kFloat64)), ShapeError);
  EXPECT_THROW(linalg_tensorsolve(a, b, {0, 0}), IndexError);
}

TEST(Linalg, no_factors_multiply_to_one) {
  const Tensor a = rand({2, 3, 3}, kFloat64);
  EXPECT_TRUE(equal(linalg_matrix_power(a, 0), eye(3, kFloat64).expand({2, 3, 3})));
  EXPECT_TRUE(equal(linalg_det(rand({0, 0})), ones({})));
  EXPECT_EQ(linalg_det(rand({0, 2, 2})).sizes(), IntArrayRef({0}));
  EXPECT_TRUE(equal(linalg_vector_norm(tensor({{1.0, 0.0}, {2.0, 3.0}}), 0, 1), tensor({1.0, 2.0})));
}

TEST(Linalg, rejects_bad_input) {
  const Tensor a = rand({3, 3});
  EXPECT_THROW(linalg_inv(rand({2, 3})), ShapeError);
  EXPECT_THROW(linalg_det(rand({3})), ShapeError);
  EXPECT_THROW(linalg_det(ones({2, 2}, kInt64)), TypeError);
  EXPECT_THROW(linalg_solve(a, rand({2, 2})), ShapeError);
  EXPECT_THROW(linalg_solve(a, rand({3}, kFloat64)), TypeError);
  EXPECT_THROW(linalg_matrix_norm(a, 2), ValueError);
  EXPECT_THROW(linalg_matrix_norm(a, "nuc"), ValueError);
  EXPECT_THROW(linalg_matrix_norm(a, 3), ValueError);
  EXPECT_THROW(linalg_matrix_norm(a, 1, {0}), ShapeError);
  EXPECT_THROW(linalg_matrix_norm(a, 1, {0, -2}), IndexError);
  EXPECT_THROW(linalg_matrix_norm(rand({3}), 1), ShapeError);
  EXPECT_THROW(linalg_norm(rand({2, 2, 2}), 1), ShapeError);
  EXPECT_THROW(linalg_multi_dot({a}), ValueError);
  EXPECT_THROW(linalg_multi_dot({a, rand({2, 2})}), ShapeError);
  EXPECT_THROW(linalg_cross(rand({3}), rand({1, 3})), ShapeError);
  EXPECT_THROW(linalg_vander(rand({3}), 1), ValueError);
  EXPECT_THROW(linalg_matrix_power(rand({2, 3}), 2), ShapeError);
  EXPECT_THROW(a[0].matrix_H(), ShapeError);
}

}  // namespace xgrad::test
