#include "autograd/ops/nan_reduce.h"

#include "autograd/ops/cumulative.h"
#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    NanReduce, "nan_reduce",
    {"nansum", [](const TensorList& x, const Json& a) { return TensorList{nansum(x[0], dims_at(a, 0), a[1].get<bool>())}; }},
    {"nanmean",
     [](const TensorList& x, const Json& a) { return TensorList{nanmean(x[0], dims_at(a, 0), a[1].get<bool>())}; }},
    {"count_nonzero", [](const TensorList& x, const Json& a) { return TensorList{count_nonzero(x[0], dims_at(a, 0))}; },
     Gradients::kNone},
    {"aminmax",
     [](const TensorList& x, const Json& a) { return list(aminmax(x[0].detach(), optional_at(a, 0), a[1].get<bool>())); },
     Gradients::kNone},
    {"diff", [](const TensorList& x, const Json& a) { return TensorList{diff(x[0], a[0], a[1])}; }},
    {"diff_joined", [](const TensorList& x, const Json&) { return TensorList{diff(x[0], 1, -1, x[1], x[2])}; }},
    {"dist", [](const TensorList& x, const Json& a) { return TensorList{dist(x[0], x[1], scalar_at(a, 0))}; }},
    {"sum_to_size", [](const TensorList& x, const Json& a) { return TensorList{sum_to_size(x[0], dims_at(a, 0))}; }},
    {"renorm", [](const TensorList& x, const Json& a) {
       return TensorList{renorm(x[0], scalar_at(a, 0), a[1].get<std::int64_t>(), scalar_at(a, 2))};
     }});

XGRAD_TEST_OPERATIONS(
    Cumulative, "cumulative", {"cummax", [](const TensorList& x, const Json& a) { return list(cummax(x[0], a[0])); }},
    {"cummin", [](const TensorList& x, const Json& a) { return list(cummin(x[0], a[0])); }},
    {"logcumsumexp", [](const TensorList& x, const Json& a) { return TensorList{logcumsumexp(x[0], a[0])}; }},
    {"logcumsumexp_values", [](const TensorList& x, const Json& a) { return TensorList{logcumsumexp(x[0].detach(), a[0])}; },
     Gradients::kNone});

TEST(Cumulative, gradients_of_logcumsumexp_survive_a_wide_range) {
  const Tensor x = tensor({-INFINITY, -1000.0, 1000.0, 0.0}, kFloat64).requires_grad_();
  const Tensor slope = autograd::grad({logcumsumexp(x, 0).slice(0, 1).sum()}, {x}, {}, true, true)[0];
  EXPECT_TRUE(equal(slope.detach(), tensor({0.0, 1.0, 2.0, 0.0}, kFloat64)));
  EXPECT_TRUE(isfinite(autograd::grad({slope.sum()}, {x})[0]).all().item<bool>());
  const Tensor nothing = full({3}, -INFINITY, kFloat64).requires_grad_();
  EXPECT_TRUE(equal(autograd::grad({logcumsumexp(nothing, 0).sum()}, {nothing})[0], zeros({3}, kFloat64)));
  const Tensor y = ones({3}, kInt64);
  EXPECT_THROW(logcumsumexp(y, 0), TypeError);
  EXPECT_THROW(logcumsumexp(ones({3}), 1), IndexError);
}

TEST(NanReduce, rejects_bad_input) {
  EXPECT_THROW(nansum(ones({2}), {1}), IndexError);
  EXPECT_THROW(nanmean(ones({2}, kInt64)), TypeError);
  EXPECT_THROW(aminmax(ones({0})), ShapeError);
  EXPECT_THROW(diff(ones({2}), -1), ValueError);
  EXPECT_THROW(diff(ones({})), ShapeError);
  EXPECT_THROW(dist(ones({2}), ones({3})), ShapeError);
  EXPECT_THROW(sum_to_size(ones({2, 3}), {2}), ShapeError);
  EXPECT_THROW(renorm(ones({2, 3}), 0, 0, 1), ValueError);
  EXPECT_THROW(renorm(ones({3}), 2, 0, 1), ShapeError);
  EXPECT_THROW(cummax(ones({3}), 1), IndexError);
}

}  // namespace xgrad::test
