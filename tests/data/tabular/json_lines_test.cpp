#include "data/tabular/json_lines.h"

#include <gmock/gmock.h>

#include <vector>

#include "tests/autograd/io/files.h"

namespace xgrad::data {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

class JsonLinesTest : public TemporaryFolder {
 protected:
  std::string file(const std::string& content) const {
    write_text(path("records.jsonl"), content);
    return path("records.jsonl");
  }
  std::vector<Value> records(const std::string& content) const {
    JsonLinesReader reader(file(content));
    std::vector<Value> result;
    for (Value record; reader.next(record);) result.push_back(record);
    return result;
  }
};

TEST_F(JsonLinesTest, RecordsBecomeValues) {
  const auto read = records(R"({"text": "good \u00e9", "label": 1, "score": 0.5, "tags": ["a", null, true]})"
                            "\n[1, 18446744073709551615]\n\"x\"\n-3");
  ASSERT_EQ(read.size(), 4U);
  EXPECT_EQ(read[0], Value(Value::Dict{
                         {"text", "good \u00e9"}, {"label", 1}, {"score", 0.5}, {"tags", Value::List{"a", Value(), true}}}));
  EXPECT_EQ(read[1], Value(Value::List{1, 18446744073709551615.0}));
  EXPECT_EQ(read[2], Value("x"));
  EXPECT_EQ(read[3], Value(-3));
}

TEST_F(JsonLinesTest, EmptyLinesAndMarksArePassedOver) {
  EXPECT_EQ(records("\xEF\xBB\xBF{}\r\n\r\n  \n1\n\n").size(), 2U);
  EXPECT_TRUE(records("").empty());
}

TEST_F(JsonLinesTest, ADatasetReadsRecordsAsTheyAreNeeded) {
  std::string text = "\xEF\xBB\xBF";
  for (int i = 0; i < 3000; ++i)
    text += "{\"id\": " + std::to_string(i) + ", \"text\": \"" + std::string(40, 'x') + "\"}\n\n";
  const JsonLinesDataset dataset(file(text));
  ASSERT_EQ(dataset.size(), 3000U);
  EXPECT_EQ(dataset.get(2718).at("id").to_int(), 2718);
  EXPECT_EQ(dataset.get(0).at("id").to_int(), 0);
  EXPECT_EQ(dataset.get(2999).at("id").to_int(), 2999);
  EXPECT_THROW(dataset.get(3000), IndexError);
}

TEST_F(JsonLinesTest, BadLinesAreReportedWithFileAndLine) {
  const auto read = [this](const std::string& text) { return [=, this] { records(text); }; };
  EXPECT_THAT(read("{}\n\n{\"a\": }\n"),
              ThrowsMessage<FileError>(AllOf(HasSubstr(path("records.jsonl") + ", line 3: "), HasSubstr("unexpected '}'"))));
  for (const char* bad : {"{", "{} {}", "NaN", "\"\xff\"", "\"a", "1e999", "{\"a\" 1}", "[1,]", "nul"}) {
    EXPECT_THROW(records(bad), FileError) << bad;
    const JsonLinesDataset dataset(file(std::string("1\n") + bad + "\n"));
    EXPECT_EQ(dataset.get(0), Value(1));
    EXPECT_THROW(dataset.get(1), FileError) << bad;
  }
  EXPECT_THROW(JsonLinesReader(path("nothing")), FileError);
}

TEST_F(JsonLinesTest, AnArrayOverSeveralLinesIsCalledOne) {
  for (const char* text : {"[\n{\"a\": 1},\n{\"a\": 2}\n]\n", "[{\n\"a\": 1\n}]\n", " [ \n1]"}) {
    EXPECT_THAT([&] { records(text); }, ThrowsMessage<FileError>(HasSubstr("a JSON array; expected JSON lines"))) << text;
  }
}

TEST_F(JsonLinesTest, ALineHasALimit) {
  const std::string endless = "1\n\"" + std::string(std::size_t{1} << 26, 'x');
  EXPECT_THAT([&] { JsonLinesDataset dataset(file(endless)); },
              ThrowsMessage<FileError>(HasSubstr("the line from byte 2 on is longer than 67108864 bytes")));
}

TEST_F(JsonLinesTest, DeepNestingIsRefused) {
  EXPECT_EQ(records(std::string(99, '[') + std::string(99, ']')).size(), 1U);
  EXPECT_THROW(records(std::string(1000000, '[')), FileError);
}

TEST_F(JsonLinesTest, NoTruncationCrashes) {
  const std::string whole = R"({"a": [1, -2.5e3, "x\n\u20ac"], "b": null})";
  for (std::size_t length = 1; length < whole.size(); ++length) {
    EXPECT_THROW(records(whole.substr(0, length)), FileError) << length;
  }
}

}  // namespace
}  // namespace xgrad::data
