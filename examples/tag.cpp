/// A tag for each word of a sentence: noun, verb, adjective ... Many words are several of these, and only the words around
/// them tell which ("the watch", "they watch").
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <array>

#include "support/program.h"
#include "support/training.h"

namespace {

using namespace xgrad;

const std::vector<std::string> tag_names = {"DET", "ADJ", "NOUN", "VERB", "PRON", "ADV"};

struct Sentence {
  std::vector<std::string> words;
  std::vector<std::int64_t> tags;
};

/// Makes up sentences. Most nouns are verbs as well, and some adjectives are nouns.
class Author {
 public:
  explicit Author(std::uint64_t seed) : generator_(seed) {}

  Sentence sentence() {
    sentence_ = {};
    subject();
    if (coin()) add(adverbs, 5);
    if (coin()) add(ambiguous, 3);
    else add(verbs, 3);
    if (coin()) object();
    if (coin()) add(adverbs, 5);
    return sentence_;
  }

 private:
  void subject() {
    if (coin()) add(pronouns, 4);
    else object();
  }
  void object() {
    add(determiners, 0);
    for (int more = 0; more < 2 && coin(); ++more) {
      if (coin()) add(adjective_nouns, 1);
      else add(adjectives, 1);
    }
    switch (generator_.random() % 3) {
      case 0: add(adjective_nouns, 2); break;
      case 1: add(ambiguous, 2); break;
      default: add(nouns, 2); break;
    }
  }
  bool coin() { return generator_.random() % 2 == 0; }
  template <std::size_t n>
  void add(const std::array<const char*, n>& words, std::int64_t tag) {
    sentence_.words.emplace_back(words[generator_.random() % n]);
    sentence_.tags.push_back(tag);
  }

  static constexpr std::array determiners{"the", "a", "my", "every", "this"};
  static constexpr std::array adjectives{"old", "small", "quiet", "red", "happy", "strange"};
  static constexpr std::array nouns{"tree", "house", "child", "river", "teacher", "song"};
  static constexpr std::array verbs{"sees", "likes", "finds", "knows", "hears", "takes"};
  static constexpr std::array ambiguous{"watch", "play", "run", "walk", "fish", "dance", "fly", "plant", "cook", "dream"};
  static constexpr std::array adjective_nouns{"light", "cold", "green", "orange", "sweet", "kind", "secret", "original"};
  static constexpr std::array pronouns{"they", "we", "you", "I"};
  static constexpr std::array adverbs{"often", "never", "slowly", "today", "fast"};

