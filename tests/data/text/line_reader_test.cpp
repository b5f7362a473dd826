#include "data/text/line_reader.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include "autograd/base/error.h"
#include "data/text/plain_text.h"
#include "tests/data/gzip.h"

namespace xgrad::data {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using Lines = std::vector<std::string>;

class LineReaderTest : public TemporaryFolder {
 protected:
  Lines lines(const std::string& content, Encoding encoding = Encoding::Utf8) const {
    write_text(path("text"), content);
    LineReader reader(path("text"), encoding);
    Lines result;
    for (std::string line; reader.next(line);) result.push_back(line);
    EXPECT_EQ(reader.line(), result.size());
    return result;
  }
};

TEST_F(LineReaderTest, LinesEndInAnyWay) {
  EXPECT_EQ(lines("a\r\nb\n\nc"), (Lines{"a", "b", "", "c"}));
  EXPECT_EQ(lines("\xEF\xBB\xBF"
                  "a\n"),
            Lines{"a"});
  EXPECT_EQ(lines(""), Lines());
  EXPECT_EQ(lines("\n"), Lines{""});
  EXPECT_EQ(lines("\xEF\xBB"
                  "a\n",
                  Encoding::Unchecked),
            Lines{"\xEF\xBB"
                  "a"});
}

TEST_F(LineReaderTest, ALineIsReadyWhenItIsInMemory) {
  write_text(path("text"), "first\nsecond\nthird");
  LineReader reader(path("text"));
  std::string line;
  ASSERT_TRUE(reader.next(line));
  EXPECT_TRUE(reader.ready());
  ASSERT_TRUE(reader.next(line));
  EXPECT_FALSE(reader.ready());  // its end may be anywhere
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line, "third");
  EXPECT_FALSE(reader.ready());
}

TEST_F(LineReaderTest, CompressedFilesAreDecompressed) {
  std::string text;
  for (int i = 0; i < 50000; ++i) text += "line " + std::to_string(i) + " caf\u00e9\n";
  write_text(path("plain"), text);
  write_text(path("packed"), gzip(text.substr(0, 1000)) + gzip(text.substr(1000)));
  LineReader plain(path("plain"));
  LineReader packed(path("packed"));
  std::string a;
  std::string b;
  while (plain.next(a)) {
    ASSERT_TRUE(packed.next(b));
    ASSERT_EQ(a, b);
  }
  EXPECT_FALSE(packed.next(b));
}

TEST_F(LineReaderTest, DamagedCompressedFilesAreRefused) {
  const std::string packed = gzip("some text\nand more of it\n");
  for (std::size_t size = 2; size < packed.size(); ++size) {
    EXPECT_THAT([&] { lines(packed.substr(0, size)); }, ThrowsMessage<FileError>(HasSubstr("cut short"))) << size;
  }
  EXPECT_THROW(lines(packed + "more"), FileError);
  std::string flipped = packed;
  flipped[packed.size() - 6] ^= 1;  // the check sum
  EXPECT_THAT([&] { lines(flipped); }, ThrowsMessage<FileError>(HasSubstr("damaged")));
}

TEST_F(LineReaderTest, BytesThatAreNoUtf8AreReportedWithTheLine) {
  EXPECT_THAT([this] { lines("a\nb\ncaf\xe9\n"); },
              ThrowsMessage<FileError>(HasSubstr("text, line 3: the byte 0xe9 is no UTF-8: read the file as latin-1")));
  for (const char* bad : {"\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\x80", "\xE4\xBD"})
    EXPECT_THROW(lines(bad), FileError);
  EXPECT_EQ(lines("a\xE9\n", Encoding::Latin1), Lines{"a\u00e9"});
  EXPECT_EQ(lines("a\xE9\n", Encoding::Unchecked), Lines{"a\xE9"});
  EXPECT_THAT(
      [this] {
        lines(
            std::string("\xFF\xFE"
                        "a\0",
                        4));
      },
      ThrowsMessage<FileError>(HasSubstr("UTF-16")));
}

TEST_F(LineReaderTest, CharactersMayLieAcrossTheBuffersEnd) {
  for (std::size_t before = 65530; before < 65540; ++before) {
    const std::string text = std::string(before, 'x') + "\u00e9\u4f60\U0001F600";
    EXPECT_EQ(lines(text + "\n"), Lines{text});
  }
  std::string latin(70000, '\xE9');
  EXPECT_EQ(lines(latin, Encoding::Latin1).at(0).size(), 140000U);
}

TEST_F(LineReaderTest, EndlessLinesAreRefused) {
  write_text(path("text"), gzip(std::string(std::size_t{1} << 27, 'x')));
  LineReader reader(path("text"));
  std::string line;
  EXPECT_THAT([&] { reader.next(line); }, ThrowsMessage<FileError>(HasSubstr("a line is longer than")));
}

TEST_F(LineReaderTest, EmptyLinesAreCounted) {
  write_text(path("text"), "\na\n \t\r\n\nb\n\n");
  LineReader reader(path("text"));
  std::string line;
  EXPECT_TRUE(reader.next_filled(line));
  EXPECT_EQ(reader.line(), 2U);
  EXPECT_TRUE(reader.next_filled(line));
  EXPECT_FALSE(reader.next_filled(line));
  EXPECT_EQ(reader.empty_lines(), 4U);
}

TEST(EncodingTest, NamesAreThoseThatPeopleWrite) {
  for (const char* name : {"utf-8", "UTF8", "utf_8"}) EXPECT_EQ(parse_encoding(name), Encoding::Utf8);
  for (const char* name : {"latin-1", "Latin1", "ISO-8859-1"}) EXPECT_EQ(parse_encoding(name), Encoding::Latin1);
  EXPECT_THROW(parse_encoding("utf-16"), ValueError);
}

TEST_F(LineReaderTest, PlainTextComesFromFilesAndFolders) {
  std::filesystem::create_directories(path("books/b"));
  write_text(path("books/z.txt"), "last");
  write_text(path("books/b/1.txt"), "first\r\n");
  write_text(path("books/.hidden"), "no");
  write_text(path("books/empty"), "");
  const PlainText text = read_plain_text({path("books"), path("books/z.txt")});
  EXPECT_EQ(text.text, "first\nlast\nlast\n");
  EXPECT_EQ(text.describe(), "4 files, 3 lines, 16 bytes; 1 of the files is empty");
  EXPECT_THROW(read_plain_text({}), ValueError);
  EXPECT_THROW(read_plain_text({path("nothing")}), FileError);
  std::filesystem::create_directories(path("bare"));
  EXPECT_THROW(read_plain_text({path("bare")}), FileError);
}

}  // namespace
}  // namespace xgrad::data
