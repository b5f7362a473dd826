#include "data/tabular/csv_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <system_error>
#include <tuple>
#include <unordered_map>

#include "autograd/base/check.h"
#include "autograd/base/utf8.h"
#include "data/tabular/date.h"
#include "data/text/byte_reader.h"
#include "data/text/line_reader.h"

namespace xgrad::data {

namespace {

using detail::is_digit;
using detail::parse_number;
using detail::quote_text;
using Counts = std::unordered_map<std::string_view, std::size_t>;

constexpr std::array<std::string_view, 12> label_names = {"label",     "labels", "class", "category", "target", "sentiment",
                                                          "__label__", "tag",    "topic", "intent",   "stars",  "v1"};
constexpr std::array<std::string_view, 13> text_names = {"text",        "texts", "review",  "message", "sentence",
                                                         "content",     "body",  "comment", "tweet",   "document",
                                                         "description", "post",  "v2"};
constexpr std::array<std::string_view, 27> other_names = {
    "text",     "review", "message",  "title",       "sentence", "content", "body",  "comment", "tweet",
    "question", "answer", "headline", "description", "document", "source",  "id",    "index",   "date",
    "time",     "month",  "year",     "rating",      "score",    "name",    "value", "v2",      "polarity"};

bool contains(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string lower_trimmed(std::string_view text) { return xgrad::detail::lower_text(detail::trim(text)); }

bool is_word(std::string_view text) {
  constexpr std::size_t longest = 24;
  return !text.empty() && text.size() <= longest && text.find_first_of(" \t\n") == std::string_view::npos;
}

void replace_all(std::string& text, std::string_view old, char replacement) {
  for (std::size_t place = text.find(old); place != std::string::npos; place = text.find(old, place + 1)) {
    text.replace(place, old.size(), 1, replacement);
  }
}

/// Takes `separator` out of a number such as 1,031.5; false where it stands elsewhere than between groups of three digits.
bool remove_thousands(std::string& number, char separator) {
  if (separator == ' ') {
    for (const std::string_view space : {"\u00a0", "\u202f", "\u2009"}) replace_all(number, space, ' ');
  }
  if (separator == '\'') replace_all(number, "\u2019", '\'');
  number = std::string(detail::trim(number));
  const std::size_t begin = number.starts_with('-') || number.starts_with('+') ? 1 : 0;
  std::size_t end = begin;
  while (end < number.size() && (is_digit(number[end]) || number[end] == separator)) ++end;
  const std::size_t first = number.find(separator, begin);
  if (first == std::string::npos) return true;
  constexpr std::size_t group = 4;  // with the separator before it
  if (first == begin || first >= begin + group || number[begin] == '0' || (end - first) % group != 0) return false;
  for (std::size_t i = begin; i < end; ++i) {
    const bool between = i >= first && (i - first) % group == 0;
    if (is_digit(number[i]) == between) return false;
  }
  if (number.find(separator, end) != std::string::npos) return false;
  number.erase(std::remove(number.begin(), number.end(), separator), number.end());
  return true;
}

std::size_t count_words(std::string_view text) { return xgrad::detail::split_at_spaces(text).size(); }

}  // namespace

std::string to_string(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::Empty: return "empty";
    case ColumnKind::Number: return "number";
    case ColumnKind::Date: return "date";
    case ColumnKind::Label: return "label";
    case ColumnKind::Text: return "text";
  }
  return "";
}

namespace detail {

namespace {

/// A number with a decimal point and no thousands; nothing where the marks are elsewhere than in a number.
std::optional<std::string> plain_number(const std::string& field, const CsvOptions& options) {
  std::string number = field;
  if (options.thousands != '\0' && !remove_thousands(number, options.thousands)) return std::nullopt;
  if (options.decimal_comma) {
    if (number.find('.') != std::string::npos) return std::nullopt;
    if (const std::size_t comma = number.find(','); comma != std::string::npos) number[comma] = '.';
  }
  return number;
}

bool is_plain(const CsvOptions& options) { return !options.decimal_comma && options.thousands == '\0'; }

}  // namespace

std::optional<double> parse_field(const std::string& field, const CsvOptions& options) {
  if (is_plain(options)) return parse_number(field);
  const auto number = plain_number(field, options);
  return number ? parse_number(*number) : std::nullopt;
}

std::optional<std::int64_t> parse_integer_field(const std::string& field, const CsvOptions& options) {
  if (is_plain(options)) return parse_integer(field);
  const auto number = plain_number(field, options);
  return number ? parse_integer(*number) : std::nullopt;
}

std::size_t count_number_columns(const std::vector<std::vector<std::string>>& rows, std::size_t width,
                                 const CsvOptions& options) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < width; ++i) {
    bool present = false;
    const bool numbers = std::all_of(rows.begin(), rows.end(), [&](const auto& row) {
      if (i >= row.size() || contains(options.missing_values, row[i])) return true;
      present = true;
      return parse_field(row[i], options).has_value();
    });
    count += numbers && present ? 1 : 0;
  }
  return count;
}

