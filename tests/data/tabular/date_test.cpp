#include "data/tabular/date.h"

#include <gmock/gmock.h>

namespace xgrad::data {
namespace {

std::string iso(const char* text, DateOrder order) {
  const auto moment = parse_date(text, {order});
  return moment ? to_iso_string(*moment) : "none";
}

TEST(DateTest, WholeDates) {
  for (const char* text : {"1949-01-31", "1949/1/31", "1949.01.31", "19490131", " 1949-01-31 "}) {
    EXPECT_EQ(iso(text, DateOrder::YearMonthDay), "1949-01-31") << text;
  }
  for (const char* text : {"31/1/1949", "31.1.49", "31-Jan-49", "31 January 1949", "31. Jan 1949"}) {
    EXPECT_EQ(iso(text, DateOrder::DayMonthYear), "1949-01-31") << text;
  }
  for (const char* text : {"1/31/1949", "Jan 31, 1949", "january 31 1949"}) {
    EXPECT_EQ(iso(text, DateOrder::MonthDayYear), "1949-01-31") << text;
  }
}

TEST(DateTest, MonthsQuartersAndYears) {
  for (const char* text : {"1-49", "01/1949", "Jan 1949", "January-49", "Jan-1949"}) {
    EXPECT_EQ(iso(text, DateOrder::MonthYear), "1949-01-01") << text;
  }
  for (const char* text : {"1949-01", "194901", "1949M01", "1949 Jan"}) {
    EXPECT_EQ(iso(text, DateOrder::YearMonth), "1949-01-01") << text;
  }
  for (const char* text : {"1949Q2", "1949-Q2", "1949 q2"})
    EXPECT_EQ(iso(text, DateOrder::YearQuarter), "1949-04-01") << text;
  EXPECT_EQ(iso("1949", DateOrder::Year), "1949-01-01");
}

TEST(DateTest, TimesAndOffsets) {
  EXPECT_EQ(iso("2020-02-29T23:59:30Z", DateOrder::YearMonthDay), "2020-02-29T23:59:30");
  EXPECT_EQ(iso("2020-02-29 3:04", DateOrder::YearMonthDay), "2020-02-29T03:04:00");
  EXPECT_EQ(iso("2020-02-29 00:30:00.123456+02:00", DateOrder::YearMonthDay), "2020-02-28T22:30:00");
  EXPECT_EQ(to_iso_string(*parse_local_date("2020-02-29 00:30+02:00", {DateOrder::YearMonthDay})), "2020-02-29T00:30:00");
  EXPECT_EQ(iso("31/12/20 23:00", DateOrder::DayMonthYear), "2020-12-31T23:00:00");
  for (const char* bad :
       {"2020-01-01T24:00", "2020-01-01T12", "2020-01-01 12:60", "2020-01-01T12:00 noon", "2020-01-01T12:00:00."}) {
    EXPECT_EQ(iso(bad, DateOrder::YearMonthDay), "none") << bad;
  }
}

TEST(DateTest, YearsOfTwoDigitsAreThoseOfSpreadsheets) {
  EXPECT_EQ(iso("1-29", DateOrder::MonthYear), "2029-01-01");
  EXPECT_EQ(iso("1-30", DateOrder::MonthYear), "1930-01-01");
}

TEST(DateTest, WhatIsNoDateIsNone) {
  for (const char* bad :
       {"", " ", "2020-02-30", "2019-02-29", "2020-13-01", "2020-00-01", "2020-01-00", "2020-01", "x", "2020-01-01-01",
        "-2020-01-01", "2020--01--0x", "99999999999999999999", "2020-01-01T", "\xFF\xFE"}) {
    EXPECT_EQ(iso(bad, DateOrder::YearMonthDay), "none") << bad;
  }
}

TEST(DateTest, TheOrderIsFound) {
  const auto order = [](const std::vector<std::string>& texts) { return detect_date_format(texts).value().order; };
  EXPECT_EQ(order({"2020-01-02", "2020-01-03"}), DateOrder::YearMonthDay);
  EXPECT_EQ(order({"1/2/2020", "13/2/2020"}), DateOrder::DayMonthYear);
  EXPECT_EQ(order({"1/2/2020", "2/13/2020"}), DateOrder::MonthDayYear);
  EXPECT_EQ(order({"1-49", "12-60"}), DateOrder::MonthYear);
  EXPECT_EQ(order({"Jan, 1949", "1, 1949"}), DateOrder::MonthYear);
  EXPECT_EQ(order({"1949", "1950"}), DateOrder::Year);
  EXPECT_EQ(order({"20200101"}), DateOrder::YearMonthDay);
  EXPECT_EQ(order({"202001"}), DateOrder::YearMonth);
  EXPECT_TRUE(detect_date_format({"1/2/2020"})->ambiguous);
  EXPECT_FALSE(detect_date_format({"13/2/2020"})->ambiguous);
  for (const std::vector<std::string>& none : std::vector<std::vector<std::string>>{{},
                                                                                    {""},
                                                                                    {"1.25", "2.50"},
                                                                                    {"12.50"},
                                                                                    {"2,68", "2,71", "2,82"},
                                                                                    {"12,1990"},
                                                                                    {"452", "453"},
                                                                                    {"10000101", "99999999"},
                                                                                    {"2020-01-02", "x"},
                                                                                    {"1/2/2020", "13/13/2020"}}) {
    EXPECT_FALSE(detect_date_format(none).has_value()) << testing::PrintToString(none);
  }
}

}  // namespace
}  // namespace xgrad::data
