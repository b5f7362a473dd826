/// The header of a safetensors file: text from and to its meaning. For .cpp files of this folder.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/scalar_type.h"
#include "autograd/base/shape.h"

namespace xgrad::detail {

/// Longer headers are refused, as by the format's own library.
inline constexpr std::uint64_t longest_safetensors_header = 100'000'000;

struct SafetensorsEntry {
  std::string name;
  Dtype dtype = kFloat32;
  DimVector shape;
  std::uint64_t begin = 0;  ///< of the elements, in bytes after the header
  std::uint64_t end = 0;
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;  ///< in the order of their data
  std::map<std::string, std::string> metadata;
};

/// Reads a header. Afterwards every entry's bytes are those of its shape and dtype, and the entries cover `data_bytes`
/// without a hole or an overlap. Throws FileError that names `path`.
SafetensorsHeader parse_safetensors_header(std::string_view text, std::uint64_t data_bytes, const std::string& path);

/// Text for `parse_safetensors_header`, padded so that data of any dtype is aligned after the length and the header.
/// Throws ValueError where a name or a text is not UTF-8.
std::string format_safetensors_header(const SafetensorsHeader& header);

}  // namespace xgrad::detail
