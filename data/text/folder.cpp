#include "data/text/folder.h"

#include <algorithm>
#include <system_error>

#include "autograd/base/check.h"

namespace xgrad::data::detail {

std::vector<std::filesystem::path> visible_entries(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> entries;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (!entry->path().filename().string().starts_with('.')) entries.push_back(entry->path());
  }
  check<FileError>(!error, "cannot read the folder {}: {}", folder.string(), error.message());
  std::sort(entries.begin(), entries.end());
  return entries;
}

}  // namespace xgrad::data::detail
