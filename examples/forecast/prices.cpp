#include "prices.h"

#include <fmt/core.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>

namespace forecast {

using namespace xgrad;

namespace {

double seconds(std::chrono::sys_days date) { return 86400.0 * static_cast<double>(date.time_since_epoch().count()); }

using Column = std::vector<double>;

/// What `compute(first, last)` gives for the `days` values that end on the day before; NaN where there are fewer.
template <class Compute>
Column over_past(const Column& values, std::int64_t days, const Compute& compute) {
  Column result(values.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t day = static_cast<std::size_t>(days); day < values.size(); ++day) {
    const auto last = values.begin() + static_cast<std::ptrdiff_t>(day);
    result[day] = compute(last - days, last);
  }
  return result;
}

Column rolling_mean(const Column& values, std::int64_t days) {
  return over_past(values, days, [&](auto first, auto last) {
    double sum = 0;
    for (auto value = first; value != last; ++value) sum += *value;
    return sum / static_cast<double>(days);
  });
}

Column rolling_deviation(const Column& values, std::int64_t days) {
  const Column means = rolling_mean(values, days);
  Column result = means;
  for (std::size_t day = static_cast<std::size_t>(days); day < values.size(); ++day) {
    double sum = 0;
    for (std::size_t i = day - static_cast<std::size_t>(days); i < day; ++i) sum += std::pow(values[i] - means[day], 2);
    result[day] = std::sqrt(sum / static_cast<double>(days - 1));
  }
  return result;
}

/// close[day - 1] / close[day - 1 - days] - 1
Column past_return(const Column& close, std::int64_t days) {
  return over_past(close, days + 1, [](auto first, auto last) { return *(last - 1) / *first - 1; });
}

Column ratio(const Column& a, const Column& b) {
  Column result = a;
  for (std::size_t day = 0; day < a.size(); ++day) result[day] /= b[day];
  return result;
}

}  // namespace

double parse_date(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int used = 0;
  const bool complete = std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &used) == 3;  // NOLINT(cert-err34-c)
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!complete || static_cast<std::size_t>(used) != text.size() || !date.ok()) {
    throw ValueError("expected a date such as 2023-06-30, got '" + text + "'");
  }
  return seconds(std::chrono::sys_days(date));
}

bool is_prices(const std::string& path) {
  std::ifstream file(path);
  std::string header;
  std::getline(file, header);
  for (const char* name : {"Date", "Open", "High", "Low", "Close", "Volume"}) {
    if (header.find(name) == std::string::npos) return false;
  }
  return true;
}

Prices read_prices(const std::string& path) {
  Prices prices;
  std::array<Column, 5> columns;
  constexpr std::array names{"Open", "High", "Low", "Close", "Volume"};
  data::CsvReader reader(path);
  for (data::CsvRow row; reader.next(row);) {
    const auto fail = [&](const std::string& what) {
      throw FileError(fmt::format("{}, line {}: {}", path, row.line(), what));
    };
    try {
      prices.dates.push_back(parse_date(row.text("Date")));
    } catch (const ValueError& error) {
      fail(error.what());
    }
    if (prices.dates.size() > 1 && prices.dates.back() <= *(prices.dates.end() - 2)) {
      fail("expected a date after that of the row before, got " + row.text("Date"));
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      const double value = row.number(names[i]);
      if (!(value > 0) && !(value == 0 && i == 4)) {
        fail(fmt::format("expected a price above 0 as {}, got '{}'", names[i], row.text(names[i])));
      }
      columns[i].push_back(value);
    }
  }
  const auto column = [&](std::size_t i) { return tensor(columns[i], kFloat64); };
  prices.open = column(0);
  prices.high = column(1);
  prices.low = column(2);
  prices.close = column(3);
  prices.volume = column(4);
  return prices;
}

Prices make_prices(std::uint64_t seed) {
  Generator generator(seed);
  Prices prices;
  std::array<Column, 5> columns;
  double close = 1000;
  double change = 0;
  for (auto day = std::chrono::sys_days(std::chrono::year(2012) / 1 / 2);
       day < std::chrono::sys_days(std::chrono::year(2024) / 1 / 1); day += std::chrono::days(1)) {
    if (const unsigned weekday = std::chrono::weekday(day).c_encoding(); weekday == 0 || weekday == 6) continue;
    change = 0.0003 + 0.4 * change + 0.01 * generator.normal();
    const double open = close * (1 + 0.002 * generator.normal());
    close = open * std::exp(change);
    const double spread = 1 + 0.005 * std::abs(generator.normal());
    const std::array row{open, std::max(open, close) * spread, std::min(open, close) / spread, close,
                         1e6 * std::exp(0.3 * generator.normal())};
    for (std::size_t i = 0; i < row.size(); ++i) columns[i].push_back(row[i]);
    prices.dates.push_back(seconds(day));
  }
  prices.open = tensor(columns[0], kFloat64);
  prices.high = tensor(columns[1], kFloat64);
  prices.low = tensor(columns[2], kFloat64);
  prices.close = tensor(columns[3], kFloat64);
  prices.volume = tensor(columns[4], kFloat64);
  return prices;
}

Tensor known_at_open(const Prices& prices) {
  constexpr std::array<std::int64_t, 3> spans{5, 21, 252};
  const auto close = prices.close.to_vector<double>();
  const auto volume = prices.volume.to_vector<double>();
  std::vector<Column> columns{prices.open.to_vector<double>()};
  for (const Tensor& column : {prices.open, prices.close, prices.high, prices.low, prices.volume}) {
    columns.push_back(rolling_mean(column.to_vector<double>(), 1));  // of one day: the day before
  }
  for (const Column& values : {close, volume}) {
    for (const auto& rolling : {rolling_mean, rolling_deviation}) {
      std::array<Column, 3> spanned;
      for (std::size_t i = 0; i < spans.size(); ++i) columns.push_back(spanned[i] = rolling(values, spans[i]));
      columns.push_back(ratio(spanned[0], spanned[1]));
      columns.push_back(ratio(spanned[0], spanned[2]));
      columns.push_back(ratio(spanned[1], spanned[2]));
    }
  }
  for (const std::int64_t days : {1, 5, 21, 252}) columns.push_back(past_return(close, days));
  Column daily = close;
  for (std::size_t day = close.size(); day-- > 1;) daily[day] = close[day] / close[day - 1] - 1;
  if (!daily.empty()) daily[0] = 0;  // nothing came before; within longest_past of the beginning, so never used
  for (const std::int64_t days : spans) columns.push_back(rolling_mean(daily, days));
  TensorList features;
  for (const Column& column : columns) features.push_back(tensor(column, kFloat64));
  return stack(features, 1);
}

}  // namespace forecast
