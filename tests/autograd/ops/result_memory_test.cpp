// Whose memory results are in where there is nothing to do: PyTorch returns the argument itself, a view of it that has its
// own place in the graph, or a copy, and programs that write in place depend on which.

#include <functional>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "tests/support/graph.h"

namespace xgrad::test {

namespace {

using indexing::Ellipsis;
using indexing::Slice;

enum class Result { argument, view, copy };

struct MemoryCase {
  std::string name;
  IntArrayRef sizes;
  std::function<Tensor(const Tensor&)> operation;
  Result expected;
};

std::string name_of(Result result) {
  return result == Result::argument ? "the argument" : result == Result::view ? "a view" : "a copy";
}

Result result_of(const Tensor& x, const Tensor& y) {
  if (y.is_same(x)) return Result::argument;
  return y.is_alias_of(x) ? Result::view : Result::copy;
}

void expect_results(const std::vector<MemoryCase>& cases) {
  for (const MemoryCase& each : cases) {
    SCOPED_TRACE(each.name);
    const Tensor x = ones(each.sizes, leaf) * 1;
    const Tensor y = each.operation(x);
    EXPECT_EQ(name_of(result_of(x, y)), name_of(each.expected));
    if (each.expected == Result::argument || !y.is_floating_point()) continue;
    // In a place of its own in the graph: what else becomes of x does not reach it.
    EXPECT_NE(y.grad_fn().get(), x.grad_fn().get());
    const Tensor gradient = autograd::grad({x.sum() * 2 + y.sum() * 3}, {y})[0];
    EXPECT_TRUE(eq(gradient, 3).all().item<bool>()) << gradient;
  }
}

}  // namespace

TEST(ResultMemoryTest, views_that_change_nothing_are_tensors_of_their_own) {
  const auto view = Result::view;
  expect_results({
      {"expand",
       {2, 3},
       [](auto& x) {
         return x.expand({2, 3});
       },
       view},
      {"expand, sizes kept",
       {2, 3},
       [](auto& x) {
         return x.expand({-1, -1});
       },
       view},
      {"expand_as", {2, 3}, [](auto& x) { return x.expand_as(x); }, view},
      {"broadcast_to",
       {2, 3},
       [](auto& x) {
         return x.broadcast_to({2, 3});
       },
       view},
      {"squeeze", {2, 3}, [](auto& x) { return x.squeeze(); }, view},
      {"squeeze(0)", {2, 3}, [](auto& x) { return x.squeeze(0); }, view},
      {"squeeze(0) of a number", {}, [](auto& x) { return x.squeeze(0); }, view},
      {"t of a vector", {3}, [](auto& x) { return x.t(); }, view},
      {"t of a number", {}, [](auto& x) { return x.t(); }, view},
      {"transpose of a number", {}, [](auto& x) { return x.transpose(0, 0); }, view},
      {"transpose(0, 0)", {2, 3}, [](auto& x) { return x.transpose(0, 0); }, view},
      {"swapaxes of a number", {}, [](auto& x) { return x.swapaxes(0, 0); }, view},
      {"permute",
       {2, 3},
       [](auto& x) {
         return x.permute({0, 1});
       },
       view},
      {"movedim", {2, 3}, [](auto& x) { return x.movedim(0, 0); }, view},
      {"movedim of a number", {}, [](auto& x) { return x.movedim(0, 0); }, view},
      {"movedim of a number, lists", {}, [](auto& x) { return movedim(x, IntArrayRef{0}, IntArrayRef{0}); }, view},
      {"numpy_T of a number", {}, [](auto& x) { return x.numpy_T(); }, view},
      {"view",
       {2, 3},
       [](auto& x) {
         return x.view({2, 3});
       },
       view},
      {"reshape",
       {2, 3},
       [](auto& x) {
         return x.reshape({2, 3});
       },
       view},
      {"narrow", {2, 3}, [](auto& x) { return x.narrow(0, 0, 2); }, view},
      {"index with an ellipsis", {2, 3}, [](auto& x) { return x.index({Ellipsis}); }, view},
      {"index with a slice", {2, 3}, [](auto& x) { return x.index({Slice()}); }, view},
      {"chunk", {2, 3}, [](auto& x) { return x.chunk(1)[0]; }, view},
      {"unfold", {3}, [](auto& x) { return x.unfold(0, 3, 1); }, view},
  });
}

TEST(ResultMemoryTest, what_computes_copies_even_where_nothing_is_to_be_computed) {
  const auto copy = Result::copy;
  expect_results({
      {"repeat",
       {2, 3},
       [](auto& x) {
         return x.repeat({1, 1});
       },
       copy},
      {"repeat with a new dimension",
       {2, 3},
       [](auto& x) {
         return x.repeat({1, 1, 1});
       },
       copy},
      {"tile", {2, 3}, [](auto& x) { return x.tile({1}); }, copy},
      {"repeat_interleave", {3}, [](auto& x) { return x.repeat_interleave(1); }, copy},
      {"pad",
       {2, 3},
       [](auto& x) {
         return pad(x, {0, 0});
       },
       copy},
      {"pad that cuts",
       {2, 3},
       [](auto& x) {
         return pad(x, {-1, 0});
       },
       copy},
      {"pad, reflecting",
       {2, 3, 4},
       [](auto& x) {
         return pad(x, {0, 0}, PadMode::Reflect);
       },
       copy},
      {"pad, replicating",
       {2, 3, 4},
       [](auto& x) {
         return pad(x, {0, 0}, PadMode::Replicate);
       },
       copy},
      {"pad, circular",
       {2, 3, 4},
       [](auto& x) {
         return pad(x, {0, 0}, PadMode::Circular);
       },
       copy},
      {"constant_pad_nd",
       {2, 3},
       [](auto& x) {
         return constant_pad_nd(x, {0, 0});
       },
       copy},
      {"constant_pad_nd by nothing", {2, 3}, [](auto& x) { return constant_pad_nd(x, {}); }, copy},
      {"chain_matmul", {2, 3}, [](auto& x) { return chain_matmul({x}); }, copy},
      {"sum_to_size of a number", {}, [](auto& x) { return x.sum_to_size({}); }, copy},
      {"sum of a number", {}, [](auto& x) { return x.sum(); }, copy},
      {"cat", {2, 3}, [](auto& x) { return cat({x}); }, copy},
      {"roll", {2, 3}, [](auto& x) { return x.roll(0); }, copy},
      {"flip", {2, 3}, [](auto& x) { return x.flip(IntArrayRef{}); }, copy},
      {"rot90", {2, 3}, [](auto& x) { return x.rot90(0); }, copy},
      {"index_select", {3}, [](auto& x) { return x.index_select(0, arange(3)); }, copy},
      {"pow", {2, 3}, [](auto& x) { return x.pow(1); }, copy},
      {"block_diag", {2, 3}, [](auto& x) { return block_diag({x}); }, copy},
  });
}

TEST(ResultMemoryTest, what_pytorch_returns_as_it_is_stays_itself) {
  const auto argument = Result::argument;
  expect_results({
      {"contiguous", {2, 3}, [](auto& x) { return x.contiguous(); }, argument},
      {"to", {2, 3}, [](auto& x) { return x.to(kFloat64); }, argument},
      {"flatten", {3}, [](auto& x) { return x.flatten(); }, argument},
      {"sum_to_size",
       {2, 3},
       [](auto& x) {
         return x.sum_to_size({2, 3});
       },
       argument},
      {"broadcast_tensors",
       {2, 3},
       [](auto& x) {
         return broadcast_tensors({x, x})[0];
       },
       argument},
      {"dropout", {2, 3}, [](auto& x) { return dropout(x, 0, true); }, argument},
      {"atleast_1d", {3}, [](auto& x) { return atleast_1d(x); }, argument},
  });
}

TEST(ResultMemoryTest, writing_to_a_copy_leaves_the_argument) {
  const Tensor x = ones({2, 2});
  x.repeat({1, 1}).add_(1);
  x.tile({1}).mul_(10);
  pad(x, {0, 0}).zero_();
  pad(x, {0, -1}).zero_();
  EXPECT_TRUE(eq(x, 1).all().item<bool>());
  EXPECT_TRUE(x.t().repeat({1, 1}).is_contiguous());
}

TEST(ResultMemoryTest, a_view_that_changes_nothing_keeps_its_own_shape_and_flags) {
  const Tensor x = ones({2, 1});
  const Tensor y = x.squeeze(0);
  y.unsqueeze_(0);
  EXPECT_EQ(x.dim(), 2);
  const Tensor vector = ones({2});
  vector.t().requires_grad_();
  EXPECT_FALSE(vector.requires_grad());
}

}  // namespace xgrad::test
