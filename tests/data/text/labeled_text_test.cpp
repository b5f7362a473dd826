#include "data/text/labeled_text.h"

#include <gmock/gmock.h>

#include "autograd/base/error.h"
#include "tests/data/gzip.h"

namespace xgrad::data {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using Examples = std::vector<std::pair<std::string, std::string>>;

class LabeledTextTest : public TemporaryFolder {
 protected:
  std::string file(const std::string& content, const std::string& name = "data") const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    write_text(path(name), content);
    return path(name);
  }
  Examples read(LabeledTextReader& reader) const {
    Examples examples;
    for (TextAndLabel example; reader.next(example);) examples.emplace_back(example.text, example.label);
    return examples;
  }
};

const Examples expected = {{"a good film", "pos"}, {"a bad film", "neg"}, {"not so good", "neg"}};

TEST_F(LabeledTextTest, FormsAreFound) {
  const std::pair<LabeledTextForm, const char*> forms[] = {
      {LabeledTextForm::Delimited, "text,label\na good film,pos\na bad film,neg\nnot so good,neg\n"},
      {LabeledTextForm::Delimited, "pos\ta good film\nneg\ta bad film\nneg\tnot so good\n"},
      {LabeledTextForm::Delimited, "\xEF\xBB\xBFlabel;review\r\npos;a good film\r\nneg;a bad film\r\nneg;\"not so good\""},
      {LabeledTextForm::JsonLines,
       "{\"text\": \"a good film\", \"label\": \"pos\"}\n\n{\"label\": \"neg\", \"text\": \"a bad film\"}\n"
       "{\"text\": \"not so good\", \"label\": \"neg\"}"},
      {LabeledTextForm::FastText, "__label__pos a good film\n__label__neg  a bad film\n__label__neg\tnot so good\n"}};
  for (const auto& [form, content] : forms) {
    for (const std::string& bytes : {std::string(content), gzip(content)}) {
      LabeledTextReader reader(file(bytes));
      EXPECT_EQ(reader.form(), form) << content;
      EXPECT_EQ(read(reader), expected) << content << reader.describe();
      EXPECT_EQ(reader.counts().examples, 3U);
    }
  }
}

TEST_F(LabeledTextTest, AFolderOfClassesIsRead) {
  for (const char* part : {"train", "test"}) {
    const std::string folder = std::string("aclImdb/") + part;
    file("bad", folder + "/neg/10_2.txt");
    file("worse", folder + "/neg/9_1.txt");
    file("good\nindeed", folder + "/pos/0_9.txt");
    file("neither", folder + "/unsup/0_0.txt");
    file("address", folder + "/urls_pos.txt");
  }
  const LabeledTexts texts = read_labeled_texts(path(""));
  EXPECT_EQ(texts.classes, (std::vector<std::string>{"neg", "pos"}));
  ASSERT_EQ(texts.train.size(), 3U);
  EXPECT_EQ(texts.test.size(), 3U);
  EXPECT_EQ(texts.train[0].text, "worse");
  EXPECT_EQ(texts.train[2].text, "good\nindeed");
  EXPECT_EQ(texts.train[2].label, 1);
  EXPECT_EQ(texts.counts.other_files, 4U);
  LabeledTextReader reader(path("aclImdb/test"));
  EXPECT_EQ(read(reader).size(), 3U);
  EXPECT_THAT(reader.place(), HasSubstr("0_9.txt"));
}

TEST_F(LabeledTextTest, NumberedClassesHaveTheirNames) {
  file("first title\t1\n\nsecond title\t0\n", "thuc/train.txt");
  file("third title\t1\n", "thuc/test.txt");
  file("stocks\nsport\n", "thuc/class.txt");
  const LabeledTexts texts = read_labeled_texts(path("thuc"));
  EXPECT_EQ(texts.classes, (std::vector<std::string>{"stocks", "sport"}));
  EXPECT_EQ(texts.train[0].label, 1);
  EXPECT_EQ(texts.test[0].text, "third title");
  EXPECT_EQ(texts.counts.describe(), "3 texts; passed over 1 empty line");
  file("title\t2\n", "thuc/test.txt");
  EXPECT_THAT([this] { read_labeled_texts(path("thuc")); },
              ThrowsMessage<FileError>(HasSubstr("test.txt, line 1: expected the number of a class below 2")));
  file("stocks\n\nsport\n", "thuc/class.txt");
  EXPECT_THAT([this] { read_labeled_texts(path("thuc")); },
              ThrowsMessage<FileError>(HasSubstr("class.txt, line 2: expected the name of a class, got an empty line")));
  file("stocks\nsport\n\n  \n", "thuc/class.txt");
  file("title\n", "thuc/train.txt");
  EXPECT_THAT([this] { read_labeled_texts(path("thuc")); },
              ThrowsMessage<FileError>(HasSubstr("train.txt, line 1: expected a text, a tab")));
}

