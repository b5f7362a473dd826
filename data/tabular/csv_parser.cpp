#include "data/tabular/csv_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

#include "autograd/base/check.h"
#include "data/tabular/csv_columns.h"
#include "data/text/byte_reader.h"

namespace xgrad::data::detail {

void CsvLayout::fail(std::uint64_t line, const std::string& problem) const {
  throw FileError(fmt::format("{}, line {}: {}", path, line, problem));
}

std::size_t CsvLayout::column(std::string_view name) const {
  const auto entry = indices.find(name);
  if (entry != indices.end()) return entry->second;
  std::size_t number = 0;
  const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (!name.empty() && error == std::errc() && stop == name.data() + name.size() && number < columns.size()) return number;
  throw ValueError(
      fmt::format("{}: there is no column {}: expected one of {}", path, quote_text(name), fmt::join(columns, ", ")));
}

bool CsvLayout::is_missing(std::string_view field) const {
  return std::find(options.missing_values.begin(), options.missing_values.end(), field) != options.missing_values.end();
}

double CsvLayout::number(const std::string& field, std::size_t column, std::uint64_t line) const {
  if (is_missing(field)) return std::numeric_limits<double>::quiet_NaN();
  if (const auto number = parse_field(field, options)) return *number;
  fail(line, fmt::format("expected a number in column {}, got {}", quote_text(columns[column]), quote_text(field)));
}

namespace {

/// Whether a tensor of integers holds `value`.
bool holds(Dtype dtype, std::int64_t value) {
  if (dtype == kBool) return value == 0 || value == 1;
  if (dtype == kByte) return value >= 0 && value <= 255;
  const std::size_t spare = 64 - 8 * element_size(dtype);
  return value >= std::numeric_limits<std::int64_t>::min() >> spare &&
         value <= std::numeric_limits<std::int64_t>::max() >> spare;
}

}  // namespace

std::int64_t CsvLayout::integer(const std::string& field, std::size_t column, std::uint64_t line, Dtype dtype) const {
  const auto integer = is_missing(field) ? std::nullopt : parse_integer_field(field, options);
  if (integer && holds(dtype, *integer)) return *integer;
  fail(line, fmt::format("expected an integer of {} in column {}, got {}", to_string(dtype), quote_text(columns[column]),
                         quote_text(field)));
}

namespace {
constexpr const char* lone_return = R"(a carriage return without a line feed: end lines by \n or \r\n)";
}

CsvFields::CsvFields(TextStream stream, const CsvOptions& options, std::uint64_t line)
    : stream_(std::move(stream)),
      delimiter_(options.delimiter),
      quotes_(options.quotes),
      spaces_(options.delimiter == ' '),
      comments_(options.comments),
      line_(line),
      begun_(line) {}

void CsvFields::fail(std::uint64_t line, const std::string& problem) const {
  throw FileError(fmt::format("{}, line {}: {}", stream_.path(), line, problem));
}

void CsvFields::append(std::string& field, std::string_view text) const {
  if (field.size() + text.size() > TextStream::longest_line) {
    fail(begun_, fmt::format("a field is longer than {} bytes: is a quote never closed?", TextStream::longest_line));
  }
  field.append(text);
}

/// Passes over comments and empty lines; false at the end.
bool CsvFields::begin_row() {
  while (true) {
    if (spaces_) skip_spaces();
    if (stream_.peek() == TextStream::end_of_file) return false;
    row_position_ = stream_.position();
    begun_ = line_;
    if (take_comment()) continue;
    if (!take_line_end()) return true;
    ++empty_lines_;
  }
}

void CsvFields::read_row(std::vector<std::string>& fields) {
  std::size_t count = 0;  // the strings of the row before are used again
  do {
    if (count == most_fields) fail(begun_, fmt::format("a row has more than {} fields", most_fields));
    if (count == fields.size()) fields.emplace_back();
    read_field(fields[count++]);
  } while (take_delimiter());
  fields.resize(count);
}

bool CsvFields::next(std::vector<std::string>& fields) {
  while (true) {
    const std::uint64_t quoted = quoted_fields_;
    if (!begin_row()) return false;
    read_row(fields);
    const bool blank = fields.size() == 1 && quoted_fields_ == quoted && !fields[0].empty() && trim(fields[0]).empty();
    if (!blank) return true;
    ++empty_lines_;
  }
}

/// Passes over what stands between two fields, or behind the last one of a row: then false.
bool CsvFields::take_delimiter() {
  if (!spaces_) return stream_.get() == static_cast<unsigned char>(delimiter_);
  const bool at_end = stream_.peek() == '\n';  // which read_field counted
  skip_spaces();
  if (stream_.peek() != '\n' && stream_.peek() != TextStream::end_of_file) return true;
  line_ += !at_end && stream_.get() == '\n' ? 1 : 0;
  if (at_end) stream_.get();
  return false;
}

void CsvFields::skip_spaces() {
  while (stream_.peek() == ' ' || stream_.peek() == '\t' || stream_.peek() == '\r') stream_.get();
}

bool CsvFields::take_comment() {
  if (!comments_ || stream_.peek() != '#') return false;
  stream_.get();
  std::string comment;
  stream_.read_line(comment);
  ++line_;
  ++comment_count_;
  if (kept_comments_ != nullptr) kept_comments_->push_back(std::move(comment));
  return true;
}

/// Passes over an empty line.
bool CsvFields::take_line_end() {
  if (stream_.peek() == '\r') {
    // Only together with a line feed: by itself it would hide the end of a row.
    stream_.get();
    if (stream_.peek() != '\n') fail(line_, lone_return);
  }
  if (stream_.peek() != '\n') return false;
  stream_.get();
  ++line_;
  return true;
}

/// Stops before the delimiter; at a line end, stops before its last character.
void CsvFields::read_field(std::string& field) {
  field.clear();
  const int delimiter = static_cast<unsigned char>(delimiter_);
  if (quotes_ && stream_.peek() == '"') {
    read_quoted(field);
    if (stream_.peek() == '\r') stream_.get();
    const int after = stream_.peek();
    if (after != delimiter && !(spaces_ && after == '\t') && after != '\n' && after != TextStream::end_of_file) {
      fail(
          line_,
          "expected a delimiter or the end of the line after a field in quotes: a quote within it is written twice (or say that "
          "quotes are no marks here, with CsvOptions::quotes = false)");
    }
  } else {
    for (std::string_view text = stream_.buffered(); !text.empty(); text = stream_.buffered()) {
      std::size_t end = 0;
      while (end < text.size() && text[end] != delimiter_ && text[end] != '\n' && !(spaces_ && text[end] == '\t')) ++end;
      append(field, text.substr(0, end));
      stream_.consume(end);
      if (end < text.size()) break;
    }
    const bool at_end = stream_.peek() == '\n' || stream_.peek() == TextStream::end_of_file;
    while (at_end && field.ends_with('\r')) field.pop_back();  // two: what was \r\n was taken for \n
    if (!spaces_ && field.find('\r') != std::string::npos) fail(line_, lone_return);
  }
  line_ += stream_.peek() == '\n' ? 1 : 0;
}

void CsvFields::read_quoted(std::string& field) {
  const std::uint64_t opened = line_;
  stream_.get();
  while (true) {
    const std::string_view text = stream_.buffered();
    if (text.empty()) fail(opened, "a quote is opened and never closed");
    const std::size_t end = std::min(text.find('"'), text.size());
    line_ += static_cast<std::uint64_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
    append(field, text.substr(0, end));
    const bool at_quote = end < text.size();
    stream_.consume(end);
    if (!at_quote) continue;
    stream_.get();
    if (stream_.peek() != '"') break;
    stream_.get();
    field += '"';
  }
  ++quoted_fields_;
}

CsvParser::CsvParser(const std::string& path, CsvOptions options)
    : CsvParser(TextStream(path, options.encoding), std::move(options)) {}

CsvParser::CsvParser(const std::shared_ptr<const InputFile>& file, CsvOptions options)
    : CsvParser(TextStream(file, options.encoding, 0, file->size(), 1), std::move(options)) {}

CsvParser::CsvParser(std::shared_ptr<const InputFile> file, std::shared_ptr<const CsvLayout> layout, std::uint64_t begin,
                     std::uint64_t end, std::uint64_t line)
    : fields_(TextStream(std::move(file), layout->options.encoding, begin, end, line), layout->options, line),
      layout_(std::move(layout)) {}

CsvParser::CsvParser(TextStream stream, CsvOptions options) : fields_(std::move(stream), options) {
  check<ValueError>(options.delimiter != '"' && options.delimiter != '\n' && options.delimiter != '\r',
                    "CsvReader: the delimiter cannot be a quote or a line end");
  const auto layout = std::make_shared<CsvLayout>();
  layout->path = fields_.stream().path();
  layout->options = std::move(options);
  layout_ = layout;
  read_columns(*layout);
  for (std::size_t i = 0; i < layout->columns.size(); ++i) {
    if (!layout->indices.emplace(layout->columns[i], i).second) {
      layout->fail(fields_.line(), fmt::format("the column {} comes twice: name columns by CsvOptions::columns",
                                               quote_text(layout->columns[i])));
    }
  }
}

void CsvParser::read_columns(CsvLayout& layout) {
  std::vector<std::string> fields;
  const bool any = fields_.next(fields);
  layout.columns = layout.options.columns;
  if (layout.options.header) {
    check<FileError>(any, "{}: the file is empty: expected a row with the names of the columns", layout.path);
    if (layout.columns.empty()) layout.columns = std::move(fields);
    return;
  }
  if (layout.columns.empty()) {
    for (std::size_t i = 0; i < fields.size(); ++i) layout.columns.push_back(std::to_string(i));
  }
  if (any) first_ = {std::move(fields), fields_.line(), fields_.position()};
}

bool CsvParser::fit(std::vector<std::string>& fields) {
  const std::size_t columns = layout_->columns.size();
  if (fields.size() == columns) return true;
  switch (layout_->options.ragged_rows) {
    case RaggedRows::Refuse: break;
    case RaggedRows::PassOver: ++counts_.passed_over; return false;
    case RaggedRows::Fill:
      ++(fields.size() < columns ? counts_.filled : counts_.cut);
      fields.resize(columns);
      return true;
  }
  throw FileError(
      fmt::format("{}, line {}: expected {} fields, got {}", layout_->path, fields_.line(), columns, fields.size()));
}

bool CsvParser::next(CsvRow& row) {
  row.layout_ = layout_;
  do {
    if (first_) {
      row.fields_ = std::move(first_->fields);
      row.line_ = first_->line;
      row_position_ = first_->position;
      first_.reset();
    } else {
      const bool any = fields_.next(row.fields_);
      counts_.empty_lines = fields_.empty_lines();
      counts_.comments = fields_.comments();
      if (!any) return false;
      row.line_ = fields_.line();
      row_position_ = fields_.position();
    }
  } while (!fit(row.fields_));
  ++counts_.rows;
  return true;
}

}  // namespace xgrad::data::detail
