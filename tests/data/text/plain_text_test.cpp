#include "data/text/plain_text.h"

#include <filesystem>

#include "autograd/base/error.h"
#include "tests/autograd/io/files.h"

namespace xgrad::data {
namespace {

namespace fs = std::filesystem;

class PlainTextTest : public TemporaryFolder {};

TEST_F(PlainTextTest, LinksThatLeadInCirclesEnd) {
  fs::create_directories(path("texts/below"));
  write_text(path("texts/one.txt"), "a\n");
  write_text(path("texts/below/two.txt"), "b\n");
  fs::create_directory_symlink(path("texts"), path("texts/x"));
  fs::create_directory_symlink(path("texts"), path("texts/y"));
  fs::create_directory_symlink("..", path("texts/below/z"));
  EXPECT_EQ(list_files(path("texts")), (std::vector<std::string>{path("texts/below/two.txt"), path("texts/one.txt")}));
  EXPECT_EQ(read_plain_text({path("texts")}).text, "b\na\n");
  EXPECT_THROW(list_files(path("texts/nothing/")).at(1), std::exception);
}

}  // namespace
}  // namespace xgrad::data
