#include "model.h"

#include <algorithm>

namespace recognise {

using namespace xgrad;

namespace {

constexpr std::int64_t window = sample_rate / 50;
constexpr std::int64_t hop = sample_rate / 100;
constexpr std::int64_t classes = 11;

}  // namespace

Batch make_batch(const std::vector<Recording>& recordings) {
  TensorList samples;
  std::vector<std::int64_t> lengths;
  std::vector<std::int64_t> digits;
  std::vector<std::int64_t> counts;
  for (const Recording& recording : recordings) {
    samples.push_back(recording.samples);
    lengths.push_back(recording.samples.numel());
    digits.insert(digits.end(), recording.digits.begin(), recording.digits.end());
    counts.push_back(static_cast<std::int64_t>(recording.digits.size()));
  }
  return {nn::utils::rnn::pad_sequence(samples, true).unsqueeze(1), tensor(lengths), tensor(digits), tensor(counts)};
}

RecogniserImpl::RecogniserImpl(std::int64_t channels, std::int64_t hidden)
    : hear_(register_module("hear", nn::Conv1d(nn::Conv1dOptions(1, channels, window).stride(hop)))),
      hear_norm_(register_module("hear_norm", nn::BatchNorm1d(channels))),
      join_(register_module("join", nn::Conv1d(nn::Conv1dOptions(channels, channels, 5).stride(2).padding(2)))),
      join_norm_(register_module("join_norm", nn::BatchNorm1d(channels))),
      recurrent_(register_module("recurrent", nn::GRU(nn::GRUOptions(channels, hidden).bidirectional(true)))),
      output_(register_module("output", nn::Linear(2 * hidden, classes))) {}

std::tuple<Tensor, Tensor> RecogniserImpl::forward(const Tensor& samples, const Tensor& lengths) {
  const Tensor loudness = hear_norm_(log1p(square(hear_(samples)) * 10));
  const Tensor features = relu(join_norm_(join_(loudness)));  // (batch, channels, steps)
  std::vector<std::int64_t> steps;
  for (const std::int64_t length : lengths.to_vector<std::int64_t>()) {
    const std::int64_t heard = (length - window) / hop + 1;
    steps.push_back((heard - 1) / 2 + 1);
  }
  const Tensor counts = tensor(steps);
  const auto packed = nn::utils::rnn::pack_padded_sequence(features.permute({2, 0, 1}), counts, false, false);
  const auto outputs = std::get<0>(recurrent_->forward_with_packed_input(packed));
  return {output_(std::get<0>(nn::utils::rnn::pad_packed_sequence(outputs))).log_softmax(2), counts};
}

std::vector<std::int64_t> collapse(const std::vector<std::int64_t>& path) {
  std::vector<std::int64_t> digits;
  for (std::size_t t = 0; t < path.size(); ++t) {
    if (path[t] != 0 && (t == 0 || path[t] != path[t - 1])) digits.push_back(path[t]);
  }
  return digits;
}

std::vector<std::vector<std::int64_t>> transcribe(Recogniser& model, const std::vector<Recording>& recordings) {
  constexpr std::size_t at_once = 50;
  const NoGradGuard no_grad;
  const bool training = model->is_training();
  model->eval();
  std::vector<std::vector<std::int64_t>> texts;
  for (std::size_t begin = 0; begin < recordings.size(); begin += at_once) {
    const auto end = static_cast<std::ptrdiff_t>(std::min(recordings.size(), begin + at_once));
    const Batch batch = make_batch({recordings.begin() + static_cast<std::ptrdiff_t>(begin), recordings.begin() + end});
    const auto [scores, steps] = model->forward(batch.samples, batch.lengths);
    const Tensor best = scores.argmax(2);
    for (std::int64_t i = 0; i < best.size(1); ++i) {
      texts.push_back(collapse(best.select(1, i).narrow(0, 0, steps[i].item<std::int64_t>()).to_vector<std::int64_t>()));
    }
  }
  model->train(training);
  return texts;
}

}  // namespace recognise
