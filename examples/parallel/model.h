/// A language model of words: a table with sparse gradients, an LSTM over packed sentences, a score for each word.
#pragma once

#include <xgrad/distributed.h>
#include <xgrad/xgrad.h>

#include <string>
#include <vector>

namespace parallel {

struct WordModelImpl : xgrad::nn::Module {
  using Packed = xgrad::nn::utils::rnn::PackedSequence;

  /// `sharded`: each rank keeps a part of the table.
  WordModelImpl(std::int64_t words, std::int64_t embedding_size, std::int64_t hidden_size, double dropout_share,
                bool sharded);
  /// The scores of the word that follows each: (words of all sentences, vocabulary), in the order of the packed data.
  xgrad::Tensor forward(const Packed& sentences);

  xgrad::nn::Embedding embedding{nullptr};       ///< this,
  xgrad::nn::ShardedEmbedding sharded{nullptr};  ///< or this
  xgrad::nn::LSTM lstm{nullptr};
  xgrad::nn::Dropout dropout;
  xgrad::nn::Linear output{nullptr};
};
XGRAD_MODULE(WordModel);

/// Sentences as numbers of words.
struct Sentences {
  std::vector<std::vector<std::int64_t>> numbers;
  std::vector<std::int64_t> lengths;  ///< words that are to be foretold in each
  std::int64_t words = 0;             ///< different ones
};

/// Cuts a text into sentences of at most `most` words, and numbers its words.
Sentences split_sentences(const std::string& text, std::size_t most);

/// Some sentences, each without its last word, and what follows each word.
struct SentenceBatch {
  WordModelImpl::Packed input;
  xgrad::Tensor target;
};
SentenceBatch collate(const std::vector<std::vector<std::int64_t>>& sentences);

}  // namespace parallel
