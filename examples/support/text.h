#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace support {

/// A line of a file, without its end, counted from 1.
struct Line {
  std::int64_t number;
  std::string text;
};

/// The lines of a text file, empty ones left out. Throws FileError where it cannot be read, and where it is not UTF-8: with
/// the line.
std::vector<Line> read_lines(const std::string& path);

/// Throws FileError, with the line, unless the text is UTF-8.
void check_utf8(const std::string& path, const Line& line);

}  // namespace support
