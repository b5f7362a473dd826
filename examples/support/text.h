#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace support {

/// A line of a file, without its end, counted from 1.
struct Line {
  std::uint64_t number;
  std::string text;
};

/// The lines of a text file, empty ones left out, and how many these are said. Throws FileError where it cannot be read, and
/// where it is not in that encoding ("utf-8" or "latin-1"): with the line.
std::vector<Line> read_lines(const std::string& path, const std::string& encoding = "utf-8");

}  // namespace support
