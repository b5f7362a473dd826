#include "data/tabular/csv_format.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "autograd/base/check.h"
#include "data/tabular/csv_columns.h"
#include "data/tabular/csv_parser.h"
#include "data/text/byte_reader.h"

namespace xgrad::data {

namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Sample {
  std::string path;
  std::string text;
  bool whole_file = false;
  bool compressed = false;
  bool comments = false;  ///< lines that begin with # are to be passed over
};

Sample read_sample(const std::string& path, Encoding encoding, std::uint64_t bytes) {
  detail::TextStream stream(path, encoding);
  Sample sample{stream.path(), {}, false, stream.compressed(), false};
  while (sample.text.size() < bytes) {
    const std::string_view text = stream.buffered().substr(0, bytes - sample.text.size());
    if (text.empty()) break;
    sample.text += text;
    stream.consume(text.size());
  }
  // A first line that is longer is read to its end.
  for (bool ended = sample.text.find('\n') != std::string::npos; !ended;) {
    const std::string_view text = stream.buffered();
    if (text.empty()) break;
    const std::size_t end = text.find('\n');
    ended = end != std::string_view::npos;
    const std::size_t length = ended ? end + 1 : text.size();
    check<FileError>(sample.text.size() + length <= detail::TextStream::longest_line,
                     "{}, line 1: it is longer than {} bytes", sample.path, detail::TextStream::longest_line);
    sample.text += text.substr(0, length);
    stream.consume(length);
  }
  sample.whole_file = stream.peek() == detail::TextStream::end_of_file;
  // A row that was cut off says nothing.
  if (!sample.whole_file) sample.text.resize(std::min(sample.text.rfind('\n') + 1, sample.text.size()));
  return sample;
}

/// A way of splitting the sample, and how well it works out.
struct Reading {
  char delimiter = ',';
  bool quotes = true;
  Rows rows;
  std::string problem;       ///< where the rows end early
  std::size_t width = 0;     ///< the number of fields that most rows have
  double share = 0;          ///< of the rows that have it
  std::uint64_t quoted = 0;  ///< fields in quotes
  std::vector<std::string> comments = {};
  std::size_t comments_above = 0;  ///< of them, those above the first row
};

Reading read_rows(const Sample& sample, char delimiter, bool quotes) {
  Reading reading{delimiter, quotes, {}, {}, 0, 0, 0};
  detail::CsvFields fields(detail::TextStream(sample.path, sample.text),
                           {.delimiter = delimiter, .quotes = quotes, .comments = sample.comments});
  fields.keep_comments(reading.comments);
  std::map<std::size_t, std::size_t> widths;
  try {
    for (std::vector<std::string> row; fields.next(row);) {
      if (reading.rows.empty()) reading.comments_above = reading.comments.size();
      ++widths[row.size()];
      reading.rows.push_back(row);
    }
  } catch (const FileError& error) {
    // The quote may be closed behind the sample.
    constexpr std::size_t longest_open = std::size_t{1} << 16;
    const bool cut = !sample.whole_file &&
                     sample.text.size() - std::min<std::size_t>(fields.position(), sample.text.size()) < longest_open;
    if (!cut || reading.rows.empty()) reading.problem = error.what();
  }
  reading.quoted = fields.quoted_fields();
  std::size_t most = 0;
  for (const auto& [width, count] : widths) {
    if (count >= most) {
      most = count;
      reading.width = width;
    }
  }
  if (!reading.rows.empty()) reading.share = static_cast<double>(most) / static_cast<double>(reading.rows.size());
  return reading;
}

/// With quotes, unless they do not work out where files are often written without.
Reading read_with_delimiter(const Sample& sample, char delimiter, std::optional<bool> quotes) {
  if (quotes) return read_rows(sample, delimiter, *quotes);
  Reading marked = read_rows(sample, delimiter, true);
  const bool often_without = delimiter == '\t' || delimiter == '|';
  if (marked.problem.empty() && (marked.quoted == 0 || !often_without)) return marked;
  if (!often_without) return marked;
  Reading plain = read_rows(sample, delimiter, false);
  // Lines of a text in quotes have no delimiters: where all have, two quotes of different rows were taken for a pair.
  const bool line_ends = std::any_of(marked.rows.begin(), marked.rows.end(), [](const auto& row) {
    return std::any_of(row.begin(), row.end(), [](const auto& field) { return field.find('\n') != std::string::npos; });
  });
  if (line_ends && plain.share == 1 && plain.width > 1 && plain.width == marked.width) return plain;
  return marked.problem.empty() && marked.share >= plain.share ? marked : plain;
}

/// Columns between spaces: prose has seldom as many words in each line, and a number in each at the same place.
std::optional<Reading> read_between_spaces(const Sample& sample, const CsvDetection& detection) {
  if (sample.text.find(' ') == std::string::npos) return std::nullopt;
  Reading reading = read_with_delimiter(sample, ' ', detection.quotes);
  constexpr double nearly_all = 0.95;
  if (reading.width < 2 || reading.rows.size() < 2 || reading.share < nearly_all || !reading.problem.empty()) {
    return std::nullopt;
  }
  const Rows body(reading.rows.begin() + 1, reading.rows.end());
  if (detail::count_number_columns(body, reading.width, {}) == 0) return std::nullopt;
  // One column of dates such as Jan 1949, or of numbers such as 1 031 and 1 005: no column begins with zeros.
  const Reading one = read_rows(sample, '\0', false);
  const Rows lines(one.rows.begin() + 1, one.rows.end());
  if (detail::describe_column(lines, 0, {}).kind == ColumnKind::Date) return std::nullopt;
  const bool zeros = std::any_of(body.begin(), body.end(), [](const auto& row) {
    return row.size() > 1 && row[1].size() > 1 && row[1][0] == '0' && row[1][1] != '.' && row[1][1] != ',';
  });
  const bool thousands = detail::count_number_columns(lines, 1, {.thousands = ' '}) == 1 ||
                         detail::count_number_columns(lines, 1, {.decimal_comma = true, .thousands = ' '}) == 1;
  if (zeros && thousands) return std::nullopt;
  return reading;
}

/// Whether all columns are of numbers, with commas in them or without.
bool is_all_numbers(const Reading& reading) {
  const Rows body(reading.rows.begin() + (reading.rows.size() > 1 ? 1 : 0), reading.rows.end());
  return detail::count_number_columns(body, reading.width, {.thousands = ','}) == reading.width ||
         detail::count_number_columns(body, reading.width, {.decimal_comma = true}) == reading.width;
}

Reading find_delimiter(const Sample& sample, const CsvDetection& detection) {
  if (detection.delimiter) return read_with_delimiter(sample, *detection.delimiter, detection.quotes);
  // Prose has commas and semicolons, seldom tabs.
  constexpr std::pair<char, double> candidates[] = {{'\t', 0.5}, {';', 0.8}, {'|', 0.8}, {',', 0.8}};
  std::optional<Reading> best;
  for (const auto& [delimiter, least] : candidates) {
    if (sample.text.find(delimiter) == std::string::npos) continue;
    Reading reading = read_with_delimiter(sample, delimiter, detection.quotes);
    // A table whose quotes break off counts by the rows before.
    const bool header_fits = reading.rows.empty() || reading.rows.front().size() == reading.width;
    const double share = reading.share * (header_fits ? 1 : 0.9) * (reading.problem.empty() ? 1 : 0.95);
    if (reading.width < 2 || reading.share < least) continue;
    // One row of another width, and texts with a comma each, must not make a table between tabs one between commas.
    if (delimiter == '\t' && share >= 0.8) return reading;
    reading.share = share;
    if (!best || share > best->share) best = std::move(reading);
  }
  if (best && best->delimiter == ',' && !is_all_numbers(*best)) {
    // 1949 1,120 and the like: the comma belongs to a number.
    auto between_spaces = read_between_spaces(sample, detection);
    if (between_spaces && is_all_numbers(*between_spaces)) return std::move(*between_spaces);
  }
  if (best) return std::move(*best);
  if (auto between_spaces = read_between_spaces(sample, detection)) return std::move(*between_spaces);
  // One column. A tab is the delimiter that such text is least likely to hold.
  const char delimiter = sample.text.find('\t') == std::string::npos ? '\t' : '\0';
  Reading one = read_with_delimiter(sample, delimiter, detection.quotes);
  if (!one.problem.empty() && !detection.quotes) one = read_rows(sample, delimiter, false);
  return one;
}

/// Whether numbers of a column have thousands from 1,000 on and none below, some of which have three digits.
bool passes_a_thousand(const Rows& rows, std::size_t width, const CsvOptions& options) {
  for (std::size_t i = 0; i < width; ++i) {
    bool marked = false;
    bool below = false;
    bool numbers = true;
    for (std::size_t k = 0; k < rows.size() && numbers; ++k) {
      if (i >= rows[k].size() || rows[k][i].empty()) continue;
      const std::string& field = rows[k][i];
      const bool has_mark = field.find(options.thousands) != std::string::npos;
      const auto number = detail::parse_field(field, options);
      numbers = number.has_value() && (has_mark || std::abs(*number) < 1000);
      marked = marked || has_mark;
      below = below || (numbers && !has_mark && std::abs(*number) >= 100);
    }
    if (numbers && marked && below) return true;
  }
  return false;
}

/// Sets how numbers are written: as by which most columns are of numbers, and plain where that makes no difference.
void find_numbers(const Rows& rows, std::size_t width, const CsvDetection& detection, CsvOptions& options) {
  constexpr std::pair<bool, char> ways[] = {{false, '\0'}, {false, ','}, {true, '\0'},  {true, '.'},
                                            {false, ' '},  {true, ' '},  {false, '\''}, {true, '\''}};
  std::optional<std::size_t> most;
  std::size_t with_decimal_commas = 0;
  CsvOptions way = options;
  for (const auto& [decimal_comma, thousands] : ways) {
    if (detection.decimal_comma.value_or(decimal_comma) != decimal_comma) continue;
    if (detection.thousands.value_or(thousands) != thousands) continue;
    way.decimal_comma = decimal_comma;
    way.thousands = thousands;
    const std::size_t numbers = detail::count_number_columns(rows, width, way);
    if (decimal_comma && thousands == '\0') with_decimal_commas = numbers;
    if (most && numbers <= *most) continue;
    most = numbers;
    options.decimal_comma = decimal_comma;
    options.thousands = thousands;
  }
  check<ValueError>(most.has_value(),
                    "detect_csv: expected thousands between commas, points, spaces or \"'\", other than decimals");
  const bool either = options.delimiter == ';' || options.delimiter == '|';
  if (!either || detection.thousands || detection.decimal_comma) return;
  // Between semicolons and bars, the marks of 1,031 and 1.031 may be decimal or not; that 987 stands beside them tells.
  const bool plain = !options.decimal_comma && options.thousands == '\0';
  if (options.thousands == ',' && with_decimal_commas == *most && !passes_a_thousand(rows, width, options)) {
    options.thousands = '\0';
  }
  way.decimal_comma = true;
  way.thousands = '.';
  if (plain && detail::count_number_columns(rows, width, way) == *most && passes_a_thousand(rows, width, way)) {
    options.decimal_comma = true;
    options.thousands = '.';
  }
}

/// The fields of one line.
std::vector<std::string> split_line(const Sample& sample, const Reading& reading, std::string_view line) {
  detail::CsvFields fields(detail::TextStream(sample.path, std::string(detail::trim(line))),
                           {.delimiter = reading.delimiter, .quotes = reading.quotes});
  std::vector<std::string> row;
  try {
    fields.next(row);
  } catch (const FileError&) {
    row.clear();  // a quote in prose
  }
  for (std::string& field : row) field = std::string(detail::trim(field));
  return row;
}

/// Whether a row has as many fields as there are columns, and numbers and dates where the others have them.
bool is_like(const std::vector<std::string>& row, const std::vector<ColumnFormat>& columns, const CsvOptions& options) {
  if (row.size() != columns.size()) return false;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto& missing = options.missing_values;
    if (std::find(missing.begin(), missing.end(), row[i]) != missing.end()) continue;
    if (columns[i].kind == ColumnKind::Number && !detail::parse_field(row[i], options)) return false;
    if (columns[i].kind == ColumnKind::Date && !parse_date(row[i], *columns[i].date)) return false;
  }
  return true;
}

