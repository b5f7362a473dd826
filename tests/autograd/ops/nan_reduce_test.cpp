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

XGRAD_TEST_OPERATIONS(Cumulative, "cumulative",
                      {"cummax", [](const TensorList& x, const Json& a) { return list(cummax(x[0], a[0])); }},
                      {"cummin", [](const TensorList& x, const Json& a) { return list(cummin(x[0], a[0])); }});

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
