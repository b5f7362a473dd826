/// Series for forecasting: columns of numbers in the order of time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "data/tabular/csv.h"
#include "data/tabular/csv_format.h"
#include "data/tabular/date.h"

namespace xgrad::data {

/// What is done with a row whose target or feature is missing.
enum class MissingValues {
  Refuse,       ///< it is an error
  Drop,         ///< the row is left out and counted
  Interpolate,  ///< on the line between the values before and after, the nearest one at the ends; counted
};

/// Which columns make the series: `{.target = "Close", .features = {"Open", "Volume"}}`.
struct SeriesOptions {
  std::string target = "";                 ///< by name or number; by default the last column of numbers
  std::vector<std::string> features = {};  ///< further columns of numbers, by name or number
  std::string date = "";                   ///< by name or number; by default the first column of dates, if there is one
  MissingValues missing_values = MissingValues::Refuse;  ///< rows without a value
  CsvDetection csv = {};                                 ///< how the file is written
};

/// The step between the rows of a series.
enum class Frequency { None, Seconds, Days, Weeks, Months, Quarters, Years };

/// A series that was read.
struct Series {
  CsvFormat format;                        ///< what the file was taken for
  std::string target_name;                 ///< the target's column
  std::vector<std::string> feature_names;  ///< the features' columns
  std::string date_name;                   ///< the dates' column; empty where there is none
  std::vector<Moment> times;               ///< of each row, in UTC where offsets are given; empty without dates
  std::vector<Moment> local_times;         ///< what clocks showed: `times` with the offsets that were given
  Tensor target;                           ///< [time], float64
  Tensor features;                         ///< [time, features], float64
  Frequency frequency =
      Frequency::None;             ///< the step that nearly all rows have; None without dates, or where they have none
  std::int64_t step = 1;           ///< how many of `frequency` one step is
  CsvCounts counts;                ///< what was read of the file, and what was passed over
  std::uint64_t dropped = 0;       ///< rows left out
  std::uint64_t interpolated = 0;  ///< values filled in
  bool reversed = false;           ///< the file has the latest row first; here it is last

  std::int64_t size() const { return target.size(0); }
  /// The season that such a series most often has, in rows: 12 for months, 4 for quarters, 7 for days (5 where weekends are
  /// missing), 52 for weeks, 24 for hours; 1 for others.
  std::int64_t season() const;
  /// The moment `steps` rows behind the last one: months later at the end of the month where all rows are at such ends, else
  /// at the rows' day, or the last one of a month that does not have it. Throws ValueError where there is no frequency.
  Moment time_after(std::int64_t steps) const;
  /// What was taken for what, in a few lines for a person to read.
  std::string describe() const;
};

/// Reads a series from any table with a column of numbers, whose rows are in the order of time, forwards or backwards.
/// Where times have offsets (+01:00), months and weekends are those of their places.
///
/// Throws FileError that names file and line where a field is no number, a date is none, or dates are in no order or come
/// twice; ValueError where there is no such column.
Series read_series(const std::string& path, const SeriesOptions& options = {});

}  // namespace xgrad::data
