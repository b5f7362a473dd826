#include "sentences.h"

#include <array>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

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

/// Makes up sentences with names.
class Reporter {
 public:
  explicit Reporter(std::uint64_t seed) : generator_(seed) {}

  data::TaggedSentence sentence() {
    sentence_ = {};
    switch (generator_.random() % 5) {
      case 0: person(), say({"works", "for"}), company(); break;
      case 1: company(), say({"hired"}), person(), say({"and"}), person(); break;
      case 2: person(), say({"met"}), person(), say({"in"}), place(); break;
      case 3: say({"the", "head", "of"}), company(), say({"moved", "to"}), place(); break;
      default: person(), say({"left"}), chance(2) ? place() : company(); break;
    }
    if (chance(3)) say({"last", "year"});
    if (chance(4)) say({"with"}), person();
    return sentence_;
  }

 private:
  bool chance(std::uint32_t of) { return generator_.random() % of == 0; }
  template <std::size_t n>
  std::string one_of(const std::array<const char*, n>& words) {
    return words[generator_.random() % n];
  }
  /// A word that may be in a name of any kind.
  std::string any_name() {
    if (chance(2)) return one_of(known);
    std::string made_up = one_of(syllables) + one_of(syllables);
    if (chance(2)) made_up += one_of(syllables);
    made_up[0] = static_cast<char>(made_up[0] - 'a' + 'A');
    return made_up;
  }
  void say(std::initializer_list<const char*> words) {
    for (const char* word : words) add(word, "O");
  }
  void person() {
    std::vector<std::string> words{chance(2) ? one_of(first_names) : any_name()};
    if (chance(3)) words.push_back(any_name());
    words.push_back(any_name());
    name(words, "PER");
  }
  void place() {
    std::vector<std::string> words{any_name()};
    if (chance(2)) words.insert(words.begin(), one_of(before_places));
    if (chance(3)) words.push_back(one_of(behind_places));
    name(words, "LOC");
  }
  void company() {
    std::vector<std::string> words{any_name()};
    if (chance(3)) words.insert(words.end(), {"and", any_name()});
    if (!chance(4)) words.push_back(one_of(behind_companies));
    name(words, "ORG");
  }
  void name(const std::vector<std::string>& words, const std::string& type) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      const bool first = i == 0;
      const bool last = i + 1 == words.size();
      add(words[i], (first && last ? "S-" : first ? "B-" : last ? "E-" : "I-") + type);
    }
  }
  void add(std::string word, std::string tag) {
    sentence_.words.push_back(std::move(word));
    sentence_.tags.push_back(std::move(tag));
  }

  static constexpr std::array known{"Lincoln", "Berg", "Florence", "Stone", "Jordan", "Field", "Hudson", "Marsh"};
  static constexpr std::array first_names{"Anna", "Victor", "Rose", "Paul", "Carmen", "Lena"};
  static constexpr std::array before_places{"New", "North", "Port", "Saint"};
  static constexpr std::array behind_places{"Valley", "City", "Bay"};
  static constexpr std::array behind_companies{"Bank", "Company", "Motors", "Press", "City"};
  static constexpr std::array syllables{"ka", "lo", "mi", "ren", "sto", "vel", "dar", "bri", "nu", "tas", "gor", "el"};

  Generator generator_;
  data::TaggedSentence sentence_;
};

template <class Writer>
std::vector<data::TaggedSentence> written_by(Writer writer, std::int64_t count) {
  std::vector<data::TaggedSentence> sentences;
  for (std::int64_t i = 0; i < count; ++i) sentences.push_back(writer.sentence());
  return sentences;
}

}  // namespace

std::vector<data::TaggedSentence> make_sentences(std::uint64_t seed, std::int64_t count) {
  return written_by(Author(seed), count);
}

std::vector<data::TaggedSentence> make_sentences_with_names(std::uint64_t seed, std::int64_t count) {
  return written_by(Reporter(seed), count);
}

}  // namespace tagging
