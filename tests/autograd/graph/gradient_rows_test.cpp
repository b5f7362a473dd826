#include "autograd/graph/gradient_rows.h"

#include <gmock/gmock.h>

#include <thread>

#include "autograd/backward/clear_gradient.h"
#include "tests/support/graph.h"

namespace xgrad::test {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Tensor table() { return arange(12, kFloat64).reshape({6, 2}).clone().requires_grad_(); }

Tensor look_up(const Tensor& weight, const std::vector<std::int64_t>& index, bool sparse = true) {
  return embedding(weight, tensor(index), -1, false, sparse);
}

/// A loss whose gradient differs from row to row.
Tensor loss_of(const Tensor& rows) { return (rows * rows * rows).sum(); }

std::vector<std::int64_t> rows_of(const Tensor& weight) {
  const auto* rows = nonzero_rows(weight.grad());
  return rows == nullptr ? std::vector<std::int64_t>{-1} : *rows;
}

bool is_dense(const Tensor& weight) { return nonzero_rows(weight.grad()) == nullptr; }

bool all_zero(const Tensor& x) { return x.eq(0).all().item<bool>(); }

}  // namespace

TEST(GradientRowsTest, backward_names_the_rows_once_each) {
  const Tensor weight = table();
  embedding(weight, tensor({5, 1, 3, 1, 5}), 3, false, true).sum().backward();
  EXPECT_THAT(rows_of(weight), ElementsAre(1, 5));
  expect_values(weight.grad(), {0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 2, 2});
  weight.mutable_grad() = Tensor();
  look_up(weight, {1}, false).sum().backward();
  EXPECT_TRUE(is_dense(weight)) << "nobody asked";
}

TEST(GradientRowsTest, no_index_means_no_rows) {
  const Tensor weight = table();
  look_up(weight, {}).sum().backward();
  EXPECT_THAT(rows_of(weight), IsEmpty());
  EXPECT_TRUE(all_zero(weight.grad()));
  const Tensor nothing = zeros({0, 3}, leaf);
  look_up(nothing, {}).sum().backward();
  EXPECT_THAT(rows_of(nothing), IsEmpty());
}

TEST(GradientRowsTest, uses_in_a_graph_and_several_backwards_add_up) {
  const Tensor weight = table();
  const Tensor dense = table();
  for (int round = 0; round < 3; ++round) {
    for (const auto& [w, sparse] : {std::pair(weight, true), std::pair(dense, false)}) {
      clear_gradient(w, true);
      (loss_of(look_up(w, {4, 4, 0}, sparse)) + loss_of(look_up(w, {1, 4}, sparse)) + look_up(w, {3}, sparse).sum())
          .backward();
      loss_of(look_up(w, {3, 0}, sparse)).backward();
      look_up(w, {0}, sparse).sum().backward();
    }
    EXPECT_THAT(rows_of(weight), ElementsAre(0, 1, 3, 4));
    EXPECT_TRUE(weight.grad().equal(dense.grad()));
  }
}

TEST(GradientRowsTest, a_dense_gradient_among_them_makes_the_sum_dense) {
  const Tensor x = tensor({{1.0, -2.0}, {0.5, 3.0}}, kFloat64);
  for (const bool dense_first : {false, true}) {
    const Tensor weight = table();
    const Tensor expected = table();
    for (int round = 0; round < 2; ++round) {
      for (const auto& [w, sparse] : {std::pair(weight, true), std::pair(expected, false)}) {
        clear_gradient(w, true);
        // Tied: embedding and output layer in one graph, then one after the other.
        const Tensor logits = matmul(x, w.t());
        const Tensor rows = look_up(w, {2, 5}, sparse);
        (dense_first ? loss_of(rows) + loss_of(logits) : loss_of(logits) + loss_of(rows)).backward();
        if (dense_first) loss_of(matmul(x, w.t())).backward();
        loss_of(look_up(w, {0, 2}, sparse)).backward();
        if (!dense_first) loss_of(matmul(x, w.t())).backward();
      }
      EXPECT_TRUE(is_dense(weight));
      EXPECT_TRUE(weight.grad().equal(expected.grad())) << dense_first << round;
    }
  }
}

TEST(GradientRowsTest, other_changes_make_it_dense) {
  const std::vector<std::function<void(const Tensor&)>> changes = {
      [](const Tensor& weight) { Tensor(weight.grad()).add_(1); },
      [](const Tensor& weight) { weight.grad()[2].fill_(1); },
      [](const Tensor& weight) {
        Tensor(weight.grad()).copy_(ones({6, 2}));
      },
      [](const Tensor& weight) { weight.mutable_grad().data_ptr<double>()[0] = 1; },
      [](const Tensor& weight) {
        weight.mutable_grad() = ones({6, 2}, kFloat64);
      },
      [](const Tensor& weight) {
        weight.grad().set_data(ones({6, 2}, kFloat64));
      }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    SCOPED_TRACE(i);
    const Tensor weight = table();
    loss_of(look_up(weight, {1, 4})).backward();
    ASSERT_FALSE(is_dense(weight));
    changes[i](weight);
    EXPECT_TRUE(is_dense(weight));
    // What was written is cleared, and added to.
    const Tensor before = weight.grad().clone();
    look_up(weight, {3}).sum().backward();
    EXPECT_TRUE(weight.grad().equal(before.index_add(0, tensor({3}), ones({1, 2}, kFloat64))));
    clear_gradient(weight, false);
    EXPECT_TRUE(all_zero(weight.grad()));
    clear_gradient(weight, true);
    look_up(weight, {3}).sum().backward();
    expect_values(weight.grad(), {0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0});
  }
}

