#include "data/text/imdb.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "tests/autograd/io/files.h"

namespace xgrad::data {
namespace {

class Imdb : public TemporaryFolder {
 protected:
  void review(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    write_text(path(name), text);
  }
  std::string error_of(const std::string& folder, const std::string& split = "train") const {
    try {
      read_imdb(folder, split);
    } catch (const FileError& error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_F(Imdb, ReadsASplitByClassAndNumber) {
  review("aclImdb/train/pos/10_9.txt", "fine");
  review("aclImdb/train/pos/9_10.txt", "great\n");
  review("aclImdb/train/neg/2_1.txt", "b\xC3\xA4h");
  review("aclImdb/train/neg/10_3.txt", "");
  review("aclImdb/train/neg/1_4.txt", "so so");
  review("aclImdb/test/pos/0_8.txt", "other");
  review("aclImdb/test/neg/0_2.txt", "split");
  const std::vector<LabeledText> reviews = read_imdb(path("aclImdb"), "train");
  std::vector<std::string> texts;
  std::vector<std::int64_t> labels;
  for (const auto& [text, label] : reviews) {
    texts.push_back(text);
    labels.push_back(label);
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"so so", "b\xC3\xA4h", "", "great\n", "fine"}));
  EXPECT_EQ(labels, (std::vector<std::int64_t>{0, 0, 0, 1, 1}));
  EXPECT_EQ(read_imdb(path("aclImdb"), "test").at(1).text, "other");
}

TEST_F(Imdb, TakesTheFolderAbove) {
  review("aclImdb/test/pos/0_8.txt", "up");
  review("aclImdb/test/neg/0_2.txt", "down");
  EXPECT_EQ(read_imdb(path(""), "test").size(), 2U);
  EXPECT_EQ(read_imdb(path("aclImdb/"), "test").size(), 2U);
}

TEST_F(Imdb, PassesOverOtherFiles) {
  review("train/pos/0_8.txt", "up");
  review("train/neg/0_2.txt", "down");
  for (const std::string name :
       {"notes.txt", ".DS_Store", "1.txt", "1_.txt", "_1.txt", "1_2.txt.bak", "1_2_3.txt", "-1_2.txt"}) {
    review("train/neg/" + name, "no review");
  }
  EXPECT_EQ(read_imdb(path(""), "train").size(), 2U);
}

TEST_F(Imdb, AMissingFolderIsNamed) {
  EXPECT_NE(error_of(path("nowhere")).find(path("nowhere")), std::string::npos);
  EXPECT_NE(error_of(path("nowhere")).find("train/neg"), std::string::npos);
  review("train/neg/0_2.txt", "down");
  EXPECT_NE(error_of(path("")).find("train/pos"), std::string::npos);
  EXPECT_NE(error_of(path(""), "test").find("test/neg"), std::string::npos);
}

TEST_F(Imdb, AFolderWithoutReviewsIsNamed) {
  review("train/neg/0_2.txt", "down");
  std::filesystem::create_directories(path("train/pos"));
  EXPECT_NE(error_of(path("")).find("no reviews in " + path("train/pos")), std::string::npos) << error_of(path(""));
}

TEST_F(Imdb, AReviewThatIsNoFileIsAnError) {
  review("train/neg/0_2.txt", "down");
  std::filesystem::create_directories(path("train/pos/0_9.txt"));
  EXPECT_NE(error_of(path("")).find("0_9.txt"), std::string::npos) << error_of(path(""));
}

TEST_F(Imdb, RefusesOtherSplits) {
  EXPECT_THROW(read_imdb(path(""), "valid"), ValueError);
  EXPECT_THROW(read_imdb(path(""), ""), ValueError);
}

}  // namespace
}  // namespace xgrad::data
