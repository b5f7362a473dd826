/// UTF-8, code point by code point.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xgrad::detail {

inline constexpr char32_t replacement_character = 0xFFFD;

/// The code point at text[position], which moves behind it. A byte that begins no valid sequence (a stray continuation byte,
/// an overlong form, a surrogate, a sequence cut off) counts as U+FFFD by itself.
char32_t next_code_point(std::string_view text, std::size_t& position);

/// The place of the first byte that begins no valid sequence; npos where the text is UTF-8.
std::size_t find_invalid_utf8(std::string_view text);

/// How many code points there are, as `next_code_point` finds them.
std::size_t count_code_points(std::string_view text);

/// Whether Unicode has it as white space (as Python's str.isspace).
bool is_space(char32_t code_point);

/// The pieces of a text between white space.
std::vector<std::string_view> split_at_spaces(std::string_view text);

/// Appends a code point below 0x110000 that is no surrogate.
void append_code_point(std::string& text, char32_t code_point);

/// Unicode's simple lower case of one code point.
char32_t lower_code_point(char32_t code_point);

/// The text in lower case, code point by code point.
std::string lower_text(std::string_view text);

}  // namespace xgrad::detail
