#include "data/text/html.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "autograd/base/utf8.h"

namespace xgrad::data {

namespace {

/// U+00C0 to U+00FF, in order.
constexpr std::array<std::string_view, 64> latin1_letters = {
    "Agrave", "Aacute", "Acirc",  "Atilde", "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",
    "Euml",   "Igrave", "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde",
    "Ouml",   "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",  "szlig",  "agrave",
    "aacute", "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil", "egrave", "eacute", "ecirc",  "euml",
    "igrave", "iacute", "icirc",  "iuml",   "eth",    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",
    "divide", "oslash", "ugrave", "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml"};

constexpr std::array<std::pair<std::string_view, char32_t>, 16> signs = {{{"amp", U'&'},
                                                                          {"lt", U'<'},
                                                                          {"gt", U'>'},
                                                                          {"quot", U'"'},
                                                                          {"apos", U'\''},
                                                                          {"nbsp", 0xA0},
                                                                          {"hellip", 0x2026},
                                                                          {"mdash", 0x2014},
                                                                          {"ndash", 0x2013},
                                                                          {"lsquo", 0x2018},
                                                                          {"rsquo", 0x2019},
                                                                          {"ldquo", 0x201C},
                                                                          {"rdquo", 0x201D},
                                                                          {"bull", 0x2022},
                                                                          {"trade", 0x2122},
                                                                          {"euro", 0x20AC}}};

/// What numbers 128 to 159 stand for: characters of windows-1252, by https://html.spec.whatwg.org, and themselves where it
/// has none.
constexpr std::array<char32_t, 32> windows1252 = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                  0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                  0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                  0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

constexpr std::size_t longest_reference = 32;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The character that `&name;` stands for.
std::optional<char32_t> named_character(std::string_view name) {
  if (const auto* sign = std::find_if(signs.begin(), signs.end(), [&](const auto& known) { return known.first == name; });
      sign != signs.end()) {
    return sign->second;
  }
  if (const auto* letter = std::find(latin1_letters.begin(), latin1_letters.end(), name); letter != latin1_letters.end()) {
    return static_cast<char32_t>(0xC0 + (letter - latin1_letters.begin()));
  }
  return std::nullopt;
}

/// The character that `&#digits;` or `&#xdigits;` stands for.
std::optional<char32_t> numbered_character(std::string_view digits) {
  const bool hexadecimal = digits.starts_with('x') || digits.starts_with('X');
  if (hexadecimal) digits.remove_prefix(1);
  std::uint32_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, hexadecimal ? 16 : 10);
  if (stop != end || (error != std::errc() && error != std::errc::result_out_of_range)) return std::nullopt;
  const bool surrogate = number >= 0xD800 && number <= 0xDFFF;
  if (error != std::errc() || number == 0 || number > 0x10FFFF || surrogate) return xgrad::detail::replacement_character;
  if (number >= 128 && number < 128 + windows1252.size()) return windows1252[number - 128];
  return static_cast<char32_t>(number);
}

/// The character reference at the beginning of `text`, and its length.
std::optional<std::pair<char32_t, std::size_t>> reference_at(std::string_view text) {
  const std::size_t semicolon = text.substr(0, longest_reference).find(';');
  if (semicolon == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(1, semicolon - 1);
  const auto character = name.starts_with('#') ? numbered_character(name.substr(1)) : named_character(name);
  if (!character) return std::nullopt;
  return std::pair(*character, semicolon + 1);
}

/// The length of the tag at the beginning of `text`; 0 where there is none. The scan ends at the next '<', so that a text
/// full of them is still read in linear time.
std::size_t tag_length(std::string_view text) {
  if (text.size() < 3) return 0;
  const std::size_t name = text[1] == '/' ? 2 : 1;
  if (!is_letter(text[name]) && text[1] != '!' && text[1] != '?') return 0;
  const std::size_t end = text.find_first_of("<>", 1);
  return end != std::string_view::npos && text[end] == '>' ? end + 1 : 0;
}

}  // namespace

std::string strip_html(std::string_view html) {
  std::string text;
  text.reserve(html.size());
  bool comments_close = true;  // false once a search for the end of a comment came back empty
  for (std::size_t i = 0; i < html.size();) {
    const std::string_view rest = html.substr(i);
    if (rest[0] == '<') {
      std::size_t length = 0;
      if (comments_close && rest.starts_with("<!--")) {
        const std::size_t end = rest.find("-->", 4);
        comments_close = end != std::string_view::npos;
        if (comments_close) length = end + 3;
      }
      if (length == 0) length = tag_length(rest);
      if (length > 0) {
        text += ' ';
        i += length;
        continue;
      }
    } else if (rest[0] == '&') {
      if (const auto reference = reference_at(rest)) {
        xgrad::detail::append_code_point(text, reference->first);
        i += reference->second;
        continue;
      }
    }
    text += rest[0];
    ++i;
  }
  return text;
}

}  // namespace xgrad::data
