#include "data/tabular/date.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "autograd/base/check.h"
#include "data/text/byte_reader.h"

namespace xgrad::data {

namespace {

constexpr std::array<std::string_view, 12> month_names = {"january",   "february", "march",    "april",
                                                          "may",       "june",     "july",     "august",
                                                          "september", "october",  "november", "december"};

using detail::is_digit;
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A run of digits or letters.
struct Part {
  std::int64_t number = 0;
  int digits = 0;      ///< 0: a word
  unsigned month = 0;  ///< of a word
  char word = '\0';    ///< the first letter of a word that is no month: 'q', 'm', 't', 'z'
};

/// The parts of a date, and what follows it.
struct Parts {
  std::array<Part, 3> part;
  std::size_t count = 0;
  std::string_view rest;  ///< from the time on
};

unsigned find_month(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  for (std::size_t i = 0; i < month_names.size(); ++i) {
    if (lower == month_names[i] || lower == month_names[i].substr(0, 3) || (lower == "sept" && i == 8))
      return static_cast<unsigned>(i + 1);
  }
  return 0;
}

bool separates(char c) { return c == '-' || c == '/' || c == '.' || c == ',' || c == ' '; }

/// Splits at separators and between digits and letters; a time ends the date.
std::optional<Parts> split(std::string_view text) {
  constexpr std::size_t longest = 40;
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  if (text.empty() || text.size() > longest) return std::nullopt;
  Parts parts;
  std::size_t position = 0;
  while (position < text.size()) {
    const std::size_t gap = position;
    while (position < text.size() && separates(text[position])) ++position;
    if (position == text.size() || (parts.count == 0 && position > gap)) return std::nullopt;
    // "T" begins a time behind a number, and so do digits before a colon.
    const bool time_mark =
        (text[position] == 'T' || text[position] == 't') && position + 1 < text.size() && is_digit(text[position + 1]);
    std::size_t end = position;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (parts.count > 0 && (time_mark || (end > position && end < text.size() && text[end] == ':'))) {
      parts.rest = text.substr(position + (time_mark ? 1 : 0));
      return parts;
    }
    if (parts.count == parts.part.size() || position - gap > 2) return std::nullopt;
    Part& part = parts.part[parts.count++];
    if (end > position) {
      if (end - position > 8) return std::nullopt;
      for (std::size_t i = position; i < end; ++i) part.number = 10 * part.number + (text[i] - '0');
      part.digits = static_cast<int>(end - position);
    } else {
      while (end < text.size() && is_letter(text[end])) ++end;
      if (end == position) return std::nullopt;
      const std::string_view word = text.substr(position, end - position);
      part.month = find_month(word);
      if (part.month == 0) {
        if (word.size() > 1) return std::nullopt;
        part.word = static_cast<char>(word[0] | 0x20);
      }
    }
    position = end;
  }
  return parts;
}

/// Takes a number of two digits.
bool take_two(std::string_view& text, int limit, std::int64_t& number) {
  if (text.empty() || !is_digit(text[0])) return false;
  const std::size_t digits = text.size() > 1 && is_digit(text[1]) ? 2 : 1;
  number = text[0] - '0';
  if (digits == 2) number = 10 * number + (text[1] - '0');
  text.remove_prefix(digits);
  return number <= limit;
}

/// What a time with an offset from UTC becomes.
enum class Zone { Utc, Local };

/// Seconds since midnight.
std::optional<std::int64_t> parse_time(std::string_view text, Zone zone) {
  if (text.empty()) return 0;
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  std::int64_t seconds = 0;
  if (!take_two(text, 23, hours) || !text.starts_with(':')) return std::nullopt;
  text.remove_prefix(1);
  if (!take_two(text, 59, minutes)) return std::nullopt;
  if (text.starts_with(':')) {
    text.remove_prefix(1);
    if (!take_two(text, 59, seconds)) return std::nullopt;
    if (text.starts_with('.') || text.starts_with(',')) {
      text.remove_prefix(1);
      if (text.empty() || !is_digit(text[0])) return std::nullopt;
      while (!text.empty() && is_digit(text[0])) text.remove_prefix(1);
    }
  }
  std::int64_t offset = 0;
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (text == "Z" || text == "z" || text == "UTC") {
    text = {};
  } else if (text.starts_with('+') || text.starts_with('-')) {
    const std::int64_t sign = text[0] == '+' ? 1 : -1;
    text.remove_prefix(1);
    std::int64_t offset_hours = 0;
    std::int64_t offset_minutes = 0;
    if (!take_two(text, 14, offset_hours)) return std::nullopt;
    if (text.starts_with(':')) text.remove_prefix(1);
    if (!text.empty() && !take_two(text, 59, offset_minutes)) return std::nullopt;
    offset = sign * (60 * offset_hours + offset_minutes) * 60;
  }
  if (!text.empty()) return std::nullopt;
  return (60 * hours + minutes) * 60 + seconds - (zone == Zone::Utc ? offset : 0);
}

std::optional<std::int64_t> year_of(const Part& part) {
  if (part.digits == 4) return part.number;
  if (part.digits == 2) return part.number + (part.number < 30 ? 2000 : 1900);
  return std::nullopt;
}

std::optional<std::int64_t> month_of(const Part& part) {
  if (part.month != 0) return part.month;
  if (part.digits == 1 || part.digits == 2) return part.number;
  return std::nullopt;
}

std::optional<std::int64_t> day_of(const Part& part) {
  if (part.digits == 1 || part.digits == 2) return part.number;
  return std::nullopt;
}

std::optional<Moment> moment_of(std::optional<std::int64_t> year, std::optional<std::int64_t> month,
                                std::optional<std::int64_t> day, std::int64_t seconds = 0) {
  if (!year || !month || !day || *month < 1 || *month > 12 || *day < 1 || *day > 31) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::seconds(seconds);
}

/// Eight digits of a day and six of a month, cut into parts.
Parts cut_digits(const Parts& parts) {
  const Part& whole = parts.part[0];
  if (parts.count != 1 || (whole.digits != 8 && whole.digits != 6)) return parts;
  Parts cut = parts;
  std::int64_t number = whole.number;
  cut.count = whole.digits == 8 ? 3 : 2;
  for (std::size_t i = cut.count; i-- > 1; number /= 100) {
    cut.part[i] = Part();
    cut.part[i].number = number % 100;
    cut.part[i].digits = 2;
  }
  cut.part[0].number = number;
  cut.part[0].digits = 4;
  return cut;
}

bool is_plausible_year(std::int64_t year) { return year >= 1800 && year <= 2199; }

std::optional<Moment> parse(const Parts& given, DateOrder order, Zone zone = Zone::Utc) {
  const bool whole_date =
      order == DateOrder::YearMonthDay || order == DateOrder::DayMonthYear || order == DateOrder::MonthDayYear;
  const Parts parts = order == DateOrder::YearMonthDay || order == DateOrder::YearMonth ? cut_digits(given) : given;
  if (!whole_date && !parts.rest.empty()) return std::nullopt;
  const auto& [first, second, third] = parts.part;
  if (whole_date) {
    if (parts.count != 3) return std::nullopt;
    const auto seconds = parse_time(parts.rest, zone);
    if (!seconds) return std::nullopt;
    switch (order) {
      case DateOrder::YearMonthDay:
        if (first.digits != 4) return std::nullopt;
        return moment_of(year_of(first), month_of(second), day_of(third), *seconds);
      case DateOrder::DayMonthYear: return moment_of(year_of(third), month_of(second), day_of(first), *seconds);
      default: return moment_of(year_of(third), month_of(first), day_of(second), *seconds);
    }
  }
  switch (order) {
    case DateOrder::YearMonth:
      // 1949M01
      if (parts.count == 3 && first.digits == 4 && second.word == 'm') return moment_of(year_of(first), day_of(third), 1);
      if (parts.count != 2 || first.digits != 4) return std::nullopt;
      return moment_of(year_of(first), month_of(second), 1);
    case DateOrder::MonthYear:
      if (parts.count != 2) return std::nullopt;
      return moment_of(year_of(second), month_of(first), 1);
    case DateOrder::YearQuarter:
      if (parts.count != 3 || first.digits != 4 || second.word != 'q' || third.digits != 1 || third.number < 1 ||
          third.number > 4) {
        return std::nullopt;
      }
      return moment_of(year_of(first), 3 * third.number - 2, 1);
    default:
      if (parts.count != 1 || first.digits != 4) return std::nullopt;
      return moment_of(first.number, 1, 1);
  }
}

}  // namespace

std::string DateFormat::describe() const {
  switch (order) {
    case DateOrder::YearMonthDay: return "year-month-day";
    case DateOrder::DayMonthYear: return ambiguous ? "day/month/year (or month/day/year: no value tells)" : "day/month/year";
    case DateOrder::MonthDayYear: return "month/day/year";
    case DateOrder::YearMonth: return "year-month";
    case DateOrder::MonthYear: return "month-year";
    case DateOrder::YearQuarter: return "year and quarter";
    case DateOrder::Year: return "year";
  }
  return "";
}

std::optional<Moment> parse_date(std::string_view text, const DateFormat& format) {
  const auto parts = split(text);
  return parts ? parse(*parts, format.order) : std::nullopt;
}

std::optional<Moment> parse_local_date(std::string_view text, const DateFormat& format) {
  const auto parts = split(text);
  return parts ? parse(*parts, format.order, Zone::Local) : std::nullopt;
}

std::optional<DateFormat> detect_date_format(const std::vector<std::string>& texts) {
  if (texts.empty()) return std::nullopt;
  constexpr std::array orders = {DateOrder::YearMonthDay, DateOrder::DayMonthYear, DateOrder::MonthDayYear,
                                 DateOrder::YearMonth,    DateOrder::MonthYear,    DateOrder::YearQuarter,
                                 DateOrder::Year};
  std::array<bool, orders.size()> possible;
  possible.fill(true);
  for (const std::string& text : texts) {
    const auto parts = split(text);
    if (!parts) return std::nullopt;
    // A decimal number, 12.05 or 12,05, is no month and year.
    const std::size_t comma = text.find(',');
    const bool decimal = parts->count == 2 && parts->part[0].digits > 0 && parts->part[1].digits > 0 &&
                         (text.find('.') != std::string::npos ||
                          (comma != std::string::npos && comma + 1 < text.size() && is_digit(text[comma + 1])));
    const bool bare = parts->count == 1;
    bool any = false;
    for (std::size_t i = 0; i < orders.size(); ++i) {
      if (!possible[i]) continue;
      const auto moment = parse(*parts, orders[i]);
      possible[i] = moment && !decimal;
      if (moment && bare) {
        const auto day = std::chrono::floor<std::chrono::days>(*moment);
        possible[i] = is_plausible_year(static_cast<int>(std::chrono::year_month_day(day).year()));
      }
      any = any || possible[i];
    }
    if (!any) return std::nullopt;
  }
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (possible[i]) return DateFormat{orders[i], orders[i] == DateOrder::DayMonthYear && possible[i + 1]};
  }
  return std::nullopt;
}

std::string to_iso_string(Moment moment) {
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  const auto seconds = (moment - day).count();
  std::string text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                                 static_cast<unsigned>(date.day()));
  if (seconds != 0) text += fmt::format("T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  return text;
}

}  // namespace xgrad::data
