/// Tables in files: comma-separated values with named columns (RFC 4180), and their relatives with other delimiters.
/// `detect_csv` (csv_format.h) finds out how a file is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "data/dataset.h"
#include "data/text/line_reader.h"

namespace xgrad::data {

/// What is done with a row that has more or fewer fields than there are columns.
enum class RaggedRows {
  Refuse,    ///< it is an error
  Fill,      ///< missing fields are empty, and those that are too many are cut off; both are counted
  PassOver,  ///< the row is left out and counted
};

/// How a table is written: `{.delimiter = ';', .missing_values = {"", "-"}}`.
struct CsvOptions {
  char delimiter = ',';  ///< between the fields of a row; a space: any number of spaces and tabs, around a row as well
  bool header = true;    ///< the first row names the columns
  std::vector<std::string> columns = {};  ///< their names, in place of the header's; without either, "0", "1", ...
  std::vector<std::string> missing_values = {"",    "NA",  "N/A",  "n/a",  "#N/A",
                                             "NaN", "nan", "null", "NULL", "None"};  ///< stand for no value
  bool quotes = true;          ///< fields may stand in quotes; false: a quote is a character like any other
  bool decimal_comma = false;  ///< numbers are written 1,5; then none has a decimal point
  char thousands =
      '\0';  ///< may stand between groups of three digits: ',' for 1,031.5; a space, no-break ones as well; 0: none
  bool comments = false;                        ///< lines that begin with # are passed over
  RaggedRows ragged_rows = RaggedRows::Refuse;  ///< rows with too few or too many fields
  Encoding encoding = Encoding::Unchecked;      ///< of the file
};

/// What was read of a table up to now, and what was passed over.
struct CsvCounts {
  std::uint64_t rows = 0;         ///< rows that were given
  std::uint64_t empty_lines = 0;  ///< lines between rows without a character, or of white space alone
  std::uint64_t comments = 0;     ///< lines that begin with # (CsvOptions::comments)
  std::uint64_t filled = 0;       ///< of the rows, those that had too few fields (RaggedRows::Fill)
  std::uint64_t cut = 0;          ///< of the rows, those that had too many fields (RaggedRows::Fill)
  std::uint64_t passed_over = 0;  ///< rows left out (RaggedRows::PassOver)

  /// In one line: "5574 rows; passed over 2 empty lines".
  std::string describe() const;
};

namespace detail {
class CsvParser;
struct CsvLayout;
}  // namespace detail

/// One row of a table. Fields are found by the name of their column, or by its number, counted from 0.
class CsvRow {
 public:
  /// A row of no table.
  CsvRow() = default;

  std::size_t size() const { return fields_.size(); }
  /// All fields as they stand in the file, less their quotes.
  const std::vector<std::string>& fields() const { return fields_; }
  /// The line of the file where the row begins, counted from 1.
  std::uint64_t line() const { return line_; }

  /// A field as text. Throws ValueError where the table has no such column.
  const std::string& text(std::string_view column) const;
  /// As above, by number. Throws IndexError where there is no such column.
  const std::string& text(std::size_t column) const;
  /// Whether a field is one of CsvOptions::missing_values.
  bool is_missing(std::string_view column) const;
  /// A field as a number, NaN where it is missing. Throws FileError that names file, line and column where it is something
  /// else.
  double number(std::string_view column) const;
  /// As above, by number. Throws IndexError where there is no such column.
  double number(std::size_t column) const;
  /// Several fields as a tensor of one dimension. Integers are read exactly: FileError that names file, line and column
  /// where a value is missing, has a fraction, or is none that the dtype holds (bool: 0 and 1).
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
/// "\r\n", and a "\r" by itself outside quotes is refused; empty lines are passed over, as is a byte order mark. Fields are
/// kept byte by byte unless an encoding is given. A file that gzip compressed is decompressed, and the path "-" is the
/// standard input.
class CsvReader {
 public:
  /// Throws FileError where the file cannot be read, or its header names a column twice or is missing; ValueError for a
  /// delimiter that is a quote or a line end.
  explicit CsvReader(const std::string& path, CsvOptions options = {});
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  const std::vector<std::string>& columns() const;
  /// Reads the next row; false after the last one. Throws FileError that names file and line where a row has too few or too
  /// many fields, where quotes do not match, where a field is longer than 64 MiB, and where bytes are no text in the
  /// encoding.
  bool next(CsvRow& row);
  const CsvCounts& counts() const;

 private:
  std::unique_ptr<detail::CsvParser> parser_;
};

/// A table as a dataset of rows that are read from the file when they are asked for: only their places are kept, 16 bytes a
/// row. The file is read once in the beginning, and must not change while the dataset is in use. Copies share the file.
/// Compressed files cannot be read from the middle: they are refused.
class CsvDataset : public Dataset<CsvRow> {
 public:
  /// Throws as CsvReader does.
  explicit CsvDataset(const std::string& path, CsvOptions options = {});

  CsvRow get(std::size_t index) const override;
  std::size_t size() const override;
  const std::vector<std::string>& columns() const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

/// A table in memory, column by column.
class Table {
 public:
  const std::vector<std::string>& columns() const;
  std::size_t rows() const { return lines_.size(); }
  bool contains(std::string_view column) const;
  const CsvCounts& counts() const { return counts_; }

  /// A column as text. Throws ValueError where the table has no such column.
  const std::vector<std::string>& text(std::string_view column) const;
  /// A column of numbers: [rows], NaN where a value is missing; integers as CsvRow::numbers reads them. Throws FileError
  /// that names file, line and column where a field is something else, ValueError where the table has no such column.
  Tensor column(std::string_view name, TensorOptions options = kFloat64) const;
  /// Several columns of numbers: [rows, columns].
  Tensor numbers(const std::vector<std::string>& columns, TensorOptions options = kFloat64) const;

 private:
  friend Table read_csv(const std::string& path, const CsvOptions& options);
  Table() = default;

  std::shared_ptr<const detail::CsvLayout> layout_;
  std::vector<std::vector<std::string>> fields_;  ///< [column][row]
  std::vector<std::uint64_t> lines_;              ///< of the file, where each row begins
  CsvCounts counts_;
};

/// Reads a whole table. Throws as CsvReader does.
Table read_csv(const std::string& path, const CsvOptions& options = {});

}  // namespace xgrad::data
