#include "distributed/parallel/data_parallel.h"

#include <gmock/gmock.h>

#include <cmath>

#include "autograd/autograd.h"
#include "distributed/collectives.h"
#include "nn/nn.h"
#include "optim/optim.h"
#include "tests/distributed/ranks.h"

namespace xgrad::test {

namespace dist = distributed;
using dist::ReduceOp;
using nn::parallel::DistributedDataParallel;
using nn::parallel::DistributedDataParallelOptions;
using testing::Each;
using testing::HasSubstr;

namespace {

/// A table with sparse gradients, an LSTM, dropout, batch normalisation, a weight used twice, a branch that few shards use.
struct NetImpl : nn::Module {
  explicit NetImpl(bool sparse = true)
      : table(register_module("table", nn::Embedding(nn::EmbeddingOptions(200, 6).sparse(sparse)))),
        lstm(register_module("lstm", nn::LSTM(nn::LSTMOptions(6, 8).batch_first(true)))),
        norm(register_module("norm", nn::BatchNorm1d(8))),
        dropout(register_module("dropout", nn::Dropout(0.25))),
        tied(register_module("tied", nn::Linear(8, 8))),
        rare(register_module("rare", nn::Linear(8, 8))),
        never(register_module("never", nn::Linear(8, 8))),
        output(register_module("output", nn::Linear(8, 1))) {}

  Tensor forward(const Tensor& words, bool uses_rare) {
    auto [hidden, state] = lstm->forward(dropout(table(words)));
    Tensor x = norm(hidden.select(1, -1));
    x = dropout(tied(x).tanh());
    x = tied(x).tanh();  // the same weight again
    if (uses_rare) x = x + rare(x);
    return output(x);
  }

