#include "data/tabular/csv_format.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "autograd/base/error.h"
#include "tests/data/gzip.h"

namespace xgrad::data {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using Names = std::vector<std::string>;

class CsvFormatTest : public TemporaryFolder {
 protected:
  CsvFormat detect(const std::string& content, const CsvDetection& detection = {}) const {
    write_text(path("table"), content);
    return detect_csv(path("table"), detection);
  }
  std::vector<Names> rows(const CsvFormat& format) const {
    CsvReader reader(format.path, format.options);
    std::vector<Names> result;
    for (CsvRow row; reader.next(row);) result.push_back(row.fields());
    return result;
  }
};

TEST_F(CsvFormatTest, TheDelimiterIsFound) {
  for (const char delimiter : {',', ';', '\t', '|'}) {
    std::string text = "name_value_time\na_1_2020-01-01\nb_2_2020-01-02";
    std::replace(text.begin(), text.end(), '_', delimiter);
    const CsvFormat format = detect(text);
    EXPECT_EQ(format.options.delimiter, delimiter);
    EXPECT_TRUE(format.options.header);
    EXPECT_EQ(format.options.columns, (Names{"name", "value", "time"}));
    EXPECT_EQ(format.columns[1].kind, ColumnKind::Number);
    EXPECT_EQ(format.columns[2].kind, ColumnKind::Date);
    EXPECT_EQ(rows(format).back(), (Names{"b", "2", "2020-01-02"}));
  }
  EXPECT_EQ(detect("a;b\n1,5;2,5\n1,7;2,7\n").options.delimiter, ';');
  EXPECT_EQ(detect("1:2\n3:4\n", {.delimiter = ':'}).columns.size(), 2U);
}

TEST_F(CsvFormatTest, CommasInTextsMakeNoTableOfOneBetweenTabs) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += i == 5 ? "good\tfine, really\tmore\n" : "good\tfine, really\n";
  EXPECT_EQ(detect(text).options.delimiter, '\t');
}

TEST_F(CsvFormatTest, DecimalCommasAreFound) {
  const CsvFormat format = detect("day;x\n01.01.2020;1,5\n02.01.2020;-3\n03.01.2020;12,25\n");
  EXPECT_TRUE(format.options.decimal_comma);
  EXPECT_TRUE(format.options.header);
  EXPECT_EQ(format.columns[1].kind, ColumnKind::Number);
  CsvReader reader(format.path, format.options);
  std::vector<double> numbers;
  for (CsvRow row; reader.next(row);) numbers.push_back(row.number("x"));
  EXPECT_EQ(numbers, (std::vector<double>{1.5, -3, 12.25}));
  EXPECT_FALSE(detect("1,5;2\n1,75;4\n").options.header);
  // Thousands, or a point elsewhere: it cannot be told what a comma means.
  EXPECT_FALSE(detect("a;b\n1,500;2\n1,750;4\n").options.decimal_comma);
  EXPECT_FALSE(detect("a;b\n1,5;2.5\n1,7;4.5\n").options.decimal_comma);
}

