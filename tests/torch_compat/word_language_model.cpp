// A language model over words, trained in chunks whose state goes on, with classes of the program's own in `namespace
// torch`.
#include <torch/torch.h>

#include <cmath>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace torch {

// Names that a program may well give to classes of its own.
struct Checkpoint {
  double best = 1e9;
  int64_t epoch = -1;
  bool update(double loss, int64_t at) {
    if (loss >= best) return false;
    best = loss;
    epoch = at;
    return true;
  }
};

namespace models {

struct Value {
  double number;
};

struct RecurrentCellImpl : nn::Module {
  RecurrentCellImpl(int64_t input, int64_t hidden)
      : gates(register_module("gates", nn::Linear(input + hidden, 2 * hidden))),
        candidate(register_module("candidate", nn::Linear(input + hidden, hidden))) {}
  Tensor forward(const Tensor& x, const Tensor& h) {
    auto parts = sigmoid(gates->forward(cat({x, h}, 1))).chunk(2, 1);
    auto fresh = tanh(candidate->forward(cat({x, parts[0] * h}, 1)));
    return parts[1] * h + (1 - parts[1]) * fresh;
  }
  nn::Linear gates, candidate;
};
TORCH_MODULE(RecurrentCell);

}  // namespace models
}  // namespace torch

class Corpus {
 public:
  explicit Corpus(const std::string& text) {
    std::istringstream words(text);
    std::vector<int64_t> ids;
    for (std::string word; words >> word;) {
      auto [found, is_new] = index_.try_emplace(word, static_cast<int64_t>(index_.size()));
      ids.push_back(found->second);
    }
    tokens = torch::tensor(ids, torch::kInt64);
  }
  int64_t size() const { return static_cast<int64_t>(index_.size()); }
  torch::Tensor batchify(int64_t batch) const {
    const auto length = tokens.size(0) / batch;
    return tokens.narrow(0, 0, length * batch).view({batch, -1}).t().contiguous();
  }
  torch::Tensor tokens;

 private:
  std::map<std::string, int64_t> index_;
};

struct ModelImpl : torch::nn::Module {
  ModelImpl(int64_t words, int64_t width)
      : drop(register_module("drop", torch::nn::Dropout(0.0))),
        encoder(register_module("encoder", torch::nn::Embedding(words, width))),
        rnn(register_module("rnn", torch::nn::LSTM(torch::nn::LSTMOptions(width, width).num_layers(2)))),
        cell(register_module("cell", torch::models::RecurrentCell(width, width))),
        decoder(register_module("decoder", torch::nn::Linear(width, words))) {
    init_weights();
  }
  void init_weights() {
    torch::NoGradGuard no_grad;
    encoder->weight.uniform_(-0.5, 0.5);
    decoder->bias.zero_();
    torch::nn::init::uniform_(decoder->weight, -0.5, 0.5);
  }
  std::tuple<torch::Tensor, torch::Tensor> init_hidden(int64_t batch) {
    const auto weight = parameters()[0];
    return {torch::zeros({2, batch, 8}, weight.options()), torch::zeros({2, batch, 8}, weight.options())};
  }
  torch::Tensor forward(const torch::Tensor& input, std::tuple<torch::Tensor, torch::Tensor>& hidden) {
    auto embedded = drop(encoder(input));
    torch::Tensor output;
    std::tie(output, hidden) = rnn(embedded, hidden);
    std::vector<torch::Tensor> steps;
    auto state = torch::zeros_like(output[0]);
    for (const auto& step : output.unbind(0)) {
      state = cell(step, state);
      steps.push_back(state);
    }
    return torch::log_softmax(decoder(torch::stack(steps)), -1).flatten(0, 1);
  }
  torch::nn::Dropout drop;
  torch::nn::Embedding encoder;
  torch::nn::LSTM rnn;
  torch::models::RecurrentCell cell;
  torch::nn::Linear decoder;
};
TORCH_MODULE(Model);

std::tuple<torch::Tensor, torch::Tensor> repackage(const std::tuple<torch::Tensor, torch::Tensor>& hidden) {
  return {std::get<0>(hidden).detach(), std::get<1>(hidden).detach()};
}

int main() {
  torch::manual_seed(1111);
  std::string text;
  for (int i = 0; i < 40; ++i) text += "the cat sat on the mat and the dog saw the cat that sat on it <eos> ";
  const Corpus corpus(text);
  const auto data = corpus.batchify(4);
  std::cout << "words " << corpus.size() << " batches " << data.sizes() << '\n';

  Model model(corpus.size(), 8);
  torch::optim::SGD optimizer(model->parameters(), torch::optim::SGDOptions(4.0));
  torch::optim::StepLR scheduler(optimizer, 100, 0.5);
  torch::Checkpoint best;
  const int64_t bptt = 8;
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    model->train();
    auto hidden = model->init_hidden(4);
    double total = 0;
    int64_t count = 0;
    for (int64_t i = 0; i + 1 < data.size(0); i += bptt) {
      const auto length = std::min(bptt, data.size(0) - 1 - i);
      const auto input = data.slice(0, i, i + length);
      const auto target = data.slice(0, i + 1, i + 1 + length).reshape(-1);
      model->zero_grad();
      hidden = repackage(hidden);
      auto loss = torch::nn::functional::nll_loss(model->forward(input, hidden), target);
      loss.backward();
      torch::nn::utils::clip_grad_norm_(model->parameters(), 0.25);
      for (auto& p : model->parameters()) {
        if (p.grad().defined()) p.data().add_(p.grad(), -4.0);
      }
      total += loss.item<double>() * static_cast<double>(length);
      count += length;
    }
    scheduler.step();
    const double mean = total / static_cast<double>(count);
    std::cout << std::fixed << std::setprecision(3) << "epoch " << epoch << " loss " << mean << " perplexity "
              << std::exp(mean) << (best.update(mean, epoch) ? " best" : "") << '\n';
  }

  torch::NoGradGuard no_grad;
  model->eval();
  auto hidden = model->init_hidden(1);
  auto word = torch::zeros({1, 1}, torch::kLong);
  for (int i = 0; i < 8; ++i) {
    word = model->forward(word, hidden).argmax(1, true);
    std::cout << word.item<int64_t>() << ' ';
  }
  std::cout << "\nbest epoch " << best.epoch << ' ' << torch::models::Value{0.5}.number << '\n';
}
