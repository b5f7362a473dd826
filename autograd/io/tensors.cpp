#include "autograd/io/tensors.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>

#include "autograd/base/check.h"
#include "autograd/io/input_file.h"
#include "autograd/io/npy.h"
#include "autograd/io/pytorch.h"
#include "autograd/io/readers.h"
#include "autograd/io/safetensors.h"
#include "autograd/io/untrusted.h"
#include "autograd/io/zip_archive.h"

namespace xgrad {
namespace {

using detail::quote_name;

constexpr std::size_t longest_name = 1000;

/// Adds the tensors below `value` under their dotted names.
void flatten(const Value& value, const std::string& name, std::map<std::string, Tensor>& tensors) {
  check<ValueError>(name.size() <= longest_name, "named_tensors: the name of a tensor is longer than {} bytes",
                    longest_name);
  const std::string prefix = name.empty() ? "" : name + ".";
  if (value.is_dict()) {
    for (const auto& [key, item] : value.dict()) {
      flatten(item, prefix + (key.is_string() ? key.string() : std::to_string(key.number())), tensors);
    }
  } else if (value.is_list()) {
    for (std::size_t i = 0; i < value.size(); ++i) flatten(value.list()[i], prefix + std::to_string(i), tensors);
  } else if (value.is_tensor()) {
    check<ValueError>(!name.empty(), "named_tensors: there is one tensor, and no name: use load_value");
    check<ValueError>(tensors.emplace(name, value.to_tensor()).second, "named_tensors: there are two tensors {}",
                      quote_name(name));
  }
}

Value dictionary(const std::map<std::string, Tensor>& tensors) {
  Value::Dict result;
  for (const auto& [name, tensor] : tensors) result[name] = tensor;
  return result;
}

}  // namespace

Value detail::read_any(const std::string& path, const LoadOptions& options, Elements elements) {
  constexpr std::size_t safetensors_prefix = 9;  // the header's length, and its first character
  const InputFile file(path);
  const std::string start = file.start(safetensors_prefix);
  if (start.size() == safetensors_prefix && start.back() == '{')
    return dictionary(read_safetensors(file, options, elements));
  check<FileError>(!start.starts_with("\x93NUMPY"), "{}: an npy file holds one tensor without a name: use load_npy", path);
  // The old format of PyTorch begins with a pickle, and is refused by its reader.
  if (start.starts_with("\x80\x02")) return load_value(path, options);
  check<FileError>(start.starts_with("PK"), "{}: expected a file of PyTorch (.pt), safetensors or NumPy (.npz)", path);
  const ZipReader archive(file);
  const auto& names = archive.names();
  const bool is_npz =
      std::all_of(names.begin(), names.end(), [](const std::string& name) { return name.ends_with(".npy"); });
  return is_npz ? dictionary(read_npz(archive, options, elements)) : read_pytorch(archive, options, elements);
}

std::map<std::string, Tensor> load_tensors(const std::string& path, const LoadOptions& options) {
  const Value value = detail::read_any(path, options, detail::Elements::copied);
  try {
    return named_tensors(value);
  } catch (const ValueError& error) {
    throw FileError(path + ": " + error.what());
  }
}

std::map<std::string, Tensor> named_tensors(const Value& value) {
  std::map<std::string, Tensor> tensors;
  flatten(value, "", tensors);
  return tensors;
}

void save_tensors(const std::map<std::string, Tensor>& tensors, const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  if (ending == ".npz") return save_npz(tensors, path);
  if (ending != ".pt" && ending != ".pth") return save_safetensors(tensors, path);
  save_value(dictionary(tensors), path);
}

}  // namespace xgrad
