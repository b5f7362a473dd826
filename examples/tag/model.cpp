#include "model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <sstream>

#include "../support/model_info.h"

namespace tagging {

using namespace xgrad;
using nn::utils::rnn::PackedSequence;

namespace {

constexpr std::int64_t letter_features = 24;
constexpr std::int64_t spelling_size = 32;  // in each direction

std::int64_t input_size(const ModelOptions& options) {
  return options.features + (options.letters > 0 ? 2 * spelling_size : 0);
}

PackedSequence with_data(const PackedSequence& sequences, Tensor data) {
  return {std::move(data), sequences.batch_sizes(), sequences.sorted_indices(), sequences.unsorted_indices()};
}

}  // namespace

TaggerImpl::TaggerImpl(const ModelOptions& options)
    : options_(options),
      embedding_(register_module("embedding", nn::Embedding(options.words, options.features))),
      lstm_(register_module("lstm", nn::LSTM(nn::LSTMOptions(input_size(options), options.hidden).bidirectional(true)))),
      output_(register_module("output", nn::Linear(2 * options.hidden, options.tags))) {
  if (options.letters == 0) return;
  dropout_ = register_module("dropout", nn::Dropout(options.dropout));
  letter_embedding_ = register_module("letter_embedding", nn::Embedding(options.letters, letter_features));
  spelling_ = register_module("spelling",
                              support::Recurrent(support::RecurrentOptions{
                                  .cell = "gru", .input = letter_features, .hidden = spelling_size, .bidirectional = true}));
}

Tensor TaggerImpl::forward(const Batch& batch) {
  Tensor words = batch.words.data();
  if (is_training() && options_.word_dropout > 0) words = words * rand({words.numel()}).ge(options_.word_dropout).to(kInt64);
  Tensor features = embedding_(words);
  if (spelling_) features = dropout_(cat({features, spelling_(support::embed(letter_embedding_, batch.letters))}, 1));
  const Tensor states = std::get<0>(lstm_->forward_with_packed_input(with_data(batch.words, features))).data();
  return output_(dropout_ ? dropout_(states) : states);
}

SentenceTagger SentenceTagger::make(const std::vector<data::TaggedSentence>& sentences, ModelOptions options, bool spell) {
  SentenceTagger tagger;
  data::TokenCounts words;
  data::TokenCounts letters;
  data::TokenCounts tags;
  for (const data::TaggedSentence& sentence : sentences) {
    data::count_tokens(sentence.words, words);
    data::count_tokens(sentence.tags, tags);
    if (!spell) continue;
    for (const std::string& word : sentence.words) data::count_tokens(data::tokenize_characters(word), letters);
  }
  tagger.words = data::build_vocab(words, {.specials = {"<unk>"}, .default_index = 0});
  tagger.tags = data::build_vocab(tags, {.specials = {"<unk>"}, .default_index = 0});
  if (spell) tagger.letters = data::build_vocab(letters, {.specials = {"<unk>"}, .default_index = 0});
  options.words = static_cast<std::int64_t>(tagger.words.size());
  options.letters = static_cast<std::int64_t>(tagger.letters.size());
  options.tags = static_cast<std::int64_t>(tagger.tags.size());
  tagger.options = options;
  tagger.model = Tagger(options);
  return tagger;
}

void SentenceTagger::save(const std::string& path) const {
  support::ModelInfo info("tag");
  info.set("features", options.features);
  info.set("hidden", options.hidden);
  info.set("dropout", options.dropout);
  info.set("word_dropout", options.word_dropout);
  info.set("words", words.tokens());
  info.set("letters", letters.tokens());
  info.set("tags", tags.tokens());
  xgrad::save(model, path, info.entries());
}

SentenceTagger SentenceTagger::load(const std::string& path) {
  const auto info = support::ModelInfo::load(path);
  info.check_program({"tag"});
  SentenceTagger tagger;
  tagger.words = data::Vocab(info.list("words"), 0);
  const std::vector<std::string> letters = info.list("letters");
  if (!letters.empty()) tagger.letters = data::Vocab(letters, 0);
  tagger.tags = data::Vocab(info.list("tags"), 0);
  tagger.options = {.words = static_cast<std::int64_t>(tagger.words.size()),
                    .letters = static_cast<std::int64_t>(letters.size()),
                    .tags = static_cast<std::int64_t>(tagger.tags.size()),
                    .features = info.integer("features"),
                    .hidden = info.integer("hidden"),
                    .dropout = info.number("dropout"),
                    .word_dropout = info.number("word_dropout")};
  tagger.model = Tagger(tagger.options);
  xgrad::load(tagger.model, path);
  return tagger;
}

Batch SentenceTagger::batch(const std::vector<data::TaggedSentence>& sentences) const {
  TensorList numbers;
  TensorList right;
  TensorList places;  // of each word among all words of the sentences
  std::vector<std::string> all;
  for (const data::TaggedSentence& sentence : sentences) {
    numbers.push_back(tensor(words.lookup_indices(sentence.words)));
    right.push_back(tensor(tags.lookup_indices(sentence.tags)));
    const auto first = static_cast<std::int64_t>(all.size());
    all.insert(all.end(), sentence.words.begin(), sentence.words.end());
    places.push_back(arange(first, static_cast<std::int64_t>(all.size())));
  }
  Batch result{nn::utils::rnn::pack_sequence(numbers, false), {}, nn::utils::rnn::pack_sequence(right, false).data()};
  if (options.letters > 0) {
    TensorList spelt;
    for (const std::int64_t place : nn::utils::rnn::pack_sequence(places, false).data().to_vector<std::int64_t>()) {
      spelt.push_back(tensor(letters.lookup_indices(data::tokenize_characters(all[static_cast<std::size_t>(place)]))));
    }
    result.letters = nn::utils::rnn::pack_sequence(spelt, false);
  }
  return result;
}

TensorList SentenceTagger::probabilities(const std::vector<data::TaggedSentence>& sentences) const {
  const NoGradGuard no_grad;
  const bool training = model->is_training();
  model->eval();
  const Batch given = batch(sentences);
  const Tensor scores = model(given);
  scores.select(1, 0).fill_(-1e30F);  // the tag that is never said
  model->train(training);
  return nn::utils::rnn::unpack_sequence(with_data(given.words, softmax(scores, 1)));
}

std::vector<std::vector<std::string>> SentenceTagger::tag(const std::vector<data::TaggedSentence>& sentences) const {
  std::vector<std::vector<std::string>> result;
  for (const Tensor& rows : probabilities(sentences)) {
    result.push_back(tags.lookup_tokens(rows.argmax(1).to_vector<std::int64_t>()));
  }
  return result;
}

support::Predictor load_predictor(const std::string& path) {
  const auto tagger = std::make_shared<const SentenceTagger>(SentenceTagger::load(path));
  return [tagger](const std::vector<std::string>& lines) {
    std::vector<data::TaggedSentence> sentences;
    for (const std::string& line : lines) {
      std::istringstream words(line);
      data::TaggedSentence sentence{.words = {std::istream_iterator<std::string>(words), {}}, .tags = {}};
      sentence.tags.resize(sentence.words.size());
      if (!sentence.words.empty()) sentences.push_back(std::move(sentence));
    }
    const TensorList found = sentences.empty() ? TensorList() : tagger->probabilities(sentences);
    std::vector<support::Answer> answers;
    std::size_t next = 0;
    for (const std::string& line : lines) {
      const bool empty = line.find_first_not_of(" \t\r\v\f") == std::string::npos;
      if (empty) {
        answers.push_back({{{"tags", ""}}, {{"least_certain", 1}}});
        continue;
      }
      const auto [likeliest, tags] = found[next++].max(1);
      const auto names = tagger->tags.lookup_tokens(tags.to_vector<std::int64_t>());
      answers.push_back(
          {{{"tags", fmt::format("{}", fmt::join(names, " "))}}, {{"least_certain", likeliest.min().item<double>()}}});
    }
    return answers;
  };
}

}  // namespace tagging
