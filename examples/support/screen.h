/// What programs print: headings, tables and warnings that read well in 80 columns, with colour only where there is one.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace support {

constexpr std::size_t screen_width = 80;

/// Whether standard output is a terminal that can go back on its line: not a file, a pipe, or one that is TERM=dumb.
bool is_terminal();
/// Whether it shows colours besides: a terminal, and NO_COLOR is not set (https://no-color.org).
bool has_colour();

// The text in bold, green, grey and yellow where there is colour; as it is otherwise.
std::string strong(const std::string& text);
std::string good(const std::string& text);
std::string faint(const std::string& text);

/// The columns that a text takes: wide characters, as Chinese ones, take two.
std::size_t display_width(const std::string& text);
/// The text, cut to a width with "..." at its end where it is longer; line ends and tabs become spaces.
std::string shortened(const std::string& text, std::size_t width);
/// 1234567 as 1,234,567.
std::string grouped(std::size_t number);

/// A line of its own above what follows.
void print_heading(const std::string& text);
/// "warning: ..." in lines of 80 columns at most.
void print_warning(const std::string& text);
/// Running text in lines of 80 columns at most.
void print_paragraph(const std::string& text);
/// Lines, each of which goes on further in where it is longer than 80 columns.
void print_lines(const std::string& text);

/// Rows of texts in columns: the first to the left, numbers to the right.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) : rows_{std::move(header)} {}
  /// As many cells as the header has, or fewer.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// Prints it, indented by two columns. The first column is cut where the table would be wider than the screen.
  void print() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace support
