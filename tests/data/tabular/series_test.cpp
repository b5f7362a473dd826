#include "data/tabular/series.h"

#include <gmock/gmock.h>

#include "autograd/autograd.h"
#include "tests/data/gzip.h"

namespace xgrad::data {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using Numbers = std::vector<double>;

class SeriesTest : public TemporaryFolder {
 protected:
  Series read(const std::string& content, const SeriesOptions& options = {}) const {
    write_text(path("series.csv"), content);
    return read_series(path("series.csv"), options);
  }
  std::string after(const Series& series, std::int64_t steps) const { return to_iso_string(series.time_after(steps)); }
};

TEST_F(SeriesTest, MonthsAsSpreadsheetsExportThem) {
  std::string text = "Month,\"Passengers, in thousands\"\n";
  for (int i = 0; i < 24; ++i)
    text += std::to_string(i % 12 + 1) + "-" + std::to_string(49 + i / 12) + "," + std::to_string(100 + i) + "\n";
  const Series series = read(text);
  EXPECT_EQ(series.size(), 24);
  EXPECT_EQ(series.target_name, "Passengers, in thousands");
  EXPECT_EQ(series.target.select(0, 23).item<double>(), 123);
  EXPECT_EQ(series.frequency, Frequency::Months);
  EXPECT_EQ(series.season(), 12);
  EXPECT_EQ(after(series, 1), "1951-01-01");
  EXPECT_EQ(series.features.sizes(), (IntArrayRef{24, 0}));
  EXPECT_THAT(series.describe(),
              HasSubstr("24 values of \"Passengers, in thousands\", 1949-01-01 to 1950-12-01, each month"));
}

TEST_F(SeriesTest, ColumnsAreChosenByNameOrNumber) {
  const Series series =
      read("Date,Open,Close\n2020-01-01,1,2\n2020-01-02,3,4\n", {.target = "Open", .features = {"2", "Open"}});
  EXPECT_EQ(series.target.to_vector<double>(), (Numbers{1, 3}));
  EXPECT_EQ(series.features.to_vector<double>(), (Numbers{2, 1, 4, 3}));
  EXPECT_EQ(series.date_name, "Date");
  EXPECT_THROW(read("a,b\n1,2\n", {.target = "c"}), ValueError);
}

TEST_F(SeriesTest, NoDatesAreNeeded) {
  const Series series = read("3\n1\n4\n");
  EXPECT_EQ(series.target.to_vector<double>(), (Numbers{3, 1, 4}));
  EXPECT_TRUE(series.times.empty());
  EXPECT_EQ(series.season(), 1);
  EXPECT_THROW(static_cast<void>(series.time_after(1)), ValueError);
  EXPECT_EQ(read("year\n1990\n1991\n", {.target = "year"}).size(), 2);
}

TEST_F(SeriesTest, TheLatestRowMayComeFirst) {
  const Series series = read("day,x\n2020-01-03,3\n2020-01-02,2\n2020-01-01,1\n");
  EXPECT_TRUE(series.reversed);
  EXPECT_EQ(series.target.to_vector<double>(), (Numbers{1, 2, 3}));
  EXPECT_EQ(to_iso_string(series.times[0]), "2020-01-01");
}

TEST_F(SeriesTest, TheOrderOfRowsTellsDaysFromMonths) {
  const Series series = read("day,x\n01/01/2020,1\n02/01/2020,2\n03/01/2020,3\n10/01/2020,4\n11/01/2020,5\n");
  EXPECT_EQ(to_iso_string(series.times.back()), "2020-01-11");
  const Series months = read("day,x\n10/01/2020,1\n11/01/2020,2\n12/01/2020,3\n01/01/2021,4\n02/01/2021,5\n");
  EXPECT_EQ(to_iso_string(months.times.back()), "2021-02-01");
  EXPECT_EQ(months.frequency, Frequency::Months);
}

TEST_F(SeriesTest, FrequenciesAndSeasons) {
  const auto of = [this](const std::vector<std::string>& dates) {
    std::string text = "when,x\n";
    for (std::size_t i = 0; i < dates.size(); ++i) text += dates[i] + "," + std::to_string(i) + "\n";
    return read(text);
  };
  EXPECT_EQ(of({"2020-01-01", "2020-01-02", "2020-01-03"}).season(), 7);
  const Series work = of({"2020-01-02", "2020-01-03", "2020-01-06", "2020-01-07", "2020-01-08", "2020-01-09", "2020-01-10"});
  EXPECT_EQ(work.season(), 5);
  EXPECT_EQ(after(work, 1), "2020-01-13");
  EXPECT_EQ(of({"2020-01-01", "2020-01-08", "2020-01-15"}).season(), 52);
  EXPECT_EQ(of({"2020Q1", "2020Q2", "2020Q3"}).season(), 4);
  EXPECT_EQ(of({"2020-01-01 00:00", "2020-01-01 01:00", "2020-01-01 02:00"}).season(), 24);
  const Series ends = of({"2020-01-31", "2020-02-29", "2020-03-31"});
  EXPECT_EQ(ends.frequency, Frequency::Months);
  EXPECT_EQ(after(ends, 1), "2020-04-30");
  EXPECT_EQ(of({"2020-01-01", "2020-01-05", "2020-02-17"}).frequency, Frequency::None);
}

TEST_F(SeriesTest, MonthsGoOnAtTheRowsDay) {
  const auto of = [this](const std::vector<std::string>& dates) {
    std::string text = "when,x\n";
    for (std::size_t i = 0; i < dates.size(); ++i) text += dates[i] + "," + std::to_string(i) + "\n";
    return read(text);
  };
  const Series on28 = of({"2022-11-28", "2022-12-28", "2023-01-28", "2023-02-28"});
  EXPECT_EQ(after(on28, 1), "2023-03-28");
  const Series on30 = of({"2022-11-30", "2022-12-30", "2023-01-30", "2023-02-28"});
  EXPECT_EQ(on30.frequency, Frequency::Months);
  EXPECT_EQ(after(on30, 1), "2023-03-30");
  EXPECT_EQ(after(on30, 12), "2024-02-29");
  const Series past = of({"2023-01-30", "2023-02-28", "2023-03-30", "2023-04-30"});
  EXPECT_EQ(past.frequency, Frequency::Months);
  EXPECT_EQ(after(past, 1), "2023-05-30");
  EXPECT_EQ(after(of({"2022-12-31", "2023-01-31", "2023-02-28"}), 1), "2023-03-31");
  EXPECT_EQ(after(of({"2022-08-30", "2022-11-30", "2023-02-28"}), 1), "2023-05-30");
}

TEST_F(SeriesTest, MonthsAndWeekendsAreThoseOfThePlace) {
  std::string text = "when,x\n";
  for (int month = 1; month <= 5; ++month) text += "2023-0" + std::to_string(month) + "-01T00:00+01:00,1\n";
  const Series months = read(text);
  EXPECT_EQ(months.frequency, Frequency::Months);
  EXPECT_EQ(to_iso_string(months.times.front()), "2022-12-31T23:00:00");
  EXPECT_EQ(after(months, 1), "2023-05-31T23:00:00");
  EXPECT_EQ(after(months, 2), "2023-06-30T23:00:00");
  EXPECT_EQ(after(months, 10), "2024-02-29T23:00:00");
  text = "when,x\n";
  for (const char* day : {"02", "03", "04", "05", "06", "09", "10", "11", "12", "13"}) {
    text += "2023-01-" + std::string(day) + "T00:00:00+09:00,1\n";  // Mondays, which are Sundays in UTC
  }
  const Series work = read(text);
  EXPECT_EQ(work.season(), 5);
  EXPECT_EQ(after(work, 1), "2023-01-15T15:00:00");
}

TEST_F(SeriesTest, DatesAreToldApartByAllRows) {
  std::string text = "day,x\n";
  for (int month = 1; month <= 9; ++month) text += "0" + std::to_string(month) + "/01/2020,1\n";
  const Series series = read(text + "09/15/2020,2\n", {.csv = {.sample_bytes = 100}});
  EXPECT_EQ(to_iso_string(series.times.back()), "2020-09-15");
}

TEST_F(SeriesTest, MissingValuesAreRefusedDroppedOrFilled) {
  const std::string text = "x,y\n,1\n2,\n,3\n6,NaN\n";
  EXPECT_THAT([&] { read(text, {.target = "x"}); },
              ThrowsMessage<FileError>(HasSubstr("line 2: a value is missing in column \"x\"")));
  const Series dropped = read(text, {.target = "x", .missing_values = MissingValues::Drop});
  EXPECT_EQ(dropped.target.to_vector<double>(), (Numbers{2, 6}));
  EXPECT_EQ(dropped.dropped, 2U);
  const Series filled = read(text, {.target = "x", .features = {"y"}, .missing_values = MissingValues::Interpolate});
  EXPECT_EQ(filled.target.to_vector<double>(), (Numbers{2, 2, 4, 6}));
  EXPECT_EQ(filled.features.to_vector<double>(), (Numbers{1, 2, 3, 3}));
  EXPECT_EQ(filled.interpolated, 4U);
  EXPECT_THROW(read("x,y\n,1\n,2\n", {.target = "x", .csv = {.header = true}}), FileError);
  EXPECT_THROW(read("x,y\n,1\n,2\n", {.target = "x", .missing_values = MissingValues::Interpolate, .csv = {.header = true}}),
               FileError);
}

TEST_F(SeriesTest, WhatWasPassedOverIsSaid) {
  const Series series = read("# year sales\n1990 \"1,031\"\n\n1991 1,052\n1992 998\n");
  EXPECT_EQ(series.target.to_vector<double>(), (Numbers{1031, 1052, 998}));
  EXPECT_EQ(series.target_name, "sales");
  EXPECT_THAT(series.describe(), HasSubstr("each year; passed over 1 comment; passed over 1 empty line"));
}

TEST_F(SeriesTest, BadSeriesAreRefusedWithTheLine) {
  EXPECT_THAT([this] { read("day,x\n2020-01-01,1\n2020-01-03,2\n2020-01-02,3\n"); },
              ThrowsMessage<FileError>(HasSubstr("line 4: the date \"2020-01-02\" is not in order")));
  EXPECT_THROW(read("day,x\n2020-01-01,1\n2020-01-01,2\n"), FileError);
  EXPECT_THAT([this] { read("day,x\n2020-01-01,1\n2020-01-02,oops\n", {.target = "x"}); },
              ThrowsMessage<FileError>(HasSubstr("line 3: expected a number in column \"x\", got \"oops\"")));
  EXPECT_THAT([this] { read("day,x\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n2020-13-45,4\n"); },
              ThrowsMessage<FileError>(HasSubstr("line 5")));
  EXPECT_THAT([this] { read("day,x\na word here,1\n2020-01-02,2\n", {.date = "day"}); },
              ThrowsMessage<FileError>(HasSubstr("no dates")));
  EXPECT_THAT([this] { read("words of text,and more words\nwithout any number,at all in it\n"); },
              ThrowsMessage<ValueError>(HasSubstr("there is no column of numbers")));
  EXPECT_THROW(read("x,y\n1,inf\n2,3\n"), FileError);
}

}  // namespace
}  // namespace xgrad::data
