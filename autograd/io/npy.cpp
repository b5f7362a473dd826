#include "autograd/io/npy.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "autograd/base/atomic_file.h"
#include "autograd/base/check.h"
#include "autograd/io/input_file.h"
#include "autograd/io/npy_header.h"
#include "autograd/io/readers.h"
#include "autograd/io/untrusted.h"
#include "autograd/io/zip_archive.h"
#include "autograd/tensor/creation.h"

namespace xgrad {
namespace {

static_assert(std::endian::native == std::endian::little, "npy files are written as they lie in memory");

using detail::NpyHeader;

constexpr std::string_view array_suffix = ".npy";

/// The bytes of an npy file or of an entry of an npz archive, in order.
struct ByteSource {
  std::function<void(void*, std::size_t)> read;
  std::uint64_t size;
  std::string description;
  std::shared_ptr<std::byte> memory = nullptr;  ///< where all of them are, or null
};

NpyHeader read_header(const ByteSource& source, std::uint64_t& position) {
  char prefix[detail::npy_prefix_bytes];
  check<FileError>(source.size >= sizeof(prefix), "{}: {} bytes are too few for an npy file", source.description,
                   source.size);
  source.read(prefix, sizeof(prefix));
  check<FileError>(std::string_view(prefix, detail::npy_magic.size()) == detail::npy_magic, "{}: not an npy file",
                   source.description);
  const auto byte = [&](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(prefix[i])); };
  const std::uint64_t version = byte(6);
  check<FileError>(version >= 1 && version <= 3, "{}: npy version {}, expected 1 to 3", source.description, version);
  std::uint64_t length = byte(8) | byte(9) << 8;
  position = sizeof(prefix);
  if (version > 1) {
    unsigned char rest[2];
    check<FileError>(source.size >= position + sizeof(rest), "{}: ends in the npy header", source.description);
    source.read(rest, sizeof(rest));
    position += sizeof(rest);
    length |= std::uint64_t{rest[0]} << 16 | std::uint64_t{rest[1]} << 24;
  }
  check<FileError>(length <= detail::longest_npy_header, "{}: a header of {} bytes is longer than the {} allowed",
                   source.description, length, detail::longest_npy_header);
  check<FileError>(length <= source.size - position, "{}: ends in the npy header", source.description);
  std::string text(length, '\0');
  source.read(text.data(), length);
  position += length;
  return detail::parse_npy_header(text, source.description);
}

void swap_bytes(void* data, std::size_t width, std::int64_t count) {
  auto* bytes = static_cast<std::byte*>(data);
  for (std::int64_t i = 0; i < count; ++i, bytes += width) std::reverse(bytes, bytes + width);
}

Tensor read_array(const ByteSource& source, const LoadOptions& options) {
  std::uint64_t position = 0;
  const NpyHeader header = read_header(source, position);
  check<FileError>(header.bytes == source.size - position, "{}: {} of shape {} takes {} bytes, but {} follow the header",
                   source.description, header.dtype, header.shape, header.bytes, source.size - position);
  Tensor memory;
  if (source.memory && !header.swapped) {
    memory = detail::tensor_in_file({source.memory, source.memory.get() + position}, header.shape, header.dtype);
  } else {
    memory = empty(header.shape, header.dtype);
    source.read(memory.data_ptr(), memory.nbytes());
    if (header.swapped) swap_bytes(memory.data_ptr(), element_size(header.dtype), memory.numel());
  }
  detail::check_bools(memory, source.description);
  if (header.fortran_order) {
    DimVector strides;
    std::int64_t stride = 1;
    for (const std::int64_t size : header.shape) {
      strides.push_back(stride);
      stride *= std::max<std::int64_t>(size, 1);
    }
    memory = Tensor(intrusive_ptr<TensorImpl>(
        new TensorImpl(memory.impl()->storage, header.shape, std::move(strides), 0, header.dtype)));
  }
  return options.widen && (header.dtype == kFloat16) ? memory.to(kFloat32) : memory;
}

}  // namespace

Tensor load_npy(const std::string& path, const LoadOptions& options) {
  const InputFile file(path);
  std::uint64_t position = 0;
  const auto read = [&](void* data, std::size_t bytes) {
    file.read(position, data, bytes);
    position += bytes;
  };
  return read_array({read, file.size(), path}, options);
}

void save_npy(const Tensor& tensor, const std::string& path) {
  check<ValueError>(tensor.defined(), "save_npy: the tensor is undefined");
  const Tensor source = tensor.detach().contiguous();
  const std::string header = detail::format_npy_header("save_npy", source.dtype(), source.sizes());
  AtomicFile file(path);
  file.write(header);
  file.write(source.data_ptr(), source.nbytes());
  file.commit();
}

std::map<std::string, Tensor> load_npz(const std::string& path, const LoadOptions& options) {
  return detail::read_npz(detail::ZipReader(InputFile(path)), options, detail::Elements::copied);
}

std::map<std::string, Tensor> detail::read_npz(const ZipReader& archive, const LoadOptions& options, Elements elements) {
  std::map<std::string, Tensor> tensors;
  for (const std::string& name : archive.names()) {
    const std::string description = fmt::format("{}: {}", archive.path(), detail::quote_name(name));
    check<FileError>(name.ends_with(array_suffix), "{}: expected a name that ends in .npy", description);
    detail::ZipEntry entry = archive.open(name);
    const std::shared_ptr<std::byte> memory = elements == Elements::in_file ? archive.map(name) : nullptr;
    const auto read = [&](void* data, std::size_t bytes) { entry.read(data, bytes); };
    tensors.emplace(name.substr(0, name.size() - array_suffix.size()),
                    read_array({read, entry.size(), description, memory}, options));
    if (!memory) entry.finish();
  }
  return tensors;
}

void save_npz(const std::map<std::string, Tensor>& tensors, const std::string& path) {
  TensorList kept;
  detail::ZipWriter archive(path);
  for (const auto& [name, tensor] : tensors) {
    check<ValueError>(tensor.defined(), "save_npz: tensor {} is undefined", detail::quote_name(name));
    const Tensor& source = kept.emplace_back(tensor.detach().contiguous());
    archive.add(name + std::string(array_suffix), detail::format_npy_header("save_npz", source.dtype(), source.sizes()),
                source.data_ptr(), source.nbytes());
  }
  archive.commit();
}

}  // namespace xgrad
