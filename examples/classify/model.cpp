#include "model.h"

#include <memory>

namespace classify {

using namespace xgrad;
using nn::utils::rnn::PackedSequence;

ClassifierImpl::ClassifierImpl(const ModelOptions& options, const Tensor& vectors)
    : embedding(register_module("embedding", vectors.defined() ? nn::Embedding::from_pretrained(vectors)
                                                               : nn::Embedding(options.tokens, options.features))),
      recurrent(
          register_module("recurrent", support::Recurrent(support::RecurrentOptions{.cell = options.cell,
                                                                                    .input = options.features,
                                                                                    .hidden = options.hidden,
                                                                                    .bidirectional = options.bidirectional,
                                                                                    .pooling = options.pooling}))),
      drop(register_module("dropout", nn::Dropout(options.dropout))),
      output(register_module("output", nn::Linear(recurrent->output_size(), options.classes))),
      word_dropout_(options.word_dropout),
      unknown_(options.unknown) {}

Tensor ClassifierImpl::forward(const PackedSequence& tokens) {
  const PackedSequence known = is_training() ? support::drop_tokens(tokens, word_dropout_, unknown_) : tokens;
  return output(drop(recurrent(support::embed(embedding, known, drop))));
}

PackedSequence TitleClassifier::pack(const std::vector<std::vector<std::int64_t>>& sequences) const {
  TensorList tokens;
  for (std::vector<std::int64_t> numbers : sequences) {
    if (padded) numbers.resize(32, 0);
    tokens.push_back(tensor(numbers));
  }
  return nn::utils::rnn::pack_sequence(tokens, false);
}

Tensor TitleClassifier::probabilities(const std::vector<std::vector<std::int64_t>>& sequences) const {
  const NoGradGuard no_grad;
  const bool training = model->is_training();
  model->eval();
  const Tensor result = softmax(model(pack(sequences)), 1);
  model->train(training);
  return result;
}

void TitleClassifier::save(const std::string& path) const {
  support::ModelInfo info("classify");
  info.set("cell", options.cell);
  info.set("features", options.features);
  info.set("hidden", options.hidden);
  info.set("bidirectional", options.bidirectional);
  info.set("pooling", support::name_of(options.pooling));
  info.set("dropout", options.dropout);
  info.set("word_dropout", options.word_dropout);
  info.set("padded", padded);
  info.set("classes", classes);
  coder.store(info);
  xgrad::save(model, path, info.entries());
}

TitleClassifier TitleClassifier::load(const std::string& path) {
  const auto info = support::ModelInfo::load(path);
  info.check_program({"classify"});
  const support::TextCoder coder(info);
  const std::vector<std::string> classes = info.list("classes");
  // Models of before there was a choice tell whether they look at the greatest outputs.
  const support::Pooling pooling = info.contains("pooling") ? support::pooling_of(info.text("pooling"))
                                   : info.flag("pooled")    ? support::Pooling::LastAndMax
                                                            : support::Pooling::Last;
  const ModelOptions options{.cell = info.text("cell"),
                             .tokens = coder.size(),
                             .features = info.integer("features"),
                             .hidden = info.integer("hidden"),
                             .classes = static_cast<std::int64_t>(classes.size()),
                             .bidirectional = info.flag("bidirectional"),
                             .pooling = pooling,
                             .dropout = info.number("dropout")};
  TitleClassifier result{options, Classifier(options), coder, classes, info.flag("padded")};
  xgrad::load(result.model, path);
  result.model->eval();
  return result;
}

support::Predictor load_predictor(const std::string& path) {
  const auto classifier = std::make_shared<const TitleClassifier>(TitleClassifier::load(path));
  return [classifier](const std::vector<std::string>& texts) {
    return support::label_answers(classifier->probabilities(classifier->coder.encode(texts)), classifier->classes);
  };
}

}  // namespace classify
