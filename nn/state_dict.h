/// The parameters and buffers of a module by name, and modules in files.
#pragma once

#include <concepts>
#include <iosfwd>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/device.h"
#include "autograd/io/archive.h"
#include "autograd/tensor/tensor.h"
#include "nn/module.h"

namespace xgrad::nn {

/// Parameters and buffers under their dotted names; one that is registered in several places has all of its names. The
/// tensors share the module's memory.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Module.html#torch.nn.Module.state_dict
std::map<std::string, Tensor> state_dict(const Module& module);

/// What did not match when a state was loaded; both lists are in order.
struct IncompatibleKeys {
  std::vector<std::string> missing_keys;     ///< names of the module that the state does not have
  std::vector<std::string> unexpected_keys;  ///< names of the state that the module does not have
};

/// Copies values into the module's parameters and buffers, converting dtypes. Names and shapes are all checked first: throws
/// ValueError that lists every entry that is of another shape or undefined and, with `strict`, every one that is missing or
/// unexpected; nothing changes then. Without `strict`, takes what there is and returns the rest. A tensor that has several
/// names is there where one of them is; where the state has several, the one that was registered last counts.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Module.html#torch.nn.Module.load_state_dict
IncompatibleKeys load_state_dict(Module& module, const std::map<std::string, Tensor>& state, OnlyBool strict = true);

/// Module::load from an archive. With `strict`, tensors that no module asks for do not fit either, unless they stand right
/// below a module that reads the archive in a load() of its own; without, takes by name what there is, and returns the rest.
IncompatibleKeys load_archive(Module& module, serialize::InputArchive& archive, OnlyBool strict = true);

namespace detail {

/// A pointer to a module, or a holder.
template <class T>
concept ModulePointer = requires(const T& pointer) {
  { *pointer } -> std::convertible_to<Module&>;
  static_cast<bool>(pointer);
};

/// The module that a pointer or a holder leads to. Throws ValueError where there is none.
template <class Pointer>
Module& module_of(const Pointer& pointer) {
  if (!pointer) throw ValueError("an empty module holder was used");
  return *pointer;
}

}  // namespace detail

/// Writes the module to the archive: Module::save.
inline serialize::OutputArchive& operator<<(serialize::OutputArchive& archive, const Module& module) {
  module.save(archive);
  return archive;
}
/// The same for what a pointer or a holder leads to. Throws ValueError where it is empty.
template <detail::ModulePointer Pointer>
serialize::OutputArchive& operator<<(serialize::OutputArchive& archive, const Pointer& module) {
  return archive << std::as_const(detail::module_of(module));
}
/// Reads the module from the archive: Module::load.
inline serialize::InputArchive& operator>>(serialize::InputArchive& archive, Module& module) {
  module.load(archive);
  return archive;
}
/// The same for what a pointer or a holder leads to. Throws ValueError where it is empty.
template <detail::ModulePointer Pointer>
serialize::InputArchive& operator>>(serialize::InputArchive& archive, const Pointer& module) {
  return archive >> detail::module_of(module);
}

}  // namespace xgrad::nn

namespace xgrad {

/// Writes what Module::save() gives: a file for Python's torch.load where the path ends in .pt or .pth, NumPy's for .npz,
/// otherwise a safetensors file, which alone takes `metadata`. In Python: `model.load_state_dict(torch.load(path))`. Throws
/// FileError, and ValueError for metadata, and for what is no tensor, where the format does not have them.
void save(const nn::Module& module, const std::string& path, const std::map<std::string, std::string>& metadata = {});
/// The same to a stream, for Python's torch.load.
void save(const nn::Module& module, std::ostream& stream);
/// Reads what `save` wrote, Python's `torch.save(model.state_dict(), path)`, or what libtorch's C++ torch::save wrote; the
/// content tells the format. Returns and throws as nn::load_archive, and FileError for files that cannot be read.
nn::IncompatibleKeys load(nn::Module& module, const std::string& path, OnlyBool strict = true);
nn::IncompatibleKeys load(nn::Module& module, std::istream& stream, OnlyBool strict = true);

/// The same for what a pointer or a holder leads to. Throws ValueError where it is empty.
template <nn::detail::ModulePointer Pointer>
void save(const Pointer& module, const std::string& path, const std::map<std::string, std::string>& metadata = {}) {
  save(std::as_const(nn::detail::module_of(module)), path, metadata);
}
template <nn::detail::ModulePointer Pointer>
void save(const Pointer& module, std::ostream& stream) {
  save(std::as_const(nn::detail::module_of(module)), stream);
}
/// The same for what a pointer or a holder leads to. Throws ValueError where it is empty.
template <nn::detail::ModulePointer Pointer>
nn::IncompatibleKeys load(const Pointer& module, const std::string& path, OnlyBool strict = true) {
  return load(nn::detail::module_of(module), path, strict);
}
template <nn::detail::ModulePointer Pointer>
nn::IncompatibleKeys load(const Pointer& module, std::istream& stream, OnlyBool strict = true) {
  return load(nn::detail::module_of(module), stream, strict);
}
/// For programs that name the device, which is the CPU.
template <nn::detail::ModulePointer Pointer>
nn::IncompatibleKeys load(const Pointer& module, const std::string& path, Device /*device*/) {
  return load(nn::detail::module_of(module), path);
}

}  // namespace xgrad
