#include "model.h"

#include <algorithm>
#include <cmath>
#include <memory>

namespace translate {

using namespace xgrad;
using support::end;
using support::padding;
using support::start;

std::tuple<Tensor, Tensor> greedy_search(const Translator& model, Encoded encoded, std::int64_t steps) {
  const NoGradGuard no_grad;
  Tensor token = full({encoded.keys.size(0), 1}, start, kInt64);
  Tensor ended = zeros({encoded.keys.size(0), 1}, kBool);
  TensorList tokens;
  TensorList attention;
  for (std::int64_t step = 0; step < steps && !ended.all().item<bool>(); ++step) {
    const auto [scores, weights] = model->decode(encoded, token);
    tokens.push_back(token = scores.argmax(2));
    if (weights.defined()) attention.push_back(weights);
    ended = ended.logical_or(token.eq(end));
  }
  return {cat(tokens, 1), attention.empty() ? Tensor() : cat(attention, 1)};
}

Found beam_search(const Translator& model, const Encoded& encoded, std::int64_t steps, std::int64_t width) {
  const NoGradGuard no_grad;
  // One beginning to start with; a row of the batch for each afterwards.
  std::vector<std::vector<std::int64_t>> texts(1);
  Tensor likelihood = zeros({1});
  Tensor token = full({1, 1}, start, kInt64);
  Encoded beam = encoded;
  std::vector<std::int64_t> best;
  float best_likelihood = -1e30F;
  for (std::int64_t step = 0; step < steps && !texts.empty(); ++step) {
    const Tensor scores = std::get<0>(model->decode(beam, token)).select(1, 0).log_softmax(1);
    const Tensor total = (likelihood.unsqueeze(1) + scores).flatten();
    const auto [values, places] = total.topk(std::min(width, total.numel()));
    std::vector<std::vector<std::int64_t>> longer;
    std::vector<std::int64_t> rows;
    std::vector<std::int64_t> next;
    std::vector<float> sums;
    for (std::int64_t i = 0; i < places.numel(); ++i) {
      const auto place = places[i].item<std::int64_t>();
      const std::int64_t row = place / scores.size(1);
      const std::int64_t chosen = place % scores.size(1);
      const auto sum = values[i].item<float>();
      if (sum <= best_likelihood) continue;  // it can only become less likely
      std::vector<std::int64_t> text = texts[static_cast<std::size_t>(row)];
      if (chosen == end) {
        best = text;
        best_likelihood = sum;
        continue;
      }
      text.push_back(chosen);
      longer.push_back(text);
      rows.push_back(row);
      next.push_back(chosen);
      sums.push_back(sum);
    }
    texts = longer;
    if (texts.empty()) break;
    beam.select(tensor(rows));
    token = tensor(next).unsqueeze(1);
    likelihood = tensor(sums);
  }
  if (best.empty() && !texts.empty()) return {texts[0], likelihood[0].item<double>()};
  return {best, best_likelihood};
}

void SentenceTranslator::save(const std::string& path) const {
  support::ModelInfo info("translate");
  info.set("model", options.model);
  info.set("features", options.features);
  info.set("hidden", options.hidden);
  info.set("dropout", options.dropout);
  info.set("longest", longest);
  source.store(info, "source");
  target.store(info, "target");
  xgrad::save(model, path, info.entries());
}

SentenceTranslator SentenceTranslator::load(const std::string& path) {
  const auto info = support::ModelInfo::load(path);
  info.check_program({"translate"});
  const Language source(info, "source");
  const Language target(info, "target");
  const ModelOptions options{.model = info.contains("model") ? info.text("model") : "recurrent",
                             .source_tokens = source.size(),
                             .target_tokens = target.size(),
                             .features = info.integer("features"),
                             .hidden = info.integer("hidden"),
                             .dropout = info.number("dropout")};
  SentenceTranslator result{options, make_network(options), source, target, info.integer("longest")};
  xgrad::load(result.model, path);
  result.model->eval();
  return result;
}

Batch SentenceTranslator::batch(const std::vector<data::TextPair>& pairs) const {
  TensorList sources;
  TensorList targets;
  std::vector<std::int64_t> lengths;
  for (const data::TextPair& pair : pairs) {
    std::vector<std::int64_t> from = source.encode(pair.source);
    if (from.empty()) from.push_back(end);
    sources.push_back(tensor(from));
    lengths.push_back(sources.back().numel());
    std::vector<std::int64_t> to = target.encode(pair.target);
    to.insert(to.begin(), start);
    to.push_back(end);
    targets.push_back(tensor(to));
  }
  return {nn::utils::rnn::pad_sequence(sources, true, padding), tensor(lengths),
          nn::utils::rnn::pad_sequence(targets, true, padding)};
}

std::vector<std::string> SentenceTranslator::translate(const std::vector<std::string>& texts) const {
  constexpr std::size_t at_once = 100;
  const NoGradGuard no_grad;
  const bool training = model->is_training();
  model->eval();
  std::vector<std::string> result;
  for (std::size_t begin = 0; begin < texts.size(); begin += at_once) {
    std::vector<data::TextPair> pairs;
    for (std::size_t i = begin; i < std::min(texts.size(), begin + at_once); ++i) pairs.push_back({texts[i], ""});
    const Batch given = batch(pairs);
    const Tensor found = std::get<0>(greedy_search(model, model->encode(given.source, given.lengths), longest));
    for (std::int64_t i = 0; i < found.size(0); ++i) result.push_back(target.decode(found[i].to_vector<std::int64_t>()));
  }
  model->train(training);
  return result;
}

std::pair<std::string, double> SentenceTranslator::translate(const std::string& text, std::int64_t beam) const {
  const NoGradGuard no_grad;
  const bool training = model->is_training();
  model->eval();
  const Batch given = batch({{text, ""}});
  const Found found = beam_search(model, model->encode(given.source, given.lengths), longest, beam);
  model->train(training);
  return {target.decode(found.tokens), found.likelihood};
}

support::Predictor load_predictor(const std::string& path) {
  const auto translator = std::make_shared<const SentenceTranslator>(SentenceTranslator::load(path));
  return [translator](const std::vector<std::string>& texts) {
    constexpr std::int64_t beam = 4;
    std::vector<support::Answer> answers;
    for (const std::string& text : texts) {
      const auto [translation, likelihood] = translator->translate(text, beam);
      answers.push_back({{{"translation", translation}}, {{"probability", std::exp(likelihood)}}});
    }
    return answers;
  };
}

}  // namespace translate
