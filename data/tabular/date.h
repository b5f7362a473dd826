/// Dates as people write them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xgrad::data {

/// A moment, without a time zone.
using Moment = std::chrono::sys_seconds;

/// The order of the parts of a date.
enum class DateOrder {
  YearMonthDay,  ///< 1949-01-31, 1949/1/31, 19490131, 1949-01-31T23:59:59Z
  DayMonthYear,  ///< 31/1/1949, 31.1.49, 31 Jan 1949, 31-January-1949
  MonthDayYear,  ///< 1/31/1949, Jan 31, 1949
  YearMonth,     ///< 1949-01, 1949 Jan, 194901, 1949M01
  MonthYear,     ///< 1-49, 01/1949, Jan 1949, January-49
  YearQuarter,   ///< 1949Q1, 1949-Q1, 1949 Q1
  Year,          ///< 1949
};

/// How a column writes dates. Any of `-`, `/`, `.`, `,` and spaces may stand between the parts; months are numbers or
/// English names, whole or their first three letters, in any case. A time (14:30, 14:30:15, 14:30:15.25, with "T" or a
/// space before it, "Z" or an offset such as +02:00 behind it) may follow a whole date; fractions of a second are dropped,
/// and an offset is taken off. Years of two digits are 2000 to 2029 and 1930 to 1999, as spreadsheets take them.
struct DateFormat {
  DateOrder order = DateOrder::YearMonthDay;  ///< of the parts
  bool ambiguous = false;  ///< days and months cannot be told apart: no value is above 12; the day was taken to be first

  /// What it was taken for, by an example: "day/month/year".
  std::string describe() const;
};

/// The moment that a text stands for: the first one of a day, month, quarter or year. Nothing where it is no date in that
/// order, or none at all (February 30).
std::optional<Moment> parse_date(std::string_view text, const DateFormat& format);

/// As `parse_date`, with an offset left as it is: what clocks showed there. A day, a month or a weekend is as people there
/// have it.
std::optional<Moment> parse_local_date(std::string_view text, const DateFormat& format);

/// The format in which all texts are dates; nothing where there is none, or no text. Numbers alone count as dates where all
/// of them are eight digits of a day, six of a month, or four of a year between 1800 and 2199; two with a point or a comma
/// between them are a decimal number. Orders are tried as they stand in DateOrder, but that a year of two digits never comes
/// first.
std::optional<DateFormat> detect_date_format(const std::vector<std::string>& texts);

/// As ISO 8601 writes it: "1949-01-31", or "1949-01-31T14:30:00" where there is a time of day.
std::string to_iso_string(Moment moment);

}  // namespace xgrad::data
