/// Training runs that go from Python to C++ and back: tests/golden/make_pytorch_files.py has the same in Python.
#pragma once

#include <xgrad/xgrad.h>

#include <memory>
#include <string>
#include <vector>

namespace xgrad::test {

/// A recurrent layer and a linear one, as the "config" of a file has them.
struct TravellingModel : nn::Module {
  explicit TravellingModel(const Value& config) {
    const std::string& kind = config.at("kind").to_string();
    const auto hidden = config.at("hidden_size").to_int();
    const bool bidirectional = config.contains("bidirectional") && config.at("bidirectional").to_bool();
    const auto fill = [&](auto options) {
      if (config.contains("num_layers")) options.num_layers(config.at("num_layers").to_int());
      if (config.contains("bias")) options.bias(config.at("bias").to_bool());
      return options.bidirectional(bidirectional);
    };
    const auto input = config.at("input_size").to_int();
    if (kind == "RNN") {
      const bool relu = config.contains("nonlinearity") && config.at("nonlinearity").to_string() == "relu";
      rnn = register_module(
          "rnn",
          nn::RNN(
              fill(nn::RNNOptions(input, hidden)).nonlinearity(relu ? nn::RNNOptions::Nonlinearity(nn::kReLU) : nn::kTanh)));
    } else if (kind == "LSTM") {
      lstm = register_module("rnn", nn::LSTM(fill(nn::LSTMOptions(input, hidden))));
    } else {
      gru = register_module("rnn", nn::GRU(fill(nn::GRUOptions(input, hidden))));
    }
    linear = register_module("linear", nn::Linear(hidden * (bidirectional ? 2 : 1), 1));
  }

  Tensor forward(const Tensor& x) {
    const Tensor output = rnn    ? std::get<0>(rnn->forward(x))
                          : lstm ? std::get<0>(lstm->forward(x))
                                 : std::get<0>(gru->forward(x));
    return linear->forward(output.select(0, -1));
  }

  nn::RNN rnn = nullptr;
  nn::LSTM lstm = nullptr;
  nn::GRU gru = nullptr;
  nn::Linear linear = nullptr;
};

/// Model, optimizer and data of a file.
class TravellingRun {
 public:
  explicit TravellingRun(const Value& file)
      : config_(file.at("config")),
        inputs_(file.at("inputs").to_tensor()),
        targets_(file.at("targets").to_tensor()),
        model_(file.at("config")) {
    model_.to(inputs_.dtype());
    nn::load_state_dict(model_, named_tensors(file.at("model")));
    const std::string& name = config_.at("optimizer").to_string();
    // The options come with the state.
    if (name == "Adam") optimizer_ = std::make_unique<optim::Adam>(model_.parameters());
    if (name == "AdamW") optimizer_ = std::make_unique<optim::AdamW>(model_.parameters());
    if (name == "SGD") optimizer_ = std::make_unique<optim::SGD>(model_.parameters(), optim::SGDOptions(1));
    if (name == "RMSprop") optimizer_ = std::make_unique<optim::RMSprop>(model_.parameters());
    if (name == "Adagrad") optimizer_ = std::make_unique<optim::Adagrad>(model_.parameters());
    if (!optimizer_) throw ValueError("no optimizer " + name);
    optimizer_->load_state_dict(file.at("optimizer"));
  }

  std::vector<double> train(int steps) {
    std::vector<double> losses;
    for (int step = 0; step < steps; ++step) {
      optimizer_->zero_grad();
      const Tensor loss = nn::functional::mse_loss(model_.forward(inputs_), targets_);
      loss.backward();
      optimizer_->step();
      losses.push_back(loss.item<double>());
    }
    return losses;
  }

  /// What a file of the run holds.
  Value state(const std::vector<double>& losses) const {
    Value::Dict model;
    for (const auto& [name, tensor] : nn::state_dict(model_)) model[name] = tensor;
    return Value::Dict{{"config", config_},
                       {"inputs", inputs_},
                       {"targets", targets_},
                       {"model", model},
                       {"optimizer", optimizer_->state_dict()},
                       {"losses", Value::List(losses.begin(), losses.end())}};
  }

 private:
  Value config_;
  Tensor inputs_;
  Tensor targets_;
  TravellingModel model_;
  std::unique_ptr<optim::Optimizer> optimizer_;
};

}  // namespace xgrad::test
