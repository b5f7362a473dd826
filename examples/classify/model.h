/// The model: vectors of words or characters, a recurrent layer, and a score for each class from its last state, or from the
/// mean and the greatest of its outputs over time.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

#include "../support/labelled.h"
#include "../support/predictor.h"
#include "../support/recurrent.h"
#include "../support/text_coder.h"

namespace classify {

struct ModelOptions {
  std::string cell = "lstm";
  std::int64_t tokens = 0;
  std::int64_t features = 0;  ///< of a token's vector
  std::int64_t hidden = 128;
  std::int64_t classes = 0;
  bool bidirectional = false;
  support::Pooling pooling = support::Pooling::Last;
  double dropout = 0.3;     ///< share of the inputs that are dropped while training, and of the state
  double word_dropout = 0;  ///< share of the tokens that count as `unknown` while training
  std::int64_t unknown = support::unknown_token;
};

struct ClassifierImpl : xgrad::nn::Module {
  /// With `vectors` (tokens, features), these are taken, and not trained.
  explicit ClassifierImpl(const ModelOptions& options, const xgrad::Tensor& vectors = {});
  /// (batch, classes)
  xgrad::Tensor forward(const xgrad::nn::utils::rnn::PackedSequence& tokens);

  xgrad::nn::Embedding embedding;
  support::Recurrent recurrent;
  xgrad::nn::Dropout drop;
  xgrad::nn::Linear output;

 private:
  double word_dropout_;
  std::int64_t unknown_;
};
XGRAD_MODULE(Classifier);

/// A model with all that is needed to use it.
struct TitleClassifier {
  ModelOptions options;
  Classifier model;
  support::TextCoder coder;
  std::vector<std::string> classes;
  bool padded = false;  ///< fills all texts up to 32 tokens, and reads the filling as well

  xgrad::nn::utils::rnn::PackedSequence pack(const std::vector<std::vector<std::int64_t>>& sequences) const;
  /// In evaluation, outside the graph: (sequences, classes).
  xgrad::Tensor probabilities(const std::vector<std::vector<std::int64_t>>& sequences) const;
  void save(const std::string& path) const;
  static TitleClassifier load(const std::string& path);
};

/// Answers with a label and the probability of each class.
support::Predictor load_predictor(const std::string& path);

}  // namespace classify
