/// Small text files as a whole.
#pragma once

#include <cstdint>
#include <string>

namespace xgrad::data::detail {

/// The content of a file. Throws FileError where it cannot be read, or is larger than `max_bytes`.
std::string read_text_file(const std::string& path, std::uint64_t max_bytes);

}  // namespace xgrad::data::detail
