#include "text_coder.h"

#include <algorithm>

namespace support {

using namespace xgrad;

namespace {

constexpr std::int64_t unknown = 1;

}  // namespace

bool suits_characters(const std::vector<std::string>& texts) {
  std::size_t without_spaces = 0;
  std::size_t letters = 0;
  for (const std::string& text : texts) {
    for (const std::string& character : data::tokenize_characters(text)) {
      // In UTF-8, three bytes from E2BA.. (CJK radicals) to ED.. (Hangul, which has spaces, aside) and Thai, Lao, Khmer.
      const auto first = static_cast<unsigned char>(character[0]);
      if (first == ' ' || first < 0x30) continue;
      ++letters;
      if ((first >= 0xE3 && first <= 0xE9) || character >= "\xE0\xB8\x80" && character < "\xE0\xBC\x80") ++without_spaces;
    }
    if (letters > 100'000) break;
  }
  return 2 * without_spaces > letters;
}

TextCoder::TextCoder(const std::vector<std::string>& texts, bool characters, std::int64_t min_frequency)
    : characters_(characters) {
  data::TokenCounts counts;
  for (const std::string& text : texts) data::count_tokens(split(text), counts);
  vocabulary_ = data::build_vocab(
      counts, {.min_frequency = min_frequency, .specials = {"<pad>", "<unk>"}, .default_index = unknown});
}

TextCoder::TextCoder(const ModelInfo& info)
    : characters_(info.flag("characters")), vocabulary_(info.list("vocabulary"), unknown) {}

void TextCoder::store(ModelInfo& info) const {
  info.set("characters", characters_);
  info.set("vocabulary", vocabulary_.tokens());
}

std::vector<std::string> TextCoder::split(const std::string& text) const {
  if (characters_) return data::tokenize_characters(text);
  std::vector<std::string> words = data::tokenize_basic_english(text);
  for (std::string& word : words) std::replace_if(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; }, '0');
  return words;
}

std::vector<std::int64_t> TextCoder::encode(const std::string& text, std::size_t longest) const {
  std::vector<std::string> tokens = split(text);
  tokens.resize(std::min(tokens.size(), longest));
  std::vector<std::int64_t> numbers = vocabulary_.lookup_indices(tokens);
  if (numbers.empty()) numbers.push_back(unknown);
  return numbers;
}

}  // namespace support
