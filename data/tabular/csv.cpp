#include "data/tabular/csv.h"

#include <utility>

#include "autograd/base/check.h"
#include "autograd/io/input_file.h"
#include "autograd/tensor/creation.h"
#include "data/tabular/csv_parser.h"
#include "data/text/byte_reader.h"
#include "data/text/vocab.h"

namespace xgrad::data {

namespace {

const detail::CsvLayout& layout_of(const std::shared_ptr<const detail::CsvLayout>& layout) {
  check<ValueError>(layout != nullptr, "CsvRow: it belongs to no table");
  return *layout;
}

/// The dtype in which fields are read: integers do not go through float64, which does not hold all of them.
Dtype read_dtype(const TensorOptions& options) { return is_floating_point(options.dtype_or(kFloat64)) ? kFloat64 : kInt64; }

/// Sets an element of a tensor of `read_dtype`.
void set_field(const Tensor& result, std::size_t place, const detail::CsvLayout& layout, const std::string& field,
               std::size_t column, std::uint64_t line, const TensorOptions& options) {
  if (result.dtype() == kFloat64) result.data_ptr<double>()[place] = layout.number(field, column, line);
  else result.data_ptr<std::int64_t>()[place] = layout.integer(field, column, line, options.dtype_or(kFloat64));
}

}  // namespace

std::string CsvCounts::describe() const {
  std::string text = detail::counted(rows, "row", "rows");
  if (filled > 0) text += fmt::format("; filled {} with too few fields", detail::counted(filled, "row", "rows"));
  if (cut > 0) text += fmt::format("; cut {} with too many fields", detail::counted(cut, "row", "rows"));
  if (passed_over > 0)
    text += fmt::format("; passed over {} of another length", detail::counted(passed_over, "row", "rows"));
  if (comments > 0) text += fmt::format("; passed over {}", detail::counted(comments, "comment", "comments"));
  if (empty_lines > 0) text += fmt::format("; passed over {}", detail::counted(empty_lines, "empty line", "empty lines"));
  return text;
}

const std::string& CsvRow::text(std::size_t column) const {
  detail::check_index("CsvRow", column, fields_.size());
  return fields_[column];
}

const std::string& CsvRow::text(std::string_view column) const { return fields_[layout_of(layout_).column(column)]; }

bool CsvRow::is_missing(std::string_view column) const { return layout_of(layout_).is_missing(text(column)); }

double CsvRow::number(std::string_view column) const { return number(layout_of(layout_).column(column)); }

double CsvRow::number(std::size_t column) const {
  const std::string& field = text(column);
  return layout_of(layout_).number(field, column, line_);
}

Tensor CsvRow::numbers(const std::vector<std::string>& columns, TensorOptions options) const {
  Tensor result = empty({static_cast<std::int64_t>(columns.size())}, read_dtype(options));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const detail::CsvLayout& layout = layout_of(layout_);
    const std::size_t column = layout.column(columns[i]);
    set_field(result, i, layout, text(column), column, line_, options);
  }
  return result.to(options);
}

CsvReader::CsvReader(const std::string& path, CsvOptions options)
    : parser_(std::make_unique<detail::CsvParser>(path, std::move(options))) {}

CsvReader::~CsvReader() = default;

const std::vector<std::string>& CsvReader::columns() const { return parser_->layout()->columns; }

bool CsvReader::next(CsvRow& row) { return parser_->next(row); }

const CsvCounts& CsvReader::counts() const { return parser_->counts(); }

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
  check<FileError>(!parser.compressed(),
                   "{}: a compressed table cannot be read from the middle: decompress it, or use CsvReader", path);
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
  Tensor result = empty({static_cast<std::int64_t>(rows())}, read_dtype(options));
  for (std::size_t i = 0; i < rows(); ++i) set_field(result, i, *layout_, fields_[index][i], index, lines_[i], options);
  return result.to(options);
}

Tensor Table::numbers(const std::vector<std::string>& columns, TensorOptions options) const {
  const auto width = static_cast<std::int64_t>(columns.size());
  const Dtype dtype = options.dtype_or(kFloat64);
  Tensor result = empty({static_cast<std::int64_t>(rows()), width}, dtype);
  for (std::int64_t i = 0; i < width; ++i) {
    result.select(1, i).copy_(column(columns[static_cast<std::size_t>(i)], dtype));
  }
  return result.to(options);
}

Table read_csv(const std::string& path, const CsvOptions& options) {
  Table table;
  detail::CsvParser parser(path, options);
  table.layout_ = parser.layout();
  table.fields_.resize(parser.layout()->columns.size());
  for (CsvRow row; parser.next(row);) {
    table.lines_.push_back(row.line());
    for (std::size_t i = 0; i < row.size(); ++i) table.fields_[i].push_back(row.fields()[i]);
  }
  table.counts_ = parser.counts();
  return table;
}

}  // namespace xgrad::data
