/// UTF-8, code point by code point.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xgrad::data::detail {

inline constexpr char32_t replacement_character = 0xFFFD;

/// The code point at text[position], which moves behind it. A byte that begins no valid sequence (a stray continuation byte,
/// an overlong form, a surrogate, a sequence cut off) counts as U+FFFD by itself.
char32_t next_code_point(std::string_view text, std::size_t& position);

/// Appends a code point below 0x110000 that is no surrogate.
void append_code_point(std::string& text, char32_t code_point);

/// Unicode's simple lower case of one code point.
char32_t lower_code_point(char32_t code_point);

/// The text in lower case, code point by code point.
std::string lower_text(std::string_view text);

}  // namespace xgrad::data::detail
