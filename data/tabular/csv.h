/// Tables in files: comma-separated values with named columns (RFC 4180).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "data/dataset.h"

namespace xgrad::data {

/// How a table is written: `{.delimiter = ';', .missing_values = {"", "-"}}`.
struct CsvOptions {
  char delimiter = ',';                   ///< between the fields of a row
  bool header = true;                     ///< the first row names the columns
  std::vector<std::string> columns = {};  ///< their names where there is no header; otherwise "0", "1", ...
  std::vector<std::string> missing_values = {"", "NA", "N/A", "NaN", "nan", "null", "NULL"};  ///< stand for no value
};

namespace detail {
class CsvParser;
struct CsvLayout;
}  // namespace detail

/// One row of a table. Fields are found by the name of their column.
class CsvRow {
 public:
  /// A row of no table.
  CsvRow() = default;

  /// The number of fields.
  std::size_t size() const { return fields_.size(); }
  /// All fields as they stand in the file, less their quotes.
  const std::vector<std::string>& fields() const { return fields_; }
  /// The line of the file where the row begins, counted from 1.
  std::uint64_t line() const { return line_; }

  /// A field as text. Throws ValueError where the table has no such column.
  const std::string& text(std::string_view column) const;
  /// Whether a field is one of CsvOptions::missing_values.
  bool is_missing(std::string_view column) const;
  /// A field as a number, NaN where it is missing. Throws FileError that names file, line and column where it is something
  /// else.
  double number(std::string_view column) const;
  /// Several fields as a tensor of one dimension.
  Tensor numbers(const std::vector<std::string>& columns, TensorOptions options = kFloat64) const;

 private:
  friend class detail::CsvParser;
  std::shared_ptr<const detail::CsvLayout> layout_;
  std::vector<std::string> fields_;
  std::uint64_t line_ = 0;
};

/// Reads a table of any size, row by row:
///
///   data::CsvReader reader("prices.csv");
///   for (data::CsvRow row; reader.next(row);) total += row.number("Volume");
///
/// Fields may stand in quotes, with "" for a quote inside; then they may hold delimiters and line ends. Lines end in "\n" or
/// "\r\n"; empty lines are passed over, as is a byte order mark. Fields are kept byte by byte, whatever their encoding.
class CsvReader {
 public:
  /// Throws FileError where the file cannot be read, or its header names a column twice or is missing; ValueError for a
  /// delimiter that is a quote or a line end.
  explicit CsvReader(const std::string& path, CsvOptions options = {});
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  /// The names of the columns.
  const std::vector<std::string>& columns() const;
  /// Reads the next row; false after the last one. Throws FileError that names file and line where a row has too few or too
  /// many fields, and where quotes do not match.
  bool next(CsvRow& row);

 private:
  std::unique_ptr<detail::CsvParser> parser_;
};

/// A table as a dataset of rows that are read from the file when they are asked for: only their places are kept, 16 bytes a
/// row. The file is read once in the beginning, and must not change while the dataset is in use. Copies share the file.
class CsvDataset : public Dataset<CsvRow> {
 public:
  /// Throws as CsvReader does.
  explicit CsvDataset(const std::string& path, CsvOptions options = {});

  CsvRow get(std::size_t index) const override;
  /// The number of examples.
  std::size_t size() const override;
  /// The names of the columns.
  const std::vector<std::string>& columns() const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

/// A table in memory, column by column.
class Table {
 public:
  /// The names of the columns.
  const std::vector<std::string>& columns() const;
  /// The number of rows.
  std::size_t rows() const { return lines_.size(); }
  /// Whether there is a column of that name.
  bool contains(std::string_view column) const;

  /// A column as text. Throws ValueError where the table has no such column.
  const std::vector<std::string>& text(std::string_view column) const;
  /// A column of numbers: [rows], NaN where a value is missing. Throws FileError that names file, line and column where a
  /// field is something else, ValueError where the table has no such column.
  Tensor column(std::string_view name, TensorOptions options = kFloat64) const;
  /// Several columns of numbers: [rows, columns].
  Tensor numbers(const std::vector<std::string>& columns, TensorOptions options = kFloat64) const;

 private:
  friend Table read_csv(const std::string& path, const CsvOptions& options);
  Table() = default;

  std::shared_ptr<const detail::CsvLayout> layout_;
  std::vector<std::vector<std::string>> fields_;  ///< [column][row]
  std::vector<std::uint64_t> lines_;              ///< of the file, where each row begins
};

/// Reads a whole table. Throws as CsvReader does.
Table read_csv(const std::string& path, const CsvOptions& options = {});

}  // namespace xgrad::data
