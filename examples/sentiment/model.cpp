#include "model.h"

#include <memory>

#include "../support/labelled.h"

namespace sentiment {

using namespace xgrad;

namespace {

constexpr std::int64_t hidden_size = 50;

}  // namespace

ClassifierImpl::ClassifierImpl(const ModelOptions& options)
    : embedding_(register_module("embedding",
                                 nn::Embedding(nn::EmbeddingOptions(options.vocabulary, options.features).padding_idx(0)))),
      recurrent_(register_module(
          "recurrent", support::Recurrent(support::RecurrentOptions{.cell = options.cell,
                                                                    .input = options.features,
                                                                    .hidden = hidden_size,
                                                                    .layers = options.layers,
                                                                    .bidirectional = options.bidirectional,
                                                                    .dropout = options.layers > 1 ? options.dropout : 0}))),
      dropout_(register_module("dropout", nn::Dropout(options.dropout))),
      hidden_(register_module("hidden", nn::Linear(recurrent_->output_size(), 32))),
      output_(register_module("output", nn::Linear(32, options.scores()))) {}

Tensor ClassifierImpl::forward(const Batch& batch) {
  const auto packed = nn::utils::rnn::pack_padded_sequence(batch.words, batch.lengths, true, false);
  const Tensor state = recurrent_(support::embed(embedding_, packed, dropout_));
  return output_(relu(hidden_(dropout_(state))));
}

void ClassifierImpl::set_vectors(const Tensor& vectors) {
  const NoGradGuard no_grad;
  embedding_->weight.copy_(vectors);
  embedding_->weight[0].zero_();
}

BagOfWordsImpl::BagOfWordsImpl(const ModelOptions& options)
    : embedding_(register_module("embedding", nn::Embedding(nn::EmbeddingOptions(options.vocabulary, 32).padding_idx(0)))),
      hidden_(register_module("hidden", nn::Linear(32, 32))),
      output_(register_module("output", nn::Linear(32, options.scores()))) {}

Tensor BagOfWordsImpl::forward(const Batch& batch) {
  const Tensor lengths = batch.lengths.to(kFloat32).unsqueeze(1);
  const Tensor mean = embedding_(batch.words).sum(1) / lengths;  // padding is zero
  return output_(relu(hidden_(mean)));
}

Tensor loss_of(const Tensor& scores, const Tensor& labels) {
  if (scores.size(1) > 1) return nn::functional::cross_entropy(scores, labels);
  return nn::functional::binary_cross_entropy(sigmoid(scores).squeeze(1), labels.to(kFloat32));
}

Tensor probabilities_of(const Tensor& scores) {
  if (scores.size(1) > 1) return softmax(scores, 1);
  const Tensor second = sigmoid(scores);
  return cat({1 - second, second}, 1);
}

Batch make_batch(const std::vector<std::vector<std::int64_t>>& reviews, const std::vector<std::int64_t>& labels) {
  TensorList words;
  std::vector<std::int64_t> lengths;
  for (const std::vector<std::int64_t>& review : reviews) {
    words.push_back(tensor(review));
    lengths.push_back(static_cast<std::int64_t>(review.size()));
  }
  return {nn::utils::rnn::pad_sequence(words, true), tensor(lengths), tensor(labels)};
}

void SentimentClassifier::save(const std::string& path) const {
  support::ModelInfo info("sentiment");
  info.set("features", options.features);
  info.set("cell", options.cell);
  info.set("layers", options.layers);
  info.set("bidirectional", options.bidirectional);
  info.set("classes", classes);
  coder.store(info);
  xgrad::save(model, path, info.entries());
}

SentimentClassifier SentimentClassifier::load(const std::string& path) {
  const auto info = support::ModelInfo::load(path);
  if (info.contains("program")) info.check_program({"sentiment"});
  const support::TextCoder coder(info);
  // The first models of this program knew good and bad reviews only.
  const std::vector<std::string> classes =
      info.contains("classes") ? info.list("classes") : std::vector<std::string>{"bad", "good"};
  const ModelOptions options{.vocabulary = coder.size(),
                             .classes = static_cast<std::int64_t>(classes.size()),
                             .features = info.contains("features") ? info.integer("features") : 32,
                             .cell = info.text("cell"),
                             .layers = info.integer("layers"),
                             .bidirectional = info.flag("bidirectional")};
  SentimentClassifier result{options, Classifier(options), coder, classes};
  xgrad::load(result.model, path);
  return result;
}

support::Predictor load_predictor(const std::string& path) {
  const auto classifier = std::make_shared<const SentimentClassifier>(SentimentClassifier::load(path));
  return [classifier](const std::vector<std::string>& texts) {
    return support::label_answers(probabilities(classifier->model, classifier->coder.encode(texts)), classifier->classes);
  };
}

}  // namespace sentiment
