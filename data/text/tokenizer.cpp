#include "data/text/tokenizer.h"

#include <utf8proc.h>

#include <cstddef>
#include <utility>

#include "autograd/base/utf8.h"
#include "data/text/html.h"

namespace xgrad::data {

namespace {

constexpr char32_t right_single_quotation_mark = 0x2019;

bool is_apostrophe(char32_t c) { return c == U'\'' || c == right_single_quotation_mark; }

/// Whether a character can begin a word: a letter or a digit.
bool begins_word(char32_t c) {
  if (c < 0x80) return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || (c >= U'0' && c <= U'9');
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: return true;
    default: return false;
  }
}

/// Accents that stand as characters of their own belong to the letter before.
bool is_mark(char32_t c) {
  if (c < 0x80) return false;
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME;
}

void append_lower(std::string& word, char32_t c) {
  xgrad::detail::append_code_point(word, xgrad::detail::lower_code_point(c));
}

/// What Python's str.split() splits at.
bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

}  // namespace

std::vector<std::string> tokenize_words(std::string_view text) {
  const std::string plain = strip_html(text);
  std::vector<std::string> words;
  std::string word;
  bool apostrophe = false;  // one is pending: it counts once a letter follows
  const auto finish = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
    apostrophe = false;
  };
  for (std::size_t i = 0; i < plain.size();) {
    const char32_t c = xgrad::detail::next_code_point(plain, i);
    if (begins_word(c)) {
      if (std::exchange(apostrophe, false)) word += '\'';
      append_lower(word, c);
    } else if (!word.empty() && !apostrophe && is_apostrophe(c)) {
      apostrophe = true;
    } else if (!word.empty() && !apostrophe && is_mark(c)) {
      append_lower(word, c);
    } else {
      finish();
    }
  }
  finish();
  return words;
}

std::vector<std::string> tokenize_basic_english(std::string_view text) {
  constexpr std::string_view alone = ".,()!?'";
  constexpr std::string_view line_break = "<br />";
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  // A quotation mark goes before tags are looked for.
  std::string plain = xgrad::detail::lower_text(text);
  std::erase(plain, '"');
  for (std::size_t i = 0; i < plain.size();) {
    if (std::string_view(plain).substr(i).starts_with(line_break)) {
      finish();
      i += line_break.size();
      continue;
    }
    const char32_t c = xgrad::detail::next_code_point(plain, i);
    if (c < 0x80 && alone.find(static_cast<char>(c)) != std::string_view::npos) {
      finish();
      words.emplace_back(1, static_cast<char>(c));
    } else if (c == U';' || c == U':' || is_white_space(c)) {
      finish();
    } else {
      xgrad::detail::append_code_point(word, c);
    }
  }
  finish();
  return words;
}

std::vector<std::string> tokenize_characters(std::string_view text) {
  std::vector<std::string> characters;
  characters.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    xgrad::detail::append_code_point(characters.emplace_back(), xgrad::detail::next_code_point(text, i));
  }
  return characters;
}

}  // namespace xgrad::data
