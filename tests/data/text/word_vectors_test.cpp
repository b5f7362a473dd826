#include "data/text/word_vectors.h"

#include <gmock/gmock.h>

#include <cstring>

#include "autograd/autograd.h"
#include "tests/autograd/io/files.h"

namespace xgrad::data {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Words = std::vector<std::string>;

std::string bytes(const std::vector<float>& numbers) {
  std::string result(numbers.size() * sizeof(float), '\0');
  std::memcpy(result.data(), numbers.data(), result.size());
  return result;
}

/// As gensim writes it; the C program ends each vector with a line end.
std::string binary(const std::string& line_end = "") {
  return "3 2\n</s> " + bytes({0, 0}) + line_end + "word " + bytes({1.5F, -2}) + line_end + "\u6211 " + bytes({3, 1e-3F}) +
         line_end;
}

class WordVectorsTest : public TemporaryFolder {
 protected:
  std::string file(const std::string& content) const {
    write_text(path("vectors"), content);
    return path("vectors");
  }
  WordVectors load_text(const std::string& content) const { return WordVectors::load(file(content), {.binary = false}); }
};

TEST_F(WordVectorsTest, ReadsBinaryFilesOfGensimAndOfTheCProgram) {
  for (const char* line_end : {"", "\n"}) {
    const WordVectors vectors = WordVectors::load(file(binary(line_end)));
    EXPECT_EQ(vectors.vocab().tokens(), (Words{"</s>", "word", "\u6211"}));
    EXPECT_EQ(vectors.size(), 3U);
    EXPECT_EQ(vectors.dimensions(), 2);
    EXPECT_EQ(vectors.vectors().dtype(), kFloat32);
    EXPECT_EQ(vectors.vectors().to_vector<float>(), (std::vector<float>{0, 0, 1.5F, -2, 3, 1e-3F}));
    EXPECT_EQ(vectors["word"].to_vector<float>(), (std::vector<float>{1.5F, -2}));
  }
}

TEST_F(WordVectorsTest, ReadsTextFiles) {
  const WordVectors vectors = load_text("2 3\nthe 0.5 -1 2e-3\nof 1 2 3 \r\n");
  EXPECT_EQ(vectors.vocab().tokens(), (Words{"the", "of"}));
  EXPECT_EQ(vectors.vectors().to_vector<float>(), (std::vector<float>{0.5F, -1, 2e-3F, 1, 2, 3}));
}

TEST_F(WordVectorsTest, AByteOrderMarkIsNoPartOfTheFirstWord) {
  EXPECT_EQ(load_text("\xEF\xBB\xBF"
                      "1 1\nthe 1\n")
                .vocab()
                .tokens(),
            Words{"the"});
  const std::string mark = "\xEF\xBB\xBFthe 1\nof 2\n";
  EXPECT_EQ(WordVectors::load(file(mark), {.binary = false, .header = false}).vocab().tokens(), (Words{"the", "of"}));
}

TEST_F(WordVectorsTest, NumbersTooLargeForFloat32AreRefused) {
  EXPECT_THAT([this] { load_text("2 2\na 1 2\nb 1 1e39\n"); },
              ThrowsMessage<FileError>(HasSubstr("line 3: element 2 is too large for float32: 1e39")));
  EXPECT_EQ(load_text("1 1\na 1e-60\n")["a"].item<float>(), 0);
}

TEST_F(WordVectorsTest, WordsAndLinesHaveALimit) {
  const std::string endless((std::size_t{1} << 26) + 1, 'x');
  EXPECT_THAT([&] { WordVectors::load(file("1 2\n" + endless)); },
              ThrowsMessage<FileError>(HasSubstr("word 1 is longer than 67108864 bytes")));
  EXPECT_THAT([&] { load_text("1 2\n" + endless); },
              ThrowsMessage<FileError>(HasSubstr("the line from byte 4 on is longer than 67108864 bytes")));
}

TEST_F(WordVectorsTest, ReadsTextFilesWithoutAHeader) {
  const WordVectors vectors =
      WordVectors::load(file("the 0.5 -1\nof 1 2\n"), {.binary = false, .header = false, .limit = 5});
  EXPECT_EQ(vectors.vectors().sizes(), (IntArrayRef{2, 2}));
  EXPECT_THROW(WordVectors::load(file(""), {.binary = false, .header = false}), FileError);
}

TEST_F(WordVectorsTest, TheFirstVectorOfAWordCounts) {
  const WordVectors vectors = load_text("3 1\na 1\na 2\nb 3\n");
  EXPECT_EQ(vectors.vocab().tokens(), (Words{"a", "b"}));
  EXPECT_EQ(vectors.vectors().to_vector<float>(), (std::vector<float>{1, 3}));
}

TEST_F(WordVectorsTest, ALimitReadsTheFirstWords) {
  EXPECT_EQ(WordVectors::load(file(binary()), {.limit = 2}).vocab().tokens(), (Words{"</s>", "word"}));
  EXPECT_EQ(WordVectors::load(file(binary()), {.limit = 0}).size(), 0U);
}

TEST_F(WordVectorsTest, WhatIsSavedReadsBack) {
  const WordVectors vectors(Vocab({"a", "\u6211"}), tensor({{1.0 / 3, 2.0}, {-1e-30, 4e30}}));
  for (const bool is_binary : {true, false}) {
    vectors.save(path("saved"), {.binary = is_binary});
    const WordVectors again = WordVectors::load(path("saved"), {.binary = is_binary});
    EXPECT_EQ(again.vocab().tokens(), vectors.vocab().tokens());
    EXPECT_TRUE(again.vectors().equal(vectors.vectors()));
  }
  EXPECT_THROW(WordVectors(Vocab({"a b"}), ones({1, 2})).save(path("saved")), ValueError);
}

TEST_F(WordVectorsTest, UnknownWordsFallBack) {
  WordVectors vectors(Vocab({"the", "of"}), tensor({{1.0, 2.0}, {3.0, 4.0}}));
  using Row = std::vector<float>;
  EXPECT_THROW(vectors["The"], IndexError);
  EXPECT_EQ(vectors.get_vecs_by_tokens({"of", "The", "xyz"}).to_vector<float>(), (Row{3, 4, 0, 0, 0, 0}));
  EXPECT_EQ(vectors.get_vecs_by_tokens({"The", "xyz"}, true, tensor({9.0, 9.0})).to_vector<float>(), (Row{1, 2, 9, 9}));
  vectors.vocab().set_default_index(1);
  EXPECT_EQ(vectors["The"].to_vector<float>(), (Row{3, 4}));
  EXPECT_EQ(vectors.get_vecs_by_tokens({"xyz"}, false, tensor({9.0, 9.0})).to_vector<float>(), (Row{3, 4}));
  EXPECT_THROW(vectors.get_vecs_by_tokens({"of"}, false, ones({3})), ShapeError);
}

TEST_F(WordVectorsTest, EveryTruncationIsReportedWithThePosition) {
  const std::string whole = binary();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THROW(WordVectors::load(file(whole.substr(0, length))), FileError) << length;
  }
  const auto load = [this](const std::string& content) { return [=, this] { WordVectors::load(file(content)); }; };
  EXPECT_THAT(load(whole.substr(0, whole.size() - 1)),
              ThrowsMessage<FileError>(
                  AllOf(HasSubstr(path("vectors")), HasSubstr("word 3 of 3: expected 8 bytes from byte 34 on, got 7"))));
  EXPECT_THAT(load("3 2\nabcdefghij"), ThrowsMessage<FileError>(HasSubstr("ends at byte 14, in word 1 of 3")));
}