TEST(GradientRowsTest, a_hook_sees_a_tensor_and_may_replace_it) {
  const Tensor weight = table();
  Tensor seen;
  const unsigned first = weight.register_hook([&](const Tensor& gradient) {
    seen = gradient;
    return Tensor();
  });
  look_up(weight, {1}).sum().backward();
  expect_values(seen, {0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_FALSE(seen.is_same(weight.grad()));
  weight.remove_hook(first);
  weight.register_hook([](const Tensor& gradient) { return gradient + 1; });
  clear_gradient(weight, true);
  look_up(weight, {1}).sum().backward();
  EXPECT_TRUE(is_dense(weight));
  expect_values(weight.grad(), {1, 1, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1});
  expect_values(seen, {0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0});
}

TEST(GradientRowsTest, clearing_leaves_the_memory_to_the_next_gradient) {
  const Tensor weight = table();
  loss_of(look_up(weight, {1, 4})).backward();
  const void* memory = weight.grad().data_ptr();
  clear_gradient(weight, true);
  EXPECT_FALSE(weight.grad().defined());
  look_up(weight, {3}).sum().backward();
  EXPECT_EQ(weight.grad().data_ptr(), memory);
  EXPECT_THAT(rows_of(weight), ElementsAre(3));
  expect_values(weight.grad(), {0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0});
  clear_gradient(weight, false);
  EXPECT_THAT(rows_of(weight), IsEmpty());
  EXPECT_TRUE(all_zero(weight.grad()));
}

TEST(GradientRowsTest, what_others_hold_stays_theirs) {
  const Tensor weight = table();
  const std::vector<double> expected{0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0};
  look_up(weight, {1}).sum().backward();
  const Tensor held = weight.grad();
  clear_gradient(weight, true);
  look_up(weight, {1}).sum().backward();
  const Tensor view = weight.grad().view({12});
  clear_gradient(weight, true);
  look_up(weight, {2}).sum().backward();
  expect_values(held, expected);
  expect_values(view, expected);
  // Asked for: the leaf's own gradient does not change, and the next look-up does not write to it.
  const Tensor asked = autograd::grad({look_up(weight, {1}).sum()}, {weight})[0];
  look_up(weight, {4}).sum().backward();
  expect_values(asked, expected);
  EXPECT_THAT(rows_of(weight), ElementsAre(2, 4));
}

TEST(GradientRowsTest, a_table_that_takes_another_dtype_starts_again) {
  const Tensor weight = table();
  look_up(weight, {1}).sum().backward();
  clear_gradient(weight, true);
  weight.set_data(ones({3, 2}, kFloat32));
  look_up(weight, {2}).sum().backward();
  EXPECT_THAT(rows_of(weight), ElementsAre(2));
  expect_values(weight.grad(), {0, 0, 0, 0, 1, 1});
}

TEST(GradientRowsTest, a_table_that_is_a_result_passes_its_gradient_on) {
  const Tensor weight = table();
  loss_of(look_up(weight * 2, {1, 1})).backward();
  const Tensor dense = table();
  loss_of(look_up(dense * 2, {1, 1}, false)).backward();
  EXPECT_TRUE(weight.grad().equal(dense.grad()));
  EXPECT_TRUE(is_dense(weight));
}

TEST(GradientRowsTest, gradients_can_be_differentiated) {
  const auto cubes = [](const TensorList& inputs) { return pow(look_up(inputs[0], {1, 1, 4}), 3).sum(); };
  EXPECT_TRUE(autograd::gradcheck(cubes, {table()}));
  EXPECT_TRUE(autograd::gradgradcheck(cubes, {table()}));
  const Tensor weight = table();
  cubes({weight}).backward({}, std::nullopt, true);
  EXPECT_TRUE(weight.grad().requires_grad());
  clear_gradient(weight, true);
  cubes({weight}).backward();
  EXPECT_FALSE(weight.grad().requires_grad());
}

TEST(GradientRowsTest, rows_can_be_gathered_and_changed) {
  const Tensor weight = table();
  look_up(weight, {1, 4, 4}).sum().backward();
  expect_values(gather_nonzero_rows(weight.grad()), {1, 1, 2, 2});
  const Tensor gradient = weight.grad();
  change_nonzero_rows(gradient, [](Tensor& rows) { rows.mul_(3); });
  expect_values(gradient, {0, 0, 3, 3, 0, 0, 0, 0, 6, 6, 0, 0});
  EXPECT_THAT(rows_of(weight), ElementsAre(1, 4));
  const Tensor dense = ones({2, 2});
  EXPECT_TRUE(gather_nonzero_rows(dense).is_same(dense));
  change_nonzero_rows(dense, [](Tensor& all) { all.mul_(3); });
  expect_values(dense, {3, 3, 3, 3});
}

TEST(GradientRowsTest, threads_add_to_one_leaf) {
  const Tensor weight = table();
  for (int round = 0; round < 20; ++round) {
    clear_gradient(weight, true);
    std::vector<std::thread> threads;
    for (std::int64_t thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&weight, thread] {
        for (int i = 0; i < 50; ++i) (look_up(weight, {thread}).sum() + look_up(weight, {5}).sum()).backward();
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(rows_of(weight), ElementsAre(0, 1, 2, 3, 5));
    expect_values(weight.grad(), {50, 50, 50, 50, 50, 50, 50, 50, 0, 0, 200, 200});
  }
}

}  // namespace xgrad::test
