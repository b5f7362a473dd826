#include "text.h"

#include <fmt/core.h>
#include <xgrad/xgrad.h>

#include "screen.h"

namespace support {

std::vector<Line> read_lines(const std::string& path, const std::string& encoding) {
  xgrad::data::LineReader reader(path, xgrad::data::parse_encoding(encoding));
  std::vector<Line> lines;
  for (std::string text; reader.next_filled(text);) lines.push_back({reader.line(), text});
  if (const std::uint64_t empty = reader.empty_lines(); empty > 0) {
    print_paragraph(fmt::format("{}: passed over {} empty line{}", path, empty, empty == 1 ? "" : "s"));
  }
  return lines;
}

}  // namespace support
