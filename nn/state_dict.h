/// The parameters and buffers of a module by name, and modules in files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "nn/module.h"

namespace xgrad::nn {

/// Parameters and buffers under their dotted names. The tensors share the module's memory.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Module.html#torch.nn.Module.state_dict
std::map<std::string, Tensor> state_dict(const Module& module);

/// What did not match when a state was loaded; both lists are in order.
struct IncompatibleKeys {
  std::vector<std::string> missing_keys;     ///< names of the module that the state does not have
  std::vector<std::string> unexpected_keys;  ///< names of the state that the module does not have
};

/// Copies values into the module's parameters and buffers, converting dtypes. Names and shapes are all checked first:
/// throws ValueError that lists every entry that is of another shape or undefined and, with `strict`, every one that is
/// missing or unexpected; nothing changes then. Without `strict`, takes what there is and returns the rest.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Module.html#torch.nn.Module.load_state_dict
IncompatibleKeys load_state_dict(Module& module, const std::map<std::string, Tensor>& state, bool strict = true);

}  // namespace xgrad::nn

namespace xgrad {

/// Writes a module's state: a file for Python's torch.load where the path ends in .pt or .pth, NumPy's for .npz, otherwise
/// a safetensors file, which alone takes `metadata`. In Python:
/// `model.load_state_dict(torch.load(path))`. Throws FileError, and ValueError for metadata that the format does not have.
void save(const nn::Module& module, const std::string& path, const std::map<std::string, std::string>& metadata = {});
/// Reads what `save` wrote, or Python's `torch.save(model.state_dict(), path)`; the content tells the format. Returns and
/// throws as nn::load_state_dict, and FileError for files that cannot be read.
nn::IncompatibleKeys load(nn::Module& module, const std::string& path, bool strict = true);

/// A module by its holder.
template <class Impl>
void save(const nn::ModuleHolder<Impl>& module, const std::string& path,
          const std::map<std::string, std::string>& metadata = {}) {
  save(static_cast<const nn::Module&>(*module), path, metadata);
}
/// A module by its holder.
template <class Impl>
nn::IncompatibleKeys load(const nn::ModuleHolder<Impl>& module, const std::string& path, bool strict = true) {
  return load(static_cast<nn::Module&>(*module), path, strict);
}

}  // namespace xgrad
