#include "distributed/parallel/zero.h"

#include "autograd/autograd.h"
#include "distributed/parallel/data_parallel.h"
#include "nn/nn.h"
#include "optim/optim.h"
#include "tests/distributed/ranks.h"
#include "xgrad/checkpoint.h"

namespace xgrad::test {

namespace dist = distributed;

namespace {

/// A model with parameters of 0, 1 and 2 dimensions, some of fewer rows than there are ranks.
struct OddImpl : nn::Module {
  OddImpl()
      : table(register_module("table", nn::Embedding(nn::EmbeddingOptions(70, 3).sparse(true)))),
        linear(register_module("linear", nn::Linear(3, 2))),
        scale(register_parameter("scale", ones({}))) {}
  Tensor forward(const Tensor& words) { return linear(table(words)) * scale; }
  nn::Embedding table;
  nn::Linear linear;
  Tensor scale;
};
XGRAD_MODULE(Odd);

struct Outcome {
  TensorList parameters;
  Value state;
};

template <class Optimizer, class Options>
Outcome train(const Options& options, const std::function<TensorList(const Odd&)>& chosen, const Value& start = {}) {
  const DefaultGeneratorGuard generator{Generator(5)};
  Odd model;
  nn::parallel::DistributedDataParallel ddp(model, {.shards = 6, .reduction = dist::ReduceOp::sum});
  Optimizer optimizer(chosen(model), options);
  if (!start.is_none()) optimizer.load_state_dict(start);
  for (int step = 0; step < 3; ++step) {
    optimizer.zero_grad();
    ddp.step([&](std::int64_t shard) {
      const Generator data(static_cast<std::uint64_t>(10 * step + shard));
      return ddp(randint(0, 70, {4}, data)).square().sum();
    });
    optimizer.step();
  }
  Outcome outcome;
  for (const Tensor& parameter : model->parameters()) outcome.parameters.push_back(parameter.detach().clone());
  outcome.state = detail::deep_copy(optimizer.state_dict());
  return outcome;
}

template <class Inner, class Options>
void expect_the_same(const Options& options, const std::function<TensorList(const Odd&)>& chosen) {
  const Outcome alone = train<Inner>(options, chosen);
  const Outcome later = train<Inner>(options, chosen, alone.state);
  for (const int ranks : {1, 2, 3, 5}) {
    const auto same = [&](const Outcome& outcome, const Outcome& expected) {
      for (std::size_t i = 0; i < expected.parameters.size(); ++i) {
        EXPECT_TRUE(outcome.parameters[i].equal(expected.parameters[i])) << ranks << " ranks, parameter " << i;
      }
      EXPECT_EQ(outcome.state, expected.state) << ranks;
    };
    using Zero = optim::ZeroRedundancyOptimizer<Inner>;
    for (const Outcome& outcome : on_ranks<Outcome>(ranks, [&] { return train<Zero>(options, chosen); }))
      same(outcome, alone);
    for (const Outcome& outcome : on_ranks<Outcome>(ranks, [&] { return train<Zero>(options, chosen, alone.state); })) {
      same(outcome, later);
    }
  }
}

TensorList all_of(const Odd& model) { return model->parameters(); }
TensorList table_of(const Odd& model) { return {model->table->weight}; }

}  // namespace

TEST(ZeroTest, adam_has_the_bits_and_the_state_of_one_rank) {
  expect_the_same<optim::Adam>(optim::AdamOptions(0.1).amsgrad(true), all_of);
}
TEST(ZeroTest, sgd_with_momentum_too) { expect_the_same<optim::SGD>(optim::SGDOptions(0.001).momentum(0.9), all_of); }
TEST(ZeroTest, rmsprop_too) { expect_the_same<optim::RMSprop>(optim::RMSpropOptions(0.01), all_of); }
TEST(ZeroTest, adagrad_too) { expect_the_same<optim::Adagrad>(optim::AdagradOptions(0.01), all_of); }
TEST(ZeroTest, sparse_adam_too) { expect_the_same<optim::SparseAdam>(optim::SparseAdamOptions(0.1), table_of); }

TEST(ZeroTest, each_rank_keeps_its_part_of_the_moments) {
  on_ranks<int>(2, [] {
    nn::Linear linear(4, 6);
    optim::ZeroRedundancyOptimizer<optim::Adam> optimizer(linear->parameters(), optim::AdamOptions(0.1));
    linear(ones({1, 4})).sum().backward();
    optimizer.step();
    const Value own = optimizer.inner().state_dict();
    EXPECT_EQ(own.at("state").at(0).at("exp_avg").to_tensor().sizes(), (DimVector{3, 4}));
    EXPECT_EQ(optimizer.state_dict().at("state").at(0).at("exp_avg").to_tensor().sizes(), (DimVector{6, 4}));
    return 0;
  });
}

TEST(ZeroTest, a_state_that_does_not_fit_is_refused) {
  nn::Linear small(4, 2);
  nn::Linear large(4, 3);
  optim::Adam other(small->parameters(), optim::AdamOptions(0.1));
  small(ones({1, 4})).sum().backward();
  other.step();
  optim::ZeroRedundancyOptimizer<optim::Adam> optimizer(large->parameters(), optim::AdamOptions(0.1));
  EXPECT_THROW(optimizer.load_state_dict(other.state_dict()), ShapeError);
  EXPECT_THROW(optim::ZeroRedundancyOptimizer<optim::Adam>({ones({2, 3}).t()}, optim::AdamOptions(0.1)), ValueError);
}

}  // namespace xgrad::test
