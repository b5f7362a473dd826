#include "model.h"

#include <fmt/core.h>

#include <memory>

#include "../support/language.h"
#include "../support/model_info.h"

namespace writing {

using namespace xgrad;

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

WriterImpl::WriterImpl(std::int64_t tokens, std::int64_t embedding_size, std::int64_t hidden_size)
    : embedding(register_module("embedding", nn::Embedding(tokens, embedding_size))),
      lstm(register_module("lstm", nn::LSTM(nn::LSTMOptions(embedding_size, hidden_size).batch_first(true)))),
      output(register_module("output", nn::Linear(hidden_size, tokens))) {}

std::tuple<Tensor, WriterImpl::State> WriterImpl::forward(const Tensor& tokens, const State& state) {
  const auto [hidden, next] = lstm->forward(embedding(tokens), state);
  return {output(hidden), next};
}

void TextWriter::save(const std::string& path) const {
  support::ModelInfo info("write");
  info.set("vocabulary", vocabulary.tokens());
  info.set("unknown", vocabulary.default_index().has_value());
  info.set("words", words);
  info.set("lower_case", lower_case);
  info.set("embedding", embedding_size);
  info.set("hidden", hidden_size);
  xgrad::save(model, path, info.entries());
}

TextWriter TextWriter::load(const std::string& path) {
  const auto info = support::ModelInfo::load(path);
  info.check_program({"write"});
  TextWriter writer{.vocabulary = data::Vocab(info.list("vocabulary")),
                    .words = info.flag("words"),
                    .lower_case = info.flag("lower_case"),
                    .embedding_size = info.integer("embedding"),
                    .hidden_size = info.integer("hidden")};
  if (info.flag("unknown")) writer.vocabulary.set_default_index(0);
  writer.model = Writer(static_cast<std::int64_t>(writer.vocabulary.size()), writer.embedding_size, writer.hidden_size);
  xgrad::load(writer.model, path);
  return writer;
}

std::vector<std::int64_t> TextWriter::encode(const std::string& text) const {
  const std::string read = lower_case ? lower(text) : text;
  const std::vector<std::string> tokens = words ? support::split_words(read) : data::tokenize_characters(read);
  for (const std::string& token : tokens) {
    if (!vocabulary.default_index() && !vocabulary.contains(token)) {
      throw ValueError("the text has no character '" + token + "'");
    }
  }
  return vocabulary.lookup_indices(tokens);
}

std::string TextWriter::continue_text(const std::string& prompt, std::int64_t length,
                                      const nn::decoding::SamplingOptions& sampling) const {
  const NoGradGuard no_grad;
  const std::vector<std::int64_t> given = encode(prompt);
  if (given.empty()) throw ValueError("expected at least one character to go on from");
  std::vector<std::string> written;
  Tensor input = tensor(given).unsqueeze(0);
  WriterImpl::State state;
  for (std::int64_t i = 0; i < length; ++i) {
    const auto [scores, next] = model->forward(input, state);
    state = next;
    Tensor last = scores.select(1, -1).clone();
    if (words) last.select(1, 0).fill_(-1e30F);  // an unknown word cannot be written
    input = distributions::Categorical({.logits = nn::decoding::filter_logits(last, sampling)}).sample().unsqueeze(1);
    written.push_back(vocabulary.lookup_token(input.item<std::int64_t>()));
  }
  if (words) {
    std::vector<std::string> all = support::split_words(prompt);
    all.insert(all.end(), written.begin(), written.end());
    return support::join_words(all);
  }
  std::string text = prompt;
  for (const std::string& character : written) text += character;
  return text;
}

metrics::Perplexity TextWriter::surprise(const Tensor& tokens) const {
  constexpr std::int64_t at_once = 2000;  // the state goes on from one part to the next
  const NoGradGuard no_grad;
  metrics::Perplexity perplexity;
  WriterImpl::State state;
  for (std::int64_t begin = 0; begin + 1 < tokens.numel(); begin += at_once) {
    const std::int64_t end = std::min(tokens.numel() - 1, begin + at_once);
    const auto [scores, next] = model->forward(tokens.slice(0, begin, end).unsqueeze(0), state);
    state = next;
    perplexity.update(scores.squeeze(0), tokens.slice(0, begin + 1, end + 1));
  }
  return perplexity;
}

support::Predictor load_predictor(const std::string& path, std::int64_t length,
                                  const nn::decoding::SamplingOptions& sampling) {
  const auto writer = std::make_shared<const TextWriter>(TextWriter::load(path));
  return [writer, length, sampling](const std::vector<std::string>& lines) {
    std::vector<support::Answer> answers;
    for (const std::string& line : lines) {
      std::vector<std::int64_t> tokens;
      try {
        tokens = writer->encode(line);
      } catch (const ValueError& error) {
        answers.push_back({{}, {}, {}, error.what()});
        break;
      }
      const double perplexity = tokens.size() > 1 ? writer->surprise(tensor(tokens)).compute() : 1;
      const std::string written = tokens.empty() ? "" : writer->continue_text(line, length, sampling);
      answers.push_back({{{"continuation", written}}, {{"perplexity", perplexity}}});
    }
    return answers;
  };
}

}  // namespace writing
