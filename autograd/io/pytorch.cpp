#include "autograd/io/pytorch.h"

#include <cstddef>
#include <cstdint>
#include <istream>
#include <memory>
#include <ostream>
#include <sstream>
#include <string_view>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/io/input_file.h"
#include "autograd/io/pickler.h"
#include "autograd/io/readers.h"
#include "autograd/io/unpickler.h"
#include "autograd/io/untrusted.h"
#include "autograd/io/zip_archive.h"
#include "autograd/tensor/creation.h"

namespace xgrad {
namespace {

using detail::Elements;
using detail::quote_name;
using detail::ZipReader;

constexpr std::uint64_t longest_pickle = 256'000'000;
constexpr std::size_t longest_note = 64;

/// Files from before PyTorch 1.6 begin with the pickle of this magic number.
constexpr std::string_view legacy_magic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
constexpr std::string_view zip_magic = "PK\x03\x04";

/// The archives of libtorch's C++ torch::save are TorchScript modules; their pickles begin with a class. The unpickler
/// refuses those of other modules.
constexpr std::string_view libtorch_start =
    "\x80\x02"
    "c__torch__";

/// Stands for the path in messages.
constexpr const char* stream_name = "stream";

/// `text` is how the file begins.
void check_is_archive(std::string_view text, const std::string& path) {
  text = text.substr(0, legacy_magic.size());
  check<FileError>(text != legacy_magic,
                   "{}: PyTorch wrote this file before version 1.6, or in the old format; write it anew in Python: "
                   "torch.save(torch.load(path), path)",
                   path);
  check<FileError>(text.substr(0, zip_magic.size()) == zip_magic, "{}: not a file of torch.save: not a zip archive", path);
}

/// The folder in the archive that holds everything: "archive/" or the file's name.
std::string root_of(const ZipReader& archive) {
  check<FileError>(!archive.names().empty(), "{}: not a file of torch.save: an empty archive", archive.path());
  const std::string& first = archive.names().front();
  std::string root = first.substr(0, first.find('/') + 1);
  check<FileError>(!root.empty() && archive.contains(root + "data.pkl"),
                   "{}: not a file of torch.save: there is no data.pkl in the archive", archive.path());
  if (archive.contains(root + "byteorder")) {
    const std::string order = archive.read(root + "byteorder", longest_note);
    check<FileError>(order == "little", "{}: byte order {}, expected little", archive.path(), quote_name(order));
  }
  return root;
}

/// Reads an entry, or uses it where it lies in the file.
Tensor load_storage(const ZipReader& archive, const std::string& name, Dtype dtype, std::int64_t elements, Elements where) {
  detail::ZipEntry entry = archive.open(name);
  const std::size_t width = element_size(dtype);
  check<FileError>(entry.size() % width == 0 && entry.size() / width == static_cast<std::uint64_t>(elements),
                   "{}: {} has {} bytes, expected {} elements of {}", archive.path(), quote_name(name), entry.size(),
                   elements, dtype);
  Tensor memory;
  if (const std::shared_ptr<std::byte> data = where == Elements::in_file ? archive.map(name) : nullptr) {
    memory = detail::tensor_in_file(data, {elements}, dtype);
  } else {
    memory = empty({elements}, dtype);
    entry.read(memory.data_ptr(), memory.nbytes());
    entry.finish();
  }
  detail::check_bools(memory, fmt::format("{}: {}", archive.path(), quote_name(name)));
  return memory;
}

Value read_value(const ZipReader& archive, const LoadOptions& options, Elements where) {
  const std::string root = root_of(archive);
  const std::string text = archive.read(root + "data.pkl", longest_pickle);
  check<FileError>(!archive.contains(root + "constants.pkl") || text.starts_with(libtorch_start),
                   "{}: a TorchScript model; save the state_dict() of the model in Python: "
                   "torch.save(torch.jit.load(path).state_dict(), path)",
                   archive.path());
  return detail::unpickle(text, archive.path(), [&](const std::string& key, Dtype dtype, std::int64_t elements) {
    const Tensor memory = load_storage(archive, root + "data/" + key, dtype, elements, where);
    return options.widen && (dtype == kFloat16 || dtype == kBFloat16) ? memory.to(kFloat32) : memory;
  });
}

void write_value(const detail::Pickle& pickle, detail::ZipWriter& archive) {
  archive.add("archive/data.pkl", pickle.text);
  for (std::size_t i = 0; i < pickle.storages.size(); ++i) {
    const Tensor& memory = pickle.storages[i];
    archive.add(fmt::format("archive/data/{}", i), "", memory.data_ptr(), memory.nbytes());
  }
  archive.add("archive/version", "3\n");
  archive.commit();
}

}  // namespace

Value load_value(const std::string& path, const LoadOptions& options) {
  const InputFile file(path);
  check_is_archive(file.start(legacy_magic.size()), path);
  return read_value(ZipReader(file), options, Elements::copied);
}

Value detail::read_pytorch(const ZipReader& archive, const LoadOptions& options, Elements elements) {
  return read_value(archive, options, elements);
}

Value load_value(std::istream& stream, const LoadOptions& options) {
  check<FileError>(stream.good(), "{}: cannot be read", stream_name);
  std::ostringstream copied;
  copied << stream.rdbuf();
  std::string bytes = std::move(copied).str();
  check_is_archive(bytes, stream_name);
  return read_value(ZipReader(std::move(bytes), stream_name), options, Elements::copied);
}

void save_value(const Value& value, const std::string& path) {
  const detail::Pickle pickle = detail::pickle(value);
  detail::ZipWriter archive(path);
  write_value(pickle, archive);
}

void save_value(const Value& value, std::ostream& stream) {
  std::string bytes;
  const detail::Pickle pickle = detail::pickle(value);
  detail::ZipWriter archive(&bytes);
  write_value(pickle, archive);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.flush();
  check<FileError>(stream.good(), "{}: does not take {} bytes", stream_name, bytes.size());
}

}  // namespace xgrad