TEST_F(WordVectorsTest, BadHeadersAreRefusedAndAskForNoMemory) {
  for (const char* header : {"", "3", "3 2 1\n", "-3 2\n", "3 x\n", "3 0\n", "99999999999999999999 2\n"}) {
    EXPECT_THROW(WordVectors::load(file(header)), FileError) << header;
    EXPECT_THROW(load_text(header), FileError) << header;
  }
  // Promises of more than the file has.
  EXPECT_THROW(WordVectors::load(file("18446744073709551615 2\na " + bytes({1, 2}))), FileError);
  EXPECT_THROW(WordVectors::load(file("1 2000000000\na " + bytes({1, 2}))), FileError);
  EXPECT_THROW(load_text("1 2000000000\na 1 2\n"), FileError);
  EXPECT_THROW(WordVectors::load(file(std::string(100000, 'x'))), FileError);
}

TEST_F(WordVectorsTest, BadLinesAreReported) {
  const auto load = [this](const std::string& content) { return [=, this] { load_text(content); }; };
  EXPECT_THAT(load("2 2\na 1 2\nb 1\n"),
              ThrowsMessage<FileError>(HasSubstr("line 3: expected a word and 2 numbers, got 2 fields")));
  EXPECT_THAT(load("2 2\na 1 2\nb 1 1.2.3\n"),
              ThrowsMessage<FileError>(HasSubstr("line 3: expected a number as element 2, got \"1.2.3\"")));
  EXPECT_THAT(load("2 2\na 1 2\n"), ThrowsMessage<FileError>(HasSubstr("line 3: the file ends after 1 words, expected 2")));
}

TEST_F(WordVectorsTest, BadArgumentsAreRefused) {
  EXPECT_THROW(WordVectors(Vocab({"a"}), ones({2, 3})), ShapeError);
  EXPECT_THROW(WordVectors(Vocab({"a"}), ones({1})), ShapeError);
  EXPECT_THROW(WordVectors(Vocab({"a"}), ones({1, 3}, kInt64)), TypeError);
  EXPECT_THROW(WordVectors::load(file(binary()), {.limit = -2}), ValueError);
  EXPECT_THROW(WordVectors::load(file(binary()), {.header = false}), ValueError);
  EXPECT_THROW(WordVectors::load(path("nothing")), FileError);
}

}  // namespace
}  // namespace xgrad::data
