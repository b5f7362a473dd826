#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

#include "model_info.h"

namespace support {

/// Whether text reads better by characters than by words: most of its letters are Chinese, Japanese or another script that
/// puts no spaces between words.
bool suits_characters(const std::vector<std::string>& texts);

/// Texts as numbers, by words or by characters. 0 is padding, 1 whatever is not in the vocabulary.
class TextCoder {
 public:
  /// Learns the vocabulary of some texts. Digits count as one another ("£1.50" is "£0.00"), so that numbers are no rarities.
  TextCoder(const std::vector<std::string>& texts, bool characters, std::int64_t min_frequency);
  /// As a model's file has it.
  explicit TextCoder(const ModelInfo& info);
  void store(ModelInfo& info) const;

  std::vector<std::string> split(const std::string& text) const;
  /// At most `longest` numbers, the first ones; a text of none is one unknown.
  std::vector<std::int64_t> encode(const std::string& text, std::size_t longest = 1000) const;
  std::int64_t size() const { return static_cast<std::int64_t>(vocabulary_.size()); }
  const xgrad::data::Vocab& vocabulary() const { return vocabulary_; }
  bool by_characters() const { return characters_; }

 private:
  bool characters_ = false;
  xgrad::data::Vocab vocabulary_;
};

}  // namespace support
