#include "data/text/vocab.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "tests/autograd/io/files.h"

namespace xgrad::data {
namespace {

using Words = std::vector<std::string>;

const std::vector<Words> texts = {{"the", "film", "the", "end"}, {"a", "film", "the", "a"}, {"zoo"}};

TEST(BuildVocab, MostFrequentFirstThenAlphabetically) {
  EXPECT_EQ(build_vocab(texts).tokens(), (Words{"the", "a", "film", "end", "zoo"}));
}

TEST(BuildVocab, CountedTokensGiveTheSame) {
  TokenCounts counts;
  for (const Words& text : texts) count_tokens(text, counts);
  EXPECT_EQ(counts["the"], 3);
  EXPECT_EQ(build_vocab(counts).tokens(), build_vocab(texts).tokens());
}

TEST(BuildVocab, SpecialsComeFirstAndOnlyOnce) {
  const Vocab vocab = build_vocab(texts, {.specials = {"<pad>", "the", "<unk>"}, .default_index = 2});
  EXPECT_EQ(vocab.tokens(), (Words{"<pad>", "the", "<unk>", "a", "film", "end", "zoo"}));
  EXPECT_EQ(vocab.default_index(), 2);
}

TEST(BuildVocab, LeavesOutWhatIsRareOrBeyondTheSize) {
  EXPECT_EQ(build_vocab(texts, {.min_frequency = 2}).tokens(), (Words{"the", "a", "film"}));
  EXPECT_EQ(build_vocab(texts, {.max_size = 3, .specials = {"<unk>"}}).tokens(), (Words{"<unk>", "the", "a"}));
  EXPECT_EQ(build_vocab(texts, {.max_size = 1, .specials = {"<unk>"}}).tokens(), Words{"<unk>"});
  EXPECT_EQ(build_vocab(texts, {.max_size = 100}).size(), 5U);
}

TEST(BuildVocab, RefusesOptionsThatMakeNoSense) {
  EXPECT_THROW(build_vocab(texts, {.min_frequency = 0}), ValueError);
  EXPECT_THROW(build_vocab(texts, {.max_size = 1, .specials = {"<pad>", "<unk>"}}), ValueError);
  EXPECT_THROW(build_vocab(texts, {.specials = {"<unk>", "<unk>"}}), ValueError);
  EXPECT_THROW(build_vocab(texts, {.default_index = 5}), IndexError);
}

TEST(Vocab, LooksUpBothWays) {
  const Vocab vocab({"<unk>", "a", "b"});
  EXPECT_EQ(vocab["b"], 2);
  EXPECT_TRUE(vocab.contains("a"));
  EXPECT_FALSE(vocab.contains("c"));
  EXPECT_EQ(vocab.lookup_indices({"b", "a", "b"}), (std::vector<std::int64_t>{2, 1, 2}));
  EXPECT_EQ(vocab.lookup_token(1), "a");
  EXPECT_EQ(vocab.lookup_tokens({2, 0}), (Words{"b", "<unk>"}));
  EXPECT_THROW(vocab.lookup_token(3), IndexError);
  EXPECT_THROW(vocab.lookup_token(-1), IndexError);
}

TEST(Vocab, UnknownTokensHaveTheDefaultIndexOrAreAnError) {
  Vocab vocab({"<unk>", "a"});
  try {
    vocab["nowhere"];
    ADD_FAILURE() << "no exception";
  } catch (const IndexError& error) {
    EXPECT_NE(std::string(error.what()).find("\"nowhere\""), std::string::npos) << error.what();
  }
  EXPECT_THROW(vocab.lookup_indices({"a", "nowhere"}), IndexError);
  vocab.set_default_index(0);
  EXPECT_EQ(vocab["nowhere"], 0);
  EXPECT_FALSE(vocab.contains("nowhere"));
  EXPECT_THROW(vocab.set_default_index(2), IndexError);
  EXPECT_THROW(vocab.set_default_index(-1), IndexError);
  EXPECT_EQ(vocab.default_index(), 0);  // a refused one changes nothing
  vocab.set_default_index(std::nullopt);
  EXPECT_THROW(vocab["nowhere"], IndexError);
}

TEST(Vocab, RefusesATokenThatComesTwice) { EXPECT_THROW(Vocab({"a", "b", "a"}), ValueError); }

class VocabFile : public TemporaryFolder {
 protected:
  std::string error_of(const std::string& content) const {
    write_text(path("vocab.txt"), content);
    try {
      Vocab::load(path("vocab.txt"));
    } catch (const FileError& error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_F(VocabFile, GoesThereAndBack) {
  const Vocab vocab({"<pad>", "<unk>", "", " ", "\n", "\r\n", "\\", "\\n", "é", "日本", "\xFF", "\t#"}, 1);
  vocab.save(path("vocab.txt"));
  const Vocab loaded = Vocab::load(path("vocab.txt"));
  EXPECT_EQ(loaded.tokens(), vocab.tokens());
  EXPECT_EQ(loaded.default_index(), 1);
  EXPECT_EQ(loaded["日本"], 9);
  EXPECT_EQ(loaded["nowhere"], 1);
  EXPECT_EQ(names(), Words{"vocab.txt"});  // nothing temporary is left
}

TEST_F(VocabFile, NoDefaultIndexStaysNone) {
  Vocab({"a"}).save(path("vocab.txt"));
  EXPECT_EQ(Vocab::load(path("vocab.txt")).default_index(), std::nullopt);
  Vocab().save(path("vocab.txt"));
  EXPECT_EQ(Vocab::load(path("vocab.txt")).size(), 0U);
}

TEST_F(VocabFile, IsALinePerTokenBelowAHeader) {
  Vocab({"a", "b\nc"}, 0).save(path("vocab.txt"));
  EXPECT_EQ(read_text(path("vocab.txt")), "xgrad-vocab 1 2 0\na\nb\\nc\n");
}

TEST_F(VocabFile, ReplacesAnOldOne) {
  Vocab({"a", "b", "c"}).save(path("vocab.txt"));
  Vocab({"d"}).save(path("vocab.txt"));
  EXPECT_EQ(Vocab::load(path("vocab.txt")).tokens(), Words{"d"});
  EXPECT_THROW(Vocab({"e"}).save(path("missing/vocab.txt")), FileError);
}

TEST_F(VocabFile, ErrorsNameTheFileAndTheLine) {
  const std::string message = error_of("xgrad-vocab 1 3 -\na\nb\na\n");
  EXPECT_NE(message.find(path("vocab.txt")), std::string::npos) << message;
  EXPECT_NE(message.find("line 4"), std::string::npos) << message;
  EXPECT_NE(message.find("\"a\" comes twice"), std::string::npos) << message;
}

TEST_F(VocabFile, RefusesWhatIsNoVocabulary) {
  EXPECT_THROW(Vocab::load(path("missing.txt")), FileError);
  EXPECT_THROW(Vocab::load(path("")), FileError);  // a folder
  for (const std::string content :
       {"", "\n", "hello\n", "xgrad-vocab 2 1 -\na\n", "xgrad-vocab 1\n", "xgrad-vocab 1 \n", "xgrad-vocab 1 x -\n",
        "xgrad-vocab 1 -1 -\n", "xgrad-vocab 1 1\na\n", "xgrad-vocab 1 1 \na\n", "xgrad-vocab 1 1 - \na\n",
        "xgrad-vocab 1 1 0x\na\n", "xgrad-vocab 1 99999999999999999999 -\na\n", "xgrad-vocab 11 1 -\na\n"}) {
    EXPECT_NE(error_of(content).find("line 1"), std::string::npos) << content << ": " << error_of(content);
  }
}

TEST_F(VocabFile, RefusesADefaultIndexOutOfRange) {
  EXPECT_NE(error_of("xgrad-vocab 1 1 1\na\n").find("default index 1"), std::string::npos);
  EXPECT_NE(error_of("xgrad-vocab 1 0 0\n").find("default index 0"), std::string::npos);
}

TEST_F(VocabFile, RefusesTooFewAndTooManyLines) {
  EXPECT_NE(error_of("xgrad-vocab 1 2 -\na\n").find("line 3: the file ends too early"), std::string::npos);
  EXPECT_NE(error_of("xgrad-vocab 1 2 -\na\nb").find("line 3: the line is cut off"), std::string::npos);
  EXPECT_NE(error_of("xgrad-vocab 1 1 -\na\nb\n").find("line 3: expected the end"), std::string::npos);
  // A header that claims more than any memory could hold costs nothing.
  EXPECT_NE(error_of("xgrad-vocab 1 9000000000000000000 -\na\n").find("line 3"), std::string::npos);
}

TEST_F(VocabFile, RefusesUnknownEscapesAndCarriageReturns) {
  EXPECT_NE(error_of("xgrad-vocab 1 1 -\n\\t\n").find("line 2: expected \\\\"), std::string::npos);
  EXPECT_NE(error_of("xgrad-vocab 1 1 -\na\\\n").find("line 2: expected \\\\"), std::string::npos);
  EXPECT_NE(error_of("xgrad-vocab 1 1 -\na\r\n").find("line 2: a bare carriage return"), std::string::npos);
}

}  // namespace
}  // namespace xgrad::data
