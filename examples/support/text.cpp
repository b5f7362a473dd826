#include "text.h"

#include <fmt/core.h>
#include <xgrad/xgrad.h>

#include <filesystem>
#include <fstream>

namespace support {

using xgrad::FileError;

void check_utf8(const std::string& path, const Line& line) {
  // The tokenizer replaces bytes that are no UTF-8, and changes nothing else.
  std::string valid;
  for (const std::string& character : xgrad::data::tokenize_characters(line.text)) valid += character;
  if (valid != line.text) throw FileError(fmt::format("{}, line {}: expected UTF-8, got other bytes", path, line.number));
}

std::vector<Line> read_lines(const std::string& path) {
  std::ifstream file(path);
  if (!file || std::filesystem::is_directory(path)) throw FileError(path + ": cannot be read");
  std::vector<Line> lines;
  std::int64_t number = 0;
  for (std::string text; std::getline(file, text);) {
    ++number;
    if (text.ends_with('\r')) text.pop_back();
    if (text.empty()) continue;
    lines.push_back({number, text});
    check_utf8(path, lines.back());
  }
  return lines;
}

}  // namespace support
