/// Teaches a recurrent net to turn "hello" into "ohlol", in three ways.
#include <fmt/core.h>

#include <string>

#include "support/program.h"
#include "support/training.h"

namespace {

using namespace xgrad;

const std::string alphabet = "ehlo";

/// The numbers of a text's characters.
Tensor encode(const std::string& text) {
  std::vector<std::int64_t> numbers;
  for (const char c : text) numbers.push_back(static_cast<std::int64_t>(alphabet.find(c)));
  return tensor(numbers);
}

/// The most likely character at each step of (time, 4).
std::string decode(const Tensor& scores) {
  std::string text;
  for (const auto number : scores.argmax(1).to_vector<std::int64_t>()) text += alphabet[static_cast<std::size_t>(number)];
  return text;
}

/// An RNNCell, called for one character after the other.
struct SteppedImpl : nn::Module {
  Tensor forward(const Tensor& characters) {
    const Tensor inputs = one_hot(characters, 4).to(kFloat32);
    Tensor hidden = zeros({1, 8});
    TensorList scores;
    for (const Tensor& x : inputs.split(1)) scores.push_back(linear(hidden = cell(x, hidden)));
    return cat(scores);
  }
  nn::RNNCell cell = register_module("cell", nn::RNNCell(4, 8));
  nn::Linear linear = register_module("linear", nn::Linear(8, 4));
};
XGRAD_MODULE(Stepped);

/// An RNN over the whole sequence.
struct WholeImpl : nn::Module {
  Tensor forward(const Tensor& characters) { return linear(std::get<0>(rnn->forward(one_hot(characters, 4).to(kFloat32)))); }
  nn::RNN rnn = register_module("rnn", nn::RNN(4, 8));
  nn::Linear linear = register_module("linear", nn::Linear(8, 4));
};
XGRAD_MODULE(Whole);

/// Embedding, an RNN of two layers, and a linear layer that scores.
struct EmbeddedImpl : nn::Module {
  Tensor forward(const Tensor& characters) { return linear(std::get<0>(rnn->forward(embedding(characters)))); }
  nn::Embedding embedding = register_module("embedding", nn::Embedding(4, 10));
  nn::RNN rnn = register_module("rnn", nn::RNN(nn::RNNOptions(10, 8).num_layers(2)));
  nn::Linear linear = register_module("linear", nn::Linear(8, 4));
};
XGRAD_MODULE(Embedded);

/// Prints what is predicted in each epoch; returns whether it is right at the end.
template <class Model>
bool learn(const char* name, double learning_rate, const support::CommonOptions& options, support::Panel& panel) {
  const Tensor input = encode("hello");
  const Tensor target = encode("ohlol");
  Model model;
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(learning_rate));
  support::Training training(options, name, *model, optimizer);
  training.set_quiet();
  while (training.next_epoch(1, "steps")) {
    if (training.first_step() == 0) {  // or the run is resumed after it
      optimizer.zero_grad();
      const Tensor scores = model(input);
      const Tensor loss = nn::functional::cross_entropy(scores, target);
      loss.backward();
      optimizer.step();
      fmt::print("{} epoch {}/{}: {} loss {:.4f}\n", name, training.epoch(), options.epochs, decode(scores),
                 loss.item<double>());
      training.step(1, {{"loss", loss.item<double>()}});
    }
    training.end_epoch();
  }
  const std::string predicted = decode(model(input));
  fmt::print("{}: hello -> {}\n\n", name, predicted);
  panel.series.push_back(training.curves().at(0).series.at(0));
  panel.series.back().title = name;
  return predicted == "ohlol";
}

int program(int argc, char** argv) {
  support::CommonOptions options{.epochs = 15};
  support::OptionParser parser(
      "Teaches \"hello\" -> \"ohlol\" to an RNNCell, to an RNN, and to an embedding with an RNN of two layers.");
  options.add_training_to(parser);
  if (const auto code = parser.parse(argc, argv)) return *code;
  options.apply();

  support::Panel panel{.title = "hello -> ohlol", .x_label = "epoch", .y_label = "loss", .series = {}};
  int correct = 0;
  correct += learn<Stepped>("cell", 0.1, options, panel) ? 1 : 0;
  correct += learn<Whole>("sequence", 0.05, options, panel) ? 1 : 0;
  correct += learn<Embedded>("embedding", 0.05, options, panel) ? 1 : 0;
  if (!options.plot.empty()) support::plot(options.plot, {panel});
  support::print_result({{"correct", correct}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
