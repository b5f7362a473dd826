/// DistributedDataParallel without step(): backward() as in the program of one rank.
#include <gmock/gmock.h>

#include "autograd/autograd.h"
#include "distributed/parallel/data_parallel.h"
#include "nn/nn.h"
#include "optim/optim.h"
#include "tests/distributed/ranks.h"

namespace xgrad::test {

namespace dist = distributed;
using dist::ReduceOp;
using nn::parallel::DistributedDataParallel;
using testing::Each;
using testing::HasSubstr;

namespace {

/// x and y times a weight each, of which a rank may leave one out.
struct TwoImpl : nn::Module {
  TwoImpl() : a(register_module("a", nn::Linear(2, 1))), b(register_module("b", nn::Linear(2, 1))) {}
  Tensor forward(const Tensor& x, bool uses_b) { return uses_b ? a(x) + b(x) : a(x); }
  nn::Linear a;
  nn::Linear b;
};
XGRAD_MODULE(Two);

double first(const Tensor& x) { return x.flatten()[0].item<double>(); }

}  // namespace

TEST(PlainBackwardTest, gradients_of_several_backwards_add_up) {
  for (const ReduceOp reduction : {ReduceOp::sum, ReduceOp::avg}) {
    on_ranks<int>(2, [&] {
      Two two;
      DistributedDataParallel ddp(two, {.reduction = reduction});
      const double all = reduction == ReduceOp::sum ? 2 : 1;
      ddp(ones({1, 2}), true).sum().backward();
      EXPECT_EQ(first(two->a->weight.grad()), all);
      // b has a gradient already, and none of this backward.
      ddp(ones({1, 2}), false).sum().backward();
      EXPECT_EQ(first(two->a->weight.grad()), 2 * all);
      EXPECT_EQ(first(two->b->weight.grad()), all);
      // One rank alone uses it.
      ddp(ones({1, 2}), dist::get_rank() == 1).sum().backward();
      EXPECT_EQ(first(two->a->weight.grad()), 3 * all);
      EXPECT_EQ(first(two->b->weight.grad()), all + all / 2);
      two->zero_grad(false);
      ddp(ones({1, 2}), true).sum().backward();
      EXPECT_EQ(first(two->a->weight.grad()), all);
      return 0;
    });
  }
}

TEST(PlainBackwardTest, what_was_summed_is_not_summed_again_with_what_was_not) {
  const auto run = [](ReduceOp reduction) {
    return failures_on_ranks(2, [&] {
      nn::Linear linear(2, 1);
      DistributedDataParallel ddp(linear, {.reduction = reduction});
      ddp(ones({1, 2})).sum().backward();
      {
        const auto no_sync = ddp.no_sync();
        ddp(ones({1, 2})).sum().backward();
      }
      ddp(ones({1, 2})).sum().backward();
      EXPECT_EQ(first(linear->weight.grad()), 3);
    });
  };
  EXPECT_THAT(run(ReduceOp::avg), Each(std::string()));
  EXPECT_THAT(run(ReduceOp::sum), Each(HasSubstr("call zero_grad() first")));
}

TEST(PlainBackwardTest, a_step_refuses_gradients_of_one_rank) {
  const auto failures = failures_on_ranks(2, [] {
    nn::Linear linear(2, 1);
    DistributedDataParallel ddp(linear);
    const auto loss = [&](std::int64_t /*shard*/) { return ddp(ones({1, 2})).sum(); };
    {
      const auto no_sync = ddp.no_sync();
      ddp(ones({1, 2})).sum().backward();
    }
    linear->zero_grad();
    ddp.step(loss);  // they are gone
    linear->zero_grad();
    {
      const auto no_sync = ddp.no_sync();
      ddp(ones({1, 2})).sum().backward();
    }
    ddp.step(loss);
  });
  EXPECT_THAT(failures, Each(HasSubstr("are of this rank alone")));
}

TEST(PlainBackwardTest, gradients_by_grad_alone_leave_those_of_leaves) {
  on_ranks<int>(2, [] {
    nn::Linear linear(2, 1);
    DistributedDataParallel ddp(linear, {.reduction = ReduceOp::sum});
    ddp(ones({1, 2})).sum().backward();
    EXPECT_EQ(first(autograd::grad({ddp(ones({1, 2})).sum()}, {linear->weight})[0]), 1);
    EXPECT_EQ(first(linear->weight.grad()), 2);
    return 0;
  });
}

TEST(PlainBackwardTest, sections_without_exchange_lie_within_one_another) {
  on_ranks<int>(2, [] {
    nn::Linear linear(2, 1);
    DistributedDataParallel ddp(linear);
    const double rank = dist::get_rank();
    const auto outer = ddp.no_sync();
    { const auto inner = ddp.no_sync(); }
    ddp(full({1, 2}, rank, kFloat32)).sum().backward();
    EXPECT_EQ(first(linear->weight.grad()), rank);
    return 0;
  });
}

TEST(PlainBackwardTest, after_an_exception_it_says_so) {
  const auto failures = failures_on_ranks(2, [] {
    nn::Sequential model(nn::Linear(2, 2), nn::Linear(2, 1));
    DistributedDataParallel ddp(model);
    model->parameters()[0].register_hook([](const Tensor& /*gradient*/) { throw std::runtime_error("not today"); });
    EXPECT_THROW(ddp(ones({1, 2})).sum().backward(), std::runtime_error);
    ddp(ones({1, 2})).sum().backward();
  });
  EXPECT_THAT(failures, Each(HasSubstr("a step has thrown")));
}

TEST(PlainBackwardTest, gradients_are_no_views) {
  on_ranks<int>(2, [] {
    nn::Linear linear(600, 600);  // a bucket for itself
    DistributedDataParallel ddp(linear);
    optim::SGD sgd(linear->parameters(), optim::SGDOptions(0.1));
    for (int step = 0; step < 2; ++step) {
      sgd.zero_grad(false);
      ddp(ones({1, 600})).sum().backward();
      EXPECT_EQ(linear->weight.grad().sizes(), linear->weight.sizes());
      EXPECT_EQ(first(linear->weight.grad()), 1);
    }
    return 0;
  });
}

TEST(PlainBackwardTest, sharded_tables_have_theirs_on_any_number_of_ranks) {
  for (const int ranks : {1, 2}) {
    for (const double loss : on_ranks<double>(ranks, [] {
           const DefaultGeneratorGuard generator{Generator(5)};
           nn::ShardedEmbedding table(nn::ShardedEmbeddingOptions(200, 2));
           DistributedDataParallel ddp(table);
           const Tensor rows = tensor(std::vector<std::int64_t>{3, 70, 3, 150});
           optim::ShardedTableOptimizer<optim::SGD> sgd({table}, optim::SGDOptions(0.5));
           double before = 0;
           for (int step = 0; step < 2; ++step) {
             table->fetch({rows});
             sgd.zero_grad();
             const Tensor sum = ddp(rows).sum();
             sum.backward();
             sgd.step();
             before = step == 0 ? sum.item<double>() : before - sum.item<double>();
           }
           return before;
         })) {
      EXPECT_NEAR(loss, 0.5 * 2 * (2 * 2 + 1 + 1), 1e-5);  // row 3 came twice: its gradient is 2, and it counts twice
    }
  }
}

TEST(PlainBackwardTest, sharded_tables_gather_nothing_outside_of_a_step) {
  nn::ShardedEmbedding table(nn::ShardedEmbeddingOptions(10, 2));
  DistributedDataParallel ddp(table);
  const Tensor rows = tensor(std::vector<std::int64_t>{3});
  table->fetch({rows});
  const auto no_sync = ddp.no_sync();
  EXPECT_THROW(ddp(rows).sum().backward(), GraphError);
}

}  // namespace xgrad::test