TEST_F(CsvFormatTest, ThousandsAreFound) {
  struct Case {
    const char* content;
    std::vector<double> numbers;
  };
  const Case cases[] = {
      {"day,x\n2020-01-01,\"1,031\"\n2020-01-02,987\n2020-01-03,\"1,002,300.5\"\n", {1031, 987, 1002300.5}},
      {"day\tx\n2020-01-01\t1,031\n2020-01-02\t2,450\n2020-01-03\t-1,200\n", {1031, 2450, -1200}},
      {"day;x\n2020-01-01;1,031\n2020-01-02;987\n2020-01-03;1,200\n", {1031, 987, 1200}},
      {"day;x\n2020-01-01;1.031,5\n2020-01-02;987\n2020-01-03;1.002.300\n", {1031.5, 987, 1002300}},
      {"day;x\n2020-01-01;1 031\n2020-01-02;987,5\n2020-01-03;1\u00a0002\u202f300\n", {1031, 987.5, 1002300}},
      {"day;x\n2020-01-01;1 031\n2020-01-02;987.5\n2020-01-03;2 000\n", {1031, 987.5, 2000}},
      {"day;x\n2020-01-01;1'031.5\n2020-01-02;987\n2020-01-03;1\u2019200\n", {1031.5, 987, 1200}},
      {"day;x\n2020-01-01;0,125\n2020-01-02;1,250\n2020-01-03;2,375\n", {0.125, 1.25, 2.375}},
      {"day;x\n2020-01-01;1031,250\n2020-01-02;1,250\n2020-01-03;2,375\n", {1031.25, 1.25, 2.375}},
      {"day,x\n2020-01-01,1.031\n2020-01-02,2.5\n2020-01-03,3\n", {1.031, 2.5, 3}},
      {"day;x\n2020-01-01;1.031\n2020-01-02;987\n2020-01-03;2.450\n", {1031, 987, 2450}},
      {"day|x\n2020-01-01|1.031\n2020-01-02|987\n2020-01-03|2.450\n", {1031, 987, 2450}},
      {"day;x\n2020-01-01;1.125\n2020-01-02;2\n2020-01-03;3.375\n", {1.125, 2, 3.375}},
      {"x\n1 031\n987\n1 002\n", {1031, 987, 1002}},
      {"x\n1 031\n1 987\n1 002\n", {1031, 1987, 1002}},
  };
  for (const Case& test : cases) {
    const CsvFormat format = detect(test.content);
    EXPECT_TRUE(format.options.header) << test.content;
    CsvReader reader(format.path, format.options);
    std::vector<double> numbers;
    for (CsvRow row; reader.next(row);) numbers.push_back(row.number("x"));
    EXPECT_EQ(numbers, test.numbers) << test.content;
  }
  EXPECT_THAT(detect(cases[0].content).describe(), HasSubstr("numbers with thousands between commas"));
  EXPECT_THAT(detect(cases[3].content).describe(), HasSubstr("numbers with decimal commas and thousands between points"));
  EXPECT_EQ(detect("a|b\n1,500|2\n1,750|4\n").number_columns().size(), 1U);
  // Either is said where the file does not tell.
  const std::string either = "a;b\n1,500;2\n1,750;4\n";
  EXPECT_EQ(detect(either).number_columns().size(), 1U);
  EXPECT_EQ(detect(either, {.thousands = ','}).number_columns().size(), 2U);
  EXPECT_TRUE(detect(either, {.decimal_comma = true}).options.decimal_comma);
  EXPECT_THROW(detect(either, {.decimal_comma = true, .thousands = ','}), ValueError);
  EXPECT_THROW(detect(either, {.thousands = 'x'}), ValueError);
  // What stands elsewhere than between three digits is no number, and is said to be none.
  for (const char* field : {"1,03", "12,3456", ",123", "1,,234", "1,234.5,6", "0,123", "1,234,", "1,2 34"}) {
    const CsvFormat format =
        detect(std::string("a;b\nx;1,234\ny;987\nz;") + field + "\n", {.header = true, .thousands = ','});
    CsvReader reader(format.path, format.options);
    CsvRow row;
    ASSERT_TRUE(reader.next(row) && reader.next(row) && reader.next(row));
    EXPECT_THAT([&] { row.number("1"); }, ThrowsMessage<FileError>(HasSubstr("expected a number"))) << field;
  }
}

TEST_F(CsvFormatTest, LinesThatBeginWithANumberSignAreCommentsWhereTheyAreNoRows) {
  CsvFormat format = detect(
      "# Passengers, in thousands, by month, of all airlines\n#month,passengers\n1-49,112\n2-49,118\n"
      "# a strike\n3-49,132\n");
  EXPECT_TRUE(format.options.comments);
  EXPECT_TRUE(format.header_in_comment);
  EXPECT_EQ(format.options.columns, (Names{"month", "passengers"}));
  EXPECT_EQ(rows(format), (std::vector<Names>{{"1-49", "112"}, {"2-49", "118"}, {"3-49", "132"}}));
  EXPECT_EQ(read_csv(format.path, format.options).counts().describe(), "3 rows; passed over 3 comments");
  EXPECT_THAT(format.describe(), HasSubstr("a comment names them, lines that begin with # are comments"));

  format = detect("# made by a program, 2020\nday,x\n2020-01-01,1\n2020-01-02,2\n");
  EXPECT_TRUE(format.options.header);
  EXPECT_EQ(format.options.columns, (Names{"day", "x"}));
  EXPECT_EQ(rows(format).size(), 2U);

  format = detect("# one value a day\n1.5\n2.5\n# end");
  EXPECT_EQ(rows(format), (std::vector<Names>{{"1.5"}, {"2.5"}}));
  EXPECT_FALSE(format.options.header);

  // A text may begin with it.
  format = detect("#fail that was bad\tneg\na good one\tpos\n#win at last, friends\tpos\n");
  EXPECT_FALSE(format.options.comments);
  EXPECT_EQ(rows(format).size(), 3U);
  EXPECT_FALSE(detect("#one of them\nanother line\n").options.comments);
  // A field in quotes may have lines that do.
  format = detect("label,text\nx,\"a\n# b\"\ny,\"c\n#d\"\n");
  EXPECT_EQ(rows(format)[0][1], "a\n# b");
}

