#include "data/tabular/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/tensor/creation.h"
#include "data/text/byte_reader.h"
#include "data/text/vocab.h"

namespace xgrad::data {

namespace detail {

/// What all rows of a table share.
struct CsvLayout {
  std::string path;
  CsvOptions options;
  std::vector<std::string> columns;
  std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>> indices;

  [[noreturn]] void fail(std::uint64_t line, const std::string& problem) const {
    throw FileError(fmt::format("{}, line {}: {}", path, line, problem));
  }

  std::size_t column(std::string_view name) const {
    const auto entry = indices.find(name);
    if (entry == indices.end()) {
      throw ValueError(
          fmt::format("{}: there is no column {}: expected one of {}", path, quote_text(name), fmt::join(columns, ", ")));
    }
    return entry->second;
  }

  bool is_missing(const std::string& field) const {
    return std::find(options.missing_values.begin(), options.missing_values.end(), field) != options.missing_values.end();
  }

  double number(const std::string& field, std::size_t column, std::uint64_t line) const {
    if (is_missing(field)) return std::numeric_limits<double>::quiet_NaN();
    const auto number = parse_number(field);
    if (!number) {
      fail(line, fmt::format("expected a number in column {}, got {}", quote_text(columns[column]), quote_text(field)));
    }
    return *number;
  }
};

/// Splits a part of a file into rows.
class CsvParser {
 public:
  CsvParser(std::shared_ptr<const InputFile> file, CsvOptions options) : file_(std::move(file)), reader_(*file_) {
    const auto layout = std::make_shared<CsvLayout>();
    layout->path = file_->path();
    layout->options = std::move(options);
    layout_ = layout;
    const char delimiter = layout->options.delimiter;
    check<ValueError>(delimiter != '"' && delimiter != '\n' && delimiter != '\r',
                      "CsvReader: the delimiter cannot be a quote or a line end");
    reader_.skip_byte_order_mark();
    read_columns(*layout);
    for (std::size_t i = 0; i < layout->columns.size(); ++i) {
      if (!layout->indices.emplace(layout->columns[i], i).second) {
        layout->fail(begun_, fmt::format("the column {} comes twice", quote_text(layout->columns[i])));
      }
    }
  }
  /// Rows that stand in bytes [begin, end) of the file, from line `line` on.
  CsvParser(std::shared_ptr<const InputFile> file, std::shared_ptr<const CsvLayout> layout, std::uint64_t begin,
            std::uint64_t end, std::uint64_t line)
      : file_(std::move(file)), reader_(*file_, begin, end), layout_(std::move(layout)), line_(line) {}

  const std::shared_ptr<const CsvLayout>& layout() const { return layout_; }
  /// Where the row that was read last begins.
  std::uint64_t row_position() const { return row_position_; }

  bool next(CsvRow& row) {
    if (first_) {
      row.fields_ = *std::exchange(first_, std::nullopt);
    } else if (!read_fields(row.fields_)) {
      return false;
    }
    const std::size_t columns = layout_->columns.size();
    if (row.fields_.size() != columns) {
      layout_->fail(begun_, fmt::format("expected {} fields, got {}", columns, row.fields_.size()));
    }
    row.layout_ = layout_;
    row.line_ = begun_;
    return true;
  }

 private:
  void read_columns(CsvLayout& layout) {
    std::vector<std::string> fields;
    const bool any = read_fields(fields);
    if (layout.options.header) {
      check<FileError>(any, "{}: the file is empty: expected a row with the names of the columns", layout.path);
      layout.columns = std::move(fields);
      return;
    }
    layout.columns = layout.options.columns;
    if (layout.columns.empty()) {
      for (std::size_t i = 0; i < fields.size(); ++i) layout.columns.push_back(std::to_string(i));
    }
    if (any) first_ = std::move(fields);
  }

  /// The fields of the next row that is not empty; false at the end of the file.
  bool read_fields(std::vector<std::string>& fields) {
    while (true) {
      const int byte = reader_.peek();
      if (byte == ByteReader::end_of_file) return false;
      row_position_ = reader_.position();
      begun_ = line_;
      if (!take_line_end()) break;
    }
    std::size_t count = 0;  // the strings of the row before are used again
    do {
      if (count == fields.size()) fields.emplace_back();
      read_field(fields[count++]);
    } while (reader_.get() == static_cast<unsigned char>(layout_->options.delimiter));
    fields.resize(count);
    return true;
  }

  /// Stops before the delimiter; at a line end, stops before its last character.
  void read_field(std::string& field) {
    field.clear();
    const int delimiter = static_cast<unsigned char>(layout_->options.delimiter);
    if (reader_.peek() == '"') {
      read_quoted(field);
      if (reader_.peek() == '\r') reader_.get();
      const int after = reader_.peek();
      if (after != delimiter && after != '\n' && after != ByteReader::end_of_file) {
        layout_->fail(line_, "expected a delimiter or the end of the line after a field in quotes");
      }
    } else {
      for (int byte = reader_.peek(); byte != delimiter && byte != '\n' && byte != ByteReader::end_of_file;
           byte = reader_.peek()) {
        field += static_cast<char>(reader_.get());
      }
      if (reader_.peek() != delimiter && field.ends_with('\r')) field.pop_back();
    }
    line_ += reader_.peek() == '\n' ? 1 : 0;
  }

