#include "../support/language.h"
#include "model.h"

namespace parallel {

using namespace xgrad;

WordModelImpl::WordModelImpl(std::int64_t words, std::int64_t embedding_size, std::int64_t hidden_size, double dropout_share,
                             bool is_sharded) {
  if (is_sharded) sharded = register_module("embedding", nn::ShardedEmbedding(words, embedding_size));
  else embedding = register_module("embedding", nn::Embedding(nn::EmbeddingOptions(words, embedding_size).sparse(true)));
  lstm = register_module("lstm", nn::LSTM(nn::LSTMOptions(embedding_size, hidden_size).batch_first(true)));
  dropout = register_module("dropout", nn::Dropout(dropout_share));
  output = register_module("output", nn::Linear(hidden_size, words));
}

Tensor WordModelImpl::forward(const Packed& sentences) {
  const Tensor rows = sharded ? sharded(sentences.data()) : embedding(sentences.data());
  const Packed vectors(dropout(rows), sentences.batch_sizes(), sentences.sorted_indices(), sentences.unsorted_indices());
  const auto [hidden, state] = lstm->forward_with_packed_input(vectors);
  return output(dropout(hidden.data()));
}

Sentences split_sentences(const std::string& text, std::size_t most) {
  const std::vector<std::string> words = support::split_words(text);
  data::TokenCounts counts;
  data::count_tokens(words, counts);
  const data::Vocab vocabulary = data::build_vocab(counts);
  Sentences sentences;
  sentences.words = static_cast<std::int64_t>(vocabulary.size());
  std::vector<std::int64_t> sentence;
  for (const std::string& word : words) {
    sentence.push_back(vocabulary.lookup_indices({word}).front());
    const bool ends = word == "." || word == "!" || word == "?" || sentence.size() == most;
    if (!ends || sentence.size() < 2) continue;  // of one word, nothing can be foretold
    sentences.lengths.push_back(static_cast<std::int64_t>(sentence.size()) - 1);
    sentences.numbers.push_back(std::exchange(sentence, {}));
  }
  return sentences;
}

SentenceBatch collate(const std::vector<std::vector<std::int64_t>>& sentences) {
  TensorList inputs;
  TensorList targets;
  for (const auto& sentence : sentences) {
    const Tensor words = tensor(sentence);
    inputs.push_back(words.slice(0, 0, -1));
    targets.push_back(words.slice(0, 1));
  }
  return {nn::utils::rnn::pack_sequence(inputs, false), nn::utils::rnn::pack_sequence(targets, false).data()};
}

}  // namespace parallel
