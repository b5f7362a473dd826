#include "autograd/ops/view.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    View, "view", {"view", [](const TensorList& x, const Json& a) { return TensorList{view(x[0], dims_at(a, 0))}; }},
    {"reshape", [](const TensorList& x, const Json& a) { return TensorList{reshape(x[0], dims_at(a, 0))}; }},
    {"expand", [](const TensorList& x, const Json& a) { return TensorList{expand(x[0], dims_at(a, 0))}; }},
    {"transpose", [](const TensorList& x, const Json& a) { return TensorList{transpose(x[0], a[0], a[1])}; }},
    {"t", [](const TensorList& x, const Json&) { return TensorList{xgrad::t(x[0])}; }},
    {"permute", [](const TensorList& x, const Json& a) { return TensorList{permute(x[0], dims_at(a, 0))}; }},
    {"select", [](const TensorList& x, const Json& a) { return TensorList{select(x[0], a[0], a[1])}; }},
    {"slice", [](const TensorList& x,
                 const Json& a) { return TensorList{slice(x[0], a[0], optional_at(a, 1), optional_at(a, 2), a[3])}; }},
    {"narrow", [](const TensorList& x, const Json& a) { return TensorList{narrow(x[0], a[0], a[1], a[2])}; }},
    unary("squeeze", squeeze),
    {"squeeze_dim", [](const TensorList& x, const Json& a) { return TensorList{squeeze(x[0], a[0])}; }},
    {"unsqueeze", [](const TensorList& x, const Json& a) { return TensorList{unsqueeze(x[0], a[0])}; }},
    {"flatten", [](const TensorList& x, const Json& a) { return TensorList{flatten(x[0], a[0], a[1])}; }},
    {"chunk", [](const TensorList& x, const Json& a) { return chunk(x[0], a[0], a[1]); }},
    {"split",
     [](const TensorList& x, const Json& a) { return split(x[0], a[0].get<std::int64_t>(), a[1].get<std::int64_t>()); }},
    {"split_with_sizes", [](const TensorList& x, const Json& a) { return split_with_sizes(x[0], dims_at(a, 0), a[1]); }},
    {"unbind", [](const TensorList& x, const Json& a) { return unbind(x[0], a[0]); }},
    {"unflatten", [](const TensorList& x, const Json& a) { return TensorList{unflatten(x[0], a[0], dims_at(a, 1))}; }},
    {"movedim", [](const TensorList& x,
                   const Json& a) { return TensorList{movedim(x[0], a[0].get<std::int64_t>(), a[1].get<std::int64_t>())}; }},
    {"movedim_list",
     [](const TensorList& x, const Json& a) { return TensorList{movedim(x[0], dims_at(a, 0), dims_at(a, 1))}; }},
    {"tensor_split", [](const TensorList& x,
                        const Json& a) { return tensor_split(x[0], a[0].get<std::int64_t>(), a[1].get<std::int64_t>()); }},
    {"tensor_split_indices",
     [](const TensorList& x, const Json& a) { return tensor_split(x[0], dims_at(a, 0), a[1].get<std::int64_t>()); }},
    {"hsplit", [](const TensorList& x, const Json& a) { return hsplit(x[0], a[0].get<std::int64_t>()); }},
    {"vsplit", [](const TensorList& x, const Json& a) { return vsplit(x[0], a[0].get<std::int64_t>()); }},
    {"dsplit", [](const TensorList& x, const Json& a) { return dsplit(x[0], a[0].get<std::int64_t>()); }},
    {"unfold", [](const TensorList& x, const Json& a) { return TensorList{unfold(x[0], a[0], a[1], a[2])}; }},
    {"diagonal", [](const TensorList& x, const Json& a) { return TensorList{diagonal(x[0], a[0], a[1], a[2])}; }},
    {"as_strided", [](const TensorList& x, const Json& a) {
       return TensorList{as_strided(x[0], dims_at(a, 0), dims_at(a, 1), optional_at(a, 2))};
     }});

TEST(View, gradients_through_views_of_repeated_elements_count_once) {
  const std::function<Tensor(const TensorList&)> functions[] = {
      [](const TensorList& x) {
        return diagonal(expand(x[0], {3, 4}), 1);
      },
      [](const TensorList& x) {
        return unfold(expand(x[0], {3, 4}), 0, 2, 1);
      },
      [](const TensorList& x) { return unfold(unfold(x[0], 0, 3, 1), 0, 2, 1); },
      [](const TensorList& x) {
        return as_strided(expand(x[0], {3, 4}), {2, 2}, {0, 1});
      },
      [](const TensorList& x) { return as_strided(unfold(x[0], 0, 3, 1), {4}, {1}); },
  };
  const Tensor x = tensor({1.0, 2.0, 3.0, 4.0}, kFloat64).requires_grad_();
  for (const auto& function : functions) {
    EXPECT_NO_THROW(autograd::gradcheck(function, {x}));
    EXPECT_NO_THROW(autograd::gradgradcheck(function, {x}));
  }
}

}  // namespace xgrad::test
