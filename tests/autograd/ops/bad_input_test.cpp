// What does not fit is refused: by an exception of the right type, that names the operation, before anything changes.
#include <functional>

#include "autograd/autograd.h"
#include "autograd/ops/loss.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

enum class Kind { kShape, kType, kIndex, kValue };

struct BadCall {
  std::string operation;  ///< that the message begins with
  Kind kind;
  std::function<void()> call;
};

std::ostream& operator<<(std::ostream& stream, const BadCall& bad) { return stream << bad.operation; }

bool is_kind(const Error& error, Kind kind) {
  switch (kind) {
    case Kind::kShape: return dynamic_cast<const ShapeError*>(&error) != nullptr;
    case Kind::kType: return dynamic_cast<const TypeError*>(&error) != nullptr;
    case Kind::kIndex: return dynamic_cast<const IndexError*>(&error) != nullptr;
    default: return dynamic_cast<const ValueError*>(&error) != nullptr;
  }
}

Tensor floats(IntArrayRef sizes) { return ones(sizes); }
Tensor ints(IntArrayRef sizes) { return ones(sizes, kInt64); }
Tensor index(const std::vector<std::int64_t>& values) { return tensor(values); }

class BadInputTest : public ::testing::TestWithParam<BadCall> {};

std::vector<BadCall> bad_calls() {
  return {
      // Arithmetic and comparison.
      {"add", Kind::kShape,
       [] {
         floats({2, 3}) + floats({2});
       }},
      {"sub", Kind::kShape,
       [] {
         floats({2, 3}) - floats({4, 3});
       }},
      {"mul", Kind::kShape,
       [] {
         floats({2, 3}) * floats({2, 2});
       }},
      {"div", Kind::kShape, [] { floats({2}) / floats({3}); }},
      {"pow", Kind::kShape, [] { pow(floats({2}), floats({3})); }},
      {"pow", Kind::kValue, [] { pow(ints({2}), -1); }},
      {"remainder", Kind::kValue, [] { remainder(ints({2}), zeros({2}, kInt64)); }},
      {"floor_divide", Kind::kValue, [] { floor_divide(ints({2}), 0); }},
      {"maximum", Kind::kShape, [] { maximum(floats({2}), floats({3})); }},
      {"eq", Kind::kShape, [] { eq(floats({2}), floats({3})); }},
      {"lt", Kind::kShape, [] { lt(floats({2}), floats({3})); }},
      {"where", Kind::kType, [] { where(floats({2}), floats({2}), floats({2})); }},
      {"where", Kind::kShape, [] { where(ones({2}, kBool), floats({3}), floats({2})); }},
      {"masked_fill", Kind::kType, [] { masked_fill(floats({2}), ints({2}), 0); }},
      {"masked_fill", Kind::kShape, [] { masked_fill(floats({2}), ones({3}, kBool), 0); }},
      // Functions of one tensor.
      {"exp_", Kind::kType, [] { ints({2}).exp_(); }},
      {"log_", Kind::kType, [] { ints({2}).log_(); }},
      {"tanh_", Kind::kType, [] { ints({2}).tanh_(); }},
      {"sigmoid_", Kind::kType, [] { ones({2}, kBool).sigmoid_(); }},
      {"frac", Kind::kType, [] { frac(ints({2})); }},
      {"clamp", Kind::kValue, [] { clamp(floats({2}), std::optional<Scalar>()); }},
      {"softmax", Kind::kType, [] { softmax(ints({2}), 0); }},
      {"softmax", Kind::kIndex, [] { softmax(floats({2}), 1); }},
      {"log_softmax", Kind::kIndex, [] { log_softmax(floats({2}), -2); }},
      // Reductions.
      {"sum", Kind::kIndex,
       [] {
         sum(floats({2, 3}), {2});
       }},
      {"sum", Kind::kIndex,
       [] {
         sum(floats({2, 3}), {0, 0});
       }},
      {"sum", Kind::kIndex,
       [] {
         sum(floats({2, 3}), {1, -1});
       }},
      {"mean", Kind::kType, [] { mean(ints({2})); }},
      {"var", Kind::kType, [] { var(ints({2})); }},
      {"max", Kind::kShape, [] { max(floats({0})); }},
      {"amin", Kind::kShape,
       [] {
         amin(floats({2, 0}), {1});
       }},
      {"argmax", Kind::kIndex, [] { argmax(floats({2}), 1); }},
      {"norm", Kind::kType, [] { norm(ints({2})); }},
      {"logsumexp", Kind::kType, [] { logsumexp(ints({2}), {0}); }},
      {"cumsum", Kind::kIndex, [] { cumsum(floats({2}), 1); }},
      // Views.
      {"view", Kind::kShape,
       [] {
         view(floats({2, 3}), {4});
       }},
      {"view", Kind::kShape,
       [] {
         view(floats({2, 3}), {-1, 4});
       }},
      {"view", Kind::kShape,
       [] {
         view(floats({2, 3}), {-1, -1});
       }},
      {"view", Kind::kShape,
       [] {
         view(floats({2, 3}).t(), {6});
       }},
      {"reshape", Kind::kShape,
       [] {
         reshape(floats({2, 3}), {5});
       }},
      {"expand", Kind::kShape,
       [] {
         expand(floats({2, 3}), {2, 4});
       }},
      {"expand", Kind::kShape,
       [] {
         expand(floats({2, 3}), {3});
       }},
      {"transpose", Kind::kIndex,
       [] {
         transpose(floats({2, 3}), 0, 2);
       }},
      {"permute", Kind::kIndex,
       [] {
         permute(floats({2, 3}), {0, 2});
       }},
      {"select", Kind::kIndex,
       [] {
         select(floats({2, 3}), 0, 2);
       }},
      {"select", Kind::kIndex,
       [] {
         select(floats({2, 3}), 1, -4);
       }},
      {"slice", Kind::kIndex,
       [] {
         slice(floats({2, 3}), 2);
       }},
      {"narrow", Kind::kIndex,
       [] {
         narrow(floats({2, 3}), 0, 1, 2);
       }},
      {"squeeze", Kind::kIndex, [] { squeeze(floats({2}), 1); }},
      {"unsqueeze", Kind::kIndex, [] { unsqueeze(floats({2}), 2); }},
      {"flatten", Kind::kIndex, [] { flatten(floats({2}), 0, 1); }},
      {"as_strided", Kind::kShape, [] { as_strided(floats({4}), {3}, {2}); }},
      // Products.
      {"matmul", Kind::kShape,
       [] {
         matmul(floats({2, 3}), floats({2, 3}));
       }},
      {"matmul", Kind::kShape,
       [] {
         matmul(floats({2, 2, 3}), floats({3, 3, 2}));
       }},
      {"matmul", Kind::kShape, [] { matmul(floats({}), floats({2})); }},
      {"matmul", Kind::kType,
       [] {
         matmul(floats({2, 3}), ones({3, 2}, kFloat64));
       }},
      {"mm", Kind::kShape,
       [] {
         mm(floats({2, 3}), floats({2, 3}));
       }},
      {"mm", Kind::kShape,
       [] {
         mm(floats({2, 3, 1}), floats({2, 3}));
       }},
      {"mv", Kind::kShape,
       [] {
         mv(floats({2, 3}), floats({2}));
       }},
      {"bmm", Kind::kShape,
       [] {
         bmm(floats({2, 3, 4}), floats({3, 4, 2}));
       }},
      {"dot", Kind::kShape, [] { dot(floats({2}), floats({3})); }},
      {"addmm", Kind::kShape,
       [] {
         addmm(floats({5}), floats({2, 3}), floats({3, 4}));
       }},
      {"linear", Kind::kShape,
       [] {
         linear(floats({2, 3}), floats({4, 2}));
       }},
      {"linear", Kind::kShape,
       [] {
         linear(floats({2, 3}), floats({4, 3}), floats({3}));
       }},
      // Indexing, joining, sorting.
      {"cat", Kind::kShape,
       [] {
         cat({floats({2, 3}), floats({2, 2})});
       }},
      {"cat", Kind::kValue, [] { cat({}); }},
      {"cat", Kind::kIndex, [] { cat({floats({2})}, 1); }},
      {"stack", Kind::kShape,
       [] {
         stack({floats({2}), floats({3})});
       }},
      {"index_select", Kind::kIndex, [] { index_select(floats({3}), 0, index({3})); }},
      {"index_select", Kind::kIndex, [] { index_select(floats({3}), 0, index({-1})); }},
      {"index_select", Kind::kType, [] { index_select(floats({3}), 0, floats({1})); }},
      {"index_select", Kind::kShape,
       [] {
         index_select(floats({}), 0, index({0, 0, 0}));
       }},
      {"index_add", Kind::kIndex, [] { index_add(floats({3}), 0, index({5}), floats({1})); }},
      {"index_add", Kind::kShape, [] { index_add(floats({3}), 0, index({0}), floats({2})); }},
      {"index_add", Kind::kShape,
       [] {
         index_add(floats({}), 0, index({0, 0, 0}), floats({}));
       }},
      {"index_copy", Kind::kShape, [] { index_copy(floats({}), 0, index({}), floats({})); }},
      {"index_copy", Kind::kShape, [] { index_copy(floats({3}), 0, index({0}), floats({2})); }},
      {"gather", Kind::kIndex, [] { gather(floats({3}), 0, index({3})); }},
      {"gather", Kind::kType, [] { gather(floats({3}), 0, floats({1})); }},
      {"gather", Kind::kShape,
       [] {
         gather(floats({3, 2}), 0, index({0}));
       }},
      {"scatter_add", Kind::kIndex, [] { scatter_add(floats({3}), 0, index({-1}), floats({1})); }},
      {"masked_select", Kind::kType, [] { masked_select(floats({3}), ints({3})); }},
      {"flip", Kind::kIndex, [] { flip(floats({3}), {1}); }},
      {"repeat", Kind::kShape,
       [] {
         repeat(floats({3, 2}), {2});
       }},
      {"tril", Kind::kShape, [] { tril(floats({3})); }},
      {"one_hot", Kind::kIndex, [] { one_hot(index({3}), 3); }},
      {"one_hot", Kind::kIndex, [] { one_hot(index({-1}), 3); }},
      {"embedding", Kind::kIndex,
       [] {
         embedding(floats({3, 2}), index({3}));
       }},
      {"embedding", Kind::kType,
       [] {
         embedding(floats({3, 2}), floats({3}));
       }},
      {"sort", Kind::kIndex, [] { sort(floats({3}), 1); }},
      {"topk", Kind::kValue, [] { topk(floats({3}), 4); }},
      // Losses.
      {"mse_loss", Kind::kShape, [] { mse_loss(floats({3}), floats({4})); }},
      {"nll_loss", Kind::kIndex,
       [] {
         nll_loss(floats({2, 3}), index({0, 3}));
       }},
      {"nll_loss", Kind::kShape,
       [] {
         nll_loss(floats({2, 3}), index({0}));
       }},
      {"cross_entropy", Kind::kIndex,
       [] {
         cross_entropy(floats({2, 3}), index({0, -1}));
       }},
      {"cross_entropy", Kind::kShape,
       [] {
         cross_entropy(floats({2, 3}), floats({2, 2}));
       }},
      {"binary_cross_entropy", Kind::kValue, [] { binary_cross_entropy(full({2}, 1.5), floats({2})); }},
      {"dropout", Kind::kValue, [] { dropout(floats({2}), 1.5, true); }},
  };
}

}  // namespace

