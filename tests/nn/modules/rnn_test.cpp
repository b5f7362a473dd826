#include "nn/modules/rnn.h"

#include <fmt/format.h>

#include "autograd/autograd.h"
#include "nn/modules/rnn_cell.h"
#include "nn/utils/rnn.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

namespace rnn_utils = nn::utils::rnn;

constexpr std::int64_t time_steps = 4;
constexpr std::int64_t batch = 3;
constexpr std::int64_t input_size = 2;
constexpr std::int64_t hidden_size = 3;

std::uint64_t seed_of(const Json& golden) { return golden.at("seed").get<std::uint64_t>(); }

Dtype dtype_of_case(const Json& golden) { return golden.value("dtype", "float64") == "float32" ? kFloat32 : kFloat64; }

/// The parameters as make_recurrent.py fills them. They are the last of the tensors that gradients are asked for.
template <class Module>
void fill(Module& module, const Json& golden, TensorList& wanted) {
  module->to(dtype_of_case(golden));
  const NoGradGuard no_grad;
  std::uint64_t seed = seed_of(golden);
  for (const auto& item : module->named_parameters()) {
    Tensor parameter = item.value();
    parameter.copy_(seeded_uniform(parameter.sizes(), seed++, -0.7, 0.7, parameter.dtype()));
    wanted.push_back(parameter);
  }
}

Tensor seeded_leaf(IntArrayRef sizes, const Json& golden, std::uint64_t offset) {
  return seeded_uniform(sizes, seed_of(golden) + offset, -1, 1, dtype_of_case(golden)).requires_grad_();
}

/// Compares results, and the gradients of `wanted` for the fixed weighting of the results.
void compare(const Json& golden, const TensorList& results, const TensorList& wanted) {
  ASSERT_EQ(results.size(), golden.at("results").size());
  ASSERT_EQ(wanted.size(), golden.at("gradients").size());
  TensorList weights;
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_TRUE(close(stored_tensor(golden.at("results")[i]), results[i])) << "result " << i;
    weights.push_back(seeded_uniform(results[i].sizes(), seed_of(golden) + 200 + i, -1, 1, results[i].dtype()));
  }
  const TensorList gradients = autograd::grad(results, wanted, weights);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_TRUE(close(stored_tensor(golden.at("gradients")[i]), gradients[i]))
        << "gradient " << i << " (the input, the states, the parameters in order)";
  }
}

/// Options for all three kinds.
template <class Options>
Options options_of(const Json& golden, bool batch_first) {
  return Options(input_size, hidden_size)
      .num_layers(golden.at("layers"))
      .bidirectional(golden.at("bidirectional"))
      .bias(golden.at("bias"))
      .batch_first(batch_first);
}

template <class Module, class State>
void run(Module& module, const Json& golden, bool batch_first, const Tensor& x, const State& state,
         const TensorList& initial) {
  TensorList wanted = {x};
  wanted.insert(wanted.end(), initial.begin(), initial.end());
  fill(module, golden, wanted);
  const Tensor fed = batch_first ? x.transpose(0, 1) : x;
  const std::string mode = golden.at("mode");
  TensorList results;
  const auto add_final = [&](const auto& final) {
    if constexpr (std::is_same_v<std::decay_t<decltype(final)>, Tensor>) {
      results.push_back(final);
    } else {
      results.push_back(std::get<0>(final));
      results.push_back(std::get<1>(final));
    }
  };
  if (mode == "padded") {
    const auto [output, final] = module->forward(fed, state);
    results.push_back(batch_first ? output.transpose(0, 1) : output);
    add_final(final);
  } else {
    const Tensor lengths = mode == "sorted" ? tensor({4, 3, 1}) : tensor({2, 4, 3});
    const auto packed = rnn_utils::pack_padded_sequence(fed, lengths, batch_first, mode == "sorted");
    const auto [output, final] = module->forward_with_packed_input(packed, state);
    results.push_back(output.data());
    add_final(final);
  }
  compare(golden, results, wanted);
}

