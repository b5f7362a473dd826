/// The model: embedding, recurrent layer over packed sequences, two linear layers.
#pragma once

#include <xgrad/xgrad.h>

#include <string>

#include "../support/recurrent.h"

namespace sentiment {

struct ModelOptions {
  std::int64_t vocabulary = 0;
  std::string cell = "lstm";
  std::int64_t layers = 1;
  bool bidirectional = false;
  double dropout = 0;  ///< share of the inputs of layers that are dropped while training
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

}  // namespace sentiment
