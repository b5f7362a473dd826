#include "data/text/byte_reader.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <system_error>

#include "autograd/base/check.h"
#include "autograd/base/utf8.h"

namespace xgrad::data::detail {

namespace {
constexpr std::uint64_t buffer_bytes = std::uint64_t{1} << 16;
}

ByteReader::ByteReader(const InputFile& file, std::uint64_t begin, std::uint64_t end)
    : file_(&file), next_position_(std::min(begin, file.size())), end_(std::clamp(end, next_position_, file.size())) {}

bool ByteReader::fill() {
  const auto bytes = static_cast<std::size_t>(std::min(buffer_bytes, end_ - next_position_));
  buffer_.resize(bytes);
  used_ = 0;
  if (bytes == 0) return false;
  file_->read(next_position_, buffer_.data(), bytes);
  next_position_ += bytes;
  return true;
}

void ByteReader::read(void* data, std::size_t bytes) {
  check<FileError>(bytes <= bytes_left(), "{}: ends at byte {}, expected {} bytes from byte {} on", path(), end_, bytes,
                   position());
  const std::size_t buffered = std::min(bytes, buffer_.size() - used_);
  std::memcpy(data, buffer_.data() + used_, buffered);
  used_ += buffered;
  if (buffered == bytes) return;
  file_->read(next_position_, static_cast<char*>(data) + buffered, bytes - buffered);
  next_position_ += bytes - buffered;
  buffer_.clear();
  used_ = 0;
}

bool ByteReader::read_line(std::string& line) {
  line.clear();
  if (peek() == end_of_file) return false;
  while (used_ < buffer_.size() || fill()) {
    const char* first = buffer_.data() + used_;
    const std::size_t left = buffer_.size() - used_;
    const std::size_t length = std::min(std::string_view(first, left).find('\n'), left);
    const bool ended = length < left;
    check<FileError>(line.size() + length <= longest_line, "{}: the line from byte {} on is longer than {} bytes", path(),
                     position() - line.size(), longest_line);
    line.append(first, length);
    used_ += length + (ended ? 1 : 0);
    if (ended) break;
  }
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

void ByteReader::skip_byte_order_mark() {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (peek() != 0xEF || !std::string_view(buffer_).substr(used_).starts_with(mark)) return;
  used_ += mark.size();
}

namespace {

/// A number as it is written: 0.digits times ten to the power of `exponent`.
struct Decimal {
  std::string digits;  ///< without zeros at the beginning and the end; none: 0
  std::int64_t exponent = 0;
  bool negative = false;
};

/// Of a text that std::from_chars takes for a number.
Decimal split_decimal(std::string_view text) {
  Decimal decimal;
  decimal.negative = text.starts_with('-');
  const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
  bool fraction = false;
  for (const char c : text.substr(0, mark)) {
    if (c == '.') fraction = true;
    if (!is_digit(c)) continue;
    const bool leading = c == '0' && decimal.digits.empty();
    if (!leading) decimal.digits += c;
    decimal.exponent += static_cast<int>(!leading && !fraction) - static_cast<int>(leading && fraction);
  }
  decimal.digits.resize(decimal.digits.find_last_not_of('0') + 1);
  text.remove_prefix(std::min(mark + 1, text.size()));
  if (text.starts_with('+')) text.remove_prefix(1);
  constexpr std::int64_t huge = std::int64_t{1} << 62;
  std::int64_t exponent = text.starts_with('-') ? -huge : huge;
  if (text.empty()) exponent = 0;
  std::from_chars(text.data(), text.data() + text.size(), exponent);
  decimal.exponent += std::clamp(exponent, -huge, huge);
  return decimal;
}

/// Without the spaces around it and a sign that says nothing.
std::string_view bare_number(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  return text;
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  text = bare_number(text);
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || stop != end || text.back() == ')') return std::nullopt;  // std::from_chars takes nan(text)
  if (error == std::errc()) return number;
  if (error != std::errc::result_out_of_range) return std::nullopt;
  const Decimal decimal = split_decimal(text);
  if (decimal.exponent > 0) return std::nullopt;
  return decimal.negative ? -0.0 : 0.0;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (!parse_number(text)) return std::nullopt;
  text = bare_number(text);
  std::int64_t integer = 0;
  const auto is_integer = [&integer](std::string_view digits) {
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, integer);
    return error == std::errc() && stop == end;
  };
  if (is_integer(text)) return integer;
  if (text.find_first_not_of("+-.0123456789eE") != std::string_view::npos) return std::nullopt;  // inf, nan
  Decimal decimal = split_decimal(text);
  if (decimal.digits.empty()) return 0;
  constexpr std::int64_t most_digits = 19;
  const auto digits = static_cast<std::int64_t>(decimal.digits.size());
  if (decimal.exponent < digits || decimal.exponent > most_digits) return std::nullopt;
  decimal.digits.append(static_cast<std::size_t>(decimal.exponent - digits), '0');
  if (!is_integer((decimal.negative ? "-" : "") + decimal.digits)) return std::nullopt;
  return integer;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view spaces = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(spaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(spaces) + 1 - begin);
}

std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", count, count == 1 ? singular : plural);
}

std::string quote_text(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string quoted = "\"";
  std::size_t position = 0;
  while (position < text.size() && position < longest) {
    const char32_t c = xgrad::detail::next_code_point(text, position);
    if (c < 0x20 || c == 0x7F) quoted += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    else xgrad::detail::append_code_point(quoted, c);
  }
  return quoted + (position < text.size() ? "...\"" : "\"");
}

}  // namespace xgrad::data::detail
