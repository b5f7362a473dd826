#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

#include "model_info.h"

namespace support {

/// Tokens are numbered from 3; 0 fills up, 1 begins and 2 ends a text.
constexpr std::int64_t padding = 0;
constexpr std::int64_t start = 1;
constexpr std::int64_t end = 2;
constexpr std::int64_t unknown = 3;  ///< where a language has it

/// Words, and marks one by one. One that follows a space begins with "\xE2\x96\x81" (U+2581, as SentencePiece writes it), so
/// that `join_words` can undo it; a line's end is a mark.
std::vector<std::string> split_words(const std::string& text);
/// The text again.
std::string join_words(const std::vector<std::string>& words);

/// What a text is made of, and numbers for that.
class Language {
 public:
  /// Without unknown tokens: for texts of which all characters are known.
  explicit Language(const std::string& characters);
  /// Learns the tokens of some texts; those that occur less often than `min_frequency` are unknown.
  Language(const std::vector<std::string>& texts, bool characters, std::int64_t min_frequency);
  /// As a model's file has it, under names that begin with `side`.
  Language(const ModelInfo& info, const std::string& side);
  void store(ModelInfo& info, const std::string& side) const;

  /// Characters, or words and marks.
  std::vector<std::string> split(const std::string& text) const;
  std::vector<std::int64_t> encode(const std::string& text) const;
  /// The text of numbers up to the end.
  std::string decode(const std::vector<std::int64_t>& numbers) const;
  const xgrad::data::Vocab& vocabulary() const { return vocabulary_; }
  std::int64_t size() const { return static_cast<std::int64_t>(vocabulary_.size()); }
  bool by_characters() const { return characters_; }

 private:
  bool characters_ = true;
  xgrad::data::Vocab vocabulary_;
};

}  // namespace support