TEST_F(CsvFormatTest, ColumnsBetweenSpacesAreFound) {
  CsvFormat format = detect("# year passengers\n 1949   112\r\n 1950   118  \n\n1951\t132");
  EXPECT_EQ(format.options.delimiter, ' ');
  EXPECT_EQ(format.options.columns, (Names{"year", "passengers"}));
  EXPECT_EQ(rows(format), (std::vector<Names>{{"1949", "112"}, {"1950", "118"}, {"1951", "132"}}));
  EXPECT_THAT(format.describe(), HasSubstr("2 columns between spaces"));
  EXPECT_EQ(read_csv(format.path, format.options).counts().describe(),
            "3 rows; passed over 1 comment; passed over 1 empty line");
  const CsvDataset dataset(format.path, format.options);
  EXPECT_EQ(dataset.get(1).fields(), (Names{"1950", "118"}));
  EXPECT_EQ(dataset.get(2).line(), 5U);

  format = detect("# solar data\n# see the paper of 1999\nday x name\n2020-01-01 1.5 \"a b\"\n2020-01-02 2.5 c\n");
  EXPECT_EQ(format.options.columns, (Names{"day", "x", "name"}));
  EXPECT_EQ(rows(format)[0], (Names{"2020-01-01", "1.5", "a b"}));
  format = detect("1949 112\n1950 118\n1951\n" + std::string("1952 5\n") + std::string(300, ' '), {.delimiter = ' '});
  EXPECT_THAT([&] { rows(format); }, ThrowsMessage<FileError>(HasSubstr("line 3: expected 2 fields, got 1")));

  format = detect("1990 1,031\n1991 1,052\n1992 2,998\n");
  EXPECT_EQ(format.options.delimiter, ' ');
  EXPECT_EQ(format.options.thousands, ',');
  EXPECT_EQ(detect("2020-01-01 10:00,5.5\n2020-01-01 11:00,6.5\n").options.delimiter, ',');

  EXPECT_EQ(detect("I have two dogs\nshe has three cats\n").columns.size(), 1U);
  EXPECT_EQ(detect("Jan 1949\nFeb 1949\nMar 1949\n").columns.size(), 1U);
}

TEST_F(CsvFormatTest, LinesOfWhiteSpaceAreEmpty) {
  const CsvFormat format = detect("a,b\n  \n1,2\n\t\r\n\n3,\"  \"\n ");
  const Table table = read_csv(format.path, format.options);
  EXPECT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.counts().empty_lines, 4U);
  EXPECT_EQ(rows(detect("x\n\"  \"\nabc\n", {.header = true})).size(), 2U);
}

TEST_F(CsvFormatTest, ProseIsOneColumn) {
  const CsvFormat format = detect("He came, he saw.\nShe went.\nNobody, it seems, cared, at all.\n");
  ASSERT_EQ(format.columns.size(), 1U);
  EXPECT_EQ(rows(format).size(), 3U);
  EXPECT_THAT(format.describe(), HasSubstr("one column, no header"));
}

TEST_F(CsvFormatTest, HeadersAreFound) {
  EXPECT_TRUE(detect("Month,Passengers\n1-49,112\n2-49,118\n").options.header);
  EXPECT_TRUE(detect("label,text\npos,good\nneg,bad\n").options.header);
  EXPECT_TRUE(detect("v1,v2,,,\nham,hello there you,,,\nspam,win a prize,,,\n").options.header);
  EXPECT_FALSE(detect("1-49,112\n2-49,118\n").options.header);
  EXPECT_FALSE(detect("ham\thello there you\nspam\twin a prize now\nham\tsee you at home\n").options.header);
  EXPECT_FALSE(detect("label,text\npos,good\n", {.header = false}).options.header);
  std::string text = "Klasse\tSatz\n";
  for (int i = 0; i < 10; ++i)
    text += (i % 2 == 0 ? "gut\tdas ist ein Satz Nummer " : "schlecht\tdas ist keiner, Nummer ") + std::to_string(i) + "\n";
  EXPECT_TRUE(detect(text).options.header);
}

