/// Translates sentences, learnt from pairs of a file; or dates that are written out to ISO 8601, character by character.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "../support/program.h"
#include "../support/screen.h"
#include "../support/text_coder.h"
#include "../support/training.h"
#include "dates.h"
#include "model.h"

namespace {

using namespace xgrad;
using namespace translate;
using support::padding;
using Pairs = std::vector<data::TextPair>;

struct Options {
  support::CommonOptions common{.epochs = 4};
  support::PredictOptions predict;
  std::vector<std::string> data;
  std::vector<std::string> test;
  std::string encoding = "utf-8";
  std::string save;
  std::string text;
  bool reverse = false;
  bool characters = false;
  std::int64_t size = 10000;
  std::int64_t beam = 4;
  std::int64_t patience = 6;
  std::int64_t max_length = 50;
  std::int64_t min_frequency = 2;
  double test_share = 0.1;
  double validation_share = 0.1;
  std::optional<std::int64_t> features;
  std::optional<std::int64_t> hidden;
  std::optional<std::int64_t> batch_size;
  std::optional<double> dropout;
  double learning_rate = 0.002;
};

void declare(support::OptionParser& parser, Options& options) {
  parser.group("Data");
  parser.add(
      "--data", options.data,
      "A file with a pair in each line: source, tab, target; or two files with a sentence in each line; without it, dates");
  parser.add("--test", options.test, "Such files to test with; without it, a part is held out");
  parser.add_flag("--reverse", options.reverse, "Translate from the second language to the first");
  parser.add("--max-length", options.max_length, "Longer sentences are left out, in words or characters",
             support::Range::positive);
  parser.add_flag("--characters", options.characters, "Read and write characters, not words; Chinese is in any case");
  parser.add("--min-frequency", options.min_frequency, "Rarer words count as unknown", support::Range::positive);
  parser.add_choice("--encoding", options.encoding, {"utf-8", "latin-1"}, "Of the files");
  parser.add("--test-share", options.test_share, "Share of the sources that is held out to test with",
             support::Range::share);
  parser.add("--validation-share", options.validation_share, "Share of the rest that decides which epoch is kept",
             support::Range::share);
  parser.add("--size", options.size, "Dates to train with, where there is no --data", support::Range::positive);
  parser.group("Model");
  parser.add("--features", options.features, "Size of a token's vector; by the data where not given",
             support::Range::positive);
  parser.add("--hidden", options.hidden, "Size of the encoder, half of the decoder's; by the data where not given",
             support::Range::positive);
  parser.add("--dropout", options.dropout, "Share of vectors and states that are dropped; by the data where not given",
             support::Range::share);
  parser.group("Training");
  parser.add("--batch-size", options.batch_size, "Pairs in a step; by the data where not given", support::Range::positive);
  parser.add("--lr", options.learning_rate, "Learning rate of Adam", support::Range::positive);
  parser.add("--patience", options.patience, "Stop after so many epochs without a better one on the validation; 0: never",
             support::Range::not_negative);
  parser.add("--beam", options.beam, "Width of the beam search", support::Range::positive);
  parser.add("--text", options.text, "A text to translate after training, such as \"the first of may 1999\"");
  options.common.add_training_to(parser, "Passes over the training data; 40 at most where not given, for pairs of a file");
  parser.add("--save", options.save, "Write the trained model to this file (safetensors)");
  options.predict.add_to(parser, "sentence");
}

struct Corpus {
  Pairs train;
  Pairs validation;  ///< decides which epoch is kept; empty: the last one is
  Pairs test;
};

Pairs read_pairs(const std::vector<std::string>& paths, const Options& options) {
  if (paths.size() > 2) throw ValueError(fmt::format("expected one file or two, got {}", paths.size()));
  const data::Encoding encoding = data::parse_encoding(options.encoding);
  data::ParallelTextReader reader = paths.size() == 1 ? data::ParallelTextReader(paths[0], encoding)
                                                      : data::ParallelTextReader(paths[0], paths[1], encoding);
  Pairs pairs;
  std::int64_t too_long = 0;
  const auto length = [&](const std::string& text) {
    const std::size_t spaces = static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
    return static_cast<std::int64_t>(options.characters ? data::tokenize_characters(text).size() : spaces + 1);
  };
  for (data::TextPair pair; reader.next(pair);) {
    if (std::max(length(pair.source), length(pair.target)) > options.max_length) {
      ++too_long;
      continue;
    }
    if (options.reverse) std::swap(pair.source, pair.target);
    pairs.push_back(pair);
  }
  if (pairs.empty()) throw FileError(paths[0] + ": expected pairs of sentences, got none");
  support::print_paragraph(fmt::format(
      "{}: {}{}", paths[0], reader.counts().describe(),
      too_long > 0 ? fmt::format("; {} longer than --max-length {} left out", too_long, options.max_length) : ""));
  return pairs;
}

/// Takes a share of the sources away, with all of their translations: one of them left behind would give the others away.
Pairs hold_out(Pairs& from, double share, const Generator& generator) {
  std::map<std::string, std::size_t> numbers;
  for (const data::TextPair& pair : from) numbers.emplace(pair.source, numbers.size());
  if (share <= 0 || numbers.size() < 2) return {};
  std::vector<bool> held(numbers.size(), false);
  for (const std::size_t number : data::holdout_split(numbers.size(), share, generator).test) held[number] = true;
  Pairs rest;
  Pairs part;
  for (data::TextPair& pair : from) (held[numbers[pair.source]] ? part : rest).push_back(std::move(pair));
  from = std::move(rest);
  return part;
}

Corpus read_corpus(const Options& options) {
  support::print_heading("Files");
  Corpus corpus;
  corpus.train = read_pairs(options.data, options);
  const Generator generator(options.common.seed);
  if (options.test.empty()) corpus.test = hold_out(corpus.train, options.test_share, generator);
  else corpus.test = read_pairs(options.test, options);
  if (corpus.test.empty()) throw ValueError("--test-share: there is nothing to test with; give a file with --test");
  corpus.validation = hold_out(corpus.train, options.validation_share, generator);
  support::print_paragraph(
      fmt::format("{} pairs to train with; held out by seed {}, each source with all of its translations: {}{} to validate.",
                  support::grouped(corpus.train.size()), options.common.seed,
                  options.test.empty() ? fmt::format("{} to test, ", corpus.test.size()) : "", corpus.validation.size()));
  return corpus;
}

std::vector<std::string> sources_of(const Pairs& pairs) {
  std::vector<std::string> texts;
  for (const data::TextPair& pair : pairs) texts.push_back(pair.source);
  return texts;
}

std::vector<std::string> targets_of(const Pairs& pairs) {
  std::vector<std::string> texts;
  for (const data::TextPair& pair : pairs) texts.push_back(pair.target);
  return texts;
}

void print_report(const Corpus& corpus, const SentenceTranslator& translator) {
  support::print_heading("Data");
  const auto report = [&](const char* name, const Language& language, const std::vector<std::string>& train,
                          const std::vector<std::string>& test) {
    std::vector<std::int64_t> lengths;
    for (const std::string& text : train) lengths.push_back(static_cast<std::int64_t>(language.split(text).size()));
    std::size_t tokens = 0;
    std::size_t unknown_tokens = 0;
    for (const std::string& text : test) {
      for (const std::string& token : language.split(text)) {
        ++tokens;
        unknown_tokens += language.vocabulary().contains(token) ? 0 : 1;
      }
    }
    support::print_paragraph(
        fmt::format("{}: {} {}, {} different ones known, {:.1f} % unknown in the test", name,
                    data::summarize_lengths(lengths).describe(), language.by_characters() ? "characters" : "words and marks",
                    support::grouped(static_cast<std::size_t>(language.size())),
                    100 * static_cast<double>(unknown_tokens) / static_cast<double>(std::max<std::size_t>(1, tokens))));
  };
  report("source", translator.source, sources_of(corpus.train), sources_of(corpus.test));
  report("target", translator.target, targets_of(corpus.train), targets_of(corpus.test));
  const auto duplicates = data::count_duplicates(sources_of(corpus.train), sources_of(corpus.test));
  if (duplicates.test_in_train > 0) {
    support::print_warning(fmt::format("{} of {} sources of the test are in the training data as well.",
                                       duplicates.test_in_train, corpus.test.size()));
  }
}

/// What simpler means reach: the translation of the training sentence that the fewest edits of words lead to.
std::vector<std::string> nearest_translations(const Language& language, const Pairs& train,
                                              const std::vector<std::string>& texts) {
  std::vector<std::vector<std::int64_t>> known;
  for (const data::TextPair& pair : train) known.push_back(language.encode(pair.source));
  std::vector<std::string> result;
  for (const std::string& text : texts) {
    const std::vector<std::int64_t> own = language.encode(text);
    std::size_t nearest = 0;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i < known.size(); ++i) {
      const auto difference = static_cast<std::int64_t>(own.size()) - static_cast<std::int64_t>(known[i].size());
      if (std::abs(difference) >= least) continue;
      const std::int64_t distance = metrics::edit_distance(own, known[i]);
      if (distance >= least) continue;
      least = distance;
      nearest = i;
    }
    result.push_back(train[nearest].target);
  }
  return result;
}

