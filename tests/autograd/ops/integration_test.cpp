#include "autograd/ops/integration.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    Integration, "integration",
    {"trapezoid", [](const TensorList& x, const Json& a) { return TensorList{trapezoid(x[0], scalar_at(a, 0), a[1])}; },
     Gradients::kConstant},
    {"trapezoid_places", [](const TensorList& x, const Json& a) { return TensorList{trapezoid(x[0], x[1], a[0])}; }},
    {"cumulative_trapezoid",
     [](const TensorList& x, const Json& a) { return TensorList{cumulative_trapezoid(x[0], scalar_at(a, 0), a[1])}; },
     Gradients::kConstant},
    {"cumulative_trapezoid_places",
     [](const TensorList& x, const Json& a) { return TensorList{cumulative_trapezoid(x[0], x[1], a[0])}; }},
    {"gradient", [](const TensorList& x, const Json& a) { return gradient(x[0], scalar_at(a, 0), dims_at(a, 1), a[2]); },
     Gradients::kConstant},
    {"gradient_places",
     [](const TensorList& x, const Json& a) {
       return gradient(x[0], TensorList{x[1].detach(), x[2].detach()}, {}, a[0]);
     },
     Gradients::kNone});

TEST(Integration, parabolas_have_exact_derivatives_at_uneven_places) {
  const Tensor places = tensor({0.0, 0.5, 2.0, 3.0}, kFloat64);
  EXPECT_TRUE(allclose(gradient(places * places, TensorList{places}, {}, 2)[0], places * 2));
}

TEST(Integration, rejects_bad_input) {
  EXPECT_THROW(trapezoid(zeros({})), ShapeError);
  EXPECT_THROW(trapezoid(zeros({3}), zeros({2})), ShapeError);
  EXPECT_THROW(trapezoid(zeros({3}), 1.0, 1), IndexError);
  EXPECT_THROW(cumulative_trapezoid(zeros({})), ShapeError);
  EXPECT_THROW(gradient(zeros({1})), ShapeError);
  EXPECT_THROW(gradient(zeros({2}), 1, {}, 2), ShapeError);
  EXPECT_THROW(gradient(zeros({3}), 1, {}, 3), ValueError);
  EXPECT_THROW(gradient(zeros({3}), 1, {1}), IndexError);
  EXPECT_THROW(gradient(zeros({3}), TensorList{zeros({2})}), ShapeError);
  EXPECT_THROW(gradient(zeros({3, 3}), TensorList{zeros({3})}), ShapeError);
}

TEST(Integration, derivatives_of_even_samples_are_those_of_their_places) {
  manual_seed(3);
  const Tensor x = randn({6, 7}, kFloat64);
  for (const std::int64_t edge_order : {1, 2}) {
    const TensorList even = gradient(x, 0.25, {0, 1}, edge_order);
    const TensorList placed =
        gradient(x, TensorList{arange(6, kFloat64) * 0.25, arange(7, kFloat64) * 0.25}, {0, 1}, edge_order);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_TRUE(allclose(even[i], placed[i], 1e-12));
  }
}

}  // namespace xgrad::test
