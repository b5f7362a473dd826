/// Daily prices, and what is known of them before a day begins.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

namespace forecast {

/// One row for each trading day, oldest first. All tensors are (days), float64.
struct Prices {
  std::vector<double> dates;  ///< seconds since 1970
  xgrad::Tensor open, high, low, close, volume;
};

/// Whether a file is a table with the columns Date, Open, High, Low, Close and Volume.
bool is_prices(const std::string& path);

/// Reads a table with the columns Date (2023-06-30), Open, High, Low, Close and Volume. Throws FileError that names file and
/// line where a row is short or a number is none, and FileError for missing values and dates out of order.
Prices read_prices(const std::string& path);

/// Twelve years of made-up prices, the last of 2023: they wander at random, and tend to go on as on the day before.
Prices make_prices(std::uint64_t seed);

/// Seconds since 1970 at the beginning of a date such as 2023-01-01. Throws ValueError for anything else.
double parse_date(const std::string& text);

/// What is known when the market opens, 37 numbers a day: the day's open; the last day's open, close, high, low and volume;
/// means and deviations of close and volume over the last 5, 21 and 252 days and the ratios of each pair; the returns
/// over 1, 5, 21 and 252 days; the means of the daily return over 5, 21 and 252. NaN where the past is too short: in the
/// first 253 days. (days, 37)
xgrad::Tensor known_at_open(const Prices& prices);
constexpr std::int64_t feature_count = 37;
constexpr std::int64_t longest_past = 253;

}  // namespace forecast