/// The format of texts of which most are dates: whoever reads the column is told which of them are none.
std::optional<DateFormat> format_of_most(const std::vector<std::string>& texts) {
  if (const auto of_all = detect_date_format(texts)) return of_all;
  std::vector<std::string> dates;
  std::copy_if(texts.begin(), texts.end(), std::back_inserter(dates),
               [](const std::string& text) { return detect_date_format({text}).has_value(); });
  return dates.size() * 4 >= texts.size() * 3 ? detect_date_format(dates) : std::nullopt;
}

ColumnFormat describe_column(const std::vector<std::vector<std::string>>& rows, std::size_t column,
                             const CsvOptions& options) {
  ColumnFormat format{"", ColumnKind::Empty, 0, 0, 0, false, std::nullopt, "", false};
  Counts counts;
  std::size_t present = 0;
  double bytes = 0;
  bool numbers = true;
  bool integral = true;
  bool words = true;
  bool one_line = true;
  bool rising = true;
  bool falling = true;
  double before = 0;
  for (const auto& row : rows) {
    if (column >= row.size() || contains(options.missing_values, row[column])) {
      ++format.missing;
      continue;
    }
    const std::string& field = row[column];
    if (present++ == 0) format.example = field;
    ++counts[field];
    bytes += static_cast<double>(field.size());
    words = words && is_word(field);
    format.spaces = format.spaces || detail::trim(field).find(' ') != std::string_view::npos;
    one_line = one_line && field.find('\n') == std::string::npos;
    if (!numbers) continue;
    const auto number = parse_field(field, options);
    numbers = number.has_value();
    if (!numbers) continue;
    integral = integral && std::floor(*number) == *number;
    rising = rising && (present == 1 || *number > before);
    falling = falling && (present == 1 || *number < before);
    before = *number;
  }
  if (present == 0) return format;
  format.distinct = counts.size();
  format.mean_bytes = bytes / static_cast<double>(present);
  format.integral = numbers && integral;
  std::vector<std::string> different;
  different.reserve(counts.size());
  for (const auto& [field, count] : counts) different.emplace_back(field);
  constexpr double longest_label = 40;
  const auto date = numbers ? detect_date_format(different) : format_of_most(different);
  if (date && (!numbers || rising || falling)) {
    // Numbers that could be years or days are some only where they are in order.
    format.kind = ColumnKind::Date;
    format.date = date;
  } else if (numbers) {
    format.kind = ColumnKind::Number;
  } else if (one_line && (words || (format.distinct * 2 <= present && format.mean_bytes <= longest_label))) {
    format.kind = ColumnKind::Label;
  } else {
    format.kind = ColumnKind::Text;
  }
  return format;
}

namespace {

bool occurs(const std::vector<std::vector<std::string>>& rows, std::size_t column, const std::string& field) {
  return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return column < row.size() && row[column] == field; });
}

}  // namespace

bool looks_like_header(const std::vector<std::string>& first, const std::vector<ColumnFormat>& columns,
                       const std::vector<std::vector<std::string>>& rows, const CsvOptions& options) {
  if (first.size() != columns.size()) return false;
  bool known = false;
  bool nameless = false;
  bool missing = false;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const std::string name = lower_trimmed(first[i]);
    if (parse_field(name, options)) return false;
    // Programs that write the names of rows, most often their numbers, leave that first column without a name.
    nameless = nameless || (name.empty() && columns[i].missing < rows.size() && i > 0);
    missing = missing || (!name.empty() && contains(options.missing_values, first[i]));
    // A class may be called what columns are called.
    known = known || ((contains(label_names, name) || contains(other_names, name)) && !occurs(rows, i, first[i]));
  }
  if (known && first.size() > 1) return true;
  if (known && rows.size() > 1 && columns[0].kind == ColumnKind::Text) return true;
  if (nameless || missing) return false;
  const bool row_names = first.size() > 1 && detail::trim(first[0]).empty();
  bool unlike = false;
  for (std::size_t i = row_names ? 1 : 0; i < first.size(); ++i) {
    if (columns[i].kind == ColumnKind::Number) unlike = true;
    if (columns[i].kind != ColumnKind::Date) continue;
    if (parse_date(first[i], *columns[i].date)) return false;
    unlike = true;
  }
  if (unlike) return true;
  if (row_names && columns[0].kind != ColumnKind::Number && columns[0].kind != ColumnKind::Date) return false;
  // A class that no row has above, and a word or two above texts.
  bool new_label = false;
  bool short_text = false;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (count_words(first[i]) > 3) return false;
    if (columns[i].kind == ColumnKind::Label && columns[i].distinct * 4 <= rows.size()) {
      if (occurs(rows, i, first[i])) return false;
      new_label = true;
    }
    if (columns[i].kind == ColumnKind::Text && static_cast<double>(first[i].size()) * 2 < columns[i].mean_bytes)
      short_text = true;
  }
  return new_label && short_text;
}

}  // namespace detail

