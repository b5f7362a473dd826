/// The header of an npy file: text from and to its meaning. For .cpp files of this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "autograd/base/scalar_type.h"
#include "autograd/base/shape.h"

namespace xgrad::detail {

/// "\x93NUMPY", the version, and the length of the header in version 1.
inline constexpr std::size_t npy_prefix_bytes = 10;
inline constexpr std::string_view npy_magic = "\x93NUMPY";
/// Longer headers are refused: a shape of 64 dimensions takes no more.
inline constexpr std::uint64_t longest_npy_header = 65'536;

/// What a header says.
struct NpyHeader {
  Dtype dtype = kFloat32;
  bool swapped = false;        ///< big-endian
  bool fortran_order = false;  ///< the first index runs fastest
  DimVector shape;
  std::uint64_t bytes = 0;  ///< of the elements
};

/// Reads the header's text, which is a Python dictionary. Throws FileError that begins with `description`.
NpyHeader parse_npy_header(std::string_view text, const std::string& description);

/// Everything that comes before the elements: version 1, padded to 64 bytes. Throws ValueError for a dtype that NumPy does
/// not have; `operation` is for the message.
std::string format_npy_header(const char* operation, Dtype dtype, IntArrayRef shape);

}  // namespace xgrad::detail
