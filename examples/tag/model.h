/// The model: a vector for each word, and what a GRU makes of its letters; an LSTM over the sentence in both directions; a
/// score for each tag at each word; and, where wanted, a conditional random field, in which tags depend on their neighbours.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

#include "../support/predictor.h"
#include "../support/recurrent.h"

namespace tagging {

struct ModelOptions {
  std::int64_t words = 0;
  std::int64_t letters = 0;  ///< 0: words are not spelt
  std::int64_t tags = 0;
  std::int64_t features = 16;                  ///< of a word's vector
  std::int64_t hidden = 32;                    ///< of the LSTM, in each direction
  double dropout = 0;                          ///< share of the features that are dropped while training
  bool crf = false;                            ///< whether there is a conditional random field
  std::string scheme = {};                     ///< of the tags, where the field keeps to one: "IOB2" or "BIOES"
  xgrad::nn::TagConstraints constraints = {};  ///< that follow from it
  double word_dropout = 0;  ///< share of the words that count as unknown while training, so that these are learnt as well
};

/// Sentences of different lengths, packed: words, the letters of each of these words, and tags, all in the same order.
struct Batch {
  xgrad::nn::utils::rnn::PackedSequence words;
  xgrad::nn::utils::rnn::PackedSequence letters;
  xgrad::Tensor tags;
};

class TaggerImpl : public xgrad::nn::Module {
 public:
  explicit TaggerImpl(const ModelOptions& options);
  /// A row of scores for each word of the batch.
  xgrad::Tensor forward(const Batch& batch);
  /// What training makes small, of these scores: the cross entropy of the words' tags, or of whole sentences'.
  xgrad::Tensor loss(const xgrad::Tensor& scores, const Batch& batch) const;
  /// The probability of each tag at each word of the batch.
  xgrad::nn::utils::rnn::PackedSequence probabilities(const xgrad::Tensor& scores, const Batch& batch) const;
  /// The likeliest tags of each sentence: of its words one by one, or all together.
  std::vector<std::vector<std::int64_t>> tags(const xgrad::Tensor& scores, const Batch& batch) const;

 private:
  ModelOptions options_;
  xgrad::nn::Embedding embedding_;
  xgrad::nn::LSTM lstm_;
  xgrad::nn::Linear output_;
  xgrad::nn::LinearChainCRF crf_{nullptr};
  xgrad::nn::Dropout dropout_{nullptr};
  xgrad::nn::Embedding letter_embedding_{nullptr};
  support::Recurrent spelling_{nullptr};
};
XGRAD_MODULE(Tagger);

/// A model with all that is needed to use it.
struct SentenceTagger {
  ModelOptions options;
  Tagger model{nullptr};
  xgrad::data::Vocab words;    ///< 0 is unknown
  xgrad::data::Vocab letters;  ///< likewise; empty where words are not spelt
  xgrad::data::Vocab tags;     ///< 0 is one that the training data do not have, which is never said

  /// Learns the vocabularies of sentences, and makes a model for them. The sizes in `options` that they give are set.
  static SentenceTagger make(const std::vector<xgrad::data::TaggedSentence>& sentences, ModelOptions options, bool spell);
  void save(const std::string& path) const;
  static SentenceTagger load(const std::string& path);

  Batch batch(const std::vector<xgrad::data::TaggedSentence>& sentences) const;
  /// The likeliest tags, in evaluation.
  std::vector<std::vector<std::string>> tag(const std::vector<xgrad::data::TaggedSentence>& sentences) const;
  /// As above, and the probability of each tag at each word: one tensor (words, tags) for each sentence.
  std::pair<std::vector<std::vector<std::string>>, xgrad::TensorList> tag_with_probabilities(
      const std::vector<xgrad::data::TaggedSentence>& sentences) const;

 private:
  /// With the vocabularies that there are.
  void make_model(ModelOptions given);
  /// function(scores, batch) of sentences, in evaluation.
  template <class Function>
  auto evaluated(const std::vector<xgrad::data::TaggedSentence>& sentences, const Function& function) const;
};

/// Answers lines of words between spaces with their tags, the probability of each, and the least of these.
support::Predictor load_predictor(const std::string& path);

}  // namespace tagging
