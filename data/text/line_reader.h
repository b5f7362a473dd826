/// Text files of any size, line by line: plain or compressed, in UTF-8 or latin-1.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace xgrad::data {

/// How a file's bytes are read as text.
enum class Encoding {
  Unchecked,  ///< bytes are kept as they are
  Utf8,       ///< bytes that are no UTF-8 are an error, which names the line
  Latin1,     ///< ISO 8859-1, turned into UTF-8: every byte is a character, so that nothing is ever refused
};

/// The encoding of a name as people write it: "utf-8", "utf8", "latin-1", "latin1", "iso-8859-1", in any case. Throws
/// ValueError for another.
Encoding parse_encoding(std::string_view name);

namespace detail {
class TextStream;
}

/// Reads a file line by line, in constant memory:
///
///   data::LineReader reader("reviews.txt.gz");
///   for (std::string line; reader.next(line);) use(line);
///
/// Lines end in "\n" or "\r\n"; the last one may lack its end. A byte order mark is passed over, and a file that gzip
/// compressed is decompressed, whatever its name. The path "-" is the standard input.
class LineReader {
 public:
  /// Throws FileError where the file cannot be read, or is UTF-16.
  explicit LineReader(const std::string& path, Encoding encoding = Encoding::Utf8);
  ~LineReader();
  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) noexcept;

  /// Reads the next line, without its end; false after the last one. Throws FileError that names file and line where bytes
  /// are no UTF-8, a line is longer than 64 MiB, or compressed data is damaged.
  bool next(std::string& line);
  /// As `next`, but for lines that are empty or of white space alone, which are counted.
  bool next_filled(std::string& line);
  /// Whether the next line is in memory already, so that `next` need not wait for it: where lines are answered as they come.
  bool ready() const;
  /// The number of the line that was read last, counted from 1.
  std::uint64_t line() const { return line_; }
  /// How many lines `next_filled` passed over.
  std::uint64_t empty_lines() const { return empty_lines_; }
  const std::string& path() const;

 private:
  std::unique_ptr<detail::TextStream> stream_;
  std::uint64_t line_ = 0;
  std::uint64_t empty_lines_ = 0;
};

}  // namespace xgrad::data
