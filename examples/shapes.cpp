/// The shapes that go into recurrent layers and come out, and how many parameters there are.
#include <fmt/core.h>

#include "support/program.h"

namespace {

using namespace xgrad;

void show(const char* what, const Tensor& x) { fmt::print("  {:<28} {}\n", what, to_string(x.sizes())); }

void run_cell() {
  fmt::print("RNNCell(4, 2) over a sequence of 3, batch of 1:\n");
  nn::RNNCell cell(4, 2);
  const Tensor sequence = randn({3, 1, 4});
  Tensor hidden = zeros({1, 2});
  for (std::int64_t step = 0; step < sequence.size(0); ++step) {
    hidden = cell(sequence[step], hidden);
    show(fmt::format("step {}: input {} ->", step, to_string(sequence[step].sizes())).c_str(), hidden);
  }
}

void run_rnn(bool batch_first) {
  fmt::print("RNN(4, 2){}, 3 steps, batch of 1:\n", batch_first ? " with batch_first" : "");
  nn::RNN rnn(nn::RNNOptions(4, 2).batch_first(batch_first));
  const Tensor input = batch_first ? randn({1, 3, 4}) : randn({3, 1, 4});
  const auto [output, hidden] = rnn->forward(input, zeros({1, 1, 2}));
  show("input", input);
  show("output", output);
  show("hidden", hidden);
}

/// Whether LSTM(10, 20, 2) gives (5, 3, 20), (2, 3, 20), (2, 3, 20).
bool run_lstm() {
  fmt::print("LSTM(10, 20), 2 layers, 5 steps, batch of 3, with given states:\n");
  nn::LSTM lstm(nn::LSTMOptions(10, 20).num_layers(2));
  const Tensor input = randn({5, 3, 10});
  const auto [output, state] = lstm->forward(input, std::tuple(randn({2, 3, 20}), randn({2, 3, 20})));
  const auto& [hidden, cell] = state;
  show("input", input);
  show("output", output);
  show("hidden", hidden);
  show("cell", cell);
  const auto is = [](const Tensor& x, std::vector<std::int64_t> sizes) { return to_string(x.sizes()) == to_string(sizes); };
  return is(output, {5, 3, 20}) && is(hidden, {2, 3, 20}) && is(cell, {2, 3, 20});
}

std::int64_t parameter_count(const nn::Module& module) {
  std::int64_t count = 0;
  for (const auto& parameter : module.named_parameters()) {
    fmt::print("  {:<28} {:<10} {:>6}\n", parameter.key(), to_string(parameter.value().sizes()), parameter.value().numel());
    count += parameter.value().numel();
  }
  fmt::print("  {:<28} {:<10} {:>6}\n", "total", "", count);
  return count;
}

int program(int argc, char** argv) {
  support::CommonOptions options;
  support::OptionParser parser("Shapes of inputs, outputs and states of recurrent layers, and their parameter counts.");
  options.add_to(parser, "Nothing is trained here: taken so that all examples are called alike");
  if (const auto code = parser.parse(argc, argv)) return *code;
  options.apply();

  run_cell();
  run_rnn(false);
  run_rnn(true);
  const bool lstm_shapes = run_lstm();
  fmt::print("RNN(32, 64):\n");
  const std::int64_t rnn = parameter_count(*nn::RNN(32, 64));
  fmt::print("Linear(64, 10):\n");
  const std::int64_t linear = parameter_count(*nn::Linear(64, 10));
  support::print_result({{"lstm_shapes", lstm_shapes ? 1 : 0},
                         {"rnn_parameters", static_cast<double>(rnn)},
                         {"linear_parameters", static_cast<double>(linear)}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
