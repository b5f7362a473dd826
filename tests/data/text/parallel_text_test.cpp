#include "data/text/parallel_text.h"

#include <gmock/gmock.h>

#include "autograd/base/error.h"
#include "tests/data/gzip.h"

namespace xgrad::data {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class ParallelTextTest : public TemporaryFolder {
 protected:
  std::string file(const std::string& content, const std::string& name = "pairs") const {
    write_text(path(name), content);
    return path(name);
  }
};

TEST_F(ParallelTextTest, PairsBetweenTabs) {
  ParallelTextReader reader(file(gzip("Go.\tVa !\tCC-BY\n\nHi. \t Salut.\r\n\tSeul\nRun!\tCours !")));
  TextPair pair;
  ASSERT_TRUE(reader.next(pair));
  EXPECT_EQ(pair.source, "Go.");
  EXPECT_EQ(pair.target, "Va !");
  ASSERT_TRUE(reader.next(pair));
  EXPECT_EQ(pair.target, "Salut.");
  EXPECT_EQ(reader.line(), 3U);
  ASSERT_TRUE(reader.next(pair));
  EXPECT_EQ(pair.target, "Cours !");
  EXPECT_FALSE(reader.next(pair));
  EXPECT_EQ(
      reader.counts().describe(),
      "3 pairs; passed over 1 empty line; passed over 1 pair with an empty side; passed over what stands behind the second column "
      "of 1 line");
}

TEST_F(ParallelTextTest, TwoFiles) {
  const auto pairs = read_parallel_text(file("Go.\n\nHi.\n", "en"), file("Va !\n\nSalut.", "fr"));
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[1].source, "Hi.");
  EXPECT_EQ(pairs[1].target, "Salut.");
  EXPECT_THAT([this] { read_parallel_text(path("en"), file("Va !\n", "fr")); },
              ThrowsMessage<FileError>(HasSubstr("en, line 2: ")));
}

TEST_F(ParallelTextTest, BadFilesAreRefusedWithTheLine) {
  EXPECT_THAT([this] { read_parallel_text(file("a\tb\nno tab\n")); },
              ThrowsMessage<FileError>(HasSubstr("line 2: expected a sentence, a tab")));
  EXPECT_THROW(read_parallel_text(file("")), FileError);
  EXPECT_THROW(read_parallel_text(path("nothing")), FileError);
  EXPECT_THAT([this] { read_parallel_text(file("a\tcaf\xe9\n")); },
              ThrowsMessage<FileError>(HasSubstr("line 1: the byte 0xe9")));
  EXPECT_EQ(read_parallel_text(file("a\tcaf\xe9\n"), Encoding::Latin1)[0].target, "caf\u00e9");
}

}  // namespace
}  // namespace xgrad::data