std::size_t CsvFormat::column(std::string_view name_or_number) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name_or_number) return i;
  }
  std::size_t number = 0;
  const char* end = name_or_number.data() + name_or_number.size();
  const auto [stop, error] = std::from_chars(name_or_number.data(), end, number);
  if (!name_or_number.empty() && error == std::errc() && stop == end && number < columns.size()) return number;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string numbered = std::to_string(i);
    names.push_back(columns[i].name == numbered ? numbered : fmt::format("{} ({})", quote_text(columns[i].name), numbered));
  }
  throw ValueError(fmt::format("{}: there is no column {}: expected one of {}", path, quote_text(name_or_number),
                               fmt::join(names, ", ")));
}

std::optional<std::size_t> CsvFormat::text_column() const {
  const auto rank = [](const ColumnFormat& column) {
    return std::tuple(contains(text_names, lower_trimmed(column.name)), column.spaces, column.mean_bytes);
  };
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].kind == ColumnKind::Text && (!best || rank(columns[i]) > rank(columns[*best]))) best = i;
  }
  if (best) return best;
  // Words by themselves, such as names: of two such columns, the one with more different ones.
  std::size_t words = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].kind != ColumnKind::Label) continue;
    ++words;
    if (!best || columns[i].distinct > columns[*best].distinct) best = i;
  }
  const bool numbers =
      std::any_of(columns.begin(), columns.end(), [](const auto& c) { return c.kind == ColumnKind::Number; });
  return words > 1 || numbers ? best : std::nullopt;
}

std::optional<std::size_t> CsvFormat::label_column() const { return label_column(text_column().value_or(columns.size())); }

std::optional<std::size_t> CsvFormat::label_column(std::size_t text) const {
  constexpr std::uint64_t few = 10;
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ColumnFormat& column = columns[i];
    if (text == i || column.kind == ColumnKind::Empty) continue;
    if (contains(label_names, lower_trimmed(column.name))) return i;
    const bool classes =
        column.kind == ColumnKind::Number && column.integral && (column.distinct * 2 <= rows || column.distinct <= few);
    if ((column.kind != ColumnKind::Label && !classes) || column.distinct < 2) continue;
    if (!best || column.distinct < columns[*best].distinct) best = i;
  }
  const bool mostly_different = best && columns[*best].distinct * 2 > rows && columns[*best].distinct > few;
  return mostly_different && !whole_file ? std::nullopt : best;
}

std::optional<std::size_t> CsvFormat::date_column() const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].kind == ColumnKind::Date) return i;
  }
  return std::nullopt;
}

std::vector<std::size_t> CsvFormat::number_columns() const {
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].kind == ColumnKind::Number) numbers.push_back(i);
  }
  return numbers;
}

std::string CsvFormat::describe() const {
  const char* delimiter = nullptr;
  switch (options.delimiter) {
    case ',': delimiter = "commas"; break;
    case ';': delimiter = "semicolons"; break;
    case '|': delimiter = "vertical bars"; break;
    case '\t': delimiter = "tabs"; break;
    case ' ': delimiter = "spaces"; break;
    default: break;
  }
  std::string text = columns.size() == 1
                         ? std::string("one column")
                         : fmt::format("{} columns between {}", columns.size(),
                                       delimiter != nullptr ? delimiter : quote_text({&options.delimiter, 1}));
  text += options.header ? ", the first row names them" : header_in_comment ? ", a comment names them" : ", no header";
  if (options.decimal_comma) text += ", numbers with decimal commas";
  if (options.thousands != '\0') {
    text += fmt::format("{} thousands between {}", options.decimal_comma ? " and" : ", numbers with",
                        options.thousands == ','   ? "commas"
                        : options.thousands == '.' ? "points"
                        : options.thousands == ' ' ? "spaces"
                                                   : quote_text({&options.thousands, 1}));
  }
  if (options.comments) text += ", lines that begin with # are comments";
  if (!options.quotes) text += ", quotes are characters like any other";
  if (options.encoding == Encoding::Latin1) text += ", latin-1";
  if (compressed) text += ", compressed";
  text += fmt::format("; looked at {}{} row{}\n", whole_file ? "all " : "the first ", rows, rows == 1 ? "" : "s");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ColumnFormat& column = columns[i];
    text += fmt::format("  {}",
                        column.name == std::to_string(i) ? column.name : fmt::format("{} {}", i, quote_text(column.name)));
    text += ": " + to_string(column.kind);
    if (column.date) text += ", " + column.date->describe();
    if (column.kind != ColumnKind::Empty)
      text += fmt::format(", {} different, such as {}", column.distinct, quote_text(column.example));
    if (column.missing > 0) text += fmt::format(", {} missing", column.missing);
    text += '\n';
  }
  return text;
}

}  // namespace xgrad::data
