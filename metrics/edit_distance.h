/// Edit distance, and the error rates made of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xgrad::metrics {

/// The least number of insertions, deletions and substitutions that turn one sequence into the other (Levenshtein, 1966).
/// Takes time of the product of the lengths.
std::int64_t edit_distance(const std::vector<std::string>& from, const std::vector<std::string>& to);
/// As above, of numbers.
std::int64_t edit_distance(const std::vector<std::int64_t>& from, const std::vector<std::int64_t>& to);
/// As above, of the code points of two texts in UTF-8; an invalid byte counts as one of its own.
std::int64_t edit_distance(std::string_view from, std::string_view to);

namespace detail {
/// Throws ValueError unless there are references.
void check_references(const char* metric, std::int64_t length);
}  // namespace detail

/// Edits by units of the references, in all sentences together: may pass 1. `Metric` is the class derived from it.
template <class Metric>
class ErrorRate {
 public:
  /// edits / length of the references. Throws ValueError before the first unit of a reference.
  double compute() const {
    detail::check_references(Metric::name, reference_length_);
    return static_cast<double>(edits_) / static_cast<double>(reference_length_);
  }
  /// Forgets all sentences.
  void reset() { edits_ = reference_length_ = 0; }
  /// Adds the sentences of another one.
  void merge(const Metric& other) { add(other.edits(), other.reference_length()); }
  std::int64_t edits() const { return edits_; }
  std::int64_t reference_length() const { return reference_length_; }

 protected:
  void add(std::int64_t edits, std::int64_t reference_length) {
    edits_ += edits;
    reference_length_ += reference_length;
  }

 private:
  std::int64_t edits_ = 0;
  std::int64_t reference_length_ = 0;
};

/// The word error rate: words are what stands between white space.
/// https://lightning.ai/docs/torchmetrics/stable/text/word_error_rate.html
class WordErrorRate : public ErrorRate<WordErrorRate> {
 public:
  /// For messages.
  static constexpr const char* name = "WordErrorRate";
  /// Adds a sentence.
  void update(std::string_view prediction, std::string_view reference);
  /// Adds a sentence of words.
  void update(const std::vector<std::string>& prediction, const std::vector<std::string>& reference);
};

/// The character error rate: characters are code points, spaces among them.
/// https://lightning.ai/docs/torchmetrics/stable/text/char_error_rate.html
class CharacterErrorRate : public ErrorRate<CharacterErrorRate> {
 public:
  /// For messages.
  static constexpr const char* name = "CharacterErrorRate";
  /// Adds a sentence.
  void update(std::string_view prediction, std::string_view reference);
};

}  // namespace xgrad::metrics
