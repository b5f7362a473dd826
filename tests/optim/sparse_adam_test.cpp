#include "optim/sparse_adam.h"

#include <gmock/gmock.h>

#include "autograd/base/parallel.h"
#include "tests/optim/reference.h"
#include "tests/support/threads.h"

namespace xgrad::test {

namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::unique_ptr<optim::Optimizer> make_row_optimizer(const std::string& name, const Parameters& p) {
  using namespace optim;  // NOLINT(google-build-using-namespace): a table of options
  if (name == "sparse_adam") return make<SparseAdam>(p, SparseAdamOptions(1e-2));
  if (name == "sparse_adam_betas") return make<SparseAdam>(p, SparseAdamOptions(3e-3).betas({0.8, 0.95}).eps(1e-6));
  if (name == "sparse_adam_maximize") return make<SparseAdam>(p, SparseAdamOptions(1e-2).maximize(true));
  if (name == "sgd") return make<SGD>(p, SGDOptions(1e-3));
  if (name == "sgd_maximize") return make<SGD>(p, SGDOptions(1e-3).maximize(true));
  if (name == "adagrad") return make<Adagrad>(p, AdagradOptions(0.1));
  if (name == "adagrad_decay") {
    return make<Adagrad>(p, AdagradOptions(0.1).lr_decay(0.01).initial_accumulator_value(0.5).eps(1e-6));
  }
  throw std::runtime_error("no optimizer " + name);
}

Tensor start_table(Dtype dtype = kFloat64) { return seeded_uniform({40, 5}, 1, -1, 1, dtype).requires_grad_(); }

/// A step of make_sparse_gradients.py.
void train_rows(optim::Optimizer& optimizer, const Tensor& table, std::int64_t step, double sign = 1, bool sparse = true) {
  const auto loss = [&](std::int64_t number) {
    std::vector<std::int64_t> index;
    for (std::int64_t i = 0; i < 8; ++i) index.push_back((5 * step + 11 * number + i * i) % 30);
    const Tensor rows = embedding(table, tensor(index).view({2, 4}), 3, false, sparse);
    const Tensor positions = arange(rows.numel(), rows.dtype()).reshape(rows.sizes());
    return sign * pow(rows - sin(positions + 0.1 * static_cast<double>(step)), 4).sum();
  };
  optimizer.zero_grad();
  (loss(0) + loss(1)).backward();
  if (step % 2 == 0) loss(2).backward();
  optimizer.step();
}

class RowOptimizerTest : public ::testing::TestWithParam<std::string> {
 protected:
  double sign_ = GetParam().ends_with("maximize") ? -1 : 1;
};

}  // namespace

TEST_P(RowOptimizerTest, follows_pytorch_for_a_thousand_steps) {
  int cases = 0;
  for (const Json& golden : load_golden("sparse_gradients")) {
    if (golden.at("optimizer") != GetParam()) continue;
    ++cases;
    SCOPED_TRACE(golden.at("dtype").get<std::string>());
    const bool single = golden.at("dtype") == "float32";
    const Tensor table = start_table(single ? kFloat32 : kFloat64);
    const auto optimizer = make_row_optimizer(GetParam(), {table});
    std::int64_t step = 0;
    for (const Json& snapshot : golden.at("snapshots")) {
      while (step < snapshot.at("step").get<std::int64_t>()) train_rows(*optimizer, table, ++step, sign_);
      EXPECT_TRUE(close(stored_tensor(snapshot.at("table")), table, single ? 2e-5 : 1e-9)) << "after step " << step;
    }
  }
  EXPECT_EQ(cases, 2);
}