TEST_P(BadInputTest, is_refused_with_the_operations_name) {
  try {
    GetParam().call();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_TRUE(is_kind(error, GetParam().kind)) << "another type of exception: " << error.what();
    EXPECT_TRUE(std::string(error.what()).starts_with(GetParam().operation + ":")) << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(Calls, BadInputTest, ::testing::ValuesIn(bad_calls()),
                         [](const ::testing::TestParamInfo<BadCall>& parameter) {
                           return parameter.param.operation + "_" + std::to_string(parameter.index);
                         });

TEST(BadInplaceInputTest, a_refused_change_in_place_leaves_the_target_alone) {
  Tensor x = arange(3, kFloat32);
  const std::vector<std::function<void()>> changes = {[&] {
                                                        x.index_add_(0, index({0, 3}), floats({2}));
                                                      },
                                                      [&] { x.masked_fill_(ints({3}), 1); },
                                                      [&] { x.masked_fill_(ones({4}, kBool), 1); },
                                                      [&] { x.add_(floats({4})); },
                                                      [&] {
                                                        x.div_(floats({2, 3}));
                                                      },
                                                      [&] { x.lerp_(floats({5}), 0.5); },
                                                      [&] {
                                                        x.addcdiv_(floats({2, 3}), floats({3}));
                                                      },
                                                      [&] { x.copy_(floats({2})); },
                                                      [&] { x.clamp_(std::optional<Scalar>()); }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    EXPECT_THROW(changes[i](), Error) << "change " << i;
    EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{0, 1, 2})) << "change " << i;
    EXPECT_EQ(x.version(), 0U) << "change " << i;
  }
}

}  // namespace xgrad::test