void run_case(const Json& golden, bool batch_first) {
  const std::string kind = golden.at("kind");
  const std::int64_t directions = golden.at("bidirectional").get<bool>() ? 2 : 1;
  const Tensor x = seeded_leaf({time_steps, batch, input_size}, golden, 100);
  TensorList initial;
  if (golden.at("states").get<bool>()) {
    const std::int64_t rows = golden.at("layers").get<std::int64_t>() * directions;
    for (std::uint64_t i = 0; i < (kind == "LSTM" ? 2U : 1U); ++i) {
      initial.push_back(seeded_leaf({rows, batch, hidden_size}, golden, 101 + i));
    }
  }
  const Tensor h0 = initial.empty() ? Tensor() : initial[0];
  if (kind == "LSTM") {
    nn::LSTM lstm(options_of<nn::LSTMOptions>(golden, batch_first));
    std::optional<std::tuple<Tensor, Tensor>> state;
    if (!initial.empty()) state = std::make_tuple(initial[0], initial[1]);
    run(lstm, golden, batch_first, x, state, initial);
  } else if (kind == "GRU") {
    nn::GRU gru(options_of<nn::GRUOptions>(golden, batch_first));
    run(gru, golden, batch_first, x, h0, initial);
  } else {
    auto options = options_of<nn::RNNOptions>(golden, batch_first);
    if (kind == "relu") options.nonlinearity(nn::kReLU);
    nn::RNN rnn(options);
    run(rnn, golden, batch_first, x, h0, initial);
  }
}

const Json& golden_file(const std::string& name) {
  static std::map<std::string, Json> files;
  auto found = files.find(name);
  if (found == files.end()) found = files.emplace(name, load_golden(name)).first;
  return found->second;
}

template <class Run>
void for_cases(const std::string& file, const std::string& kind, Run run) {
  int cases = 0;
  for (const Json& golden : golden_file(file)) {
    if (golden.at("kind") != kind) continue;
    ++cases;
    Json title = golden;
    title.erase("results");
    title.erase("gradients");
    SCOPED_TRACE(title.dump());
    run(golden);
  }
  EXPECT_GT(cases, 0);
}

class RecurrentTest : public ::testing::TestWithParam<std::string> {};

}  // namespace

TEST_P(RecurrentTest, outputs_states_and_gradients_are_pytorchs) {
  for_cases("recurrent", GetParam(), [](const Json& golden) {
    for (const bool batch_first : {false, true}) {
      SCOPED_TRACE(batch_first ? "batch first" : "time first");
      run_case(golden, batch_first);
    }
  });
}

TEST_P(RecurrentTest, cells_give_pytorchs_states_and_gradients) {
  for_cases("recurrent_cells", GetParam(), [](const Json& golden) {
    const std::string kind = golden.at("kind");
    const std::int64_t rows = golden.at("batch");
    const bool bias = golden.at("bias");
    const auto shape = [rows](std::int64_t features) {
      return rows == 0 ? std::vector<std::int64_t>{features} : std::vector<std::int64_t>{rows, features};
    };
    const Tensor x = seeded_leaf(shape(input_size), golden, 100);
    TensorList wanted = {x};
    if (golden.at("states").get<bool>()) {
      for (std::uint64_t i = 0; i < (kind == "LSTM" ? 2U : 1U); ++i) {
        wanted.push_back(seeded_leaf(shape(hidden_size), golden, 101 + i));
      }
    }
    const Tensor h = wanted.size() > 1 ? wanted[1] : Tensor();
    TensorList results;
    if (kind == "LSTM") {
      std::optional<std::tuple<Tensor, Tensor>> state;
      if (h.defined()) state = std::make_tuple(h, wanted[2]);
      nn::LSTMCell cell(nn::LSTMCellOptions(input_size, hidden_size).bias(bias));
      fill(cell, golden, wanted);
      const auto [next, memory] = cell->forward(x, state);
      results = {next, memory};
    } else if (kind == "GRU") {
      nn::GRUCell cell(nn::GRUCellOptions(input_size, hidden_size).bias(bias));
      fill(cell, golden, wanted);
      results = {cell->forward(x, h)};
    } else {
      nn::RNNCellOptions options(input_size, hidden_size);
      options.bias(bias);
      if (kind == "relu") options.nonlinearity(nn::kReLU);
      nn::RNNCell cell(options);
      fill(cell, golden, wanted);
      results = {cell->forward(x, h)};
    }
    compare(golden, results, wanted);
  });
}

INSTANTIATE_TEST_SUITE_P(Kinds, RecurrentTest, ::testing::Values("tanh", "relu", "LSTM", "GRU"),
                         [](const ::testing::TestParamInfo<std::string>& parameter) { return parameter.param; });

}  // namespace xgrad::test
