/// What the columns of a table look like. For .cpp files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/tabular/csv.h"
#include "data/tabular/csv_format.h"

namespace xgrad::data::detail {

/// The number that a field is, as `options` write it; nothing where it is none.
std::optional<double> parse_field(const std::string& field, const CsvOptions& options);
/// As above, without a rounding: nothing for numbers that are no integers as well.
std::optional<std::int64_t> parse_integer_field(const std::string& field, const CsvOptions& options);

/// How many of the first `width` columns hold numbers and nothing else, as `options` write them.
std::size_t count_number_columns(const std::vector<std::vector<std::string>>& rows, std::size_t width,
                                 const CsvOptions& options);

/// What the fields of column `column` look like; short rows have none there. The name is left empty.
ColumnFormat describe_column(const std::vector<std::vector<std::string>>& rows, std::size_t column,
                             const CsvOptions& options);

/// Whether a first row names the columns of the others.
bool looks_like_header(const std::vector<std::string>& first, const std::vector<ColumnFormat>& columns,
                       const std::vector<std::vector<std::string>>& rows, const CsvOptions& options);

}  // namespace xgrad::data::detail
