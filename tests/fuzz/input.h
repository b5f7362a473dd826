/// What the fuzz targets share.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "autograd/tensor/tensor.h"

namespace xgrad::fuzz {

/// The fuzzer's bytes as a file in memory.
class MemoryFile {
 public:
  MemoryFile(const std::uint8_t* data, std::size_t size) : descriptor_(::memfd_create("fuzz", 0)) {
    if (descriptor_ < 0 || ::write(descriptor_, data, size) != static_cast<ssize_t>(size)) std::abort();
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// Reads the first and the last element, which have to lie in the tensor's memory.
inline void touch(const Tensor& tensor) {
  if (tensor.numel() == 0) return;
  std::int64_t last = 0;
  for (std::int64_t dim = 0; dim < tensor.dim(); ++dim) last += (tensor.size(dim) - 1) * tensor.stride(dim);
  const auto* bytes = static_cast<const volatile unsigned char*>(tensor.data_ptr());
  const auto width = static_cast<std::int64_t>(tensor.element_size());
  static_cast<void>(bytes[0]);
  static_cast<void>(bytes[last * width + width - 1]);
}

inline void touch(const std::map<std::string, Tensor>& tensors) {
  for (const auto& [name, tensor] : tensors) touch(tensor);
}

}  // namespace xgrad::fuzz
