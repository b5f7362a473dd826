/// Text files from front to back, decompressed and decoded on the way. For .cpp files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "autograd/io/input_file.h"
#include "data/text/line_reader.h"

namespace xgrad::data::detail {

/// Where bytes come from.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Some bytes, at most `bytes`; 0 at the end.
  virtual std::size_t read(char* data, std::size_t bytes) = 0;

 protected:
  ByteSource() = default;
};

/// Reads text through a small buffer.
class TextStream {
 public:
  static constexpr int end_of_file = -1;
  static constexpr std::size_t longest_line = std::size_t{1} << 26;

  /// A file, compressed or not; "-" is the standard input.
  TextStream(const std::string& path, Encoding encoding);
  /// Bytes [begin, end) of a file that is not compressed, from line `line` on.
  TextStream(std::shared_ptr<const InputFile> file, Encoding encoding, std::uint64_t begin, std::uint64_t end,
             std::uint64_t line);
  /// Text in memory, for messages called `name`.
  TextStream(std::string name, std::string text);

  const std::string& path() const { return path_; }
  bool compressed() const { return compressed_; }
  /// Where the next character lies in the file, where that is not compressed.
  std::uint64_t position();

  /// The next byte of the text, or end_of_file.
  int get() {
    const int byte = peek();
    used_ += byte != end_of_file ? 1 : 0;
    return byte;
  }
  int peek() {
    if (used_ == buffer_.size() && !fill()) return end_of_file;
    return static_cast<unsigned char>(buffer_[used_]);
  }
  /// What comes next, as far as it is in memory: empty at the end of the file only.
  std::string_view buffered() {
    if (used_ == buffer_.size()) fill();
    return std::string_view(buffer_).substr(used_);
  }
  /// Passes over bytes of `buffered()`.
  void consume(std::size_t bytes) { used_ += bytes; }
  /// The next line, without its end ("\n" or "\r\n"); false after the last one. Throws FileError where it is too long.
  bool read_line(std::string& line);
  /// Whether the next line is in memory with its end.
  bool has_line() const { return buffer_.find('\n', used_) != std::string::npos; }

 private:
  void start();
  bool fill();
  void decode_latin1();
  /// Checks the buffer; what may be completed by the next bytes is kept for later.
  void check_utf8(bool at_end);

  std::string path_;
  Encoding encoding_;
  std::unique_ptr<ByteSource> source_;
  bool compressed_ = false;
  std::string buffer_;
  std::size_t used_ = 0;
  std::string carried_;                ///< the beginning of a character, for the next buffer
  std::uint64_t buffer_position_ = 0;  ///< of the buffer's first character in the file
  std::uint64_t next_position_ = 0;    ///< of the character behind the buffer
  std::size_t counted_ = 0;            ///< latin-1: up to here, the buffer's characters are counted
  std::uint64_t counted_position_ = 0;
  std::uint64_t line_ = 1;  ///< of the buffer's first character
};

}  // namespace xgrad::data::detail
