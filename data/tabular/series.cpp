#include "data/tabular/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/tensor/creation.h"
#include "data/text/byte_reader.h"

namespace xgrad::data {

namespace {

using std::chrono::days;
using std::chrono::year_month_day;
using Numbers = std::vector<double>;

constexpr std::int64_t seconds_of_a_day = 86400;

/// What is read of the file, row by row.
struct SeriesRows {
  std::vector<std::string> dates;
  std::vector<std::uint64_t> lines;
  std::vector<Numbers> columns;  ///< the target, then the features
  CsvCounts counts;
};

[[noreturn]] void fail(const std::string& path, std::uint64_t line, const std::string& problem) {
  throw FileError(fmt::format("{}, line {}: {}", path, line, problem));
}

/// The moments of all rows; nothing where they are in no order: `problem_row` says where.
std::optional<std::vector<Moment>> parse_times(const std::string& path, const SeriesRows& rows, const DateFormat& format,
                                               std::size_t& problem_row) {
  std::vector<Moment> times;
  times.reserve(rows.dates.size());
  for (std::size_t i = 0; i < rows.dates.size(); ++i) {
    const auto moment = parse_date(rows.dates[i], format);
    if (!moment) {
      fail(path, rows.lines[i],
           fmt::format("expected a date ({}), got {}", format.describe(), detail::quote_text(rows.dates[i])));
    }
    times.push_back(*moment);
  }
  const bool falling = times.size() > 1 && times[1] < times[0];
  for (std::size_t i = 1; i < times.size(); ++i) {
    problem_row = i;
    if (times[i] == times[i - 1] || (times[i] < times[i - 1]) != falling) return std::nullopt;
  }
  return times;
}

/// Whether a day is the last one of its month.
bool is_at_end(std::chrono::sys_days day) { return year_month_day(day + days(1)).day() == std::chrono::day(1); }

/// Months between two moments where they lie at the same day of a month, or both at the end of one, or one at the end of a
/// month that does not have the other's day; otherwise 0.
std::int64_t months_between(Moment from, Moment to) {
  const auto from_day = std::chrono::floor<days>(from);
  const auto to_day = std::chrono::floor<days>(to);
  const year_month_day a(from_day);
  const year_month_day b(to_day);
  if (from - from_day != to - to_day) return 0;
  const std::chrono::sys_days earlier = a.day() < b.day() ? from_day : to_day;  // in its month
  if (a.day() != b.day() && !is_at_end(earlier)) return 0;
  return 12 * (static_cast<int>(b.year()) - static_cast<int>(a.year())) +
         static_cast<int>(static_cast<unsigned>(b.month())) - static_cast<int>(static_cast<unsigned>(a.month()));
}

/// The most frequent difference, and whether enough steps have it.
std::pair<std::int64_t, bool> usual_step(const std::map<std::int64_t, std::size_t>& counts, std::size_t steps,
                                         double least_share) {
  std::int64_t step = 0;
  std::size_t most = 0;
  for (const auto& [difference, count] : counts) {
    if (count > most) {
      most = count;
      step = difference;
    }
  }
  return {step, step > 0 && static_cast<double>(most) >= least_share * static_cast<double>(steps)};
}

/// How often each difference between neighbours occurs, in months and in seconds.
struct Steps {
  explicit Steps(const std::vector<Moment>& times) {
    for (std::size_t i = 1; i < times.size(); ++i) {
      ++months[months_between(times[i - 1], times[i])];
      ++seconds[(times[i] - times[i - 1]).count()];
    }
  }
  std::map<std::int64_t, std::size_t> months;  ///< 0: not whole months
  std::map<std::int64_t, std::size_t> seconds;
};

/// How many steps are as long as most are.
std::size_t regularity(const std::vector<Moment>& times) {
  const Steps steps(times);
  std::size_t most = 0;
  for (const auto& [step, count] : steps.months) most = std::max(most, step != 0 ? count : 0);
  for (const auto& [step, count] : steps.seconds) most = std::max(most, count);
  return most;
}

void find_frequency(Series& series) {
  if (series.times.size() < 2) return;
  const std::size_t steps = series.times.size() - 1;
  const auto months = Steps(series.local_times).months;
  const auto seconds = Steps(series.times).seconds;
  constexpr double nearly_all = 0.9;
  constexpr double working_days = 0.7;  // four of five steps; fewer with holidays
  if (const auto [step, usual] = usual_step(months, steps, nearly_all); usual) {
    series.frequency = step % 12 == 0 ? Frequency::Years : step % 3 == 0 ? Frequency::Quarters : Frequency::Months;
    series.step = step % 12 == 0 ? step / 12 : step % 3 == 0 ? step / 3 : step;
    return;
  }
  const auto [step, usual] = usual_step(seconds, steps, working_days);
  if (!usual || (step != seconds_of_a_day && !usual_step(seconds, steps, nearly_all).second)) return;
  const bool weeks = step % (7 * seconds_of_a_day) == 0;
  const bool whole_days = step % seconds_of_a_day == 0;
  series.frequency = weeks ? Frequency::Weeks : whole_days ? Frequency::Days : Frequency::Seconds;
  series.step = weeks ? step / (7 * seconds_of_a_day) : whole_days ? step / seconds_of_a_day : step;
}

bool is_weekend(Moment moment) {
  const std::chrono::weekday day(std::chrono::floor<days>(moment));
  return day == std::chrono::Saturday || day == std::chrono::Sunday;
}

/// Whether a series of days, a week long at least, leaves out weekends.
bool skips_weekends(const Series& series) {
  return series.frequency == Frequency::Days && series.step == 1 && series.times.size() >= 5 &&
         series.times.back() - series.times.front() >= days(7) &&
         std::none_of(series.local_times.begin(), series.local_times.end(), is_weekend);
}

/// Fills NaN from the values around; how many there were.
std::uint64_t interpolate(Numbers& values) {
  std::uint64_t filled = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) continue;
    std::size_t next = i;
    while (next < values.size() && std::isnan(values[next])) ++next;
    if (i == 0 && next == values.size()) return 0;
    const double before = i > 0 ? values[i - 1] : values[next];
    const double after = next < values.size() ? values[next] : before;
    const auto gaps = static_cast<double>(next - i + 1);
    for (std::size_t k = i; k < next; ++k) {
      values[k] = before + (after - before) * static_cast<double>(k - i + 1) / gaps;
      ++filled;
    }
    i = next;
  }
  return filled;
}

