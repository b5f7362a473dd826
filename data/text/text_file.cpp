#include "data/text/text_file.h"

#include <cstddef>

#include "autograd/base/check.h"
#include "autograd/io/input_file.h"

namespace xgrad::data::detail {

std::string read_text_file(const std::string& path, std::uint64_t max_bytes) {
  const InputFile file(path);
  check<FileError>(file.size() <= max_bytes, "{}: expected a text of at most {} bytes, got {}", path, max_bytes,
                   file.size());
  std::string text(static_cast<std::size_t>(file.size()), '\0');
  file.read(0, text.data(), text.size());
  return text;
}

}  // namespace xgrad::data::detail
