#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

#include "model_info.h"

namespace support {

class OptionParser;

/// Whether text reads better by characters than by words: most of its letters are Chinese, Japanese or another script that
/// puts no spaces between words.
bool suits_characters(const std::vector<std::string>& texts);

/// The number of whatever is not in a learnt vocabulary; 0 is padding.
constexpr std::int64_t unknown_token = 1;

/// What a text is split into.
enum class Unit {
  characters,
  words,   ///< data::tokenize_words: in lower case, without marks
  pieces,  ///< data::tokenize_basic_english, parted where letters, digits and marks meet; digits count as one another
           ///< ("£1.50p" is "£ 0 . 00 p"), and a word in capitals has a mark of its own before it
};

/// Texts as numbers.
class TextCoder {
 public:
  /// Learns the vocabulary of some texts: 0 is padding, unknown_token whatever is not in it.
  TextCoder(const std::vector<std::string>& texts, Unit unit, std::int64_t min_frequency);
  /// Takes a vocabulary with a default index, and of each text the first `longest` tokens.
  TextCoder(xgrad::data::Vocab vocabulary, Unit unit, std::int64_t longest = 1000);
  /// As a model's file has it.
  explicit TextCoder(const ModelInfo& info);
  void store(ModelInfo& info) const;

  std::vector<std::string> split(const std::string& text) const;
  /// The numbers of a text; one without tokens is one unknown.
  std::vector<std::int64_t> encode(const std::string& text) const;
  std::vector<std::vector<std::int64_t>> encode(const std::vector<std::string>& texts) const;
  std::int64_t size() const { return static_cast<std::int64_t>(vocabulary_.size()); }
  const xgrad::data::Vocab& vocabulary() const { return vocabulary_; }
  Unit unit() const { return unit_; }

 private:
  xgrad::data::Vocab vocabulary_;
  Unit unit_ = Unit::words;
  std::int64_t longest_ = 1000;
};

/// --vectors: what read_vectors reads.
void add_vectors(OptionParser& parser, std::string& path);
/// Vectors of a vocabulary's tokens, (tokens, numbers), from text of word2vec, GloVe or fastText: of tokens that it does not
/// have they are random. Says how many it has. Throws FileError with file and line.
xgrad::Tensor read_vectors(const std::string& path, const xgrad::data::Vocab& vocabulary);

}  // namespace support
