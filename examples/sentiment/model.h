/// The model: embedding, recurrent layer over packed sequences, two linear layers.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

#include "../support/predictor.h"
#include "../support/recurrent.h"
#include "../support/text_coder.h"

namespace sentiment {

struct ModelOptions {
  std::int64_t vocabulary = 0;
  std::int64_t classes = 2;
  std::int64_t features = 32;  ///< of a word's vector
  std::string cell = "lstm";
  std::int64_t layers = 1;
  bool bidirectional = false;
  double dropout = 0;  ///< share of the inputs of layers that are dropped while training

  /// Two classes need one score: how likely it is the second.
  std::int64_t scores() const { return classes == 2 ? 1 : classes; }
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
  /// (batch, scores)
  xgrad::Tensor forward(const Batch& batch);
  /// Begins with these vectors of words, (vocabulary, features); that of the padding stays zero.
  void set_vectors(const xgrad::Tensor& vectors);

 private:
  xgrad::nn::Embedding embedding_;
  support::Recurrent recurrent_;
  xgrad::nn::Dropout dropout_;
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

/// The mean negative logarithm of the right class's probability, from scores.
xgrad::Tensor loss_of(const xgrad::Tensor& scores, const xgrad::Tensor& labels);
/// The probability of each class, from scores: (batch, classes).
xgrad::Tensor probabilities_of(const xgrad::Tensor& scores);

/// Pads the reviews of a batch to the longest.
Batch make_batch(const std::vector<std::vector<std::int64_t>>& reviews, const std::vector<std::int64_t>& labels);

/// The probabilities of reviews, in evaluation and outside the graph.
template <class Model>
xgrad::Tensor probabilities(const Model& model, const std::vector<std::vector<std::int64_t>>& reviews) {
  const xgrad::NoGradGuard no_grad;
  const bool training = model->is_training();
  model->eval();
  const xgrad::Tensor result = probabilities_of(model(make_batch(reviews, std::vector<std::int64_t>(reviews.size(), 0))));
  model->train(training);
  return result;
}

/// A model with all that is needed to use it: one file.
struct SentimentClassifier {
  ModelOptions options;
  Classifier model;
  support::TextCoder coder;
  std::vector<std::string> classes;

  void save(const std::string& path) const;
  static SentimentClassifier load(const std::string& path);
};

/// Answers with a label and the probability of each class.
support::Predictor load_predictor(const std::string& path);

}  // namespace sentiment
