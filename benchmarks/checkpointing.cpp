// One backward pass through a long sequence, with the activations kept or computed again: peak memory and time.

#include <sys/resource.h>
#include <xgrad/xgrad.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <iostream>

namespace {

using namespace xgrad;

constexpr std::int64_t batch = 32;
constexpr std::int64_t features = 32;
constexpr std::int64_t hidden = 64;

/// The loss at the end of a sequence that an LSTM reads in segments; each keeps its activations, or its states only.
Tensor loss_of(nn::LSTM& lstm, const Tensor& x, std::int64_t segment, bool keeps_activations) {
  const std::function<TensorList(const TensorList&)> read = [&](const TensorList& inputs) {
    const auto [output, state] = lstm->forward(inputs[0], std::make_tuple(inputs[1], inputs[2]));
    return TensorList{std::get<0>(state), std::get<1>(state), output.square().sum()};
  };
  Tensor h = zeros({1, batch, hidden}, requires_grad());
  Tensor c = zeros({1, batch, hidden}, requires_grad());
  Tensor loss = zeros({});
  for (std::int64_t start = 0; start < x.size(0); start += segment) {
    const TensorList inputs{x.narrow(0, start, std::min(segment, x.size(0) - start)), h, c};
    const TensorList results = keeps_activations ? read(inputs) : utils::checkpoint(read, inputs);
    h = results[0];
    c = results[1];
    loss = loss + results[2];
  }
  return loss;
}

std::int64_t peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Peak memory and time of a backward pass, with and without checkpointing.");
  std::int64_t steps = 2000;
  bool checkpoint = false;
  app.add_option("--steps", steps, "Length of the sequence")->check(CLI::PositiveNumber);
  app.add_flag("--checkpoint", checkpoint, "Compute activations again in backward");
  CLI11_PARSE(app, argc, argv);

  manual_seed(0);
  nn::LSTM lstm(features, hidden);
  const Tensor x = randn({steps, batch, features});
  const auto segment = static_cast<std::int64_t>(std::sqrt(static_cast<double>(steps)));
  const std::int64_t before = peak_kib();
  const auto start = std::chrono::steady_clock::now();
  loss_of(lstm, x, segment, !checkpoint).backward();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::cout << "{\"peak_kib\": " << peak_kib() << ", \"before_kib\": " << before << ", \"seconds\": " << seconds.count()
            << "}\n";
}
