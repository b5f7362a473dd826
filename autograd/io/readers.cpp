#include "autograd/io/readers.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "autograd/base/check.h"
#include "autograd/base/shape.h"
#include "autograd/tensor/creation.h"

namespace xgrad::detail {

Tensor tensor_in_file(const std::shared_ptr<std::byte>& data, IntArrayRef sizes, Dtype dtype) {
  if (reinterpret_cast<std::uintptr_t>(data.get()) % element_size(dtype) == 0) {
    const auto bytes = static_cast<std::size_t>(number_of_elements(sizes)) * element_size(dtype);
    return from_blob(
        data.get(), sizes, [data, bytes](void* /*data*/) { InputFile::release(data.get(), bytes); }, dtype);
  }
  Tensor copy = empty(sizes, dtype);
  std::memcpy(copy.data_ptr(), data.get(), copy.nbytes());
  return copy;
}

void check_bools(const Tensor& tensor, const std::string& description) {
  if (tensor.dtype() != kBool) return;
  const auto* bytes = static_cast<const unsigned char*>(tensor.data_ptr());
  const bool valid = std::all_of(bytes, bytes + tensor.numel(), [](unsigned char byte) { return byte <= 1; });
  check<FileError>(valid, "{}: a bool is neither 0 nor 1", description);
}

}  // namespace xgrad::detail
