#include "distributed/parallel/sharded_embedding.h"

#include <gmock/gmock.h>

#include <cstring>
#include <filesystem>

#include "autograd/autograd.h"
#include "distributed/checkpoint.h"
#include "distributed/parallel/data_parallel.h"
#include "nn/nn.h"
#include "optim/optim.h"
#include "tests/distributed/ranks.h"

namespace xgrad::test {

namespace dist = distributed;
using nn::parallel::DistributedDataParallel;
using testing::Each;
using testing::HasSubstr;

namespace {

constexpr std::int64_t words = 500;
constexpr std::int64_t size = 4;

/// A table, of one kind or the other, and a layer.
template <class Table>
struct NetImpl : nn::Module {
  explicit NetImpl(Table made)
      : table(register_module("table", std::move(made))),
        linear(register_module("linear", nn::Linear(nn::LinearOptions(size, 2).bias(false)))) {}
  Tensor forward(const Tensor& index) { return linear(table(index).tanh()); }
  Table table;
  nn::Linear linear;
};

nn::ShardedEmbedding sharded_table() {
  return nn::ShardedEmbedding(nn::ShardedEmbeddingOptions(words, size).padding_idx(3));
}
nn::Embedding plain_table() { return nn::Embedding(nn::EmbeddingOptions(words, size).padding_idx(3).sparse(true)); }

struct Setting {
  std::int64_t shards = 6;
  dist::ReduceOp reduction = dist::ReduceOp::sum;
  std::int64_t steps = 4;
  std::int64_t first_step = 0;
  bool accumulates = false;
};

/// The words of a shard: few for many shards, one word in all of them, the padding too, and one shard without any.
Tensor words_of(std::int64_t step, std::int64_t shard) {
  const Generator data(static_cast<std::uint64_t>(100 * step + shard));
  return cat({randint(0, words, {5}, data), tensor(std::vector<std::int64_t>{7, 3, 7})}).view({2, 4});
}

struct Outcome {
  Tensor table;
  Tensor linear;
  std::vector<double> losses;
  Value state;
};

/// Trains with one kind of table; `start` is a state of the optimizer to go on from, with the table.
template <class Inner, class Table, class Options>
Outcome train(const Setting& setting, const Options& options, const std::function<Table()>& make,
              const std::optional<Outcome>& start = {}) {
  constexpr bool is_sharded = std::is_same_v<Table, nn::ShardedEmbedding>;
  const DefaultGeneratorGuard generator{Generator(5)};
  auto net = std::make_shared<NetImpl<Table>>(make());
  DistributedDataParallel ddp(nn::ModuleHolder<NetImpl<Table>>(net),
                              {.shards = setting.shards, .reduction = setting.reduction});
  optim::SGD sgd(net->linear->parameters(), optim::SGDOptions(0.1));
  auto rows = [&] {
    if constexpr (is_sharded) return optim::ShardedTableOptimizer<Inner>({net->table}, options);
    else return Inner({net->table->weight}, options);
  }();
  if (start) {
    const NoGradGuard no_grad;
    if constexpr (is_sharded) net->table->weight.detach().copy_(net->table->own_rows(start->table));
    else net->table->weight.detach().copy_(start->table);
    net->linear->weight.detach().copy_(start->linear);
    rows.load_state_dict(start->state);
  }
  Outcome outcome;
  for (std::int64_t step = setting.first_step; step < setting.first_step + setting.steps; ++step) {
    sgd.zero_grad();
    rows.zero_grad();
    const auto pass = [&](std::int64_t batch) {
      if constexpr (is_sharded) {
        TensorList indices;
        for (std::int64_t shard = ddp.own_shards().begin; shard < ddp.own_shards().end; ++shard) {
          indices.push_back(words_of(batch, shard));
        }
        net->table->fetch(indices);
      }
      return ddp.step([&](std::int64_t shard) {
        if (shard == 4) return Tensor();
        return (ddp(words_of(batch, shard)).square() * (1 + static_cast<double>(shard))).sum();
      });
    };
    if (setting.accumulates) {
      const auto no_sync = ddp.no_sync();
      pass(1000 + step);
    }
    outcome.losses.push_back(pass(step));
    sgd.step();
    rows.step();
  }
  if constexpr (is_sharded) outcome.table = net->table->gather_rows(net->table->weight);
  else outcome.table = net->table->weight.detach().clone();
  outcome.linear = net->linear->weight.detach().clone();
  outcome.state = detail::deep_copy(rows.state_dict());
  return outcome;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.sizes() == b.sizes() &&
         std::memcmp(a.data_ptr(), b.data_ptr(), static_cast<std::size_t>(a.numel()) * a.element_size()) == 0;
}

void expect_same(const Outcome& outcome, const Outcome& expected, const std::string& what) {
  EXPECT_TRUE(same_bits(outcome.table, expected.table)) << what;
  EXPECT_TRUE(same_bits(outcome.linear, expected.linear)) << what;
  EXPECT_EQ(outcome.losses, expected.losses) << what;
  EXPECT_EQ(outcome.state, expected.state) << what;
}

/// The bits of a plain Embedding on one rank, on each number of ranks.
template <class Inner, class Options>
void expect_bits_of_embedding(const Setting& setting, const Options& options) {
  const Outcome plain = train<Inner, nn::Embedding>(setting, options, plain_table);
  const std::int64_t half = setting.steps / 2;
  Setting begin = setting;
  begin.steps = half;
  Setting rest = setting;
  rest.first_step = half;
  rest.steps = setting.steps - half;
  const Outcome before = train<Inner, nn::Embedding>(begin, options, plain_table);
  for (const int ranks : {1, 2, 3, 4}) {
    if (ranks > setting.shards) continue;
    const auto run = [&](const Setting& chosen, const std::optional<Outcome>& start) {
      return on_ranks<Outcome>(ranks,
                               [&] { return train<Inner, nn::ShardedEmbedding>(chosen, options, sharded_table, start); });
    };
    for (const Outcome& outcome : run(setting, {})) expect_same(outcome, plain, std::to_string(ranks) + " ranks");
    // It goes on from a state of whole tables.
    for (Outcome& outcome : run(rest, before)) {
      outcome.losses.insert(outcome.losses.begin(), before.losses.begin(), before.losses.end());
      expect_same(outcome, plain, std::to_string(ranks) + " ranks, resumed");
    }
  }
}

}  // namespace

TEST(ShardedEmbeddingTest, sparse_adam_has_the_bits_of_an_embedding_on_any_number_of_ranks) {
  expect_bits_of_embedding<optim::SparseAdam>({}, optim::SparseAdamOptions(0.1));
}

TEST(ShardedEmbeddingTest, sgd_too) { expect_bits_of_embedding<optim::SGD>({}, optim::SGDOptions(0.1)); }

TEST(ShardedEmbeddingTest, averages_too) {
  expect_bits_of_embedding<optim::SparseAdam>({.reduction = dist::ReduceOp::avg}, optim::SparseAdamOptions(0.1));
}

TEST(ShardedEmbeddingTest, one_shard_too) {
  expect_bits_of_embedding<optim::SparseAdam>({.shards = 1}, optim::SparseAdamOptions(0.1));
}

TEST(ShardedEmbeddingTest, gradients_add_up_over_steps_without_exchange) {
  expect_bits_of_embedding<optim::SparseAdam>({.steps = 2, .accumulates = true}, optim::SparseAdamOptions(0.1));
}

TEST(ShardedEmbeddingTest, each_rank_keeps_its_rows_alone) {
  const auto rows = on_ranks<std::int64_t>(3, [] {
    const DefaultGeneratorGuard generator{Generator(5)};
    return sharded_table()->weight.size(0);
  });
  EXPECT_EQ(rows, (std::vector<std::int64_t>{192, 192 - 12, 128}));  // of 8 blocks of 64 rows, the last of which has 52
  EXPECT_TRUE(sharded_table()->parameters().empty());
}

namespace {

/// Trains up to a step, from where the folder's checkpoint is.
void train_with_checkpoint(const std::string& folder, std::int64_t steps) {
  const DefaultGeneratorGuard generator{Generator(5)};
  auto net = std::make_shared<NetImpl<nn::ShardedEmbedding>>(sharded_table());
  nn::ModuleHolder<NetImpl<nn::ShardedEmbedding>> holder(net);
  DistributedDataParallel ddp(holder, {.shards = 6});
  optim::ShardedTableOptimizer<optim::SparseAdam> rows({net->table}, optim::SparseAdamOptions(0.1));
  dist::DistributedCheckpoint checkpoint(folder);
  checkpoint.add("model", holder).add("rows", rows).add("parallel", ddp);
  checkpoint.resume();
  while (ddp.steps() < steps) {
    rows.zero_grad();
    net->linear->zero_grad();
    TensorList indices;
    for (std::int64_t shard = ddp.own_shards().begin; shard < ddp.own_shards().end; ++shard) {
      indices.push_back(words_of(ddp.steps(), shard));
    }
    net->table->fetch(indices);
    ddp.step([&](std::int64_t shard) { return ddp(words_of(ddp.steps(), shard)).square().sum(); });
    rows.step();
  }
  checkpoint.save(steps);
}

Value state_of(const std::string& folder, std::int64_t step) {
  return load_value(folder + "/checkpoint-000000000" + std::to_string(step) + ".pt");
}

}  // namespace

TEST(ShardedEmbeddingTest, a_checkpoint_has_the_whole_table_and_other_ranks_go_on_from_it) {
  const auto folder = [](const std::string& name) {
    const auto path = std::filesystem::path(testing::TempDir()) / ("sharded_" + name);
    std::filesystem::remove_all(path);
    return path.string();
  };
  const std::string alone = folder("alone");
  train_with_checkpoint(alone, 4);
  const std::string parts = folder("parts");
  dist::run_threads(4, [&] { train_with_checkpoint(parts, 2); });
  EXPECT_EQ(state_of(parts, 2).at("model").at("table.weight").to_tensor().sizes(), (DimVector{words, size}));
  EXPECT_EQ(state_of(parts, 2).at("rows").at("state").at(0).at("exp_avg").to_tensor().sizes(), (DimVector{words, size}));
  dist::run_threads(3, [&] { train_with_checkpoint(parts, 4); });
  EXPECT_EQ(state_of(parts, 4), state_of(alone, 4));
}

TEST(ShardedEmbeddingTest, bad_rows_are_refused) {
  const nn::ShardedEmbedding table = sharded_table();
  EXPECT_THROW(table->fetch({tensor(std::vector<std::int64_t>{0, words})}), IndexError);
  EXPECT_THROW(table->fetch({tensor(std::vector<std::int64_t>{-1})}), IndexError);
  EXPECT_THROW(table->fetch({ones({2})}), TypeError);
  table->fetch({tensor(std::vector<std::int64_t>{1, 2})});
  EXPECT_EQ(table(tensor(std::vector<std::int64_t>{2, 1, 1})).sizes(), (DimVector{3, size}));
  EXPECT_THROW(table(tensor(std::vector<std::int64_t>{2, 5})), IndexError);
  table->fetch({});
  EXPECT_EQ(table(empty({0, 2}, kInt64)).sizes(), (DimVector{0, 2, size}));
  EXPECT_THROW(nn::ShardedEmbedding(nn::ShardedEmbeddingOptions(4, 2).padding_idx(4)), ValueError);
  EXPECT_THROW(nn::ShardedEmbedding(-1, 2), ValueError);
  EXPECT_THROW(table->own_rows(ones({words, size + 1})), ShapeError);
}

TEST(ShardedEmbeddingTest, ranks_with_different_tables_are_told) {
  EXPECT_THAT(failures_on_ranks(2,
                                [] {
                                  const DefaultGeneratorGuard generator{Generator(5)};
                                  const nn::ShardedEmbedding table(10 + dist::get_rank(), 2);
                                  const DistributedDataParallel ddp(table);
                                }),
              Each(HasSubstr("a sharded table of 10 x 2")));
}

}  // namespace xgrad::test
