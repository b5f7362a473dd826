/// Large files from front to back, and numbers out of text. For .cpp files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "autograd/io/input_file.h"

namespace xgrad::data::detail {

/// Reads a file, or a part of it, forwards through a small buffer.
class ByteReader {
 public:
  static constexpr int end_of_file = -1;
  static constexpr std::size_t longest_line = std::size_t{1} << 26;

  /// Reads bytes [begin, end) of `file`, which has to live longer; an `end` behind the file's is the file's.
  explicit ByteReader(const InputFile& file, std::uint64_t begin = 0, std::uint64_t end = ~std::uint64_t{0});

  const std::string& path() const { return file_->path(); }
  /// Where the next byte lies in the file.
  std::uint64_t position() const { return next_position_ - (buffer_.size() - used_); }
  std::uint64_t bytes_left() const { return end_ - position(); }

  /// The next byte, or end_of_file.
  int get() {
    const int byte = peek();
    used_ += byte != end_of_file ? 1 : 0;
    return byte;
  }
  int peek() {
    if (used_ == buffer_.size() && !fill()) return end_of_file;
    return static_cast<unsigned char>(buffer_[used_]);
  }
  /// Exactly `bytes` bytes. Throws FileError where fewer are left.
  void read(void* data, std::size_t bytes);
  /// The next line, without its end ("\n" or "\r\n"); false after the last one. Throws FileError where it is
  /// longer than `longest_line`.
  bool read_line(std::string& line);
  /// Passes over UTF-8's byte order mark, where there is one.
  void skip_byte_order_mark();

 private:
  bool fill();

  const InputFile* file_;
  std::uint64_t next_position_;  ///< of the first byte behind the buffer
  std::uint64_t end_;
  std::string buffer_;
  std::size_t used_ = 0;
};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The decimal number that is the whole text, spaces around it aside; nothing where it is none, or too large for a double.
/// One that is too small for a double is 0.
std::optional<double> parse_number(std::string_view text);
/// As above, without a rounding: nothing for numbers that are no integers, or too large for an int64.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// The text without the spaces, tabs and carriage returns around it.
std::string_view trim(std::string_view text);

/// "1 row", "2 rows".
std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural);

/// A piece of a file for a message: cut where it is long, without control characters and broken UTF-8.
std::string quote_text(std::string_view text);

}  // namespace xgrad::data::detail