TEST_F(CsvFormatTest, TheColumnOfRowsNumbersNeedsNoName) {
  // As pandas and R write tables.
  const CsvFormat format = detect(",height,width\n0,1.5,2\n1,2.5,3\n2,3.5,4\n");
  EXPECT_TRUE(format.options.header);
  EXPECT_EQ(format.options.columns, (Names{"0", "height", "width"}));
  EXPECT_EQ(format.rows, 3U);
  EXPECT_TRUE(detect("\"\",\"mpg\",\"cyl\"\n\"Mazda RX4\",21,6\n\"Datsun 710\",22.8,4\n").options.header);
  EXPECT_TRUE(detect(",Close\n2020-01-01,1.5\n2020-01-02,2.5\n").options.header);
  EXPECT_TRUE(detect(",text,label\n0,good film,pos\n1,bad film,neg\n").options.header);
  // A first row without a value.
  EXPECT_FALSE(detect(",some words\n1,other words\n2,and others\n").options.header);
  EXPECT_FALSE(detect(",pos\nfine,pos\ngood,neg\nbad,neg\n").options.header);
  EXPECT_FALSE(detect(",1.5\n1,2.5\n2,3.5\n").options.header);
  EXPECT_FALSE(detect("a word,,1\nb word,x,2\nc word,y,3\n").options.header);
}

TEST_F(CsvFormatTest, AClassMayBeCalledWhatColumnsAreCalled) {
  std::string text;
  for (int i = 0; i < 6; ++i)
    text += "title\tthe film of the year\nbody\tit begins with a long walk, number " + std::to_string(i) + "\n";
  const CsvFormat format = detect(text);
  EXPECT_FALSE(format.options.header);
  EXPECT_EQ(format.rows, 12U);
  EXPECT_TRUE(detect("label\ttext\n" + text).options.header);
}

TEST_F(CsvFormatTest, AMissingValueIsNoNameOfAColumn) {
  for (const char* missing : {"NA", "null", "None", "nan"}) {
    EXPECT_FALSE(detect(missing + std::string(",red\n1,green\n2,blue\n")).options.header) << missing;
  }
  EXPECT_TRUE(detect("text,NA\ngood film,1\nbad film,2\n").options.header);
}

TEST_F(CsvFormatTest, QuotesAreMarksWhereTheyWorkOut) {
  EXPECT_EQ(rows(detect("text,label\n\"a, b\nc \"\"d\"\"\",x\n\"e\",y\n")),
            (std::vector<Names>{{"a, b\nc \"d\"", "x"}, {"e", "y"}}));
  const CsvFormat plain = detect("ham\t\"Happy days\" she said\nspam\t\"win\nham\tok\n");
  EXPECT_FALSE(plain.options.quotes);
  EXPECT_EQ(rows(plain)[1], (Names{"spam", "\"win"}));
  EXPECT_THAT([this] { rows(detect("a,b\n1,2\n3,\"x\n")); },
              ThrowsMessage<FileError>(HasSubstr("line 3: a quote is opened")));
}

TEST_F(CsvFormatTest, QuotesOfTwoRowsBetweenTabsAreNoPair) {
  const CsvFormat format = detect("ham\t\"one\nspam\ttwo\nham\tthree\nham\t\"four\"\nham\tfive\"\nspam\tsix\n");
  EXPECT_FALSE(format.options.quotes);
  EXPECT_EQ(rows(format).size(), 6U);
  const CsvFormat swallowed = detect("ham\t\"one\nspam\ttwo\"\nham\tthree\n");
  EXPECT_FALSE(swallowed.options.quotes);
  EXPECT_EQ(rows(swallowed).size(), 3U);
  // A text of several lines.
  const CsvFormat whole = detect("ham\t\"one\ntwo\"\nspam\tthree\nham\tfour\n");
  EXPECT_TRUE(whole.options.quotes);
  EXPECT_EQ(rows(whole)[0], (Names{"ham", "one\ntwo"}));
}

