/// A recurrent net by hand, and the same net as a layer.
#include <fmt/core.h>

#include <algorithm>

#include "support/program.h"

namespace {

using namespace xgrad;

/// Two memory cells between two inputs and two outputs, all weights one, linear activations:
/// h' = W x + U h, y = V h'.
Tensor by_hand(const Tensor& inputs) {
  const Tensor w = ones({2, 2});
  const Tensor u = ones({2, 2});
  const Tensor v = ones({2, 2});
  Tensor h = zeros({2});
  TensorList outputs;
  for (const Tensor& x : inputs.unbind()) {
    h = w.mv(x) + u.mv(h);
    outputs.push_back(v.mv(h));
  }
  return stack(outputs);
}

/// nn::RNN with relu, which is linear here, since nothing is negative; and nn::Linear.
Tensor as_layers(const Tensor& inputs) {
  nn::RNN rnn(nn::RNNOptions(2, 2).bias(false).nonlinearity(nn::kReLU));
  nn::Linear output(nn::LinearOptions(2, 2).bias(false));
  const NoGradGuard no_grad;
  for (Tensor parameter : rnn->parameters()) parameter.fill_(1);
  for (Tensor parameter : output->parameters()) parameter.fill_(1);
  return output(std::get<0>(rnn->forward(inputs)));
}

int program(int argc, char** argv) {
  support::CommonOptions options;
  support::OptionParser parser("A recurrent net with all weights one and linear activations, step by step.");
  options.add_to(parser, "Nothing is trained here: taken so that all examples are called alike");
  if (const auto code = parser.parse(argc, argv)) return *code;
  options.apply();

  const Tensor inputs = tensor({{1.0, 1.0}, {1.0, 1.0}, {2.0, 2.0}});
  const Tensor expected = tensor({{4.0, 4.0}, {12.0, 12.0}, {32.0, 32.0}});
  const Tensor outputs = by_hand(inputs);
  const Tensor layer_outputs = as_layers(inputs);
  for (std::int64_t step = 0; step < inputs.size(0); ++step) {
    const auto pair = [&](const Tensor& rows) {
      return fmt::format("({:g}, {:g})", rows[step][0].item<double>(), rows[step][1].item<double>());
    };
    fmt::print("input {}  output {}  as layers {}\n", pair(inputs), pair(outputs), pair(layer_outputs));
  }
  const auto error = [&](const Tensor& result) { return (result - expected).abs().max().item<double>(); };
  support::print_result({{"max_error", std::max(error(outputs), error(layer_outputs))}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
