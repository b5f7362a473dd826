/// What recognises: convolutions over samples, a recurrent layer over their features, and scores of digits at each step.
#pragma once

#include <xgrad/xgrad.h>

#include <vector>

#include "tones.h"

namespace recognise {

/// Recordings one beside the other, filled up with silence.
struct Batch {
  xgrad::Tensor samples;       ///< (batch, 1, time)
  xgrad::Tensor lengths;       ///< (batch), of samples
  xgrad::Tensor digits;        ///< of all recordings, one after the other
  xgrad::Tensor digit_counts;  ///< (batch)
};

Batch make_batch(const std::vector<Recording>& recordings);

/// Each step of the first convolution hears 20 milliseconds and goes on by 10; what counts of a tone is its loudness,
/// whatever its phase. The second convolution puts two steps together. A GRU in both directions and a linear layer score the
/// blank and the ten digits every 20 milliseconds. Without the normalisation CTC learns nothing but blanks for long.
class RecogniserImpl : public xgrad::nn::Module {
 public:
  RecogniserImpl(std::int64_t channels, std::int64_t hidden);
  /// Logarithms of probabilities (steps, batch, 11), and how many steps each recording has.
  std::tuple<xgrad::Tensor, xgrad::Tensor> forward(const xgrad::Tensor& samples, const xgrad::Tensor& lengths);

 private:
  xgrad::nn::Conv1d hear_;
  xgrad::nn::BatchNorm1d hear_norm_;
  xgrad::nn::Conv1d join_;
  xgrad::nn::BatchNorm1d join_norm_;
  xgrad::nn::GRU recurrent_;
  xgrad::nn::Linear output_;
};
XGRAD_MODULE(Recogniser);

/// The likeliest digit or blank of each step, those that follow one another taken together, without blanks.
std::vector<std::int64_t> collapse(const std::vector<std::int64_t>& path);

/// What the model hears in recordings, by the likeliest path of each.
std::vector<std::vector<std::int64_t>> transcribe(Recogniser& model, const std::vector<Recording>& recordings);

}  // namespace recognise
