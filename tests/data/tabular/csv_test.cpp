#include "data/tabular/csv.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "data/data_loader.h"
#include "tests/autograd/io/files.h"

namespace xgrad::data {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Fields = std::vector<std::string>;

class CsvTest : public TemporaryFolder {
 protected:
  std::string file(const std::string& content) const {
    write_text(path("table.csv"), content);
    return path("table.csv");
  }
  std::vector<Fields> rows(const std::string& content, const CsvOptions& options = {}) const {
    CsvReader reader(file(content), options);
    std::vector<Fields> result;
    for (CsvRow row; reader.next(row);) result.push_back(row.fields());
    return result;
  }
};

TEST_F(CsvTest, ColumnsHaveNames) {
  const Table table = read_csv(file("Date,Open,Volume\n2020-01-02,1.5,100\n2020-01-03,2.5,1e3\n"));
  EXPECT_EQ(table.columns(), (Fields{"Date", "Open", "Volume"}));
  EXPECT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.text("Date"), (Fields{"2020-01-02", "2020-01-03"}));
  EXPECT_EQ(table.column("Volume").to_vector<double>(), (std::vector<double>{100, 1000}));
  const Tensor both = table.numbers({"Volume", "Open"}, kFloat32);
  EXPECT_EQ(both.dtype(), kFloat32);
  EXPECT_EQ(both.sizes(), (IntArrayRef{2, 2}));
  EXPECT_EQ(both.to_vector<float>(), (std::vector<float>{100, 1.5F, 1000, 2.5F}));
  EXPECT_TRUE(table.contains("Open"));
  EXPECT_FALSE(table.contains("open"));
}

TEST_F(CsvTest, QuotesHoldDelimitersQuotesAndLines) {
  EXPECT_EQ(rows("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"\"\n"),
            (std::vector<Fields>{{"x,y", "say \"hi\""}, {"two\nlines", ""}}));
  EXPECT_EQ(rows("a,b\n5\" pipe,it's\n"), (std::vector<Fields>{{"5\" pipe", "it's"}}));
}

TEST_F(CsvTest, LinesEndInAnyWay) {
  const std::vector<Fields> expected = {{"1", "2"}, {"3", ""}};
  for (const char* text : {"a,b\n1,2\n3,\n", "a,b\r\n1,2\r\n3,\r\n", "a,b\n1,2\n3,",
                           "\xEF\xBB\xBF"
                           "a,b\n\n1,2\n\r\n\"3\",\"\"\r\n\n"}) {
    EXPECT_EQ(rows(text), expected) << text;
  }
}

TEST_F(CsvTest, CarriageReturnsByThemselvesAreRefused) {
  const auto read = [this](const std::string& text) { return [=, this] { read_csv(file(text)); }; };
  EXPECT_THAT(read("a,b\r1,2\r3,4\r"), ThrowsMessage<FileError>(HasSubstr("line 1: a carriage return without")));
  EXPECT_THAT(read("a,b\n1,2\n3,x\ry\n"), ThrowsMessage<FileError>(HasSubstr("line 3: a carriage return without")));
  EXPECT_EQ(rows("a,b\r\r\n1,2\r\r\n"), (std::vector<Fields>{{"1", "2"}}));
  EXPECT_EQ(rows("a,b\n1,\"x\ry\"\n"), (std::vector<Fields>{{"1", "x\ry"}}));
}

TEST_F(CsvTest, OtherDelimitersAndNoHeader) {
  EXPECT_EQ(rows("1;2,5\n", {.delimiter = ';', .header = false}), (std::vector<Fields>{{"1", "2,5"}}));
  const Table table = read_csv(file("1\t2\n3\t4\n"), {.delimiter = '\t', .header = false});
  EXPECT_EQ(table.columns(), (Fields{"0", "1"}));
  EXPECT_EQ(table.column("1").to_vector<double>(), (std::vector<double>{2, 4}));
  EXPECT_EQ(read_csv(file("1,2\n"), {.header = false, .columns = {"x", "y"}}).column("x").item<double>(), 1);
  EXPECT_EQ(read_csv(file(""), {.header = false}).rows(), 0U);
  EXPECT_THROW(read_csv(file("1,2\n"), {.header = false, .columns = {"x"}}), FileError);
}

