/// Translates sentences, learnt from pairs of a file; or dates that are written out to ISO 8601, character by character.
#include <fmt/core.h>

#include <algorithm>

#include "../support/program.h"
#include "../support/screen.h"
#include "../support/text_coder.h"
#include "../support/training.h"
#include "corpus.h"
#include "dates.h"
#include "figures.h"
#include "model.h"

namespace {

using namespace xgrad;
using namespace translate;
using support::padding;

struct Options {
  support::CommonOptions common{.epochs = 4};
  support::PredictOptions predict;
  CorpusOptions data;
  std::string save;
  std::string text;
  std::string model = "recurrent";
  std::int64_t size = 10000;
  std::int64_t beam = 4;
  std::int64_t patience = 6;
  std::optional<std::int64_t> features;
  std::optional<std::int64_t> hidden;
  std::optional<std::int64_t> batch_size;
  std::optional<double> dropout;
  double learning_rate = 0.002;
};

void declare(support::OptionParser& parser, Options& options) {
  options.data.add_to(parser);
  parser.add("--size", options.size, "Dates to train with, where there is no --data", support::Range::positive);
  parser.group("Model");
  parser.add_choice("--model", options.model, {"recurrent", "transformer"}, "Two GRUs with attention, or attention alone");
  parser.add("--features", options.features,
             "Size of a token's vector, of a Transformer a multiple of 4; by the data where not given",
             support::Range::positive);
  parser.add(
      "--hidden", options.hidden,
      "Size of the recurrent encoder, half of the decoder's, or between a Transformer layer's two maps; by the data where not "
      "given",
      support::Range::positive);
  parser.add("--dropout", options.dropout, "Share of vectors and states that are dropped; by the data where not given",
             support::Range::share);
  parser.group("Training");
  parser.add("--batch-size", options.batch_size, "Pairs in a step; by the data where not given", support::Range::positive);
  parser.add("--lr", options.learning_rate, "Learning rate of Adam", support::Range::positive);
  support::add_patience(parser, options.patience);
  parser.add("--beam", options.beam, "Width of the beam search", support::Range::positive);
  parser.add("--text", options.text, "A text to translate after training, such as \"the first of may 1999\"");
  options.common.add_training_to(parser, "Passes over the training data; 40 at most where not given, for pairs of a file");
  support::add_save(parser, options.save);
  options.predict.add_to(parser, "sentence");
}

constexpr const char* date_characters = "abcdefghijklmnopqrstuvwxyz0123456789 ,-/";

/// Throws ValueError for a character that no date has.
void check_date(const Language& language, const std::string& text) {
  for (const std::string& character : language.split(text)) {
    if (!language.vocabulary().contains(character)) {
      throw ValueError(
          fmt::format("'{}': expected lower-case letters, digits, spaces and , - /, got '{}'", text, character));
    }
  }
}

ModelOptions sizes_of(const Options& options, std::int64_t source_tokens, std::int64_t target_tokens, std::int64_t features,
                      std::int64_t hidden, double dropout) {
  const bool transformer = options.model == "transformer";
  const std::int64_t width = options.features.value_or(transformer ? 2 * features : features);
  if (transformer && width % 4 != 0) throw ValueError(fmt::format("--features: expected a multiple of 4, got {}", width));
  return {.model = options.model,
          .source_tokens = source_tokens,
          .target_tokens = target_tokens,
          .features = width,
          .hidden = options.hidden.value_or(transformer ? 4 * width : hidden),
          .dropout = options.dropout.value_or(dropout)};
}

SentenceTranslator make_translator(const Corpus& corpus, const Options& options, bool dates) {
  if (dates) {
    const Language language(date_characters);
    const ModelOptions sizes = sizes_of(options, language.size(), language.size(), 32, 64, 0);
    return {sizes, make_network(sizes), language, language, 11};  // ten characters and the end
  }
  const auto sources = sources_of(corpus.train);
  const auto targets = targets_of(corpus.train);
  const auto by_characters = [&](const auto& texts) { return options.data.characters || support::suits_characters(texts); };
  const Language source(sources, by_characters(sources), by_characters(sources) ? 1 : options.data.min_frequency);
  const Language target(targets, by_characters(targets), by_characters(targets) ? 1 : options.data.min_frequency);
  const bool few = corpus.train.size() < 50'000;
  const std::int64_t size = few ? 96 : 256;
  const ModelOptions sizes = sizes_of(options, source.size(), target.size(), size, size, 0.3);
  std::size_t longest = 1;
  for (const std::string& text : targets) longest = std::max(longest, target.split(text).size());
  return {sizes, make_network(sizes), source, target, static_cast<std::int64_t>(longest) + 1};
}

int program(int argc, char** argv) {
  Options options;
  support::OptionParser parser(
      "Translates: encoder-decoder with attention, recurrent or a Transformer; greedy and beam search. Without --data, dates that are "
      "written out to ISO dates.",
      {"translate --data eng_fra.tsv --save eng_fra.safetensors",
       "translate --load eng_fra.safetensors --predict \"I am happy.\""});
  declare(parser, options);
  if (const auto code = parser.parse(argc, argv)) return *code;
  const bool dates = options.data.data.empty();
  if (!dates && !parser.given("--epochs")) options.common.epochs = 40;
  options.common.apply();
  options.predict.encoding = options.data.encoding;
  if (support::predict_instead(options.predict, load_predictor)) return 0;

  Corpus corpus;
  if (dates) {
    if (!options.text.empty()) check_date(Language(date_characters), options.text);
    corpus.train = make_dates(options.common.seed, options.size, false);
    corpus.test = make_dates(options.common.seed + 1, 1000, true);
  } else {
    corpus = read_corpus(options.data, options.common.seed);
  }
  const SentenceTranslator translator = make_translator(corpus, options, dates);
  const Translator& model = translator.model;
  if (!dates) print_report(corpus, translator);
  const std::int64_t batch_size = options.batch_size.value_or(dates || corpus.train.size() >= 50'000 ? 64 : 32);
  data::DataLoader<data::TextPair, Batch> loader(corpus.train,
                                                 {.batch_size = batch_size, .shuffle = true, .seed = options.common.seed},
                                                 [&](const Pairs& pairs) { return translator.batch(pairs); });
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(options.learning_rate));
  support::print_heading("Model");
  support::print_model(nn::summary(model));
  support::print_paragraph(fmt::format(
      "Settings: --model {} --epochs {} --patience {} --batch-size {} --lr {} --features {} --hidden {} --dropout {} --beam {} "
      "--seed {}",
      options.model, options.common.epochs, options.patience, batch_size, options.learning_rate, translator.options.features,
      translator.options.hidden, translator.options.dropout, options.beam, options.common.seed));

  support::print_heading("Training");
  // Teacher forcing: the decoder is given the right tokens so far, whatever it would have written.
  const auto loss_of = [&](const Batch& batch) {
    Encoded encoded = model->encode(batch.source, batch.lengths);
    const Tensor scores = std::get<0>(model->decode(encoded, batch.target.slice(1, 0, -1)));
    return nn::functional::cross_entropy(scores.flatten(0, 1), batch.target.slice(1, 1).flatten(),
                                         nn::functional::CrossEntropyFuncOptions().ignore_index(padding));
  };
  const bool by_characters = translator.target.by_characters();
  const auto judge = [&](const Pairs& pairs) {
    return compare(translator.translate(sources_of(pairs)), pairs, by_characters);
  };
  support::Training training(options.common, "translate", *model, optimizer);
  const bool validates = !corpus.validation.empty();
  if (validates) training.keep_best("validation_bleu", true, options.patience);
  while (training.next_epoch(static_cast<std::int64_t>(corpus.train.size()), dates ? "dates" : "pairs")) {
    for (const Batch& batch : training.batches(loader)) {
      optimizer.zero_grad();
      const Tensor loss = loss_of(batch);
      loss.backward();
      nn::utils::clip_grad_norm_(model->parameters(), 1);
      optimizer.step();
      training.step(batch.target.size(0), {{"loss", loss.item<double>()}});
    }
    if (!validates) {
      training.end_epoch({{"test_exact_match", judge(corpus.test).exact_match}});
      continue;
    }
    const NoGradGuard no_grad;
    model->eval();
    const double loss = loss_of(translator.batch(corpus.validation)).item<double>();
    model->train();
    training.end_epoch({{"validation_loss", loss}, {"validation_bleu", judge(corpus.validation).bleu}});
  }
  training.take_best();

  const auto greedy = judge(corpus.test);
  // Beam search takes one sentence at a time: of dates, some hundred will do.
  const std::size_t beam_tests = dates ? std::min<std::size_t>(200, corpus.test.size()) : corpus.test.size();
  const Pairs beam_pairs(corpus.test.begin(), corpus.test.begin() + static_cast<std::ptrdiff_t>(beam_tests));
  std::vector<std::string> found;
  for (const data::TextPair& pair : beam_pairs) found.push_back(translator.translate(pair.source, options.beam).first);
  const auto beam = compare(found, beam_pairs, by_characters);
  const auto nearest = dates ? TranslationFigures{}
                             : compare(nearest_translations(translator.source, corpus.train, sources_of(corpus.test)),
                                       corpus.test, by_characters);
  support::print_heading("On the test");
  const auto number = [](double value) { return fmt::format("{:.4g}", value); };
  support::TextTable table({"", "exact match", "BLEU"});
  table.add({"this model, greedy search", number(greedy.exact_match), number(greedy.bleu)});
  table.add({fmt::format("this model, beam search ({})", options.beam), number(beam.exact_match), number(beam.bleu)});
  if (!dates) table.add({"translation of the nearest training sentence", number(nearest.exact_match), number(nearest.bleu)});
  table.print();
  support::print_heading("Some of the test");
  for (std::size_t i = 0; i < beam_pairs.size() && i < 5; ++i) {
    const data::TextPair& pair = beam_pairs[i * beam_pairs.size() / std::min<std::size_t>(5, beam_pairs.size())];
    const std::string shown = translator.translate(pair.source, options.beam).first;
    fmt::print("  {} -> {}{}\n", pair.source, shown, shown == pair.target ? "" : ", expected " + pair.target);
  }
  if (!options.text.empty()) fmt::print("{} -> {}\n", options.text, translator.translate(options.text, options.beam).first);
  if (!options.common.plot.empty()) {
    const std::string text = !options.text.empty() ? options.text
                             : dates               ? "thursday, march 5th, 1998"
                                                   : corpus.test[0].source;
    // A Transformer's attention is in many heads and layers: there is no one picture of it.
    if (options.model == "transformer") {
      support::plot(options.common.plot, training.curves());
    } else {
      const support::Heatmap map = attention_map(translator, text);
      support::plot(options.common.plot, training.curves(), &map);
    }
  }
  if (!options.save.empty()) translator.save(options.save);
  support::print_end("translate", options.save, options.common.plot, "\"a sentence\"");
  support::Figures result{{"exact_match", greedy.exact_match}, {"beam_exact_match", beam.exact_match}};
  if (!dates) {
    result.insert(result.end(), {{"bleu", greedy.bleu},
                                 {"beam_bleu", beam.bleu},
                                 {"nearest_bleu", nearest.bleu},
                                 {"nearest_exact_match", nearest.exact_match}});
  }
  support::print_result(result);
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