/// A table with lines that begin with # between its rows.
struct Commented {
  Reading reading;
  std::vector<std::string> header;  ///< the comment above the rows, where that names the columns
};

/// Nothing where a line that begins with # is a row like the others.
std::optional<Commented> read_commented(Sample sample, const CsvDetection& detection) {
  sample.comments = true;
  Commented result{find_delimiter(sample, detection), {}};
  const Reading& reading = result.reading;
  if (reading.comments.empty() || reading.rows.empty() || reading.width == 0) return std::nullopt;
  CsvOptions options{.delimiter = reading.delimiter, .quotes = reading.quotes};
  const Rows body(reading.rows.begin() + (reading.rows.size() > 1 ? 1 : 0), reading.rows.end());
  find_numbers(body, reading.width, detection, options);
  std::vector<ColumnFormat> columns;
  for (std::size_t i = 0; i < reading.width; ++i) columns.push_back(detail::describe_column(body, i, options));
  if (reading.comments_above > 0 && detection.header.value_or(true)) {
    std::string_view last = reading.comments[reading.comments_above - 1];
    while (last.starts_with('#')) last.remove_prefix(1);
    const auto fields = split_line(sample, reading, last);
    const bool names = std::none_of(fields.begin(), fields.end(), [](const auto& field) { return field.empty(); });
    if (names && detail::looks_like_header(fields, columns, body, options)) result.header = fields;
  }
  for (std::size_t i = 0; i < reading.comments.size(); ++i) {
    if (i + 1 == reading.comments_above && !result.header.empty()) continue;
    if (is_like(split_line(sample, reading, "#" + reading.comments[i]), columns, options)) return std::nullopt;
  }
  return result;
}