TEST_F(CsvTest, MissingValuesAreNotANumber) {
  const Table table = read_csv(file("a,b\n1,x\n,y\nNA,z\n"));
  const auto values = table.column("a").to_vector<double>();
  EXPECT_EQ(values[0], 1);
  EXPECT_TRUE(std::isnan(values[1]));
  EXPECT_TRUE(std::isnan(values[2]));
  CsvReader reader(file("a\n-\n"), {.missing_values = {"-"}});
  CsvRow row;
  ASSERT_TRUE(reader.next(row));
  EXPECT_TRUE(row.is_missing("a"));
  EXPECT_EQ(row.text("a"), "-");
}

TEST_F(CsvTest, ShortAndLongRowsAreReportedWithTheLine) {
  const auto read = [this](const std::string& text) { return [=, this] { read_csv(file(text)); }; };
  EXPECT_THAT(read("a,b\n\"1\n1\",2\n3\n"),
              ThrowsMessage<FileError>(HasSubstr(path("table.csv") + ", line 4: expected 2 fields, got 1")));
  EXPECT_THAT(read("a,b\n1,2,3\n"), ThrowsMessage<FileError>(HasSubstr("line 2: expected 2 fields, got 3")));
}

TEST_F(CsvTest, BadNumbersAreReportedWithLineAndColumn) {
  const Table table = read_csv(file("a,b\n1,2\n\n3,4x\n"));
  EXPECT_THAT([&] { table.column("b"); },
              ThrowsMessage<FileError>(HasSubstr("line 4: expected a number in column \"b\", got \"4x\"")));
  for (const char* bad : {"1,5", "1 2", "0x10", "--1", "1e999", "+-1", " "}) {
    const Table broken = read_csv(file(std::string("a;b\n") + bad + ";1\n"), {.delimiter = ';'});
    EXPECT_THROW(broken.column("a"), FileError) << bad;
  }
  EXPECT_EQ(read_csv(file("a\n +1.5e-1 \n")).column("a").item<double>(), 0.15);
}

TEST_F(CsvTest, IntegersAreReadExactly) {
  const Table table = read_csv(file("a;b\n9007199254740993;3.0\n-9223372036854775808;1e3\n9223372036854775807;+0.25e2\n"),
                               {.delimiter = ';'});
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(table.column("a", kInt64).to_vector<std::int64_t>(), (std::vector<std::int64_t>{9007199254740993, least, most}));
  EXPECT_EQ(table.column("b", kInt32).to_vector<std::int32_t>(), (std::vector<std::int32_t>{3, 1000, 25}));
  EXPECT_EQ(table.numbers({"b", "a"}, kInt64)[2].to_vector<std::int64_t>(), (std::vector<std::int64_t>{25, most}));
  const CsvDataset dataset(file("a;b\n1.000,0;255\n"), {.delimiter = ';', .decimal_comma = true, .thousands = '.'});
  EXPECT_EQ(dataset.get(0).numbers({"a"}, kInt16).item<std::int16_t>(), 1000);
  EXPECT_EQ(dataset.get(0).numbers({"b"}, kUInt8).item<std::uint8_t>(), 255);
}

TEST_F(CsvTest, WhatIsNoIntegerOfTheDtypeIsReported) {
  const auto read = [this](const std::string& field, Dtype dtype) {
    return [=, this] { read_csv(file("a,b\n1,2\n" + field + ",3\n")).numbers({"b", "a"}, dtype); };
  };
  EXPECT_THAT(read("1.7", kInt64),
              ThrowsMessage<FileError>(HasSubstr("line 3: expected an integer of int64 in column \"a\", got \"1.7\"")));
  for (const char* bad : {"", "NA", "nan", "inf", "x", "1e300", "1e-400", "9223372036854775808", "1e19", "0.5e-1",
                          "4503599627370496.25", "1e99999999999999999999", "0x10"}) {
    EXPECT_THROW(read(bad, kInt64)(), FileError) << bad;
    EXPECT_THROW(read_csv(file("a,b\n" + std::string(bad) + ",3\n")).column("a", kInt64), FileError) << bad;
    CsvReader reader(file("a,b\n" + std::string(bad) + ",3\n"));
    CsvRow row;
    ASSERT_TRUE(reader.next(row));
    EXPECT_THROW(row.numbers({"a"}, kInt64), FileError) << bad;
  }
  EXPECT_THROW(read("256", kUInt8)(), FileError);
  EXPECT_THROW(read("-1", kUInt8)(), FileError);
  EXPECT_THROW(read("128", kInt8)(), FileError);
  EXPECT_THROW(read("-32769", kInt16)(), FileError);
  EXPECT_THROW(read("2147483648", kInt32)(), FileError);
  EXPECT_NO_THROW(read("-2147483648", kInt32)());
  EXPECT_NO_THROW(read("0e999", kInt32)());
}

