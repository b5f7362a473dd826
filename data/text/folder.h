/// Folders of files.
#pragma once

#include <filesystem>
#include <vector>

namespace xgrad::data::detail {

/// What lies in a folder, in the order of the names; hidden files are left out. Throws FileError where it cannot be read.
std::vector<std::filesystem::path> visible_entries(const std::filesystem::path& folder);

}  // namespace xgrad::data::detail
