#include "reviews.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

namespace sentiment {

using namespace xgrad;

bool is_imdb(const std::string& folder) {
  for (const char* root : {"", "/aclImdb"}) {
    const std::string train = folder + root + "/train";
    if (!std::filesystem::is_directory(train + "/pos") || !std::filesystem::is_directory(folder + root + "/test/pos"))
      continue;
    // With a third class, it is a folder of classes like any other.
    return std::ranges::none_of(std::filesystem::directory_iterator(train), [](const auto& entry) {
      const std::string name = entry.path().filename().string();
      return entry.is_directory() && name != "pos" && name != "neg" && name != "unsup";
    });
  }
  return false;
}

support::LabelledCorpus read_imdb(const std::string& folder) {
  support::LabelledCorpus corpus{.classes = {"bad", "good"}};
  const auto read = [&](const std::string& split, support::Labelled& part) {
    for (data::LabeledText& review : data::read_imdb(folder, split)) {
      part.texts.push_back(std::move(review.text));
      part.labels.push_back(review.label);
    }
  };
  read("train", corpus.train);
  read("test", corpus.test);
  return corpus;
}

namespace {

/// Makes up reviews. Every opinion is drawn first; the words follow from it.
class Author {
 public:
  explicit Author(std::uint64_t seed) : generator_(seed) {}

  /// Adds a review.
  void write(support::Labelled& part) {
    const bool good = coin();
    std::string text;
    if (coin()) text = pick(openings) + " ";
    switch (generator_.random() % 4) {
      case 0: text += clause(good); break;
      case 1: text += clause(!good) + pick(contrasts) + clause(good); break;
      case 2: text += "although " + clause(!good) + ", " + clause(good); break;
      default: text += clause(good) + ", even though " + clause(!good); break;
    }
    text += ".";
    if (coin()) text += " " + pick(endings);
    part.texts.push_back(text);
    part.labels.push_back(good ? 1 : 0);
  }

 private:
  /// One opinion: said plainly, or by denying its opposite, with or without an intensifier.
  std::string clause(bool good) {
    const bool denied = coin();
    const std::string adjective = pick(good != denied ? praise : blame);
    const std::string degree = coin() ? pick(intensifiers) + " " : "";
    return "the " + pick(subjects) + " was " + (denied ? pick(denials) + " " : "") + degree + adjective;
  }

  bool coin() { return generator_.random() % 2 == 0; }
  template <std::size_t n>
  std::string pick(const std::array<const char*, n>& words) {
    return words[generator_.random() % n];
  }

  static constexpr std::array praise{"good",      "great",  "wonderful", "brilliant", "moving",     "funny",
                                     "memorable", "clever", "superb",    "charming",  "impressive", "gripping"};
  static constexpr std::array blame{"bad",   "dull",     "awful",       "boring",      "terrible", "weak",
                                    "silly", "lifeless", "predictable", "forgettable", "clumsy",   "tedious"};
  static constexpr std::array denials{"not", "never", "hardly", "by no means", "anything but", "far from"};
  static constexpr std::array intensifiers{"very", "really", "quite", "truly", "particularly", "so"};
  static constexpr std::array subjects{"film",   "movie",  "story", "acting", "plot",
                                       "script", "ending", "music", "cast",   "camera work"};
  static constexpr std::array contrasts{", but ", "; however, ", ", and yet ", ". In the end "};
  static constexpr std::array openings{"I saw this last week:", "A word of advice:", "We watched it twice.", "<br />Well,",
                                       "My friends asked me:"};
  static constexpr std::array endings{"That is all there is to say.", "Make of that what you will.",
                                      "I was there on Friday.", "The seats were red."};

  Generator generator_;
};

}  // namespace

support::LabelledCorpus make_corpus(std::uint64_t seed) {
  constexpr int train_size = 6000;
  constexpr int test_size = 2000;
  Author author(seed);
  support::LabelledCorpus corpus{.classes = {"bad", "good"}};
  for (int i = 0; i < train_size; ++i) author.write(corpus.train);
  for (int i = 0; i < test_size; ++i) author.write(corpus.test);
  return corpus;
}

}  // namespace sentiment