/// Exact matches and BLEU of translations; all translations that the test has of a source are its references.
struct TranslationFigures {
  double exact_match = 0;
  double bleu = 0;
};

TranslationFigures compare(const std::vector<std::string>& found, const Pairs& pairs, bool characters) {
  std::map<std::string, std::vector<std::string>> references;
  for (const data::TextPair& pair : pairs) references[pair.source].push_back(pair.target);
  metrics::Accuracy exact;
  metrics::Bleu bleu({.tokens = characters ? metrics::BleuTokens::Characters : metrics::BleuTokens::Mteval13a});
  std::map<std::string, bool> seen;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!seen.emplace(pairs[i].source, true).second) continue;
    const std::vector<std::string>& right = references[pairs[i].source];
    exact.update(std::find(right.begin(), right.end(), found[i]) != right.end());
    bleu.update(found[i], right);
  }
  return {exact.compute(), bleu.compute()};
}

/// What the decoder looked at, for each token that it wrote.
support::Heatmap attention_map(const SentenceTranslator& translator, const std::string& text) {
  const NoGradGuard no_grad;
  translator.model->eval();
  const Batch batch = translator.batch({{text, ""}});
  const auto [found, attention] =
      greedy_search(translator.model, translator.model->encode(batch.source, batch.lengths), translator.longest);
  const std::string translation = translator.target.decode(found[0].to_vector<std::int64_t>());
  support::Heatmap map{.title = "attention: " + text + " -> " + translation,
                       .x_label = "read",
                       .y_label = "written",
                       .columns = translator.source.split(text),
                       .rows = translator.target.split(translation),
                       .cells = {}};
  for (std::size_t i = 0; i < map.rows.size() && static_cast<std::int64_t>(i) < attention.size(1); ++i) {
    map.cells.push_back(attention[0][static_cast<std::int64_t>(i)].to_vector<double>());
  }
  map.rows.resize(map.cells.size());
  return map;
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

SentenceTranslator make_translator(const Corpus& corpus, const Options& options, bool dates) {
  if (dates) {
    const Language language(date_characters);
    const ModelOptions sizes{.source_tokens = language.size(),
                             .target_tokens = language.size(),
                             .features = options.features.value_or(32),
                             .hidden = options.hidden.value_or(64),
                             .dropout = options.dropout.value_or(0)};
    return {sizes, Translator(sizes), language, language, 11};  // ten characters and the end
  }
  const auto sources = sources_of(corpus.train);
  const auto targets = targets_of(corpus.train);
  const auto by_characters = [&](const auto& texts) { return options.characters || support::suits_characters(texts); };
  const Language source(sources, by_characters(sources), by_characters(sources) ? 1 : options.min_frequency);
  const Language target(targets, by_characters(targets), by_characters(targets) ? 1 : options.min_frequency);
  const bool few = corpus.train.size() < 50'000;
  const ModelOptions sizes{.source_tokens = source.size(),
                           .target_tokens = target.size(),
                           .features = options.features.value_or(few ? 96 : 256),
                           .hidden = options.hidden.value_or(few ? 96 : 256),
                           .dropout = options.dropout.value_or(0.3)};
  std::size_t longest = 1;
  for (const std::string& text : targets) longest = std::max(longest, target.split(text).size());
  return {sizes, Translator(sizes), source, target, static_cast<std::int64_t>(longest) + 1};
}

int program(int argc, char** argv) {
  Options options;
  support::OptionParser parser(
      "Translates: encoder-decoder with attention, greedy and beam search. Without --data, dates that are "
      "written out to ISO dates.",
      {"translate --data eng_fra.tsv --save eng_fra.safetensors",
       "translate --load eng_fra.safetensors --predict \"I am happy.\""});
  declare(parser, options);
  if (const auto code = parser.parse(argc, argv)) return *code;
  const bool dates = options.data.empty();
  if (!dates && !parser.given("--epochs")) options.common.epochs = 40;
  options.common.apply();
  if (options.predict.wanted()) {
    support::predict(options.predict, load_predictor(options.predict.load));
    return 0;
  }
  if (!options.predict.predict.empty() || !options.predict.load.empty()) {
    throw ValueError("--load and --predict go together: a model, and a text, a file, or -");
  }

  Corpus corpus;
  if (dates) {
    if (!options.text.empty()) check_date(Language(date_characters), options.text);
    corpus.train = make_dates(options.common.seed, options.size, false);
    corpus.test = make_dates(options.common.seed + 1, 1000, true);
  } else {
    corpus = read_corpus(options);
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
      "Settings: --epochs {} --patience {} --batch-size {} --lr {} --features {} --hidden {} --dropout {} --beam {} "
      "--seed {}",
      options.common.epochs, options.patience, batch_size, options.learning_rate, translator.options.features,
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
    const support::Heatmap map = attention_map(translator, text);
    support::plot(options.common.plot, training.curves(), &map);
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
