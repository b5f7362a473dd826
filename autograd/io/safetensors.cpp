#include "autograd/io/safetensors.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "autograd/base/atomic_file.h"
#include "autograd/base/check.h"
#include "autograd/io/input_file.h"
#include "autograd/io/readers.h"
#include "autograd/io/safetensors_header.h"
#include "autograd/io/untrusted.h"

namespace xgrad {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors files are read as they lie in memory");

using detail::quote_name;
using detail::SafetensorsEntry;
using detail::SafetensorsHeader;

constexpr std::uint64_t length_bytes = 8;

struct HeaderInFile {
  SafetensorsHeader header;
  std::uint64_t data_position;
};

HeaderInFile read_header(const InputFile& file) {
  check<FileError>(file.size() >= length_bytes, "{}: {} bytes are too few for a safetensors file", file.path(), file.size());
  std::uint64_t length = 0;
  file.read(0, &length, length_bytes);
  check<FileError>(length <= detail::longest_safetensors_header, "{}: a header of {} bytes is longer than the {} allowed",
                   file.path(), length, detail::longest_safetensors_header);
  check<FileError>(length <= file.size() - length_bytes, "{}: a header of {} bytes does not fit a file of {} bytes",
                   file.path(), length, file.size());
  std::string text(length, '\0');
  file.read(length_bytes, text.data(), length);
  const std::uint64_t data_position = length_bytes + length;
  return {detail::parse_safetensors_header(text, file.size() - data_position, file.path()), data_position};
}

}  // namespace

std::map<std::string, Tensor> load_safetensors(const std::string& path, const LoadOptions& options) {
  return detail::read_safetensors(InputFile(path), options, detail::Elements::in_file);
}

std::map<std::string, Tensor> detail::read_safetensors(const InputFile& file, const LoadOptions& options,
                                                       Elements elements) {
  const auto [header, data_position] = read_header(file);
  const std::shared_ptr<std::byte> memory = file.map();
  std::map<std::string, Tensor> tensors;
  for (const SafetensorsEntry& entry : header.entries) {
    const std::shared_ptr<std::byte> data(memory, memory.get() + data_position + entry.begin);
    const Tensor tensor = tensor_in_file(data, entry.shape, entry.dtype);
    check_bools(tensor, fmt::format("{}: {}", file.path(), quote_name(entry.name)));
    const bool widened = options.widen && (entry.dtype == kFloat16 || entry.dtype == kBFloat16);
    const bool copied = elements == Elements::copied;
    tensors.emplace(entry.name, widened ? tensor.to(kFloat32) : copied ? tensor.clone() : tensor);
  }
  return tensors;
}

std::map<std::string, std::string> load_safetensors_metadata(const std::string& path) {
  return read_header(InputFile(path)).header.metadata;
}

void save_safetensors(const std::map<std::string, Tensor>& tensors, const std::string& path,
                      const std::map<std::string, std::string>& metadata) {
  SafetensorsHeader header{.entries = {}, .metadata = metadata};
  for (const auto& [name, tensor] : tensors) {
    check<ValueError>(tensor.defined(), "save_safetensors: tensor {} is undefined", quote_name(name));
    check<ValueError>(name != "__metadata__", "save_safetensors: the format keeps the name \"__metadata__\" for itself");
  }
  for (std::size_t width = sizeof(double); width > 0; width /= 2) {  // so that all elements are aligned
    for (const auto& [name, tensor] : tensors) {
      if (tensor.element_size() != width) continue;
      header.entries.push_back({.name = name, .dtype = tensor.dtype(), .shape = to_dims(tensor.sizes())});
    }
  }
  std::uint64_t position = 0;
  for (SafetensorsEntry& entry : header.entries) {
    entry.begin = position;
    position += tensors.at(entry.name).nbytes();
    entry.end = position;
  }
  const std::string text = detail::format_safetensors_header(header);
  const std::uint64_t length = text.size();
  check<ValueError>(length <= detail::longest_safetensors_header,
                    "save_safetensors: names and metadata make a header of {} bytes, longer than the {} allowed", length,
                    detail::longest_safetensors_header);

  AtomicFile file(path);
  file.write(&length, length_bytes);
  file.write(text);
  for (const SafetensorsEntry& entry : header.entries) {
    const Tensor tensor = tensors.at(entry.name).detach().contiguous();
    file.write(tensor.data_ptr(), tensor.nbytes());
  }
  file.commit();
}

}  // namespace xgrad