TEST_F(CsvFormatTest, DecimalCommasThatRiseAreNoMonths) {
  for (const char* delimiter : {";", "\t", "|"}) {
    std::string text;
    for (const char* value : {"2,68", "2,71", "2,73", "2,82", "2,90"}) text += value + std::string(delimiter) + "x y\n";
    const CsvFormat format = detect(text);
    EXPECT_EQ(format.columns[0].kind, ColumnKind::Number) << delimiter;
    EXPECT_TRUE(format.options.decimal_comma) << delimiter;
  }
}

TEST_F(CsvFormatTest, ManyEqualNamesAreToldApartInLittleTime) {
  std::string text = "a,a_2,a,a,b,b";
  for (int i = 0; i < 200000; ++i) text += ",a";
  const CsvFormat format = detect(text + "\n", {.header = true});
  const Names& names = format.options.columns;
  EXPECT_EQ(Names(names.begin(), names.begin() + 7), (Names{"a", "a_2", "a_3", "a_4", "b", "b_2", "a_5"}));
  EXPECT_EQ(names.back(), "a_200004");
}

TEST_F(CsvFormatTest, ALongFirstLineIsReadToItsEnd) {
  const std::string cell(5000, 'x');
  const CsvFormat format = detect("text,label\n" + cell + " y,1\n", {.sample_bytes = 4});
  EXPECT_FALSE(format.whole_file);
  EXPECT_EQ(format.columns.size(), 2U);
  EXPECT_EQ(detect(cell + ",1\n" + cell + ",2\n", {.sample_bytes = 1000}).columns.size(), 2U);
  EXPECT_TRUE(detect(cell + ",1", {.sample_bytes = 1000}).whole_file);
  EXPECT_THAT([&] { detect(std::string((std::size_t{1} << 26) + 1, 'x')); },
              ThrowsMessage<FileError>(HasSubstr("line 1: it is longer than")));
}

TEST_F(CsvFormatTest, ColumnsAreFoundByNameOrNumber) {
  const CsvFormat format =
      detect("label,text,label,\npos,good film indeed,1,2020-01-01\nneg,bad film that was,2,2020-01-02\n");
  EXPECT_EQ(format.options.columns, (Names{"label", "text", "label_2", "3"}));
  EXPECT_EQ(format.column("text"), 1U);
  EXPECT_EQ(format.column("2"), 2U);
  EXPECT_EQ(format.text_column(), 1U);
  EXPECT_EQ(format.label_column(), 0U);
  EXPECT_EQ(format.date_column(), 3U);
  EXPECT_EQ(format.number_columns(), std::vector<std::size_t>{2});
  EXPECT_THAT([&] { format.column("4"); },
              ThrowsMessage<ValueError>(HasSubstr("there is no column \"4\": expected one of \"label\" (0), \"text\" (1)")));
  EXPECT_THROW(format.column(""), ValueError);
  CsvReader reader(format.path, format.options);
  CsvRow row;
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(row.text("1"), "good film indeed");
  EXPECT_EQ(row.number(std::size_t{2}), 1);
  EXPECT_THROW(row.text(std::size_t{4}), IndexError);
}

TEST_F(CsvFormatTest, TheTextIsKnownByItsNameAndItsSpaces) {
  const std::string address = "https://example.org/of/some/length/and/more/and/more";
  std::string text = "url,text,class\n";
  std::string nameless;
  for (int i = 0; i < 4; ++i) {
    const std::string row =
        address + std::to_string(i) + ",a short text " + std::to_string(i) + "," + (i % 2 == 0 ? "x\n" : "y\n");
    text += row;
    nameless += row;
  }
  EXPECT_EQ(detect(text).text_column(), 1U);
  EXPECT_EQ(detect(nameless).text_column(), 1U);
  EXPECT_EQ(
      detect("summary,review\na longer text than the other,short one\nanother that is long,very short\n").text_column(), 1U);
}

TEST_F(CsvFormatTest, TheClassMayBeConstantInTheBeginning) {
  std::string text = "user,words,mark\n";
  for (int i = 0; i < 200; ++i) text += "user" + std::to_string(i) + ",some words to read,class" + (i < 150 ? "0\n" : "1\n");
  EXPECT_FALSE(detect(text, {.header = true, .sample_bytes = 2000}).label_column(1).has_value());
  EXPECT_EQ(detect(text, {.header = true}).label_column(1), 2U);
}