/// Reads the rows, less those to be dropped.
SeriesRows read_series_rows(const Series& series, const std::vector<std::size_t>& columns, std::optional<std::size_t> date,
                            MissingValues missing, std::uint64_t& dropped) {
  SeriesRows rows;
  rows.columns.resize(columns.size());
  CsvReader reader(series.format.path, series.format.options);
  Numbers values(columns.size());
  for (CsvRow row; reader.next(row);) {
    bool whole = true;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      values[i] = row.number(columns[i]);
      if (std::isinf(values[i]))
        fail(series.format.path, row.line(), fmt::format("expected a finite number, got {}", values[i]));
      whole = whole && !std::isnan(values[i]);
      if (whole || missing != MissingValues::Refuse) continue;
      fail(series.format.path, row.line(),
           fmt::format("a value is missing in column {}: drop such rows (MissingValues::Drop) or fill them (Interpolate)",
                       detail::quote_text(series.format.columns[columns[i]].name)));
    }
    if (!whole && missing == MissingValues::Drop) {
      ++dropped;
      continue;
    }
    for (std::size_t i = 0; i < columns.size(); ++i) rows.columns[i].push_back(values[i]);
    if (date) rows.dates.push_back(row.text(*date));
    rows.lines.push_back(row.line());
  }
  rows.counts = reader.counts();
  return rows;
}

