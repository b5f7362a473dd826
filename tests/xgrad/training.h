/// A small training run with everything that has a state, for the tests of checkpoints.
#pragma once

#include <xgrad/xgrad.h>

#include <sstream>
#include <string>

namespace xgrad {

struct TinyModelImpl : nn::Module {
  TinyModelImpl()
      : lstm(register_module("lstm", nn::LSTM(nn::LSTMOptions(3, 8).num_layers(2).batch_first(true).dropout(0.3)))),
        norm(register_buffer("norm", zeros({1}))),
        linear(register_module("linear", nn::Linear(8, 1))) {}
  Tensor forward(const Tensor& x) {
    norm.add_(x.detach().abs().mean());
    return linear->forward(std::get<0>(lstm->forward(x)).select(1, -1));
  }
  nn::LSTM lstm;
  Tensor norm;
  nn::Linear linear;
};
XGRAD_MODULE(TinyModel);

/// Dropout draws from the default generator, Adam and the schedule have states, and the loader shuffles.
struct TrainingRun {
  explicit TrainingRun(const std::string& folder, std::uint64_t seed = 1, CheckpointOptions options = {})
      : model((manual_seed(seed), TinyModel())),
        optimizer(model->parameters(), optim::AdamOptions(0.01).amsgrad(true)),
        scheduler(optimizer, 2, 0.5),
        loader(examples(), {.batch_size = 4, .shuffle = true, .num_workers = 1}),
        checkpoint(folder, options) {
    checkpoint.add("model", model).add("optimizer", optimizer).add("scheduler", scheduler).add("loader", loader);
  }

  static std::vector<Tensor> examples() {
    std::vector<Tensor> result;
    Generator generator(7);
    for (int i = 0; i < 22; ++i) result.push_back(randn({5, 3}, generator));
    return result;
  }

  /// Trains to the end of the given epoch, at most `most_steps` steps, with a checkpoint after every `every` steps.
  void train(std::uint64_t epochs, std::int64_t most_steps, std::int64_t every) {
    while (loader.epoch() < epochs) {
      for (const Tensor& batch : loader) {
        if (most_steps-- == 0) return;
        optimizer.zero_grad();
        const Tensor loss = (model->forward(batch) - batch.sum({1, 2}).unsqueeze(1)).square().mean();
        loss.backward();
        optimizer.step();
        if (++step % every == 0) checkpoint.save(step, loss.item<double>(), Value::Dict{{"note", "in an epoch"}});
      }
      scheduler.step();
    }
  }

  void resume() {
    if (const auto progress = checkpoint.resume()) step = progress->step;
  }

  /// Every bit of the state that decides how the run goes on.
  std::string bits() const {
    std::ostringstream text;
    text << std::hexfloat << step << ' ' << default_generator().get_state() << scheduler.get_last_lr().front();
    for (const auto& [name, tensor] : nn::state_dict(*model)) {
      for (const float value : tensor.to_vector<float>()) text << ' ' << value;
    }
    for (const auto& [name, tensor] : named_tensors(optimizer.state_dict())) {
      for (const double value : tensor.to_vector<double>()) text << ' ' << value;
    }
    return text.str();
  }

  TinyModel model;
  optim::Adam optimizer;
  optim::StepLR scheduler;
  data::DataLoader<Tensor, Tensor> loader;
  Checkpoint checkpoint;
  std::int64_t step = 0;
};

}  // namespace xgrad
