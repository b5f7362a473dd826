/// The model: embedding, recurrent layer over packed sequences, two linear layers.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <variant>

namespace sentiment {

struct ModelOptions {
  std::int64_t vocabulary = 0;
  std::string cell = "lstm";
  std::int64_t layers = 1;
  bool bidirectional = false;
};

/// Reviews of one batch: word numbers (batch, longest), lengths and labels (batch).
struct Batch {
  xgrad::Tensor words;
  xgrad::Tensor lengths;
  xgrad::Tensor labels;
};

class ClassifierImpl : public xgrad::nn::Module {
 public:
  explicit ClassifierImpl(const ModelOptions& options);
  /// The probability that each review is good: (batch).
  xgrad::Tensor forward(const Batch& batch);

 private:
  /// The state after the last word, of the last layer; of both directions side by side.
  xgrad::Tensor last_state(const xgrad::nn::utils::rnn::PackedSequence& words);

  static constexpr std::int64_t embedding_size = 32;
  static constexpr std::int64_t hidden_size = 50;

  ModelOptions options_;
  xgrad::nn::Embedding embedding_;
  std::variant<xgrad::nn::LSTM, xgrad::nn::GRU, xgrad::nn::RNN> recurrent_;
  xgrad::nn::Linear hidden_;
  xgrad::nn::Linear output_;
};
XGRAD_MODULE(Classifier);

/// A bag of words: the mean of word vectors, which knows nothing of their order. For comparison.
class BagOfWordsImpl : public xgrad::nn::Module {
 public:
  explicit BagOfWordsImpl(const ModelOptions& options);
  xgrad::Tensor forward(const Batch& batch);

 private:
  xgrad::nn::Embedding embedding_;
  xgrad::nn::Linear hidden_;
  xgrad::nn::Linear output_;
};
XGRAD_MODULE(BagOfWords);

}  // namespace sentiment