/// Whether a line begins with #, perhaps behind spaces.
bool has_comments(std::string_view text) {
  for (std::size_t place = text.find('#'); place != std::string_view::npos; place = text.find('#', place + 1)) {
    const std::size_t before = text.substr(0, place).find_last_not_of(" \t");
    if (before == std::string_view::npos || text[before] == '\n') return true;
  }
  return false;
}

std::vector<std::string> unique_names(const std::vector<std::string>& header, std::size_t width) {
  std::vector<std::string> names;
  names.reserve(width);
  std::unordered_set<std::string> taken;
  std::unordered_map<std::string, std::size_t> copies;  // of each name, so that a thousand equal ones are not tried anew
  for (std::size_t i = 0; i < width; ++i) {
    std::string name = i < header.size() && !header[i].empty() ? header[i] : std::to_string(i);
    if (taken.contains(name)) {
      const std::string base = name;
      std::size_t& copy = copies.try_emplace(base, 1).first->second;
      do {
        name = base + '_' + std::to_string(++copy);
      } while (taken.contains(name));
    }
    taken.insert(name);
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

CsvFormat detect_csv(const std::string& path, const CsvDetection& detection) {
  check<ValueError>(detection.sample_bytes > 0, "detect_csv: expected a sample of at least one byte");
  check<ValueError>(
      !detection.delimiter || (*detection.delimiter != '"' && *detection.delimiter != '\n' && *detection.delimiter != '\r'),
      "detect_csv: the delimiter cannot be a quote or a line end");
  check<ValueError>(
      path != "-",
      "detect_csv: the standard input cannot be read twice: write it to a file first, or say how it is written by CsvOptions");
  const Sample sample = read_sample(path, detection.encoding, detection.sample_bytes);
  std::optional<Commented> commented;
  if (has_comments(sample.text)) commented = read_commented(sample, detection);
  Reading reading = commented ? std::move(commented->reading) : find_delimiter(sample, detection);
  if (reading.rows.empty()) {
    throw FileError(reading.problem.empty() ? fmt::format("{}: the file is empty: expected rows of a table", path)
                                            : reading.problem);
  }

  CsvFormat format;
  format.path = path;
  format.compressed = sample.compressed;
  format.whole_file = sample.whole_file;
  format.options.delimiter = reading.delimiter;
  format.options.quotes = reading.quotes;
  format.options.encoding = detection.encoding;
  format.options.ragged_rows = detection.ragged_rows;
  format.options.comments = commented.has_value();
  const std::vector<std::string> first = reading.rows.front();
  const std::size_t width = std::max<std::size_t>(reading.width, 1);
  const Rows body(std::make_move_iterator(reading.rows.begin() + 1), std::make_move_iterator(reading.rows.end()));
  find_numbers(body.empty() ? Rows{first} : body, width, detection, format.options);
  std::vector<ColumnFormat> columns;
  for (std::size_t i = 0; i < width; ++i) columns.push_back(detail::describe_column(body, i, format.options));
  format.options.header =
      detection.header ? *detection.header : detail::looks_like_header(first, columns, body, format.options);
  if (commented && !commented->header.empty() && !detail::looks_like_header(first, columns, body, format.options)) {
    format.options.header = false;
    format.header_in_comment = true;
  }
  format.options.columns = unique_names(format.options.header      ? first
                                        : format.header_in_comment ? commented->header
                                                                   : std::vector<std::string>(),
                                        width);
  if (!format.options.header) {
    Rows all;
    all.reserve(body.size() + 1);
    all.push_back(first);
    all.insert(all.end(), body.begin(), body.end());
    columns.clear();
    for (std::size_t i = 0; i < width; ++i) columns.push_back(detail::describe_column(all, i, format.options));
  }
  format.rows = body.size() + (format.options.header ? 0 : 1);
  for (std::size_t i = 0; i < width; ++i) columns[i].name = format.options.columns[i];
  format.columns = std::move(columns);
  return format;
}

}  // namespace xgrad::data
