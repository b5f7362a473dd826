/// The parameters and buffers of a module by name, and modules in files.
#pragma once

#include <map>
#include <string>

#include "autograd/tensor/tensor.h"
#include "nn/module.h"

namespace xgrad::nn {

/// Parameters and buffers under their dotted names. The tensors share the module's memory.
std::map<std::string, Tensor> state_dict(const Module& module);

/// Copies values into the module's parameters and buffers, converting dtypes. Names and shapes are all checked first:
/// throws ValueError that lists every entry that is missing, unexpected (with `strict`) or of another shape, and changes
/// nothing then. https://pytorch.org/docs/1.13/generated/torch.nn.Module.html#torch.nn.Module.load_state_dict
void load_state_dict(Module& module, const std::map<std::string, Tensor>& state, bool strict = true);

}  // namespace xgrad::nn

namespace xgrad {

/// Writes a module's state to a safetensors file. Throws FileError.
void save(const nn::Module& module, const std::string& path, const std::map<std::string, std::string>& metadata = {});
/// Reads it back. Throws FileError, and ValueError as nn::load_state_dict.
void load(nn::Module& module, const std::string& path);

template <class Impl>
void save(const nn::ModuleHolder<Impl>& module, const std::string& path,
          const std::map<std::string, std::string>& metadata = {}) {
  save(static_cast<const nn::Module&>(*module), path, metadata);
}
template <class Impl>
void load(const nn::ModuleHolder<Impl>& module, const std::string& path) {
  load(static_cast<nn::Module&>(*module), path);
}

}  // namespace xgrad
