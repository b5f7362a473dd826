#include "text_coder.h"

#include <fmt/core.h>

#include <algorithm>

#include "options.h"
#include "screen.h"

namespace support {

using namespace xgrad;

namespace {

const std::vector<std::string> unit_names = {"characters", "words", "pieces"};

/// Adds what a token is made of: runs of letters, runs of digits, which become "0", and marks.
void append_pieces(const std::string& token, std::vector<std::string>& pieces) {
  enum class Kind { none, letters, digits, mark } last = Kind::none;
  for (const char c : token) {
    const bool letter = (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
    const Kind kind = letter ? Kind::letters : c >= '0' && c <= '9' ? Kind::digits : Kind::mark;
    if (kind != last || kind == Kind::mark) pieces.emplace_back();
    pieces.back() += kind == Kind::digits ? '0' : c;
    last = kind;
  }
}

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
      if ((first >= 0xE3 && first <= 0xE9) || (character >= "\xE0\xB8\x80" && character < "\xE0\xBC\x80")) ++without_spaces;
    }
    if (letters > 100'000) break;
  }
  return 2 * without_spaces > letters;
}

TextCoder::TextCoder(const std::vector<std::string>& texts, Unit unit, std::int64_t min_frequency) : unit_(unit) {
  data::TokenCounts counts;
  for (const std::string& text : texts) data::count_tokens(split(text), counts);
  vocabulary_ = data::build_vocab(
      counts, {.min_frequency = min_frequency, .specials = {"<pad>", "<unk>"}, .default_index = unknown_token});
}

TextCoder::TextCoder(data::Vocab vocabulary, Unit unit, std::int64_t longest)
    : vocabulary_(std::move(vocabulary)), unit_(unit), longest_(longest) {}

TextCoder::TextCoder(const ModelInfo& info) : vocabulary_(info.list("vocabulary")) {
  // Models of before this file told unit and length have words, and 1 as unknown.
  const std::string unit = info.contains("unit") ? info.text("unit") : "words";
  const auto found = std::find(unit_names.begin(), unit_names.end(), unit);
  if (found == unit_names.end()) throw FileError("the model splits texts into '" + unit + "', which this program cannot");
  unit_ = static_cast<Unit>(found - unit_names.begin());
  if (info.contains("longest")) longest_ = std::max<std::int64_t>(1, info.integer("longest"));
  vocabulary_.set_default_index(info.contains("unknown") ? info.integer("unknown") : 1);
}

void TextCoder::store(ModelInfo& info) const {
  info.set("unit", unit_names[static_cast<std::size_t>(unit_)]);
  info.set("longest", longest_);
  info.set("unknown", vocabulary_.default_index().value_or(0));
  info.set("vocabulary", vocabulary_.tokens());
}

std::vector<std::string> TextCoder::split(const std::string& text) const {
  if (unit_ == Unit::characters) return data::tokenize_characters(text);
  if (unit_ == Unit::words) return data::tokenize_words(text);
  std::vector<std::string> tokens;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    begin = end + 1;
    const auto capitals = std::count_if(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    const bool small = std::any_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if (capitals > 1 && !small) tokens.emplace_back("<capitals>");
    for (const std::string& token : data::tokenize_basic_english(word)) append_pieces(token, tokens);
  }
  return tokens;
}

std::vector<std::int64_t> TextCoder::encode(const std::string& text) const {
  std::vector<std::string> tokens = split(text);
  tokens.resize(std::min(tokens.size(), static_cast<std::size_t>(longest_)));
  std::vector<std::int64_t> numbers = vocabulary_.lookup_indices(tokens);
  if (numbers.empty()) numbers.push_back(vocabulary_.default_index().value_or(0));
  return numbers;
}

std::vector<std::vector<std::int64_t>> TextCoder::encode(const std::vector<std::string>& texts) const {
  std::vector<std::vector<std::int64_t>> result;
  result.reserve(texts.size());
  for (const std::string& text : texts) result.push_back(encode(text));
  return result;
}

void add_vectors(OptionParser& parser, std::string& path) {
  parser.add("--vectors", path, "Vectors to begin with, which are trained further: text of word2vec, GloVe or fastText");
}

Tensor read_vectors(const std::string& path, const data::Vocab& vocabulary) {
  std::string first;
  if (!data::LineReader(path).next(first)) throw FileError(path + ": the file is empty: expected vectors of words");
  const bool header = std::count(first.begin(), first.end(), ' ') == 1;
  const auto vectors = data::WordVectors::load(path, {.binary = false, .header = header});
  std::size_t found = 0;
  Tensor result = 0.1 * randn({static_cast<std::int64_t>(vocabulary.size()), vectors.dimensions()});
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    if (!vectors.contains(vocabulary.tokens()[i])) continue;
    result[static_cast<std::int64_t>(i)].copy_(vectors[vocabulary.tokens()[i]]);
    ++found;
  }
  print_paragraph(fmt::format("{}: vectors of {} numbers for {} of the {} tokens", path, vectors.dimensions(),
                              grouped(found), grouped(vocabulary.size())));
  return result;
}

}  // namespace support
