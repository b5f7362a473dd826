#include "data/text/tagged_text.h"

#include <gmock/gmock.h>

#include "autograd/base/error.h"
#include "tests/data/gzip.h"

namespace xgrad::data {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using Names = std::vector<std::string>;

class TaggedTextTest : public TemporaryFolder {
 protected:
  std::string file(const std::string& content) const {
    write_text(path("tagged"), content);
    return path("tagged");
  }
  std::vector<TaggedSentence> read(const std::string& content, const TaggedTextOptions& options = {}) const {
    return read_tagged_text(file(content), options);
  }
};

const char* const conllu =
    "# text = vamonos al mar\n"
    "1-2\tvamonos\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "1\tvamos\tir\tVERB\tV\t_\t0\troot\t_\t_\n"
    "2\tnos\tnosotros\tPRON\tP\t_\t1\tobj\t_\t_\n"
    "2.1\tempty\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "3\tmar\tmar\tNOUN\t_\t_\t1\tobl\t_\t_\n"
    "\n"
    "1\tSi\tsi\tINTJ\tI\t_\t0\troot\t_\t_";

TEST_F(TaggedTextTest, ConllUWordsAreThoseOfTheText) {
  TaggedTextReader reader(file(gzip(conllu)));
  EXPECT_EQ(reader.form(), TaggedTextForm::ConllU);
  TaggedSentence sentence;
  ASSERT_TRUE(reader.next(sentence));
  EXPECT_EQ(sentence.words, (Names{"vamos", "nos", "mar"}));
  EXPECT_EQ(sentence.tags, (Names{"VERB", "PRON", "NOUN"}));
  EXPECT_EQ(sentence.line, 3U);
  ASSERT_TRUE(reader.next(sentence));
  EXPECT_EQ(sentence.words, Names{"Si"});
  EXPECT_FALSE(reader.next(sentence));
  EXPECT_EQ(reader.counts().describe(), "2 sentences, 4 words; passed over 1 comment, 1 multiword token, 1 empty node");
  EXPECT_THAT(reader.describe(), HasSubstr("words from column form, tags from column upos"));
  EXPECT_EQ(read(conllu, {.column = "DEPREL", .word_column = "2"})[0].tags, (Names{"root", "obj", "obl"}));
  EXPECT_EQ(read(conllu, {.column = "DEPREL", .word_column = "2"})[0].words[0], "ir");
  TaggedTextReader other(file(conllu), {.column = "xpos"});
  while (other.next(sentence)) continue;
  EXPECT_EQ(other.counts().untagged, 1U);
}

TEST_F(TaggedTextTest, LinesThatBeginWithANumberSignAreCommentsUnlessTheyHaveATag) {
  TaggedTextReader reader(
      file("# corpus of two sentences\n# text = Berlin , too\nBerlin B-LOC\n, O\ntoo O\n\n"
           "# id 2\n# O\n1 O\n# O\n"));
  TaggedSentence sentence;
  ASSERT_TRUE(reader.next(sentence));
  EXPECT_EQ(sentence.words, (Names{"Berlin", ",", "too"}));
  ASSERT_TRUE(reader.next(sentence));
  EXPECT_EQ(sentence.words, (Names{"#", "1", "#"}));
  EXPECT_EQ(reader.counts().comments, 3U);
  EXPECT_THAT([this] { read("a X\n# no word of it\nb X\n"); },
              ThrowsMessage<FileError>(HasSubstr("line 2: expected 2 columns, got 5")));
  TaggedTextReader lines(file("# made by hand\nthe/DET dog/NOUN\n#/SYM 1/NUM\n"));
  EXPECT_EQ(lines.form(), TaggedTextForm::WordTags);
  ASSERT_TRUE(lines.next(sentence));
  ASSERT_TRUE(lines.next(sentence));
  EXPECT_EQ(sentence.words, (Names{"#", "1"}));
  EXPECT_EQ(lines.counts().comments, 1U);
}

TEST_F(TaggedTextTest, WordsMayBeginWithANumberSign) {
  const auto sentences = read("the DET\nsun NOUN\n\n#sunday HASHTAG\nis VERB\n\n#comment\n#a comment too\nit PRON\n");
  ASSERT_EQ(sentences.size(), 3U);
  EXPECT_EQ(sentences[1].words, (Names{"#sunday", "is"}));
  EXPECT_EQ(sentences[2].words, (Names{"it"}));
}

TEST_F(TaggedTextTest, AMarkOfADocumentEndsASentence) {
  const auto sentences = read("EU ORG\nrejects O\n-DOCSTART- O\nPeter PER\n");
  ASSERT_EQ(sentences.size(), 2U);
  EXPECT_EQ(sentences[0].words, (Names{"EU", "rejects"}));
  EXPECT_EQ(sentences[1].words, (Names{"Peter"}));
}

TEST_F(TaggedTextTest, ConllUMayHaveSpacesBetweenItsColumns) {
  const auto sentences = read("# text = The dog\n1 The the DET DT _ 2 det _ _\n2 dog dog NOUN NN _ 0 root _ _\n");
  ASSERT_EQ(sentences.size(), 1U);
  EXPECT_EQ(sentences[0].words, (Names{"The", "dog"}));
  EXPECT_EQ(sentences[0].tags, (Names{"DET", "NOUN"}));
}

TEST_F(TaggedTextTest, Conll2003And2002) {
  const std::string text =
      "-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\r\n. . O O\n\n\n# NN I-NP O\nPeter NNP I-NP I-PER\n\n";
  const auto sentences = read(text);
  ASSERT_EQ(sentences.size(), 2U);
  EXPECT_EQ(sentences[0].words, (Names{"EU", "rejects", "."}));
  EXPECT_EQ(sentences[0].tags, (Names{"I-ORG", "O", "O"}));
  EXPECT_EQ(sentences[1].words[0], "#");
  EXPECT_EQ(read(text, {.column = "1"})[0].tags[0], "NNP");
  TaggedTextReader reader(file(text));
  for (TaggedSentence sentence; reader.next(sentence);) continue;
  EXPECT_EQ(reader.counts().document_marks, 1U);
  EXPECT_EQ(read("Melbourne B-LOC\n( O\n\nAustralia B-LOC\n")[1].words, Names{"Australia"});
  EXPECT_EQ(read("New York\tB-LOC\nrocks\tO\n")[0].words, (Names{"New York", "rocks"}));
}

TEST_F(TaggedTextTest, WordTagLines) {
  const auto sentences = read("The/DT 1/2/CD cat/NN\n\nsat/VBD ./.\n");
  ASSERT_EQ(sentences.size(), 2U);
  EXPECT_EQ(sentences[0].words, (Names{"The", "1/2", "cat"}));
  EXPECT_EQ(sentences[0].tags, (Names{"DT", "CD", "NN"}));
  EXPECT_EQ(sentences[1].line, 3U);
  EXPECT_EQ(read("The_DT cat_NN\n", {.separator = '_'})[0].tags, (Names{"DT", "NN"}));
}

TEST_F(TaggedTextTest, BadFilesAreRefusedWithTheLine) {
  EXPECT_THROW(read(""), FileError);
  EXPECT_THROW(read("\n\n"), FileError);
  EXPECT_THROW(read("-DOCSTART- -X- O\n\n"), FileError);
  EXPECT_THAT([this] { read("a X\nb\n"); }, ThrowsMessage<FileError>(HasSubstr("line 2: expected 2 columns, got 1")));
  EXPECT_THAT([this] { read("alone\nwords\n"); },
              ThrowsMessage<FileError>(HasSubstr("line 1: expected a word and its tag")));
  EXPECT_THAT([this] { read("a/X b/Y\nc/X d\n", {.form = TaggedTextForm::WordTags}); },
              ThrowsMessage<FileError>(HasSubstr("line 2: expected word/TAG")));
  EXPECT_THAT([this] { read("a/X b/\n", {.form = TaggedTextForm::WordTags}); },
              ThrowsMessage<FileError>(HasSubstr("the word \"b\" has no tag")));
  const std::string line = "\tx\tx\tX\tX\t_\t0\troot\t_\t_\n";
  EXPECT_THAT([&] { read("1" + line + "3" + line); }, ThrowsMessage<FileError>(HasSubstr("line 2: expected word 2, got 3")));
  EXPECT_THAT([&] { read("1" + line + "x" + line); }, ThrowsMessage<FileError>(HasSubstr("expected a number of a word")));
  EXPECT_THROW(read("1" + line + "2\tx\tX\n"), FileError);
  EXPECT_THROW(read(conllu, {.column = "part"}), ValueError);
  EXPECT_THROW(read(conllu, {.column = "10"}), ValueError);
  EXPECT_THROW(read("a X\n", {.column = "2"}), ValueError);
  EXPECT_THROW(read("a/X\n", {.column = "1"}), ValueError);
  EXPECT_THAT([this] { read("caf\xe9 X\n"); }, ThrowsMessage<FileError>(HasSubstr("line 1: the byte 0xe9")));
}

}  // namespace
}  // namespace xgrad::data