const char* unit_of(Frequency frequency) {
  switch (frequency) {
    case Frequency::None: return "";
    case Frequency::Seconds: return "second";
    case Frequency::Days: return "day";
    case Frequency::Weeks: return "week";
    case Frequency::Months: return "month";
    case Frequency::Quarters: return "quarter";
    case Frequency::Years: return "year";
  }
  return "";
}

}  // namespace

std::int64_t Series::season() const {
  constexpr std::int64_t hour = 3600;
  switch (frequency) {
    case Frequency::Seconds: return step <= hour && seconds_of_a_day % step == 0 ? seconds_of_a_day / step : 1;
    case Frequency::Days: return step == 1 ? (skips_weekends(*this) ? 5 : 7) : 1;
    case Frequency::Weeks: return step == 1 ? 52 : 1;
    case Frequency::Months: return 12 % step == 0 ? 12 / step : 1;
    case Frequency::Quarters: return step == 1 ? 4 : 1;
    case Frequency::Years:
    case Frequency::None: return 1;
  }
  return 1;
}

Moment Series::time_after(std::int64_t steps) const {
  check<ValueError>(frequency != Frequency::None, "Series::time_after: the rows of the series have no regular step in time");
  check<ValueError>(steps >= 0 && steps <= 1'000'000, "Series::time_after: expected up to a million steps, got {}", steps);
  const Moment last = times.back();
  const std::chrono::seconds offset = local_times.back() - last;
  if (skips_weekends(*this)) {
    Moment moment = last;
    for (std::int64_t i = 0; i < steps; ++i) {
      do {
        moment += days(1);
      } while (is_weekend(moment + offset));
    }
    return moment;
  }
  std::int64_t months = 0;
  switch (frequency) {
    case Frequency::Seconds: return last + std::chrono::seconds(steps * step);
    case Frequency::Days: return last + days(steps * step);
    case Frequency::Weeks: return last + days(7 * steps * step);
    case Frequency::Months: months = steps * step; break;
    case Frequency::Quarters: months = 3 * steps * step; break;
    default: months = 12 * steps * step; break;
  }
  const auto day = std::chrono::floor<days>(last + offset);
  const year_month_day date(day);
  std::chrono::day day_of_month = date.day();
  if (is_at_end(day)) {
    // The last row alone does not tell the end of months from the 28th or the 30th.
    bool ends = true;
    for (const Moment moment : local_times) {
      const auto other = std::chrono::floor<days>(moment);
      ends = ends && is_at_end(other);
      day_of_month = std::max(day_of_month, year_month_day(other).day());
    }
    if (ends) day_of_month = std::chrono::day(31);
  }
  const auto month = std::chrono::year_month(date.year(), date.month()) + std::chrono::months(months);
  year_month_day then(month.year(), month.month(), day_of_month);
  if (!then.ok()) then = month / std::chrono::last;
  return std::chrono::sys_days(then) + (last - day);  // which takes the offset off
}

std::string Series::describe() const {
  std::string text = format.describe();
  text += fmt::format("{} of {}", detail::counted(static_cast<std::uint64_t>(size()), "value", "values"),
                      detail::quote_text(target_name));
  if (!feature_names.empty()) text += fmt::format(" beside {}", fmt::join(feature_names, ", "));
  if (!times.empty()) text += fmt::format(", {} to {}", to_iso_string(times.front()), to_iso_string(times.back()));
  if (frequency != Frequency::None) {
    text +=
        step == 1 ? fmt::format(", each {}", unit_of(frequency)) : fmt::format(", each {} {}s", step, unit_of(frequency));
  }
  if (skips_weekends(*this)) text += " but weekends";
  if (reversed) text += ", turned round: the file has the latest first";
  const std::string read = counts.describe();
  if (const std::size_t mark = read.find(';'); mark != std::string::npos) text += read.substr(mark);
  if (dropped > 0) text += fmt::format("; left out {} without a value", detail::counted(dropped, "row", "rows"));
  if (interpolated > 0) text += fmt::format("; filled in {}", detail::counted(interpolated, "value", "values"));
  return text + '\n';
}

