#include "autograd/base/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <stdexcept>

#include "autograd/base/error.h"
#include "tests/autograd/io/files.h"

namespace xgrad {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class AtomicFileTest : public TemporaryFolder {};

TEST_F(AtomicFileTest, CommitPutsEverythingWrittenInPlace) {
  const std::string large(200'000, 'x');
  AtomicFile file(path("new.bin"));
  file.write("abc");
  file.write(large);
  file.write("def");
  file.commit();
  EXPECT_EQ(read_text(path("new.bin")), "abc" + large + "def");
  EXPECT_THAT(names(), testing::ElementsAre("new.bin"));
}

TEST_F(AtomicFileTest, OldContentStaysUntilCommit) {
  write_text(path("file"), "old");
  AtomicFile file(path("file"));
  file.write(std::string(100'000, 'n'));
  EXPECT_EQ(read_text(path("file")), "old");
  file.commit();
  EXPECT_EQ(read_text(path("file")).size(), 100'000U);
}

TEST_F(AtomicFileTest, AnExceptionBeforeCommitLeavesTheOldFileAndNothingElse) {
  write_text(path("file"), "old");
  try {
    AtomicFile file(path("file"));
    file.write(std::string(100'000, 'n'));
    throw std::runtime_error("interrupted");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(read_text(path("file")), "old");
  EXPECT_THAT(names(), testing::ElementsAre("file"));
}

TEST_F(AtomicFileTest, PermissionsOfTheOldFileAreKept) {
  write_text(path("file"), "old");
  ASSERT_EQ(::chmod(path("file").c_str(), 0640), 0);
  AtomicFile file(path("file"));
  file.write("new");
  file.commit();
  struct stat status {};
  ASSERT_EQ(::stat(path("file").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640U);
}

TEST_F(AtomicFileTest, ALinkIsFollowedAndStaysALink) {
  std::filesystem::create_directory(path("real"));
  write_text(path("real/file"), "old");
  std::filesystem::create_symlink("real/file", path("link"));
  AtomicFile file(path("link"));
  file.write("new");
  file.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
  EXPECT_EQ(read_text(path("real/file")), "new");
}

TEST_F(AtomicFileTest, ALinkToWhatIsNotThereIsFollowedAsWell) {
  std::filesystem::create_directory(path("real"));
  std::filesystem::create_symlink("real/link", path("link"));
  std::filesystem::create_symlink("file", path("real/link"));
  AtomicFile file(path("link"));
  file.write("new");
  file.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
  EXPECT_TRUE(std::filesystem::is_symlink(path("real/link")));
  EXPECT_EQ(read_text(path("real/file")), "new");
}

TEST_F(AtomicFileTest, LinksThatLeadNowhereAreRefused) {
  std::filesystem::create_symlink("link", path("link"));
  EXPECT_THROW(AtomicFile file(path("link")), FileError);
  std::filesystem::create_symlink("missing/file", path("other"));
  EXPECT_THROW(AtomicFile file(path("other")), FileError);
}

TEST_F(AtomicFileTest, NamesOfTheGreatestLengthWork) {
  const std::string name(255, 'n');
  AtomicFile file(path(name));
  file.write("new");
  file.commit();
  EXPECT_EQ(read_text(path(name)), "new");
}

TEST_F(AtomicFileTest, FailuresNameThePathAndTheReason) {
  EXPECT_THAT([&] { AtomicFile(path("missing/file")); },
              ThrowsMessage<FileError>(testing::AllOf(HasSubstr("missing/file"), HasSubstr("No such file or directory"))));
  EXPECT_THAT([&] { AtomicFile(path("")); }, ThrowsMessage<FileError>(HasSubstr("no file name")));
}

TEST_F(AtomicFileTest, FoldersAndDevicesAreNotReplaced) {
  std::filesystem::create_directory(path("folder"));
  EXPECT_THAT([&] { AtomicFile(path("folder")); }, ThrowsMessage<FileError>(HasSubstr("not a regular file")));
  EXPECT_THAT([] { AtomicFile("/dev/null"); }, ThrowsMessage<FileError>(HasSubstr("not a regular file")));
  EXPECT_THAT(names(), testing::ElementsAre("folder"));
}

TEST_F(AtomicFileTest, AFailedReplacementRemovesTheTemporaryFile) {
  {
    AtomicFile file(path("name"));
    file.write("new");
    std::filesystem::create_directory(path("name"));
    EXPECT_THAT([&] { file.commit(); }, ThrowsMessage<FileError>(HasSubstr("cannot replace")));
  }
  EXPECT_THAT(names(), testing::ElementsAre("name"));
}

TEST_F(AtomicFileTest, NothingIsWrittenAfterCommit) {
  AtomicFile file(path("file"));
  file.commit();
  EXPECT_THROW(file.write("more"), ValueError);
  EXPECT_THROW(file.commit(), ValueError);
  EXPECT_EQ(read_text(path("file")), "");
}

TEST_F(AtomicFileTest, WrittenBytesCanBeReplacedBeforeCommit) {
  AtomicFile file(path("file"));
  file.write("0123456789");
  file.rewrite(3, "abc", 3);
  file.write("end");
  file.commit();
  EXPECT_EQ(read_text(path("file")), "012abc6789end");
}

TEST_F(AtomicFileTest, OnlyTemporariesWithoutAWriterAreStale) {
  write_text(path(".model.pt.0123456789abcdef.tmp"), "of a killed process");
  write_text(path(".model.pt.0123456789abcdeg.tmp"), "of somebody else");
  write_text(path("model.pt"), "whole");
  AtomicFile file(path("other.pt"));
  file.write("new");
  remove_stale_temporaries(path(""));
  file.commit();
  EXPECT_EQ(read_text(path("other.pt")), "new");
  EXPECT_THAT(names(), testing::ElementsAre(".model.pt.0123456789abcdeg.tmp", "model.pt", "other.pt"));
  remove_stale_temporaries(path("no such folder"));
}

}  // namespace
}  // namespace xgrad