TEST_P(RowOptimizerTest, a_resumed_run_gives_the_same_bits) {
  const Tensor table = start_table();
  const auto optimizer = make_row_optimizer(GetParam(), {table});
  for (std::int64_t step = 1; step <= 10; ++step) train_rows(*optimizer, table, step, sign_);
  const Tensor copy = table.detach().clone().requires_grad_();
  const auto resumed = make_row_optimizer(GetParam(), {copy});
  resumed->load_state_dict(optimizer->state_dict());
  EXPECT_EQ(resumed->state_dict(), optimizer->state_dict());
  for (std::int64_t step = 11; step <= 20; ++step) {
    train_rows(*optimizer, table, step, sign_);
    train_rows(*resumed, copy, step, sign_);
  }
  EXPECT_TRUE(copy.equal(table));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, RowOptimizerTest,
                         ::testing::Values("sparse_adam", "sparse_adam_betas", "sparse_adam_maximize", "sgd", "sgd_maximize",
                                           "adagrad", "adagrad_decay"),
                         [](const ::testing::TestParamInfo<std::string>& parameter) { return parameter.param; });

TEST(SparseAdamTest, the_state_is_that_of_python) {
  int cases = 0;
  for (const Json& golden : load_golden("sparse_gradients")) {
    if (!golden.contains("state") || golden.at("dtype") != "float64") continue;
    ++cases;
    const std::string name = golden.at("optimizer");
    const Tensor table = start_table();
    const auto optimizer = make_row_optimizer(name, {table});
    for (std::int64_t step = 1; step <= 10; ++step) train_rows(*optimizer, table, step, name.ends_with("maximize") ? -1 : 1);
    const Value saved = optimizer->state_dict();
    const Value& state = saved.at("state").at(0);
    const Json& expected = golden.at("state");
    EXPECT_TRUE(state.at("step").is_int());
    EXPECT_EQ(state.at("step").to_int(), expected.at("step").get<std::int64_t>());
    for (const char* moment : {"exp_avg", "exp_avg_sq"}) {
      EXPECT_TRUE(close(stored_tensor(expected.at(moment)), state.at(moment).to_tensor(), 1e-9)) << name << " " << moment;
    }
    const Value::Dict& group = saved.at("param_groups").at(0).dict();
    EXPECT_EQ(group.size(), expected.at("group").size());
    for (const Json& key : expected.at("group")) EXPECT_TRUE(group.contains(key.get<std::string>())) << key;
  }
  EXPECT_EQ(cases, 3);
}

TEST(SparseAdamTest, rows_without_a_gradient_and_their_moments_stay) {
  const Tensor table = start_table();
  optim::SparseAdam optimizer(Parameters{table}, 0.1);
  embedding(table, tensor({2, 7}), -1, false, true).sum().backward();
  optimizer.step();
  const Tensor before = table.detach().clone();
  const Tensor moments = optimizer.state_dict().at("state").at(0).at("exp_avg").to_tensor();
  const Tensor moments_before = moments.clone();
  optimizer.zero_grad();
  embedding(table, tensor({7}), -1, false, true).sum().backward();
  optimizer.step();
  for (std::int64_t row = 0; row < 40; ++row) {
    EXPECT_EQ(table[row].equal(before[row]), row != 7) << row;
    EXPECT_EQ(moments[row].equal(moments_before[row]), row != 7) << row;
  }
  // Cleared, not dropped: a step without rows.
  const Tensor after = table.detach().clone();
  optimizer.zero_grad(false);
  optimizer.step();
  EXPECT_TRUE(table.equal(after));
  EXPECT_EQ(optimizer.state_dict().at("state").at(0).at("step").to_int(), 3);
}

TEST(SparseAdamTest, dense_gradients_are_refused_and_nothing_changes) {
  const Tensor table = start_table();
  const Tensor other = start_table();
  optim::SparseAdam optimizer(std::vector<optim::OptimizerParamGroup>{{{table}}, {{other}}}, 0.1);
  const auto expect_refusal = [&] {
    const Tensor before = table.detach().clone();
    EXPECT_THAT([&] { optimizer.step(); }, ThrowsMessage<ValueError>(HasSubstr("sparse(true)")));
    EXPECT_TRUE(table.equal(before));
    optimizer.zero_grad();
  };
  const auto look_up = [](const Tensor& from, bool sparse) {
    return embedding(from, tensor({1, 2}), -1, false, sparse).sum();
  };
  (look_up(table, true) + look_up(other, false)).backward();
  expect_refusal();
  (look_up(table, true) + table.sum()).backward();
  expect_refusal();
  look_up(table, true).backward();
  Tensor(table.grad()).mul_(2);
  expect_refusal();
  look_up(table, true).backward();
  optimizer.step();
}

