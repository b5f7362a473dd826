#include "data/tabular/csv_format.h"

#include <algorithm>
#include <map>
#include <utility>

#include "autograd/base/check.h"
#include "data/tabular/csv_columns.h"
#include "data/tabular/csv_parser.h"

namespace xgrad::data {

namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Sample {
  std::string path;
  std::string text;
  bool whole_file = false;
  bool compressed = false;
};

Sample read_sample(const std::string& path, Encoding encoding, std::uint64_t bytes) {
  detail::TextStream stream(path, encoding);
  Sample sample{stream.path(), {}, false, stream.compressed()};
  while (sample.text.size() < bytes) {
    const std::string_view text = stream.buffered().substr(0, bytes - sample.text.size());
    if (text.empty()) break;
    sample.text += text;
    stream.consume(text.size());
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
};

Reading read_rows(const Sample& sample, char delimiter, bool quotes) {
  Reading reading{delimiter, quotes, {}, {}, 0, 0, 0};
  detail::CsvFields fields(detail::TextStream(sample.path, sample.text), delimiter, quotes);
  std::map<std::size_t, std::size_t> widths;
  try {
    for (std::vector<std::string> row; fields.next(row);) {
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
  return marked.problem.empty() && marked.share >= plain.share ? marked : plain;
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
  if (best) return std::move(*best);
  // One column. A tab is the delimiter that such text is least likely to hold.
  const char delimiter = sample.text.find('\t') == std::string::npos ? '\t' : '\0';
  Reading one = read_with_delimiter(sample, delimiter, detection.quotes);
  if (!one.problem.empty() && !detection.quotes) one = read_rows(sample, delimiter, false);
  return one;
}

/// Whether commas stand for decimal points: a column is of numbers then, one comma at least is followed by other than the
/// three digits of thousands, and no number has a point.
bool has_decimal_commas(const Rows& rows, std::size_t width, CsvOptions options) {
  bool found = false;
  for (std::size_t i = 0; i < width; ++i) {
    options.decimal_comma = false;
    const bool plain = detail::describe_column(rows, i, options).kind == ColumnKind::Number;
    options.decimal_comma = true;
    const bool with_commas = detail::describe_column(rows, i, options).kind == ColumnKind::Number;
    if (plain && !with_commas) return false;
    if (plain || !with_commas) continue;
    for (const auto& row : rows) {
      const std::size_t comma = i < row.size() ? row[i].find(',') : std::string::npos;
      found = found || (comma != std::string::npos && row[i].size() - comma != 4);
    }
  }
  return found;
}

std::vector<std::string> unique_names(const std::vector<std::string>& header, std::size_t width) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < width; ++i) {
    std::string name = i < header.size() && !header[i].empty() ? header[i] : std::to_string(i);
    const std::string base = name;
    for (int copy = 2; std::find(names.begin(), names.end(), name) != names.end(); ++copy) {
      name = base + '_' + std::to_string(copy);
    }
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
  check<ValueError>(path != "-", "detect_csv: the standard input cannot be read twice: say how it is written by CsvOptions");
  const Sample sample = read_sample(path, detection.encoding, detection.sample_bytes);
  Reading reading = find_delimiter(sample, detection);
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
  const std::vector<std::string> first = reading.rows.front();
  const std::size_t width = std::max<std::size_t>(reading.width, 1);
  const Rows body(std::make_move_iterator(reading.rows.begin() + 1), std::make_move_iterator(reading.rows.end()));
  format.options.decimal_comma = reading.delimiter != ',' && has_decimal_commas(body, width, format.options);
  std::vector<ColumnFormat> columns;
  for (std::size_t i = 0; i < width; ++i) columns.push_back(detail::describe_column(body, i, format.options));
  format.options.header =
      detection.header ? *detection.header : detail::looks_like_header(first, columns, body, format.options);
  format.options.columns = unique_names(format.options.header ? first : std::vector<std::string>(), width);
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
