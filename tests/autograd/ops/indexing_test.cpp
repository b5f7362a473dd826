#include "autograd/ops/indexing.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    Indexing, "indexing", {"cat", [](const TensorList& x, const Json& a) { return TensorList{cat(x, a[0])}; }},
    {"stack", [](const TensorList& x, const Json& a) { return TensorList{stack(x, a[0])}; }},
    {"index_select", [](const TensorList& x, const Json& a) { return TensorList{index_select(x[0], a[0], x[1])}; }},
    {"index_add", [](const TensorList& x, const Json& a) { return TensorList{index_add(x[0], a[0], x[1], x[2])}; }},
    {"gather", [](const TensorList& x, const Json& a) { return TensorList{gather(x[0], a[0], x[1])}; }},
    {"scatter_add", [](const TensorList& x, const Json& a) { return TensorList{scatter_add(x[0], a[0], x[1], x[2])}; }},
    binary("masked_select", masked_select), unary("nonzero", nonzero, Gradients::kNone),
    {"flip", [](const TensorList& x, const Json& a) { return TensorList{flip(x[0], dims_at(a, 0))}; }},
    {"repeat", [](const TensorList& x, const Json& a) { return TensorList{repeat(x[0], dims_at(a, 0))}; }},
    {"tril", [](const TensorList& x, const Json& a) { return TensorList{tril(x[0], a[0])}; }},
    {"triu", [](const TensorList& x, const Json& a) { return TensorList{triu(x[0], a[0])}; }},
    {"one_hot", [](const TensorList& x, const Json& a) { return TensorList{one_hot(x[0], a[0])}; }, Gradients::kNone},
    {"embedding", [](const TensorList& x, const Json& a) { return TensorList{embedding(x[0], x[1], a[0])}; }},
    // The row of padding_idx has no gradient, whatever finite differences say.
    {"embedding_padding", [](const TensorList& x, const Json& a) { return TensorList{embedding(x[0], x[1], a[0])}; },
     Gradients::kNone});

TEST(Indexing, nonzero_finds_all_of_long_rows) {
  manual_seed(4);
  for (const std::int64_t length : {511, 512, 513, 1300}) {
    const Tensor set = gt(rand({3, length}), 0.4);
    const Tensor found = nonzero(set);
    EXPECT_EQ(found.size(0), set.sum().item<std::int64_t>());
    Tensor again = zeros({3, length}, kBool);
    again.index_put_({found.select(1, 0), found.select(1, 1)}, tensor(true));
    EXPECT_TRUE(equal(again, set));
  }
}

}  // namespace xgrad::test