TEST_F(CsvFormatTest, NumbersAreYearsOnlyInOrder) {
  EXPECT_EQ(detect("year,sales\n1990,5\n1991,7\n").columns[0].kind, ColumnKind::Date);
  EXPECT_EQ(detect("n,sales\n1990,5\n1850,7\n1999,8\n").columns[0].kind, ColumnKind::Number);
}

TEST_F(CsvFormatTest, MissingFieldsAreCounted) {
  const CsvFormat format = detect("a,b\n1,x\n,y\nNaN,\n");
  EXPECT_EQ(format.columns[0].missing, 2U);
  EXPECT_EQ(format.columns[0].kind, ColumnKind::Number);
  EXPECT_THAT(format.describe(), HasSubstr("0 \"a\": number, 1 different, such as \"1\", 2 missing"));
  EXPECT_EQ(detect("a,b\n1,\n2,\n", {.header = true}).columns[1].kind, ColumnKind::Empty);
}

TEST_F(CsvFormatTest, RaggedRowsAreRefusedFilledOrPassedOver) {
  const std::string text = "a,b\n1,2\n3\n4,5\n6,7,8\n9,10\n1,1\n2,2\n3,3\n4,4\n";
  EXPECT_THAT([&] { rows(detect(text)); }, ThrowsMessage<FileError>(HasSubstr("line 3: expected 2 fields, got 1")));
  CsvFormat format = detect(text, {.ragged_rows = RaggedRows::Fill});
  Table table = read_csv(format.path, format.options);
  EXPECT_EQ(table.rows(), 9U);
  EXPECT_EQ(table.text("b")[1], "");
  EXPECT_EQ(table.text("b")[3], "7");
  EXPECT_EQ(table.counts().describe(), "9 rows; filled 1 row with too few fields; cut 1 row with too many fields");
  format.options.ragged_rows = RaggedRows::PassOver;
  table = read_csv(format.path, format.options);
  EXPECT_EQ(table.rows(), 7U);
  EXPECT_EQ(table.counts().passed_over, 2U);
}

TEST_F(CsvFormatTest, CompressedAndLatin1TablesAreRead) {
  const std::string text = "label,text\nf,caf\xe9 au lait\ne,tea and milk\n\n";
  EXPECT_THAT([&] { detect(text); }, ThrowsMessage<FileError>(HasSubstr("line 2: the byte 0xe9 is no UTF-8")));
  const CsvFormat format = detect(gzip(text), {.encoding = Encoding::Latin1});
  EXPECT_TRUE(format.compressed);
  EXPECT_EQ(rows(format)[0][1], "caf\u00e9 au lait");
  EXPECT_EQ(read_csv(format.path, format.options).counts().empty_lines, 1U);
  EXPECT_THAT([&] { CsvDataset(format.path, format.options); }, ThrowsMessage<FileError>(HasSubstr("compressed")));
  const CsvFormat plain = detect(text, {.encoding = Encoding::Latin1});
  const CsvDataset dataset(plain.path, plain.options);
  EXPECT_EQ(dataset.get(1).text("text"), "tea and milk");
  EXPECT_EQ(dataset.get(0).text("text"), "caf\u00e9 au lait");
}

TEST_F(CsvFormatTest, OnlyTheBeginningIsLookedAt) {
  std::string text = "id,text\n";
  for (int i = 0; i < 1000; ++i) text += std::to_string(i) + ",\"some words,\nand a line\"\n";
  const CsvFormat format = detect(text, {.sample_bytes = 1000});
  EXPECT_FALSE(format.whole_file);
  EXPECT_TRUE(format.options.quotes);
  EXPECT_EQ(rows(format).size(), 1000U);
}

TEST_F(CsvFormatTest, BadTablesAreRefused) {
  EXPECT_THAT([this] { detect(""); }, ThrowsMessage<FileError>(HasSubstr("the file is empty")));
  EXPECT_THROW(detect("\n\n"), FileError);
  EXPECT_THROW(detect("a\n", {.delimiter = '"'}), ValueError);
  EXPECT_THROW(detect("a\n", {.sample_bytes = 0}), ValueError);
  EXPECT_THROW(detect_csv(path("nothing")), FileError);
  EXPECT_THROW(detect_csv("-"), ValueError);
}

}  // namespace
}  // namespace xgrad::data