  void read_quoted(std::string& field) {
    const std::uint64_t opened = line_;
    reader_.get();
    while (true) {
      const int byte = reader_.get();
      if (byte == ByteReader::end_of_file) layout_->fail(opened, "a quote is opened and never closed");
      if (byte == '"') {
        if (reader_.peek() != '"') return;
        reader_.get();
      }
      line_ += byte == '\n' ? 1 : 0;
      field += static_cast<char>(byte);
    }
  }

  /// Passes over an empty line.
  bool take_line_end() {
    if (reader_.peek() == '\r') {
      // Only together with a line feed: by itself it is a character as any other.
      reader_.get();
      if (reader_.peek() != '\n') layout_->fail(line_, "a carriage return without a line feed");
    }
    if (reader_.peek() != '\n') return false;
    reader_.get();
    ++line_;
    return true;
  }

  std::shared_ptr<const InputFile> file_;
  ByteReader reader_;
  std::shared_ptr<const CsvLayout> layout_;
  std::optional<std::vector<std::string>> first_;  ///< a first row that was read to count the columns
  std::uint64_t line_ = 1;
  std::uint64_t begun_ = 1;  ///< the line where the last row begins
  std::uint64_t row_position_ = 0;
};

}  // namespace detail

namespace {

const detail::CsvLayout& layout_of(const std::shared_ptr<const detail::CsvLayout>& layout) {
  check<ValueError>(layout != nullptr, "CsvRow: it belongs to no table");
  return *layout;
}

}  // namespace

const std::string& CsvRow::text(std::string_view column) const { return fields_[layout_of(layout_).column(column)]; }

bool CsvRow::is_missing(std::string_view column) const { return layout_of(layout_).is_missing(text(column)); }

double CsvRow::number(std::string_view column) const {
  const detail::CsvLayout& layout = layout_of(layout_);
  const std::size_t index = layout.column(column);
  return layout.number(fields_[index], index, line_);
}

Tensor CsvRow::numbers(const std::vector<std::string>& columns, TensorOptions options) const {
  Tensor result = empty({static_cast<std::int64_t>(columns.size())}, kFloat64);
  auto* next = result.data_ptr<double>();
  for (const std::string& column : columns) *next++ = number(column);
  return result.to(options);
}

CsvReader::CsvReader(const std::string& path, CsvOptions options)
    : parser_(std::make_unique<detail::CsvParser>(std::make_shared<const InputFile>(path), std::move(options))) {}

CsvReader::~CsvReader() = default;

const std::vector<std::string>& CsvReader::columns() const { return parser_->layout()->columns; }

bool CsvReader::next(CsvRow& row) { return parser_->next(row); }

struct CsvDataset::State {
  struct Place {
    std::uint64_t position;
    std::uint64_t line;
  };
  std::shared_ptr<const InputFile> file;
  std::shared_ptr<const detail::CsvLayout> layout;
  std::vector<Place> rows;
};

CsvDataset::CsvDataset(const std::string& path, CsvOptions options) {
  auto state = std::make_shared<State>();
  state->file = std::make_shared<const InputFile>(path);
  detail::CsvParser parser(state->file, std::move(options));
  state->layout = parser.layout();
  for (CsvRow row; parser.next(row);) state->rows.push_back({parser.row_position(), row.line()});
  state_ = std::move(state);
}

CsvRow CsvDataset::get(std::size_t index) const {
  detail::check_index("CsvDataset", index, size());
  const State::Place& place = state_->rows[index];
  const std::uint64_t end = index + 1 < size() ? state_->rows[index + 1].position : state_->file->size();
  CsvRow row;
  detail::CsvParser parser(state_->file, state_->layout, place.position, end, place.line);
  check<FileError>(parser.next(row), "{}, line {}: the file changed while it was in use", state_->layout->path, place.line);
  return row;
}

std::size_t CsvDataset::size() const { return state_->rows.size(); }

const std::vector<std::string>& CsvDataset::columns() const { return state_->layout->columns; }

const std::vector<std::string>& Table::columns() const { return layout_->columns; }

bool Table::contains(std::string_view column) const { return layout_->indices.contains(column); }

const std::vector<std::string>& Table::text(std::string_view column) const { return fields_[layout_->column(column)]; }

Tensor Table::column(std::string_view name, TensorOptions options) const {
  const std::size_t index = layout_->column(name);
  Tensor result = empty({static_cast<std::int64_t>(rows())}, kFloat64);
  auto* next = result.data_ptr<double>();
  for (std::size_t i = 0; i < rows(); ++i) *next++ = layout_->number(fields_[index][i], index, lines_[i]);
  return result.to(options);
}

Tensor Table::numbers(const std::vector<std::string>& columns, TensorOptions options) const {
  const auto width = static_cast<std::int64_t>(columns.size());
  Tensor result = empty({static_cast<std::int64_t>(rows()), width}, kFloat64);
  for (std::int64_t i = 0; i < width; ++i) {
    result.select(1, i).copy_(column(columns[static_cast<std::size_t>(i)]));
  }
  return result.to(options);
}

Table read_csv(const std::string& path, const CsvOptions& options) {
  Table table;
  detail::CsvParser parser(std::make_shared<const InputFile>(path), options);
  table.layout_ = parser.layout();
  table.fields_.resize(parser.layout()->columns.size());
  for (CsvRow row; parser.next(row);) {
    table.lines_.push_back(row.line());
    for (std::size_t i = 0; i < row.size(); ++i) table.fields_[i].push_back(row.fields()[i]);
  }
  return table;
}

}  // namespace xgrad::data