  nn::Embedding table;
  nn::LSTM lstm;
  nn::BatchNorm1d norm;
  nn::Dropout dropout;
  nn::Linear tied;
  nn::Linear rare;
  nn::Linear never;
  nn::Linear output;
};
XGRAD_MODULE(Net);

struct Setting {
  int ranks = 1;
  std::int64_t shards = 8;
  std::int64_t steps = 4;
  std::int64_t bucket_bytes = 600;
  bool overlap = true;
  bool late = false;  ///< ranks sleep now and then
  bool accumulates = false;
  bool short_batch = false;  ///< some shards are empty
  double poison = 0;         ///< added to the loss of shard 3 in the last step
};

/// What training leaves behind: losses, parameters, buffers, states.
using Outcome = TensorList;

Outcome train(const Setting& setting) {
  // Ranks are threads here: each has a default generator of its own, as processes have.
  const DefaultGeneratorGuard generator{Generator(5)};
  Net net;
  DistributedDataParallel ddp(net, {.shards = setting.shards,
                                    .reduction = ReduceOp::sum,
                                    .bucket_bytes = setting.bucket_bytes,
                                    .overlap = setting.overlap});
  TensorList dense;
  for (const auto& item : net->named_parameters()) {
    if (item.key() != "table.weight") dense.push_back(item.value());
  }
  optim::Adam adam(dense, optim::AdamOptions(0.01));
  optim::SparseAdam sparse({net->table->weight}, optim::SparseAdamOptions(0.01));
  Outcome outcome;
  for (std::int64_t number = 0; number < setting.steps; ++number) {
    const auto one_pass = [&](std::int64_t batch) {
      return ddp.step([&](std::int64_t shard) {
        if (setting.late) std::this_thread::sleep_for(std::chrono::milliseconds((shard * 7 + number * 3) % 5));
        if (setting.short_batch && number == 1 && shard >= 3) return Tensor();
        const Generator data(static_cast<std::uint64_t>(1000 * batch + shard));
        const Tensor words = randint(0, 200, {3, 5}, data);
        const Tensor target = randn({3, 1}, data);
        Tensor loss = nn::functional::mse_loss(ddp(words, shard == 2 || shard == 5), target,
                                               nn::functional::MSELossFuncOptions(kSum)) /
                      24;
        if (setting.poison != 0 && shard == 3 && number == setting.steps - 1) loss = loss * setting.poison;
        return loss;
      });
    };
    adam.zero_grad();
    sparse.zero_grad();
    double loss = 0;
    if (setting.accumulates) {
      const auto no_sync = ddp.no_sync();
      loss += one_pass(100 + number);
    }
    loss += one_pass(number);
    nn::utils::clip_grad_norm_(net->parameters(), 1.0);
    EXPECT_FALSE(net->never->weight.grad().defined());
    adam.step();
    sparse.step();
    outcome.push_back(tensor({loss}));
  }
  for (const Tensor& parameter : net->parameters()) outcome.push_back(parameter.detach().clone());
  for (const Tensor& buffer : net->buffers()) outcome.push_back(buffer.clone());
  return outcome;
}

/// The same bits: NaN is equal to itself here, and -0.0 is not 0.0.
bool same_bits(const Tensor& a, const Tensor& b) {
  return a.sizes() == b.sizes() && a.dtype() == b.dtype() &&
         std::memcmp(a.data_ptr(), b.data_ptr(), static_cast<std::size_t>(a.numel()) * a.element_size()) == 0;
}

void expect_same(const Outcome& a, const Outcome& b, const std::string& what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(same_bits(a[i], b[i])) << what << ", tensor " << i;
}

/// Trains on several numbers of ranks, and expects the bits of one rank on each of them.
void expect_same_on_all_ranks(Setting setting, const std::vector<int>& sizes = {2, 3, 4, 6, 8}) {
  setting.ranks = 1;
  const Outcome alone = train(setting);
  for (const int ranks : sizes) {
    setting.ranks = ranks;
    for (const Outcome& outcome : on_ranks<Outcome>(ranks, [&] { return train(setting); })) {
      expect_same(outcome, alone, std::to_string(ranks) + " ranks");
    }
  }
}

}  // namespace

TEST(DataParallelTest, any_number_of_ranks_gives_the_bits_of_one) { expect_same_on_all_ranks({}); }

TEST(DataParallelTest, buckets_overlap_and_times_change_no_bit) {
  const Outcome alone = train({});
  for (const Setting& setting : {Setting{.ranks = 3, .bucket_bytes = 1}, Setting{.ranks = 4, .bucket_bytes = 64 << 20},
                                 Setting{.ranks = 4, .overlap = false}, Setting{.ranks = 5, .late = true}}) {
    for (const Outcome& outcome : on_ranks<Outcome>(setting.ranks, [&] { return train(setting); })) {
      expect_same(outcome, alone, std::to_string(setting.ranks) + " ranks");
    }
  }
}

TEST(DataParallelTest, other_numbers_of_shards_have_their_own_bits) {
  expect_same_on_all_ranks({.shards = 6, .steps = 2}, {2, 4, 5, 6});
  expect_same_on_all_ranks({.shards = 2, .steps = 2}, {2});
}

TEST(DataParallelTest, empty_shards_are_shards) { expect_same_on_all_ranks({.steps = 3, .short_batch = true}, {3, 8}); }

TEST(DataParallelTest, gradients_add_up_over_steps_without_exchange) {
  expect_same_on_all_ranks({.steps = 2, .accumulates = true}, {2, 3, 8});
}

TEST(DataParallelTest, a_shard_that_is_not_finite_is_not_finite_everywhere) {
  expect_same_on_all_ranks({.steps = 2, .poison = std::numeric_limits<double>::infinity()}, {2, 3, 8});
}

TEST(DataParallelTest, one_shard_has_the_bits_of_the_plain_program) {
  const auto run = [](bool parallel) {
    const DefaultGeneratorGuard generator{Generator(5)};
    Net net;
    DistributedDataParallel ddp(net, {.shards = 1});
    optim::SparseAdam sparse({net->table->weight}, optim::SparseAdamOptions(0.01));
    optim::SGD sgd(net->lstm->parameters(), optim::SGDOptions(0.1));
    for (int i = 0; i < 3; ++i) {
      sparse.zero_grad();
      sgd.zero_grad();
      const Tensor words = randint(0, 200, {3, 5});
      if (parallel) {
        ddp.step([&](std::int64_t /*shard*/) { return ddp(words, true).sum(); });
      } else {
        net(words, true).sum().backward();
      }
      sparse.step();
      sgd.step();
    }
    return Outcome{net->table->weight.detach(), net->lstm->parameters()[0].detach(), rand({1})};
  };
  expect_same(run(true), run(false), "one shard");
}

// With as many shards as ranks, backward is enough, as in PyTorch.
TEST(DataParallelTest, plain_backward_averages_over_ranks) {
  on_ranks<int>(3, [] {
    const DefaultGeneratorGuard generator{Generator(5)};
    nn::Linear linear(4, 2);
    DistributedDataParallel ddp(linear);
    const double rank = dist::get_rank();
    const Tensor x = full({1, 4}, rank, kFloat32);
    ddp(x).sum().backward();
    EXPECT_TRUE(linear->weight.grad().equal(full({2, 4}, 1, kFloat32)));  // of 0, 1 and 2
    linear->zero_grad();
    {
      const auto no_sync = ddp.no_sync();
      ddp(x).sum().backward();
      EXPECT_TRUE(linear->weight.grad().equal(full({2, 4}, rank, kFloat32)));
    }
    ddp(x).sum().backward();
    EXPECT_TRUE(linear->weight.grad().equal(full({2, 4}, 2, kFloat32)));
    EXPECT_EQ(ddp.steps(), 2);
    return 0;
  });
}

TEST(DataParallelTest, parameters_and_buffers_of_rank_0_count) {
  const auto weights = on_ranks<Tensor>(3, [] {
    const DefaultGeneratorGuard generator{Generator(static_cast<std::uint64_t>(dist::get_rank()))};
    nn::Linear linear(4, 2);
    const DistributedDataParallel ddp(linear, {.seed = 1});
    return linear->weight.detach().clone();
  });
  EXPECT_TRUE(weights[1].equal(weights[0]));
  EXPECT_TRUE(weights[2].equal(weights[0]));
}

// The loss is a mean over tokens: sequences of different lengths, so that shards weigh differently.
TEST(DataParallelTest, gradients_are_those_of_the_whole_batch) {
  for (const Dtype dtype : {Dtype(kFloat32), Dtype(kFloat64)}) {
    const auto gradient = [&](std::int64_t shards) {
      const DefaultGeneratorGuard generator{Generator(5)};
      nn::LSTM lstm(nn::LSTMOptions(3, 4));
      lstm->to(dtype);
      DistributedDataParallel ddp(lstm, {.shards = shards, .reduction = ReduceOp::sum});
      const Tensor x = randn({6, 24, 3}, dtype);
      const std::int64_t each = 24 / shards;
      std::int64_t tokens = 0;
      for (std::int64_t i = 0; i < 24; ++i) tokens += 1 + i % 6;
      ddp.step([&](std::int64_t shard) {
        Tensor loss = zeros({}, dtype);
        for (std::int64_t i = shard * each; i < (shard + 1) * each; ++i) {
          loss = loss + std::get<0>(ddp(x.slice(1, i, i + 1).slice(0, 0, 1 + i % 6))).square().sum();
        }
        return loss / tokens;
      });
      return lstm->parameters()[0].grad().clone();
    };
    const Tensor whole = gradient(1);
    for (const std::int64_t shards : {2, 3, 8}) {
      EXPECT_LT((gradient(shards) - whole).abs().max().item<double>(), dtype == kFloat64 ? 1e-14 : 1e-6) << shards;
    }
  }
}

// The analytic gradient through step() beside differences of the loss that it returns.
TEST(DataParallelTest, gradients_are_those_of_the_loss_that_step_returns) {
  on_ranks<int>(2, [] {
    const DefaultGeneratorGuard generator{Generator(5)};
    nn::Linear linear(2, 1);
    linear->to(kFloat64);
    DistributedDataParallel ddp(linear, {.shards = 4});
    const Tensor x = randn({8, 2}, Generator(3), kFloat64);
    const auto loss = [&] {
      return ddp.step([&](std::int64_t shard) { return ddp(x.slice(0, 2 * shard, 2 * shard + 2)).tanh().square().mean(); });
    };
    loss();
    const Tensor gradient = linear->weight.grad().clone();
    constexpr double step = 1e-6;
    for (std::int64_t i = 0; i < 2; ++i) {
      const NoGradGuard no_grad;
      const auto moved = [&](double by) {
        linear->weight.detach().select(1, i).add_(by);
        const AutoGradMode grad_mode(true);
        return loss();
      };
      const double above = moved(step);
      const double below = moved(-2 * step);
      moved(step);
      EXPECT_NEAR((above - below) / (2 * step), gradient.select(1, i).item<double>(), 1e-8);
    }
    return 0;
  });
}

TEST(DataParallelTest, gradients_add_to_those_that_were_there) {
  const DefaultGeneratorGuard generator{Generator(5)};
  nn::Linear linear(2, 1);
  DistributedDataParallel ddp(linear, {.shards = 2, .reduction = ReduceOp::sum});
  const auto step = [&] { ddp.step([&](std::int64_t) { return ddp(ones({1, 2})).sum(); }); };
  step();
  step();
  EXPECT_TRUE(linear->weight.grad().equal(full({1, 2}, 4, kFloat32)));
}

TEST(DataParallelTest, a_table_that_one_shard_uses_densely_is_dense_everywhere) {
  const auto run = [] {
    const DefaultGeneratorGuard generator{Generator(5)};
    nn::Embedding table(nn::EmbeddingOptions(10, 2).sparse(true));
    DistributedDataParallel ddp(table, {.shards = 4, .reduction = ReduceOp::sum});
    ddp.step([&](std::int64_t shard) {
      Tensor loss = ddp(tensor({shard, shard + 1})).square().sum();
      if (shard == 1) loss = loss + table->weight.sum();
      return loss;
    });
    EXPECT_EQ(nonzero_rows(table->weight.grad()), nullptr);
    return Outcome{table->weight.grad().clone()};
  };
  const Outcome alone = run();
  for (const Outcome& outcome : on_ranks<Outcome>(3, run)) expect_same(outcome, alone, "3 ranks");
}

TEST(DataParallelTest, after_an_exception_one_rank_goes_on) {
  nn::Linear linear(2, 1);
  DistributedDataParallel ddp(linear, {.shards = 3, .reduction = ReduceOp::sum});
  const auto step = [&](std::int64_t bad) {
    ddp.step([&](std::int64_t shard) {
      if (shard == bad) throw std::runtime_error("bad shard");
      return ddp(ones({1, 2})).sum();
    });
  };
  EXPECT_THROW(step(1), std::runtime_error);
  EXPECT_FALSE(linear->weight.grad().defined());
  step(-1);
  EXPECT_TRUE(linear->weight.grad().equal(full({1, 2}, 3, kFloat32)));
}

TEST(DataParallelTest, its_state_goes_on_with_the_random_numbers) {
  const auto run = [](bool stops) {
    const DefaultGeneratorGuard generator{Generator(5)};
    nn::Linear linear(20, 1);
    nn::Dropout dropout(0.5);
    const auto step = [&](auto& ddp) { return ddp.step([&](std::int64_t) { return dropout(ddp(ones({4, 20}))).sum(); }); };
    Value state;
    {
      DistributedDataParallel ddp(linear, {.shards = 2});
      step(ddp);
      if (!stops) return step(ddp);
      state = ddp.state_dict();
      DistributedDataParallel other(nn::Linear(1, 1), {.shards = 3});
      EXPECT_THROW(other.load_state_dict(state), ValueError);
    }
    DistributedDataParallel again(linear, {.shards = 2, .seed = 77});
    again.load_state_dict(state);
    return step(again);
  };
  EXPECT_EQ(run(true), run(false));
}

TEST(DataParallelTest, ranks_that_differ_are_told_what_and_where) {
  const auto message = [](const std::function<void(int)>& begin) {
    const auto failures = failures_on_ranks(3, [&] {
      const DefaultGeneratorGuard generator{Generator(5)};
      begin(dist::get_rank());
    });
    EXPECT_THAT(failures, Each(HasSubstr("rank 1 (")));
    return failures[0];
  };
  EXPECT_THAT(message([](int rank) { DistributedDataParallel ddp(nn::Linear(rank == 1 ? 3 : 4, 2)); }),
              HasSubstr("the parameter weight float32[2, 3]"));
  EXPECT_THAT(message([](int rank) { DistributedDataParallel ddp(nn::Linear(4, 2), {.shards = rank == 1 ? 4 : 3}); }),
              HasSubstr("4 shards"));
  EXPECT_THAT(message([](int rank) { DistributedDataParallel ddp(nn::Linear(4, 2), {.seed = rank == 1 ? 4 : 3}); }),
              HasSubstr("the seed 4"));
  EXPECT_THAT(message([](int rank) { DistributedDataParallel ddp(nn::Linear(4, 2), {.bucket_bytes = rank == 1 ? 4 : 3}); }),
              HasSubstr("bucket_bytes 4"));
  EXPECT_THAT(message([](int rank) {
                nn::Linear linear(4, 2);
                linear->bias.requires_grad_(rank != 1);
                DistributedDataParallel ddp(linear);
              }),
              HasSubstr("the parameter bias float32[2] with a gradient"));
  EXPECT_THAT(message([](int rank) {
                nn::Linear linear(4, 2);
                DistributedDataParallel ddp(linear);
                const auto step = [&] { ddp.step([&](std::int64_t /*shard*/) { return ddp(ones({1, 4})).sum(); }); };
                if (rank != 1) return step();
                const auto no_sync = ddp.no_sync();
                step();
              }),
              HasSubstr("DistributedDataParallel with no_sync"));
  EXPECT_THAT(message([](int rank) {
                DistributedDataParallel one(nn::Linear(4, 2));
                DistributedDataParallel other(nn::Linear(4, 2));
                auto& turned = rank == 1 ? other : one;
                turned.step([&](std::int64_t /*shard*/) { return turned(ones({1, 4})).sum(); });
              }),
              HasSubstr("DistributedDataParallel 2"));
  EXPECT_THAT(message([](int rank) {
                nn::Linear linear(4, 2);
                linear->bias.requires_grad_(false);
                DistributedDataParallel ddp(linear, {.check_every = 1});
                if (rank == 1) linear->bias.detach().add_(1);
                ddp(ones({1, 4})).sum().backward();
              }),
              HasSubstr("the parameters of rank 1"));
  EXPECT_THAT(message([](int rank) {
                nn::Linear linear(4, 2);
                DistributedDataParallel ddp(linear, {.check_every = 1});
                for (int step = 0; step < 2; ++step) {
                  ddp(ones({1, 4})).sum().backward();
                  const NoGradGuard no_grad;
                  if (rank == 1) linear->weight.detach().add_(1);  // as a bad memory would
                }
              }),
              HasSubstr("the parameters of rank 1"));
  EXPECT_THAT(message([](int rank) {
                nn::Linear linear(4, 2);
                DistributedDataParallel ddp(linear);
                if (rank != 1) ddp(ones({1, 4})).sum().backward();
                else dist::barrier();
              }),
              HasSubstr("barrier"));
}

TEST(DataParallelTest, a_hook_puts_gradients_together_in_its_own_way) {
  const auto run = [](bool hooked) {
    const DefaultGeneratorGuard generator{Generator(5)};
    nn::Sequential model(nn::Linear(6, 5), nn::Linear(5, 1));
    DistributedDataParallel ddp(model, {.shards = 6, .reduction = ReduceOp::sum, .bucket_bytes = 100});
    int calls = 0;
    if (hooked) {
      ddp.register_comm_hook([&](const Tensor& gradients, dist::ProcessGroup& group) {
        ++calls;
        const Tensor half = gradients / 2;
        dist::all_reduce(half, ReduceOp::sum, &group);
        gradients.copy_(half);
      });
    }
    ddp.step([&](std::int64_t shard) { return ddp(randn({2, 6}, Generator(static_cast<std::uint64_t>(shard)))).sum(); });
    EXPECT_EQ(calls, hooked ? 2 : 0);
    TensorList gradients;
    for (const Tensor& parameter : model->parameters()) gradients.push_back(parameter.grad().clone());
    return gradients;
  };
  const TensorList whole = run(false);
  const auto outcomes = on_ranks<TensorList>(4, [&] { return run(true); });
  for (const TensorList& gradients : outcomes) {
    expect_same(gradients, outcomes[0], "of all ranks");
    for (std::size_t i = 0; i < whole.size(); ++i) {
      EXPECT_LT((2 * gradients[i] - whole[i]).abs().max().item<double>(), 1e-5);
    }
  }
}

TEST(DataParallelTest, parameters_that_have_become_others_are_refused) {
  const auto expect_refused = [](const std::function<void(nn::Linear&)>& change) {
    nn::Linear linear(1, 1);
    linear->bias.requires_grad_(false);
    DistributedDataParallel ddp(linear, {.shards = 2});
    change(linear);
    EXPECT_THROW(ddp.step([&](std::int64_t /*shard*/) { return Tensor(); }), GraphError);
  };
  expect_refused([](nn::Linear& linear) { linear->to(kFloat64); });
  expect_refused([](nn::Linear& linear) { linear->weight.set_data(ones({3, 1})); });
  expect_refused([](nn::Linear& linear) { linear->weight.requires_grad_(false); });
  expect_refused([](nn::Linear& linear) { linear->bias.requires_grad_(true); });
}

TEST(DataParallelTest, bad_options_are_refused) {
  for (const ScalarType dtype : {kHalf, kBFloat16}) {
    nn::Linear linear(1, 1);
    linear->to(dtype);
    EXPECT_THROW(DistributedDataParallel(linear, {.shards = 2}), TypeError);
  }
  EXPECT_THROW(DistributedDataParallel(nn::Linear(1, 1), {.shards = -1}), ValueError);
  EXPECT_THROW(DistributedDataParallel(nn::Linear(1, 1), {.reduction = ReduceOp::max}), ValueError);
  EXPECT_THROW(DistributedDataParallel(nn::Linear(1, 1), {.bucket_bytes = 0}), ValueError);
  on_ranks<int>(2, [] {
    EXPECT_THROW(DistributedDataParallel(nn::Linear(1, 1), {.shards = 1}), ValueError);
    return 0;
  });
  nn::Linear linear(1, 1);
  DistributedDataParallel ddp(linear, {.shards = 2});
  EXPECT_THROW(ddp(ones({1, 1})).sum().backward(), GraphError);
}

}  // namespace xgrad::test
