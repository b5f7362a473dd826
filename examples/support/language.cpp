#include "language.h"

namespace support {

using namespace xgrad;

namespace {

const std::string space = "\xE2\x96\x81";  // U+2581, as SentencePiece writes spaces
const std::vector<std::string> specials = {"<pad>", "<start>", "<end>", "<unk>"};

/// Whether a character is part of a word: any but ASCII's marks and the marks of other scripts in U+2000 to U+206F.
bool is_letter(const std::string& character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (first < 0x80)
    return (first >= '0' && first <= '9') || (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
  return !(character >= "\xE2\x80\x80" && character < "\xE2\x82\x80") && character != "\xC2\xAB" && character != "\xC2\xBB";
}

bool is_space(const std::string& character) {
  return character == " " || character == "\t" || character == "\xC2\xA0" || character == "\xE2\x80\xAF";
}

}  // namespace

Language::Language(const std::string& characters) {
  std::vector<std::string> tokens(specials.begin(), specials.begin() + 3);
  for (const std::string& character : data::tokenize_characters(characters)) tokens.push_back(character);
  vocabulary_ = data::Vocab(tokens);
}

Language::Language(const std::vector<std::string>& texts, bool characters, std::int64_t min_frequency)
    : characters_(characters) {
  data::TokenCounts counts;
  for (const std::string& text : texts) data::count_tokens(split(text), counts);
  vocabulary_ = data::build_vocab(counts, {.min_frequency = min_frequency, .specials = specials, .default_index = unknown});
}

Language::Language(const ModelInfo& info, const std::string& side)
    : characters_(info.flag(side + "_characters")), vocabulary_(info.list(side + "_vocabulary")) {
  if (vocabulary_.contains(specials[unknown])) vocabulary_.set_default_index(unknown);
}

void Language::store(ModelInfo& info, const std::string& side) const {
  info.set(side + "_characters", characters_);
  info.set(side + "_vocabulary", vocabulary_.tokens());
}

std::vector<std::string> split_words(const std::string& text) {
  std::vector<std::string> tokens;
  bool in_word = false;
  bool after_space = true;
  for (const std::string& character : data::tokenize_characters(text)) {
    if (is_space(character)) {
      after_space = true;
      in_word = false;
      continue;
    }
    const bool letter = is_letter(character);
    if (in_word && letter) tokens.back() += character;
    else tokens.push_back((after_space ? space : "") + character);
    in_word = letter;
    after_space = false;
  }
  return tokens;
}

std::string join_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (word.starts_with(space)) text += (text.empty() ? "" : " ") + word.substr(space.size());
    else text += (word == specials[unknown] && !text.empty() ? " " : "") + word;
  }
  return text;
}

std::vector<std::string> Language::split(const std::string& text) const {
  return characters_ ? data::tokenize_characters(text) : split_words(text);
}

std::vector<std::int64_t> Language::encode(const std::string& text) const { return vocabulary_.lookup_indices(split(text)); }

std::string Language::decode(const std::vector<std::int64_t>& numbers) const {
  std::vector<std::string> tokens;
  for (const std::int64_t number : numbers) {
    if (number == end) break;
    if (number != padding && number != start) tokens.push_back(vocabulary_.lookup_token(number));
  }
  if (!characters_) return join_words(tokens);
  std::string text;
  for (const std::string& token : tokens) text += token;
  return text;
}

}  // namespace support
