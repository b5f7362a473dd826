/// What the readers of files share: nothing in a file is believed. For .cpp files of this folder.
#pragma once

#include <cstddef>
#include <string>

namespace xgrad::detail {

/// No tensor of a file may have more.
inline constexpr std::size_t most_dimensions = 64;

/// A name out of a file, for messages: quoted, escaped, and cut where it is long.
std::string quote_name(const std::string& name);

}  // namespace xgrad::detail
