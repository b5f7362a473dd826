/// How a table in a file is written, found by looking at it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/tabular/csv.h"
#include "data/tabular/date.h"
#include "data/text/line_reader.h"

namespace xgrad::data {

/// What the fields of a column look like.
enum class ColumnKind {
  Empty,   ///< nothing in it
  Number,  ///< numbers, written as CsvOptions say
  Date,    ///< dates, see `DateFormat`
  Label,   ///< few different values, each of them often, or one short word each
  Text,    ///< anything else
};

/// "empty", "number", "date", "label" or "text".
std::string to_string(ColumnKind kind);

/// What was seen of one column.
struct ColumnFormat {
  std::string name;  ///< from the header, or its number; a name that came before has "_2" behind it
  ColumnKind kind;
  std::uint64_t missing = 0;       ///< fields that are among CsvOptions::missing_values
  std::uint64_t distinct = 0;      ///< different fields, the missing ones aside
  double mean_bytes = 0;           ///< of a field that is not missing
  bool integral = false;           ///< all numbers are whole
  std::optional<DateFormat> date;  ///< of a column of dates
  std::string example;             ///< the first field that is not missing
  bool spaces = false;             ///< some field has a space within
};

/// What `detect_csv` is told and need not find out: `{.delimiter = ';', .header = false}`.
struct CsvDetection {
  std::optional<char> delimiter = std::nullopt;         ///< otherwise a comma, tab, semicolon, vertical bar or spaces
  std::optional<bool> header = std::nullopt;            ///< whether the first row names the columns
  std::optional<bool> quotes = std::nullopt;            ///< whether fields may stand in quotes
  std::optional<bool> decimal_comma = std::nullopt;     ///< whether numbers are written 1,5
  std::optional<char> thousands = std::nullopt;         ///< between groups of three digits of a number; 0: nothing
  Encoding encoding = Encoding::Utf8;                   ///< of the file
  RaggedRows ragged_rows = RaggedRows::Refuse;          ///< passed on to CsvOptions
  std::uint64_t sample_bytes = std::uint64_t{1} << 20;  ///< how much of the file is looked at
};

/// What a file was taken for.
struct CsvFormat {
  std::string path;
  CsvOptions options;  ///< for CsvReader, CsvDataset and read_csv
  std::vector<ColumnFormat> columns;
  bool compressed = false;         ///< by gzip
  bool whole_file = false;         ///< all of the file was looked at
  bool header_in_comment = false;  ///< the last comment above the first row names the columns
  std::uint64_t rows = 0;          ///< rows that were looked at

  /// The number of a column, given by its name or by its number, counted from 0; names go first. Where there is none, throws
  /// a ValueError that lists the columns.
  std::size_t column(std::string_view name_or_number) const;
  /// The column that looks most like text: of those of kind Text, the one with the longest fields; one that is called text,
  /// review, message, content, sentence and the like goes first, one without a space in it, such as addresses in the web,
  /// last. Nothing where there is none.
  std::optional<std::size_t> text_column() const;
  /// The column that looks most like classes for `text_column()`: of a kind other than Text and Date with the fewest
  /// different values, two at least; one that is called label, class, category, target, sentiment, or as fastText's
  /// `__label__`, goes first. Nothing where there is none, or where only the beginning of the file was looked at and all
  /// columns but constant ones have different values in most rows: a file may be in the order of its classes.
  std::optional<std::size_t> label_column() const;
  /// As above, where column `text` is the text.
  std::optional<std::size_t> label_column(std::size_t text) const;
  /// The first column of dates, if any.
  std::optional<std::size_t> date_column() const;
  std::vector<std::size_t> number_columns() const;

  /// What was taken for what, in a few lines for a person to read: delimiter, header, quotes, encoding, and each column with
  /// its kind and an example.
  std::string describe() const;
};

/// Looks at the beginning of a file and says how it is written.
///
/// The delimiter is the one by which most rows have the same number of fields, two or more; with none, there is one column.
/// Quotes are characters like any other where fields in quotes do not work out, and between tabs or bars where they join
/// lines that have all fields by themselves. The first row is a header where some column of numbers or dates has neither in
/// it, or where it holds a word that names a column everywhere (text, label, class, ...) and does not come again in that
/// column, and no field of it is a number; the first column may have no name. Spaces are the delimiter where nothing else
/// is, every row has as many fields, and a column holds numbers. Lines that begin with # are comments where the others make
/// a table and they are no rows of it; the last one above the first row may be the header.
///
/// Decimal commas and thousands (1,031.5, 1.031,5, 1 031, 1'031) are taken for such where that makes more columns
/// numbers. Between semicolons and vertical bars 1,031 alone does not tell which of the two its comma is, and is neither
/// unless 987 and the like stand beside it; likewise 1.031, whose point is a decimal one otherwise.
///
/// Throws FileError where the file cannot be read, has no row, or is no text in the encoding, ValueError for options that
/// make no sense.
CsvFormat detect_csv(const std::string& path, const CsvDetection& detection = {});

}  // namespace xgrad::data