TEST_F(CsvTest, NumbersTooSmallForADoubleAreZero) {
  const Table table = read_csv(file("a\n1e-400\n-0.0000001e-320\n1e-310\n"));
  const auto values = table.column("a").to_vector<double>();
  EXPECT_EQ(values[0], 0);
  EXPECT_TRUE(values[1] == 0 && std::signbit(values[1]));
  EXPECT_EQ(values[2], 1e-310);
  for (const char* bad : {"1e400", "0.0000001e999", "nan(abc)", "nan()", "(1)"}) {
    EXPECT_THROW(read_csv(file(std::string("a\n") + bad + "\n")).column("a"), FileError) << bad;
  }
}

TEST_F(CsvTest, BadQuotesAreReportedWithTheLine) {
  const auto read = [this](const std::string& text) { return [=, this] { read_csv(file(text)); }; };
  EXPECT_THAT(read("a,b\n1,\"x\n\n\n"), ThrowsMessage<FileError>(HasSubstr("line 2: a quote is opened and never closed")));
  EXPECT_THAT(read("a,b\n1,\"x\" y\n"), ThrowsMessage<FileError>(HasSubstr("line 2: expected a delimiter")));
}

TEST_F(CsvTest, BadTablesAreRefused) {
  EXPECT_THROW(read_csv(path("nothing.csv")), FileError);
  EXPECT_THROW(read_csv(file("")), FileError);
  EXPECT_THROW(read_csv(file("a,b,a\n")), FileError);
  EXPECT_THROW(read_csv(file("a\n"), {.delimiter = '"'}), ValueError);
  EXPECT_THAT([&] { read_csv(file("Open,Close\n")).column("Opne"); },
              ThrowsMessage<ValueError>(HasSubstr("no column \"Opne\": expected one of Open, Close")));
  EXPECT_THROW(CsvRow().text("a"), ValueError);
}

TEST_F(CsvTest, NoTruncationCrashes) {
  const std::string whole = "a,\"b\"\r\n1,\"x\"\"\n\"\r\n\"2\",y\n";
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    try {
      read_csv(file(whole.substr(0, length)));
    } catch (const FileError&) {
    }
  }
  SUCCEED();
}

TEST_F(CsvTest, ADatasetReadsRowsAsTheyAreNeeded) {
  std::string text = "id,text\n";
  for (int i = 0; i < 5000; ++i) {
    text += std::to_string(i) + ",\"line one\nline \"\"" + std::to_string(i) + "\"\" two\"\n\n";
  }
  const CsvDataset dataset(file(text));
  ASSERT_EQ(dataset.size(), 5000U);
  EXPECT_EQ(dataset.columns(), (Fields{"id", "text"}));
  const CsvRow row = dataset.get(4321);
  EXPECT_EQ(row.number("id"), 4321);
  EXPECT_EQ(row.text("text"), "line one\nline \"4321\" two");
  EXPECT_EQ(row.line(), 2U + 3 * 4321);
  EXPECT_EQ(dataset.get(0).numbers({"id", "id"}).to_vector<double>(), (std::vector<double>{0, 0}));
  EXPECT_EQ(dataset.get(4999).number("id"), 4999);
  EXPECT_THROW(dataset.get(5000), IndexError);

  const auto sum = [](const std::vector<CsvRow>& rows) {
    double total = 0;
    for (const CsvRow& one : rows) total += one.number("id");
    return tensor(total);
  };
  DataLoader<CsvRow, Tensor> loader(dataset, {.batch_size = 64, .shuffle = true, .num_workers = 2}, sum);
  double total = 0;
  for (const Tensor& batch : loader) total += batch.item<double>();
  EXPECT_EQ(total, 4999.0 * 5000 / 2);
}

TEST_F(CsvTest, ADatasetReportsBadRowsInTheBeginning) {
  EXPECT_THAT([&] { CsvDataset(file("a,b\n1,2\n3\n")); }, ThrowsMessage<FileError>(HasSubstr("line 3: expected 2 fields")));
  const CsvDataset dataset(file("7\n8\n"), {.header = false});
  EXPECT_EQ(dataset.get(0).number("0"), 7);
  EXPECT_EQ(dataset.get(1).number("0"), 8);
}

}  // namespace
}  // namespace xgrad::data