Series read_series(const std::string& path, const SeriesOptions& options) {
  Series series;
  series.format = detect_csv(path, options.csv);
  const CsvFormat& format = series.format;
  std::optional<std::size_t> date = options.date.empty() ? format.date_column() : format.column(options.date);
  std::vector<std::size_t> columns;
  if (options.target.empty()) {
    const auto numbers = format.number_columns();
    check<ValueError>(
        !numbers.empty(),
        "{}: there is no column of numbers, written such as 1234.5, 1234,5, 1,234.5, 1.234,5 or 1 234,5, one way in the whole "
        "file (--numbers says which where it does not tell by itself):\n{}",
        path, format.describe());
    columns.push_back(numbers.back());
  } else {
    columns.push_back(format.column(options.target));
  }
  for (const std::string& feature : options.features) columns.push_back(format.column(feature));
  if (options.date.empty() && date && std::find(columns.begin(), columns.end(), *date) != columns.end()) date.reset();

  SeriesRows rows = read_series_rows(series, columns, date, options.missing_values, series.dropped);
  series.counts = rows.counts;
  check<FileError>(!rows.lines.empty(), "{}: expected rows with values, got none", path);
  series.target_name = format.columns[columns[0]].name;
  for (std::size_t i = 1; i < columns.size(); ++i) series.feature_names.push_back(format.columns[columns[i]].name);

  if (date) {
    const ColumnFormat& column = format.columns[*date];
    series.date_name = column.name;
    auto date_format = column.date ? column.date : detect_date_format(rows.dates);
    // What the sample does not tell, all rows may.
    if (date_format && date_format->ambiguous) {
      if (const auto of_all = detect_date_format(rows.dates)) date_format = of_all;
    }
    check<FileError>(date_format.has_value(), "{}: column {} holds no dates that are known, such as {}", path,
                     detail::quote_text(column.name), detail::quote_text(rows.dates.front()));
    std::size_t row = 0;
    auto times = parse_times(path, rows, *date_format, row);
    if (date_format->ambiguous) {
      // The steps between the rows may tell what the dates themselves do not.
      std::size_t other_row = 0;
      const DateFormat month_first{DateOrder::MonthDayYear, false};
      auto other = parse_times(path, rows, month_first, other_row);
      if (other && (!times || regularity(*other) > regularity(*times))) {
        times = std::move(other);
        date_format = month_first;
      }
    }
    if (!times) {
      fail(path, rows.lines[row],
           fmt::format("the date {} is not in order: expected each date once, rising or falling",
                       detail::quote_text(rows.dates[row])));
    }
    series.format.columns[*date].date = date_format;
    series.times = std::move(*times);
    series.local_times.reserve(series.times.size());
    for (const std::string& text : rows.dates) series.local_times.push_back(*parse_local_date(text, *date_format));
    series.reversed = series.times.size() > 1 && series.times[1] < series.times[0];
  }
  if (series.reversed) {
    std::reverse(series.times.begin(), series.times.end());
    std::reverse(series.local_times.begin(), series.local_times.end());
    for (Numbers& column : rows.columns) std::reverse(column.begin(), column.end());
  }
  find_frequency(series);
  if (options.missing_values == MissingValues::Interpolate) {
    for (Numbers& column : rows.columns) series.interpolated += interpolate(column);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      check<FileError>(!std::isnan(rows.columns[i].front()), "{}: column {} has no value at all", path,
                       detail::quote_text(format.columns[columns[i]].name));
    }
  }
  const auto length = static_cast<std::int64_t>(rows.lines.size());
  series.target = empty({length}, kFloat64);
  std::copy(rows.columns[0].begin(), rows.columns[0].end(), series.target.data_ptr<double>());
  const auto width = static_cast<std::int64_t>(columns.size() - 1);
  series.features = empty({length, width}, kFloat64);
  auto* next = series.features.data_ptr<double>();
  for (std::size_t i = 0; i < rows.lines.size(); ++i) {
    for (std::size_t k = 1; k < columns.size(); ++k) *next++ = rows.columns[k][i];
  }
  return series;
}

}  // namespace xgrad::data