TEST_F(LabeledTextTest, ColumnsAndKeysAreChosen) {
  const std::string table = file("id,stars,title,review\n1,5,Good,it was good to see\n2,1,Bad,it was bad to see\n");
  LabeledTextReader chosen(table, {.text_column = "title", .label_column = "1"});
  EXPECT_EQ(read(chosen), (Examples{{"Good", "5"}, {"Bad", "1"}}));
  EXPECT_THAT(chosen.describe(), HasSubstr("text from column \"title\", classes from column \"stars\""));
  EXPECT_THROW(LabeledTextReader(table, {.text_column = "body"}), ValueError);
  EXPECT_THROW(LabeledTextReader(table, {.text_column = "title", .label_column = "title"}), ValueError);
  const std::string lines =
      file("{\"a\": \"some text\", \"b\": 1, \"c\": true, \"d\": [1]}\n{\"a\": \"more text\", \"b\": 2.0, \"c\": null}\n");
  LabeledTextReader keys(lines, {.text_column = "a", .label_column = "b"});
  EXPECT_EQ(read(keys), (Examples{{"some text", "1"}, {"more text", "2"}}));
  LabeledTextReader flags(lines, {.text_column = "a", .label_column = "c"});
  EXPECT_EQ(read(flags), (Examples{{"some text", "true"}}));
  EXPECT_EQ(flags.counts().missing_labels, 1U);
  LabeledTextReader list(lines, {.text_column = "a", .label_column = "d"});
  EXPECT_THROW(read(list), FileError);
  for (const char* array : {"[\n{\"text\": \"a\", \"label\": 1}\n]\n", "[{\"text\": \"a\", \"label\": 1}]"}) {
    EXPECT_THAT([&] { LabeledTextReader(file(array)); },
                ThrowsMessage<FileError>(HasSubstr("a JSON array; expected JSON lines")));
    EXPECT_THAT([&] { LabeledTextReader(file(array), {.form = LabeledTextForm::JsonLines}); },
                ThrowsMessage<FileError>(HasSubstr("array")));
  }
  EXPECT_THAT([&] { LabeledTextReader(file("one text\nanother text\n")); },
              ThrowsMessage<ValueError>(HasSubstr("which column is the class?")));
}

TEST_F(LabeledTextTest, WhatIsPassedOverIsCounted) {
  LabeledTextReader reader(file("text,label\nsome words,a\n\n ,b\nmore words,\nthe last,b\nand one,a\n"));
  EXPECT_EQ(read(reader).size(), 4U);
  EXPECT_EQ(reader.counts().describe(), "4 texts, 1 of them empty; passed over 1 empty line, 1 text without a class");
  LabeledTextReader labels(file("__label__a __label__b text\n__label__b\n"));
  EXPECT_EQ(read(labels), (Examples{{"text", "a"}, {"", "b"}}));
  EXPECT_EQ(labels.counts().further_labels, 1U);
}

TEST_F(LabeledTextTest, TwoFilesShareColumnsAndClasses) {
  const std::string train = file("text,label\nsome good words,10\nsome bad words,9\nsome more words,10\n", "train");
  const std::string test = file("label,text\n9,x\n", "test");
  const LabeledTexts texts = read_labeled_texts(train, test);
  EXPECT_EQ(texts.classes, (std::vector<std::string>{"9", "10"}));
  EXPECT_EQ(texts.test[0].text, "x");
  EXPECT_EQ(texts.test[0].label, 0);
  file("label,text\n8,x\n", "test");
  EXPECT_THAT([&] { read_labeled_texts(train, test); },
              ThrowsMessage<FileError>(HasSubstr("test, line 2: the class \"8\" does not occur in")));
}

TEST_F(LabeledTextTest, BadFilesAreRefused) {
  EXPECT_THROW(LabeledTextReader(path("nothing")), FileError);
  EXPECT_THROW(LabeledTextReader(file("")), FileError);
  std::filesystem::create_directories(path("bare"));
  EXPECT_THROW(LabeledTextReader(path("bare")), FileError);
  EXPECT_THROW(LabeledTextReader(path("bare"), {.form = LabeledTextForm::JsonLines}), ValueError);
  EXPECT_THAT(
      [this] {
        read_labeled_texts(file("label,text\na,some words\na,other words\n"),
                           LabeledTextOptions{.text_column = "text", .label_column = "label"});
      },
      ThrowsMessage<FileError>(HasSubstr("expected two classes or more")));
  const auto read_all = [this](const std::string& content) {
    LabeledTextReader reader(file(content));
    read(reader);
  };
  EXPECT_THAT([&] { read_all("__label__a x\nno label\n"); },
              ThrowsMessage<FileError>(HasSubstr("line 2: expected a line that begins with __label__")));
  EXPECT_THAT([&] { read_all("{\"text\": \"a b\", \"label\": 1}\n{\"text\": \"c d\", \"label\": 2}\n{\"label\": 1}\n"); },
              ThrowsMessage<FileError>(HasSubstr("line 3: expected a text under the key \"text\"")));
  EXPECT_THROW(read_all("{\"text\": \n"), FileError);
  EXPECT_THAT([&] { read_all("text,label\nsome words,a\nothers,b\nshort\nmore of it,a\nand more,b\n"); },
              ThrowsMessage<FileError>(HasSubstr("line 4: expected 2 fields")));
  EXPECT_THAT([&] { read_all("text,label\nsome words,a\ncaf\xe9,b\n"); },
              ThrowsMessage<FileError>(HasSubstr("line 3: the byte 0xe9")));
}

TEST(SortClassesTest, NumbersGoByTheirSize) {
  std::vector<std::string> numbers = {"10", "9", "-1", "9"};
  sort_classes(numbers);
  EXPECT_EQ(numbers, (std::vector<std::string>{"-1", "9", "10"}));
  std::vector<std::string> names = {"b", "nan", "10", "a", "9"};
  sort_classes(names);
  EXPECT_EQ(names, (std::vector<std::string>{"10", "9", "a", "b", "nan"}));
}

}  // namespace
}  // namespace xgrad::data