TEST(SparseAdamTest, bad_options_are_refused) {
  const Parameters parameters{start_table()};
  using Options = optim::SparseAdamOptions;
  for (const Options& options :
       {Options(0), Options(-1), Options().eps(0), Options().betas({1, 0.5}), Options().betas({0.5, -0.1})}) {
    EXPECT_THROW(optim::SparseAdam(parameters, options), ValueError);
  }
  EXPECT_THROW(optim::SparseAdam(Parameters{}), ValueError);
}

TEST(SparseAdamTest, a_table_that_is_not_contiguous_is_updated) {
  const Tensor straight = start_table();
  const Tensor turned = straight.detach().t().contiguous().t().requires_grad_();
  ASSERT_FALSE(turned.is_contiguous());
  for (const Tensor& table : {straight, turned}) {
    optim::SparseAdam optimizer(Parameters{table}, 0.1);
    for (std::int64_t step = 1; step <= 3; ++step) train_rows(optimizer, table, step);
  }
  EXPECT_TRUE(turned.equal(straight));
}

TEST(RowGradientsTest, give_the_bits_of_dense_ones) {
  using namespace optim;  // NOLINT(google-build-using-namespace): a table of options
  const std::vector<std::function<std::unique_ptr<Optimizer>(const Parameters&)>> optimizers = {
      [](const Parameters& p) { return make<SGD>(p, SGDOptions(1e-3)); },
      [](const Parameters& p) { return make<SGD>(p, SGDOptions(1e-3).momentum(0.9)); },
      [](const Parameters& p) { return make<SGD>(p, SGDOptions(1e-3).weight_decay(0.1)); },
      [](const Parameters& p) { return make<Adagrad>(p, AdagradOptions(0.1)); },
      [](const Parameters& p) { return make<Adagrad>(p, AdagradOptions(0.1).weight_decay(0.1)); },
      [](const Parameters& p) { return make<RMSprop>(p, RMSpropOptions(1e-2)); },
      [](const Parameters& p) { return make<Adam>(p, AdamOptions(1e-2)); },
      [](const Parameters& p) { return make<AdamW>(p, AdamWOptions(1e-2)); }};
  for (std::size_t i = 0; i < optimizers.size(); ++i) {
    const Tensor by_rows = start_table();
    const Tensor dense = start_table();
    const auto first = optimizers[i]({by_rows});
    const auto second = optimizers[i]({dense});
    for (std::int64_t step = 1; step <= 20; ++step) {
      train_rows(*first, by_rows, step);
      train_rows(*second, dense, step, 1, false);
    }
    EXPECT_TRUE(by_rows.equal(dense)) << i;
  }
}

TEST(RowGradientsTest, the_bits_do_not_depend_on_the_number_of_threads) {
  expect_same_bits_on_any_number_of_threads([] {
    Tensor table = seeded_uniform({20000, 33}, 1, -1, 1, kFloat32).requires_grad_();
    optim::SparseAdam optimizer(Parameters{table}, 0.01);
    manual_seed(5);
    for (int step = 0; step < 3; ++step) {
      optimizer.zero_grad();
      const Tensor index = randint(20000, {8000});
      for (int use = 0; use < 2; ++use) {
        embedding(table, index + 0, -1, false, true).pow(3).sum().backward();
        embedding(table, flip(index, {0}), -1, false, true).sum().backward();
      }
      optimizer.step();
    }
    return TensorList{table};
  });
}

}  // namespace xgrad::test
