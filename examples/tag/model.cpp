#include "model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
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
  if (options.crf) {
    crf_ =
        register_module("crf", nn::LinearChainCRF(nn::LinearChainCRFOptions(options.tags).constraints(options.constraints)));
  }
  if (options.letters == 0) return;
  dropout_ = register_module("dropout", nn::Dropout(options.dropout));
  letter_embedding_ = register_module("letter_embedding", nn::Embedding(options.letters, letter_features));
  spelling_ = register_module("spelling",
                              support::Recurrent(support::RecurrentOptions{
                                  .cell = "gru", .input = letter_features, .hidden = spelling_size, .bidirectional = true}));
}

Tensor TaggerImpl::forward(const Batch& batch) {
  Tensor words = batch.words.data();
  if (is_training()) words = support::drop_tokens(words, options_.word_dropout, 0);
  Tensor features = embedding_(words);
  if (spelling_) features = dropout_(cat({features, spelling_(support::embed(letter_embedding_, batch.letters))}, 1));
  const Tensor states = std::get<0>(lstm_->forward_with_packed_input(with_data(batch.words, features))).data();
  return output_(dropout_ ? dropout_(states) : states);
}

Tensor TaggerImpl::loss(const Tensor& scores, const Batch& batch) const {
  if (!crf_) return nn::functional::cross_entropy(scores, batch.tags);
  // Of a word, as without: sentences are of different lengths.
  const Tensor likelihood = crf_->log_likelihood(with_data(batch.words, scores), with_data(batch.words, batch.tags));
  return -likelihood.sum() / static_cast<double>(batch.tags.size(0));
}

namespace {

/// The tag that the training data do not have is never said.
Tensor without_unknown(const Tensor& scores) {
  Tensor said = scores.clone();
  said.select(1, 0).fill_(-std::numeric_limits<float>::infinity());
  return said;
}

}  // namespace

PackedSequence TaggerImpl::probabilities(const Tensor& scores, const Batch& batch) const {
  const Tensor said = without_unknown(scores);
  if (!crf_) return with_data(batch.words, softmax(said, 1));
  return crf_->marginals(with_data(batch.words, said));
}

std::vector<std::vector<std::int64_t>> TaggerImpl::tags(const Tensor& scores, const Batch& batch) const {
  const PackedSequence said = with_data(batch.words, without_unknown(scores));
  if (crf_) return crf_->decode(said);
  std::vector<std::vector<std::int64_t>> result;
  for (const Tensor& rows : nn::utils::rnn::unpack_sequence(said)) {
    result.push_back(rows.argmax(1).to_vector<std::int64_t>());
  }
  return result;
}

namespace {

/// The scheme of the tags, where all that follows from it is kept to.
std::string scheme_of(const std::vector<data::TaggedSentence>& sentences) {
  std::vector<std::vector<std::string>> tags;
  for (const data::TaggedSentence& sentence : sentences) tags.push_back(sentence.tags);
  metrics::TagScheme scheme{};
  if (!metrics::detect_tag_scheme(tags, scheme) || scheme == metrics::TagScheme::Iob1) return "";
  const std::string name = scheme == metrics::TagScheme::Bioes ? "BIOES" : "IOB2";
  for (const std::vector<std::string>& sentence : tags) {
    // What strict counting finds otherwise breaks the scheme's rules, which would make it impossible.
    if (metrics::find_spans(sentence) != metrics::find_spans(sentence, scheme)) return "";
  }
  return name;
}

}  // namespace

void SentenceTagger::make_model(ModelOptions given) {
  if (!given.scheme.empty()) given.constraints = nn::tag_constraints(tags.tokens(), given.scheme);
  options = std::move(given);
  model = Tagger(options);
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
  options.scheme = options.crf ? scheme_of(sentences) : "";
  tagger.make_model(options);
  return tagger;
}

void SentenceTagger::save(const std::string& path) const {
  support::ModelInfo info("tag");
  info.set("features", options.features);
  info.set("hidden", options.hidden);
  info.set("dropout", options.dropout);
  info.set("word_dropout", options.word_dropout);
  info.set("crf", options.crf);
  info.set("scheme", options.scheme);
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
                    .crf = info.contains("crf") && info.flag("crf"),
                    .scheme = info.contains("scheme") ? info.text("scheme") : "",
                    .word_dropout = info.number("word_dropout")};
  tagger.make_model(tagger.options);
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

template <class Function>
auto SentenceTagger::evaluated(const std::vector<data::TaggedSentence>& sentences, const Function& function) const {
  const NoGradGuard no_grad;
  const bool training = model->is_training();
  model->eval();
  const Batch given = batch(sentences);
  const Tensor scores = model(given);
  model->train(training);
  return function(scores, given);
}

std::vector<std::vector<std::string>> SentenceTagger::tag(const std::vector<data::TaggedSentence>& sentences) const {
  return evaluated(sentences, [this](const Tensor& scores, const Batch& given) {
    std::vector<std::vector<std::string>> result;
    for (const std::vector<std::int64_t>& found : model->tags(scores, given)) result.push_back(tags.lookup_tokens(found));
    return result;
  });
}

std::pair<std::vector<std::vector<std::string>>, TensorList> SentenceTagger::tag_with_probabilities(
    const std::vector<data::TaggedSentence>& sentences) const {
  std::pair<std::vector<std::vector<std::string>>, TensorList> result;
  if (sentences.empty()) return result;
  return evaluated(sentences, [this, &result](const Tensor& scores, const Batch& given) {
    for (const auto& found : model->tags(scores, given)) result.first.push_back(tags.lookup_tokens(found));
    result.second = nn::utils::rnn::unpack_sequence(model->probabilities(scores, given));
    return result;
  });
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
    const auto [tags, found] = tagger->tag_with_probabilities(sentences);
    std::vector<support::Answer> answers;
    std::size_t next = 0;
    for (const std::string& line : lines) {
      if (line.find_first_not_of(" \t\r\n\v\f") == std::string::npos) {
        answers.push_back({{{"tags", ""}, {"probabilities", ""}}, {{"least_certain", 1}}});
        continue;
      }
      const Tensor numbers = tensor(tagger->tags.lookup_indices(tags[next]));
      const auto certain = found[next].gather(1, numbers.unsqueeze(1)).flatten().to_vector<double>();
      std::string each;
      for (const double probability : certain) each += fmt::format("{}{:.4g}", each.empty() ? "" : " ", probability);
      answers.push_back({{{"tags", fmt::format("{}", fmt::join(tags[next++], " "))}, {"probabilities", each}},
                         {{"least_certain", *std::min_element(certain.begin(), certain.end())}}});
    }
    return answers;
  };
}

}  // namespace tagging
