#include "data/text/imdb.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "autograd/base/check.h"
#include "data/text/text_file.h"

namespace xgrad::data {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t longest_review = std::uint64_t{1} << 24;

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

/// The number of a review file, ID of `ID_RATING.txt`.
std::optional<std::uint64_t> review_number(const std::string& file_name) {
  constexpr std::string_view ending = ".txt";
  if (!file_name.ends_with(ending)) return std::nullopt;
  const char* end = file_name.data() + file_name.size() - ending.size();
  std::uint64_t number = 0;
  std::uint64_t rating = 0;
  const auto [underscore, number_error] = std::from_chars(file_name.data(), end, number);
  if (number_error != std::errc() || underscore == end || *underscore != '_') return std::nullopt;
  const auto [stop, rating_error] = std::from_chars(underscore + 1, end, rating);
  if (rating_error != std::errc() || stop != end) return std::nullopt;
  return number;
}

void read_reviews(const fs::path& folder, std::int64_t label, std::vector<LabeledText>& reviews) {
  check<FileError>(is_folder(folder), "read_imdb: there is no folder {}: expected reviews in it, such as 0_9.txt",
                   folder.string());
  std::vector<std::pair<std::uint64_t, std::string>> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (const auto number = review_number(name)) files.emplace_back(*number, std::move(name));
  }
  check<FileError>(!error, "read_imdb: cannot read the folder {}: {}", folder.string(), error.message());
  check<FileError>(!files.empty(), "read_imdb: no reviews in {}: expected files such as 0_9.txt", folder.string());
  std::sort(files.begin(), files.end());
  for (const auto& [number, name] : files) {
    reviews.push_back({detail::read_text_file((folder / name).string(), longest_review), label});
  }
}

}  // namespace

std::vector<LabeledText> read_imdb(const std::string& folder, const std::string& split) {
  check<ValueError>(split == "train" || split == "test", R"(read_imdb: expected split "train" or "test", got "{}")", split);
  fs::path root = folder;
  if (!is_folder(root / split) && is_folder(root / "aclImdb")) root /= "aclImdb";
  check<FileError>(is_folder(root / split), "read_imdb: {} is not the extracted aclImdb folder: expected {} in it", folder,
                   split + "/neg and " + split + "/pos");
  std::vector<LabeledText> reviews;
  read_reviews(root / split / "neg", 0, reviews);
  read_reviews(root / split / "pos", 1, reviews);
  return reviews;
}

}  // namespace xgrad::data
