#include "sentences.h"

#include <array>

namespace tagging {

using namespace xgrad;

namespace {

/// Makes up sentences. Most nouns are verbs as well, and some adjectives are nouns.
class Author {
 public:
  explicit Author(std::uint64_t seed) : generator_(seed) {}

  data::TaggedSentence sentence() {
    sentence_ = {};
    subject();
    if (coin()) add(adverbs, "ADV");
    if (coin()) add(ambiguous, "VERB");
    else add(verbs, "VERB");
    if (coin()) object();
    if (coin()) add(adverbs, "ADV");
    return sentence_;
  }

 private:
  void subject() {
    if (coin()) add(pronouns, "PRON");
    else object();
  }
  void object() {
    add(determiners, "DET");
    for (int more = 0; more < 2 && coin(); ++more) {
      if (coin()) add(adjective_nouns, "ADJ");
      else add(adjectives, "ADJ");
    }
    switch (generator_.random() % 3) {
      case 0: add(adjective_nouns, "NOUN"); break;
      case 1: add(ambiguous, "NOUN"); break;
      default: add(nouns, "NOUN"); break;
    }
  }
  bool coin() { return generator_.random() % 2 == 0; }
  template <std::size_t n>
  void add(const std::array<const char*, n>& words, const char* tag) {
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
  data::TaggedSentence sentence_;
};

}  // namespace

std::vector<data::TaggedSentence> make_sentences(std::uint64_t seed, std::int64_t count) {
  Author author(seed);
  std::vector<data::TaggedSentence> sentences;
  for (std::int64_t i = 0; i < count; ++i) sentences.push_back(author.sentence());
  return sentences;
}

}  // namespace tagging
