/// The model: embedding, LSTM, and a score for each character, or word, that may come next.
#pragma once

#include <xgrad/xgrad.h>

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "../support/predictor.h"

namespace writing {

/// The text with Latin letters in lower case.
std::string lower(std::string text);

struct WriterImpl : xgrad::nn::Module {
  using State = std::optional<std::tuple<xgrad::Tensor, xgrad::Tensor>>;

  WriterImpl(std::int64_t tokens, std::int64_t embedding_size, std::int64_t hidden_size);
  /// (batch, time) -> (batch, time, tokens), and the state to go on from.
  std::tuple<xgrad::Tensor, State> forward(const xgrad::Tensor& tokens, const State& state = {});

  xgrad::nn::Embedding embedding;
  xgrad::nn::LSTM lstm;
  xgrad::nn::Linear output;
};
XGRAD_MODULE(Writer);

/// A model with all that is needed to use it.
struct TextWriter {
  xgrad::data::Vocab vocabulary;
  bool words = false;       ///< tokens are words and marks, not characters
  bool lower_case = false;  ///< Latin letters are in lower case
  std::int64_t embedding_size = 0;
  std::int64_t hidden_size = 0;
  Writer model{nullptr};

  void save(const std::string& path) const;
  static TextWriter load(const std::string& path);

  /// Throws ValueError for a character that the text did not have.
  std::vector<std::int64_t> encode(const std::string& text) const;
  /// Continues `prompt` by `length` tokens. A low temperature takes the likeliest ones, a high one also unlikely ones.
  std::string continue_text(const std::string& prompt, std::int64_t length,
                            const xgrad::nn::decoding::SamplingOptions& sampling) const;
  /// How surprised the model is by tokens (time), which each are foretold from those before.
  xgrad::metrics::Perplexity surprise(const xgrad::Tensor& tokens) const;
};

/// Answers each line with what may follow it, and its own perplexity.
support::Predictor load_predictor(const std::string& path, std::int64_t length = 200,
                                  const xgrad::nn::decoding::SamplingOptions& sampling = {.temperature = 0.5});

}  // namespace writing
