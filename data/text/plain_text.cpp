#include "data/text/plain_text.h"

#include <cstddef>
#include <filesystem>
#include <set>
#include <system_error>

#include "autograd/base/check.h"
#include "data/text/folder.h"

namespace xgrad::data {

namespace {

namespace fs = std::filesystem;

/// Links may lead in circles, and several of them to one folder: `visited` holds the folders that they come down to.
void add_files(const fs::path& folder, int depth, std::set<fs::path>& visited, std::vector<std::string>& files) {
  std::error_code unresolved;
  const fs::path canonical = fs::canonical(folder, unresolved);
  if (!visited.insert(unresolved ? folder : canonical).second) return;
  constexpr int deepest = 64;
  check<FileError>(depth <= deepest, "{}: folders within folders, deeper than {} levels", folder.string(), deepest);
  for (const fs::path& entry : detail::visible_entries(folder)) {
    std::error_code error;
    if (fs::is_directory(entry, error)) add_files(entry, depth + 1, visited, files);
    else files.push_back(entry.string());
  }
}

}  // namespace

std::vector<std::string> list_files(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return {path};
  std::vector<std::string> files;
  std::set<fs::path> visited;
  add_files(path, 0, visited, files);
  check<FileError>(!files.empty(), "{}: the folder holds no file", path);
  return files;
}

std::string PlainText::describe() const {
  const auto plural = [](std::size_t count) { return count == 1 ? "" : "s"; };
  return fmt::format(
      "{} file{}, {} line{}, {} bytes{}", files.size(), plural(files.size()), lines, plural(lines), text.size(),
      empty_files == 0 ? "" : fmt::format("; {} of the files {} empty", empty_files, empty_files == 1 ? "is" : "are"));
}

PlainText read_plain_text(const std::vector<std::string>& paths, Encoding encoding) {
  check<ValueError>(!paths.empty(), "read_plain_text: expected a file or a folder, got none");
  PlainText result;
  for (const std::string& path : paths) {
    for (const std::string& file : list_files(path)) {
      LineReader reader(file, encoding);
      const std::size_t before = result.text.size();
      for (std::string line; reader.next(line);) (result.text += line) += '\n';
      result.lines += reader.line();
      result.empty_files += result.text.size() == before ? 1 : 0;
      result.files.push_back(file);
    }
  }
  return result;
}

}  // namespace xgrad::data
