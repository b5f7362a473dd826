#include "autograd/base/utf8.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace xgrad::detail {

char32_t next_code_point(std::string_view text, std::size_t& position) {
  const auto first = static_cast<unsigned char>(text[position]);
  if (first < 0x80) {
    ++position;
    return first;
  }
  utf8proc_int32_t code_point = -1;
  const auto left = static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size() - position, 4));
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + position);
  const utf8proc_ssize_t length = utf8proc_iterate(bytes, left, &code_point);
  if (length <= 0) {
    ++position;
    return replacement_character;
  }
  position += static_cast<std::size_t>(length);
  return static_cast<char32_t>(code_point);
}

std::size_t find_invalid_utf8(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  for (std::size_t position = 0; position < text.size();) {
    std::uint64_t word = 0;
    if (position + sizeof(word) <= text.size()) {
      std::memcpy(&word, text.data() + position, sizeof(word));
      if ((word & high_bits) == 0) {
        position += sizeof(word);
        continue;
      }
    }
    const std::size_t begin = position;
    // A replacement character that is in the text takes three bytes.
    if (next_code_point(text, position) == replacement_character && position - begin == 1) return begin;
  }
  return std::string_view::npos;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t position = 0; position < text.size(); ++count) next_code_point(text, position);
  return count;
}

bool is_space(char32_t c) {
  if (c < 0x80) return c == U' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

std::vector<std::string_view> split_at_spaces(std::string_view text) {
  std::vector<std::string_view> pieces;
  std::size_t begin = 0;
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t end = position;
    if (!is_space(next_code_point(text, position))) continue;
    if (end > begin) pieces.push_back(text.substr(begin, end - begin));
    begin = position;
  }
  if (begin < text.size()) pieces.push_back(text.substr(begin));
  return pieces;
}

void append_code_point(std::string& text, char32_t code_point) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes);
  text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

char32_t lower_code_point(char32_t code_point) {
  if (code_point < 0x80) return code_point >= U'A' && code_point <= U'Z' ? code_point + 32 : code_point;
  return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code_point)));
}

std::string lower_text(std::string_view text) {
  std::string lower;
  lower.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) append_code_point(lower, lower_code_point(next_code_point(text, i)));
  return lower;
}

}  // namespace xgrad::detail
