#include "screen.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace support {

namespace {

const char* environment(const char* name) { return std::getenv(name); }  // NOLINT(concurrency-mt-unsafe): nobody sets it

std::string coloured(const char* code, const std::string& text) {
  return has_colour() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

/// The code point at `place`, which moves behind it. A byte that begins none counts as one.
char32_t next_character(const std::string& text, std::size_t& place) {
  const auto first = static_cast<unsigned char>(text[place++]);
  const int further = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  char32_t character = further == 0 ? first : first & (0x3FU >> further);
  for (int i = 0; i < further && place < text.size() && (static_cast<unsigned char>(text[place]) & 0xC0U) == 0x80; ++i) {
    character = character << 6 | (static_cast<unsigned char>(text[place++]) & 0x3FU);
  }
  return character;
}

std::size_t width_of(char32_t c) {
  if (c >= 0x300 && c < 0x370) return 0;  // accents that join the letter before
  const bool wide = (c >= 0x1100 && c < 0x1160) || (c >= 0x2E80 && c < 0xA4D0) || (c >= 0xAC00 && c < 0xD7A4) ||
                    (c >= 0xF900 && c < 0xFB00) || (c >= 0xFE30 && c < 0xFE70) || (c >= 0xFF00 && c < 0xFF61) ||
                    (c >= 0x1F300 && c < 0x1F650) || (c >= 0x20000 && c < 0x30000);
  return wide ? 2 : 1;
}

void print_wrapped(const std::string& first, const std::string& indent, const std::string& text) {
  std::string line = first;
  bool empty = true;
  for (std::size_t place = 0; place < text.size();) {
    const std::size_t end = std::min(text.find(' ', place), text.size());
    const std::string word = text.substr(place, end - place);
    place = end + 1;
    if (!empty && display_width(line) + 1 + display_width(word) > screen_width) {
      fmt::print("{}\n", line);
      line = indent;
      empty = true;
    }
    line += (empty ? "" : " ") + word;
    empty = false;
  }
  fmt::print("{}\n", line);
}

bool is_number(const std::string& text) {
  return text.empty() || (text.find_first_not_of("0123456789.,-+%e ") == std::string::npos) || text == "nan" ||
         text == "inf";
}

}  // namespace

bool is_terminal() {
  const char* kind = environment("TERM");
  return isatty(STDOUT_FILENO) != 0 && kind != nullptr && std::string(kind) != "dumb" && *kind != '\0';
}

bool has_colour() {
  const char* none = environment("NO_COLOR");
  return is_terminal() && (none == nullptr || *none == '\0');
}

std::string strong(const std::string& text) { return coloured("1", text); }
std::string good(const std::string& text) { return coloured("32", text); }
std::string faint(const std::string& text) { return coloured("2", text); }

std::size_t display_width(const std::string& text) {
  std::size_t width = 0;
  for (std::size_t place = 0; place < text.size();) width += width_of(next_character(text, place));
  return width;
}

std::string shortened(const std::string& text, std::size_t width) {
  std::string line = text;
  for (char& c : line) c = static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  if (display_width(line) <= width) return line;
  std::size_t used = 0;
  std::size_t end = 0;
  for (std::size_t place = 0; place < line.size(); end = place) {
    used += width_of(next_character(line, place));
    if (used + 3 > width) break;
  }
  return line.substr(0, end) + "...";
}

std::string grouped(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t place = text.size(); place > 3;) text.insert(place -= 3, ",");
  return text;
}

void print_heading(const std::string& text) { fmt::print("\n{}\n", strong(text)); }
void print_warning(const std::string& text) { print_wrapped("warning: ", "  ", text); }
void print_paragraph(const std::string& text) { print_wrapped("", "", text); }

void print_lines(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::string indent(std::min(line.find_first_not_of(' '), line.size()), ' ');
    print_wrapped(indent, indent + "    ", line.substr(indent.size()));
  }
}

void TextTable::print() const {
  const std::size_t columns = rows_[0].size();
  std::vector<std::size_t> widths(columns, 0);
  std::vector<bool> numeric(columns, true);
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    for (std::size_t c = 0; c < rows_[r].size(); ++c) {
      widths[c] = std::max(widths[c], display_width(rows_[r][c]));
      if (r > 0 && !is_number(rows_[r][c])) numeric[c] = false;
    }
  }
  std::size_t others = 2;
  for (std::size_t c = 1; c < columns; ++c) others += 2 + widths[c];
  widths[0] = std::min(widths[0], std::max<std::size_t>(12, screen_width - std::min(screen_width, others)));
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    std::string line;
    for (std::size_t c = 0; c < rows_[r].size(); ++c) {
      const std::string cell = c == 0 ? shortened(rows_[r][c], widths[0]) : rows_[r][c];
      const std::string space(widths[c] - std::min(widths[c], display_width(cell)), ' ');
      line += "  " + (c > 0 && numeric[c] ? space + cell : cell + space);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", r == 0 ? faint(line) : line);
  }
}

}  // namespace support
