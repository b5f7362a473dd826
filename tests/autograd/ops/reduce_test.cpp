#include "autograd/ops/reduce.h"

#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

/// function(x)
template <class Function>
Operation whole(const char* name, Function function, Gradients gradients = Gradients::kTwice) {
  return {name, [=](const TensorList& x, const Json&) { return TensorList{function(x[0])}; }, gradients};
}

/// function(x, dims, keepdim)
template <class Function>
Operation along(const char* name, Function function, Gradients gradients = Gradients::kTwice) {
  return {name, [=](const TensorList& x, const Json& a) { return TensorList{function(x[0], dims_at(a, 0), a[1])}; },
          gradients};
}

}  // namespace

XGRAD_TEST_OPERATIONS(
    Reduce, "reduce", whole("sum", [](const Tensor& x) { return sum(x); }),
    along("sum_dims", [](const Tensor& x, IntArrayRef dims, bool keep) { return sum(x, dims, keep); }),
    whole(
        "sum_dtype", [](const Tensor& x) { return sum(x, kFloat64); }, Gradients::kNone),
    {"var_mean", [](const TensorList& x, const Json&) { return list(var_mean(x[0])); }},
    {"var_mean_dims", [](const TensorList& x,
                         const Json& a) { return list(var_mean(x[0], dims_at(a, 0), a[2].get<bool>(), a[1].get<bool>())); }},
    {"std_mean", [](const TensorList& x, const Json&) { return list(std_mean(x[0])); }},
    {"std_mean_dims", [](const TensorList& x,
                         const Json& a) { return list(std_mean(x[0], dims_at(a, 0), a[2].get<bool>(), a[1].get<bool>())); }},
    {"sum_to", [](const TensorList& x, const Json& a) { return TensorList{sum_to(x[0], dims_at(a, 0))}; }},
    whole("mean", [](const Tensor& x) { return mean(x); }),
    along("mean_dims", [](const Tensor& x, IntArrayRef dims, bool keep) { return mean(x, dims, keep); }),
    {"var", [](const TensorList& x, const Json& a) { return TensorList{var(x[0], a[0].get<bool>())}; }},
    {"std", [](const TensorList& x, const Json& a) { return TensorList{std(x[0], a[0].get<bool>())}; }},
    {"var_dims", [](const TensorList& x,
                    const Json& a) { return TensorList{var(x[0], dims_at(a, 0), a[1].get<bool>(), a[2].get<bool>())}; }},
    {"std_dims", [](const TensorList& x,
                    const Json& a) { return TensorList{std(x[0], dims_at(a, 0), a[1].get<bool>(), a[2].get<bool>())}; }},
    whole("prod", [](const Tensor& x) { return prod(x); }), whole("max", [](const Tensor& x) { return max(x); }),
    whole("min", [](const Tensor& x) { return min(x); }),
    whole(
        "max_of_nan", [](const Tensor& x) { return max(x.detach()); }, Gradients::kNone),
    whole(
        "min_of_nan", [](const Tensor& x) { return min(x.detach()); }, Gradients::kNone),
    {"max_dim", [](const TensorList& x, const Json& a) { return list(max(x[0], a[0].get<std::int64_t>(), a[1])); }},
    {"min_dim", [](const TensorList& x, const Json& a) { return list(min(x[0], a[0].get<std::int64_t>(), a[1])); }},
    along("amax", [](const Tensor& x, IntArrayRef dims, bool keep) { return amax(x, dims, keep); }),
    along("amin", [](const Tensor& x, IntArrayRef dims, bool keep) { return amin(x, dims, keep); }),
    whole(
        "argmax", [](const Tensor& x) { return argmax(x); }, Gradients::kNone),
    whole(
        "argmin", [](const Tensor& x) { return argmin(x); }, Gradients::kNone),
    {"argmax_dim",
     [](const TensorList& x, const Json& a) { return TensorList{argmax(x[0], a[0].get<std::int64_t>(), a[1])}; },
     Gradients::kNone},
    {"argmin_dim",
     [](const TensorList& x, const Json& a) { return TensorList{argmin(x[0], a[0].get<std::int64_t>(), a[1])}; },
     Gradients::kNone},
    whole(
        "all", [](const Tensor& x) { return all(x); }, Gradients::kNone),
    whole(
        "any", [](const Tensor& x) { return any(x); }, Gradients::kNone),
    {"all_dim", [](const TensorList& x, const Json& a) { return TensorList{all(x[0], a[0].get<std::int64_t>(), a[1])}; },
     Gradients::kNone},
    {"any_dim", [](const TensorList& x, const Json& a) { return TensorList{any(x[0], a[0].get<std::int64_t>(), a[1])}; },
     Gradients::kNone},
    {"prod_dim", [](const TensorList& x, const Json& a) { return TensorList{prod(x[0], a[0].get<std::int64_t>(), a[1])}; }},
    {"norm",
     [](const TensorList& x, const Json& a) { return TensorList{norm(x[0], a.empty() ? Scalar(2) : scalar_at(a, 0))}; }},
    {"norm_dims",
     [](const TensorList& x, const Json& a) { return TensorList{norm(x[0], scalar_at(a, 2), dims_at(a, 0), a[1])}; }},
    along("logsumexp", [](const Tensor& x, IntArrayRef dims, bool keep) { return logsumexp(x, dims, keep); }),
    {"cumsum", [](const TensorList& x, const Json& a) { return TensorList{cumsum(x[0], a[0])}; }});

TEST(Reduce, a_number_in_place_of_unbiased_is_a_dimension) {
  const Tensor x = rand({2, 3});
  EXPECT_EQ(std::get<0>(var_mean(x, 0)).sizes(), (IntArrayRef{3}));
  EXPECT_EQ(std::get<1>(std_mean(x, 1)).sizes(), (IntArrayRef{2}));
  EXPECT_EQ(std::get<0>(std_mean(x, false)).dim(), 0);
}

}  // namespace xgrad::test
