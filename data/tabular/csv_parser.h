/// Splits text into the rows of a table. For .cpp files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "autograd/io/input_file.h"
#include "data/tabular/csv.h"
#include "data/text/text_stream.h"
#include "data/text/vocab.h"

namespace xgrad::data::detail {

/// What all rows of a table share.
struct CsvLayout {
  std::string path;
  CsvOptions options;
  std::vector<std::string> columns;
  std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>> indices;

  [[noreturn]] void fail(std::uint64_t line, const std::string& problem) const;
  /// By name, or by number where no column has that name. Throws ValueError.
  std::size_t column(std::string_view name) const;
  bool is_missing(std::string_view field) const;
  /// NaN where the field is missing. Throws FileError where it is no number.
  double number(const std::string& field, std::size_t column, std::uint64_t line) const;
  /// Throws FileError where the field is missing, or no integer that `dtype` holds.
  std::int64_t integer(const std::string& field, std::size_t column, std::uint64_t line, Dtype dtype) const;
};

/// Splits text into fields, row by row.
class CsvFields {
 public:
  static constexpr std::size_t most_fields = std::size_t{1} << 20;

  CsvFields(TextStream stream, const CsvOptions& options, std::uint64_t line = 1);

  /// Keeps the comments that are passed over from here on, less their "#", in `comments`, which has to live longer.
  void keep_comments(std::vector<std::string>& comments) { kept_comments_ = &comments; }

  /// The fields of the next row that is not empty; false at the end. Throws FileError where quotes do not match.
  bool next(std::vector<std::string>& fields);
  /// The line where the row that was read last begins.
  std::uint64_t line() const { return begun_; }
  /// Where it begins in the file.
  std::uint64_t position() const { return row_position_; }
  std::uint64_t empty_lines() const { return empty_lines_; }
  std::uint64_t comments() const { return comment_count_; }
  /// Fields of all rows that stood in quotes.
  std::uint64_t quoted_fields() const { return quoted_fields_; }
  const TextStream& stream() const { return stream_; }

 private:
  [[noreturn]] void fail(std::uint64_t line, const std::string& problem) const;
  void append(std::string& field, std::string_view text) const;
  bool begin_row();
  void read_row(std::vector<std::string>& fields);
  bool take_line_end();
  bool take_comment();
  bool take_delimiter();
  void skip_spaces();
  void read_field(std::string& field);
  void read_quoted(std::string& field);

  TextStream stream_;
  char delimiter_;
  bool quotes_;
  bool spaces_;  ///< between fields, any number of them
  bool comments_;
  std::vector<std::string>* kept_comments_ = nullptr;
  std::uint64_t line_;
  std::uint64_t begun_;
  std::uint64_t row_position_ = 0;
  std::uint64_t empty_lines_ = 0;
  std::uint64_t comment_count_ = 0;
  std::uint64_t quoted_fields_ = 0;
};

/// Reads the rows of a table.
class CsvParser {
 public:
  CsvParser(const std::string& path, CsvOptions options);
  CsvParser(const std::shared_ptr<const InputFile>& file, CsvOptions options);
  /// Rows that stand in bytes [begin, end) of the file, from line `line` on.
  CsvParser(std::shared_ptr<const InputFile> file, std::shared_ptr<const CsvLayout> layout, std::uint64_t begin,
            std::uint64_t end, std::uint64_t line);

  const std::shared_ptr<const CsvLayout>& layout() const { return layout_; }
  const CsvCounts& counts() const { return counts_; }
  bool compressed() const { return fields_.stream().compressed(); }
  /// Where the row that was read last begins.
  std::uint64_t row_position() const { return row_position_; }
  bool next(CsvRow& row);

 private:
  CsvParser(TextStream stream, CsvOptions options);
  void read_columns(CsvLayout& layout);
  /// False where the row is to be passed over.
  bool fit(std::vector<std::string>& fields);

  struct FirstRow {
    std::vector<std::string> fields;
    std::uint64_t line;
    std::uint64_t position;
  };

  CsvFields fields_;
  std::shared_ptr<const CsvLayout> layout_;
  std::optional<FirstRow> first_;  ///< a first row that was read to count the columns
  CsvCounts counts_;
  std::uint64_t row_position_ = 0;
};

}  // namespace xgrad::data::detail
