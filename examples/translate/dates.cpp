#include "dates.h"

#include <fmt/core.h>

#include <array>
#include <chrono>

namespace translate {

namespace {

using namespace std::chrono;

constexpr std::array months{"january", "february", "march",     "april",   "may",      "june",
                            "july",    "august",   "september", "october", "november", "december"};
constexpr std::array weekdays{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
constexpr std::array units{"",         "one",     "two",     "three",     "four",     "five",    "six",
                           "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
                           "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array tens{"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
constexpr std::array ordinals{"first",     "second",      "third",      "fourth",     "fifth",
                              "sixth",     "seventh",     "eighth",     "ninth",      "tenth",
                              "eleventh",  "twelfth",     "thirteenth", "fourteenth", "fifteenth",
                              "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"};

std::string cardinal(unsigned number) {
  if (number < 20) return units.at(number);
  return std::string(tens.at(number / 10)) + (number % 10 > 0 ? std::string("-") + units.at(number % 10) : "");
}

std::string ordinal(unsigned number) {
  if (number <= 20) return ordinals.at(number - 1);
  if (number == 30) return "thirtieth";
  return std::string(tens.at(number / 10)) + "-" + ordinals.at(number % 10 - 1);
}

/// 1998: nineteen ninety-eight; 1900: nineteen hundred; 1905: nineteen oh five; 2005: two thousand five.
std::string year_in_words(unsigned year) {
  const unsigned rest = year % 100;
  if (year >= 2000 && year < 2010) return "two thousand" + (rest > 0 ? " " + cardinal(rest) : "");
  const std::string century = cardinal(year / 100);
  return century + (rest == 0 ? " hundred" : rest < 10 ? " oh " + cardinal(rest) : " " + cardinal(rest));
}

std::string suffix(unsigned day) {
  if (day / 10 == 1) return "th";
  return day % 10 == 1 ? "st" : day % 10 == 2 ? "nd" : day % 10 == 3 ? "rd" : "th";
}

std::string write_out(sys_days date, xgrad::Generator& generator) {
  const year_month_day parts(date);
  const auto day = static_cast<unsigned>(parts.day());
  const auto year = static_cast<unsigned>(static_cast<int>(parts.year()));
  const std::string name = months.at(static_cast<unsigned>(parts.month()) - 1);
  const std::string weekday_name = weekdays.at(weekday(date).c_encoding());
  switch (generator.random() % 8) {
    case 0: return fmt::format("{} {}, {}", name, day, year);
    case 1: return fmt::format("{} {} {}", day, name.substr(0, 3), year);
    case 2: return fmt::format("the {}{} of {} {}", day, suffix(day), name, year);
    case 3: return fmt::format("{}, {} {}{}, {}", weekday_name, name, day, suffix(day), year);
    case 4: return fmt::format("{} {} {} {}", weekday_name.substr(0, 3), day, name.substr(0, 3), year);
    case 5: return fmt::format("{}/{}/{}", static_cast<unsigned>(parts.month()), day, year);
    case 6: return fmt::format("{} {}, {}", name, ordinal(day), year_in_words(year));
    default: return fmt::format("the {} of {} {}", ordinal(day), name, year_in_words(year));
  }
}

}  // namespace

std::vector<xgrad::data::TextPair> make_dates(std::uint64_t seed, std::int64_t count, bool test) {
  xgrad::Generator generator(seed);
  const sys_days first = year(1900) / 1 / 1;
  const auto days = static_cast<std::uint32_t>((sys_days(year(2100) / 1 / 1) - first).count());
  std::vector<xgrad::data::TextPair> pairs;
  while (static_cast<std::int64_t>(pairs.size()) < count) {
    const std::uint32_t number = generator.random() % days;
    if ((number % 10 == 0) != test) continue;
    const sys_days date = first + std::chrono::days(number);
    const year_month_day parts(date);
    pairs.push_back(
        {write_out(date, generator), fmt::format("{:04}-{:02}-{:02}", static_cast<int>(parts.year()),
                                                 static_cast<unsigned>(parts.month()), static_cast<unsigned>(parts.day()))});
  }
  return pairs;
}

}  // namespace translate
