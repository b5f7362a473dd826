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
    const auto* end = static_cast<const char*>(std::memchr(first, '\n', left));
    const std::size_t length = end != nullptr ? static_cast<std::size_t>(end - first) : left;
    line.append(first, length);
    used_ += length + (end != nullptr ? 1 : 0);
    if (end != nullptr) break;
  }
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

void ByteReader::skip_byte_order_mark() {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (peek() != 0xEF || !std::string_view(buffer_).substr(used_).starts_with(mark)) return;
  used_ += mark.size();
}

std::optional<double> parse_number(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return number;
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