  Generator generator_;
  Sentence sentence_;
};

std::vector<Sentence> make_sentences(std::uint64_t seed, std::int64_t count) {
  Author author(seed);
  std::vector<Sentence> sentences;
  for (std::int64_t i = 0; i < count; ++i) sentences.push_back(author.sentence());
  return sentences;
}

/// Sentences of different lengths, packed: words and tags in the same order.
struct Batch {
  nn::utils::rnn::PackedSequence words;
  Tensor tags;
  std::int64_t sentences;
};

/// An embedding, an LSTM in both directions, and a score for each tag at each word.
struct TaggerImpl : nn::Module {
  explicit TaggerImpl(std::int64_t words)
      : embedding_(register_module("embedding", nn::Embedding(words, 16))),
        lstm_(register_module("lstm", nn::LSTM(nn::LSTMOptions(16, 32).bidirectional(true)))),
        output_(register_module("output", nn::Linear(64, static_cast<std::int64_t>(tag_names.size())))) {}
  /// A row of scores for each word of the batch.
  Tensor forward(const nn::utils::rnn::PackedSequence& words) {
    const nn::utils::rnn::PackedSequence embedded(embedding_(words.data()), words.batch_sizes(), words.sorted_indices(),
                                                  words.unsorted_indices());
    return output_(std::get<0>(lstm_->forward_with_packed_input(embedded)).data());
  }
  nn::Embedding embedding_;
  nn::LSTM lstm_;
  nn::Linear output_;
};
XGRAD_MODULE(Tagger);

/// The share of words, and of sentences, whose tags are all right.
std::pair<double, double> accuracy(const Tagger& model, const Batch& batch) {
  const NoGradGuard no_grad;
  const nn::utils::rnn::PackedSequence right(model(batch.words).argmax(1).eq(batch.tags).to(kFloat32),
                                             batch.words.batch_sizes(), batch.words.sorted_indices(),
                                             batch.words.unsorted_indices());
  // Padding counts as right, so that the smallest element of a row tells whether all are.
  const Tensor rows = std::get<0>(pad_packed_sequence(right, true, 1));
  return {right.data().mean().item<double>(), std::get<0>(rows.min(1)).mean().item<double>()};
}

/// What looking at each word alone reaches: always its most frequent tag.
double word_accuracy(const std::vector<Sentence>& train, const std::vector<Sentence>& test) {
  std::map<std::string, std::array<int, 6>> counts;
  for (const Sentence& sentence : train) {
    for (std::size_t i = 0; i < sentence.words.size(); ++i) {
      ++counts[sentence.words[i]][static_cast<std::size_t>(sentence.tags[i])];
    }
  }
  int right = 0;
  int total = 0;
  for (const Sentence& sentence : test) {
    for (std::size_t i = 0; i < sentence.words.size(); ++i, ++total) {
      const auto& count = counts[sentence.words[i]];
      right += std::max_element(count.begin(), count.end()) - count.begin() == sentence.tags[i] ? 1 : 0;
    }
  }
  return static_cast<double>(right) / total;
}

int program(int argc, char** argv) {
  support::CommonOptions options{.epochs = 10};
  std::int64_t size = 2000;
  CLI::App app("Tags each word of made-up sentences: embedding, bidirectional LSTM, linear layer.");
  options.add_training_to(app);
  app.add_option("--size", size, "Sentences to train with")->capture_default_str()->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  options.apply();

  const std::vector<Sentence> train = make_sentences(options.seed, size);
  const std::vector<Sentence> test = make_sentences(options.seed + 1, 500);
  data::TokenCounts counts;
  for (const Sentence& sentence : train) data::count_tokens(sentence.words, counts);
  const data::Vocab vocabulary = data::build_vocab(counts, {.specials = {"<unk>"}, .default_index = 0});
  const auto collate = [&](const std::vector<Sentence>& sentences) {
    TensorList words;
    TensorList tags;
    for (const Sentence& sentence : sentences) {
      words.push_back(tensor(vocabulary.lookup_indices(sentence.words)));
      tags.push_back(tensor(sentence.tags));
    }
    return Batch{nn::utils::rnn::pack_sequence(words, false), nn::utils::rnn::pack_sequence(tags, false).data(),
                 static_cast<std::int64_t>(sentences.size())};
  };
  data::DataLoader<Sentence, Batch> loader(train, {.batch_size = 32, .shuffle = true, .seed = options.seed}, collate);
  const Batch test_batch = collate(test);

  Tagger model(static_cast<std::int64_t>(vocabulary.size()));
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(0.005));
  support::print_layers(*model);
  support::Training training(options, "tag", *model, optimizer);
  while (training.next_epoch(size, "sentences")) {
    for (const Batch& batch : training.batches(loader)) {
      optimizer.zero_grad();
      const Tensor scores = model(batch.words);
      const Tensor loss = nn::functional::cross_entropy(scores, batch.tags);
      loss.backward();
      optimizer.step();
      training.step(batch.sentences, {{"loss", loss.item<double>()},
                                      {"accuracy", scores.argmax(1).eq(batch.tags).to(kFloat64).mean().item<double>()}});
    }
    training.end_epoch({{"test_accuracy", accuracy(model, test_batch).first}});
  }
  training.finish();

  const NoGradGuard no_grad;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto tags = model(collate({test[i]}).words).argmax(1).to_vector<std::int64_t>();
    std::vector<std::string> shown;
    for (std::size_t j = 0; j < tags.size(); ++j) {
      shown.push_back(test[i].words[j] + "/" + tag_names[static_cast<std::size_t>(tags[j])]);
    }
    fmt::print("  {}\n", fmt::join(shown, " "));
  }
  const auto [words, sentences] = accuracy(model, test_batch);
  support::print_result(
      {{"accuracy", words}, {"sequence_accuracy", sentences}, {"word_alone_accuracy", word_accuracy(train, test)}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
