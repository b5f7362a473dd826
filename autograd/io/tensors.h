/// Tensors by name in files of any format that is known here.
#pragma once

#include <map>
#include <string>

#include "autograd/io/load_options.h"
#include "autograd/io/value.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The tensors in nested dictionaries and lists, under dotted names ("state.0.exp_avg"); what is no tensor is left out.
/// Throws ValueError for two tensors of one name, a tensor without one, and names longer than 1000 bytes.
std::map<std::string, Tensor> named_tensors(const io::Value& value);

/// Reads all tensors of a file of PyTorch, of safetensors or of NumPy (npz); the content tells which. Of a PyTorch file with
/// nested dictionaries and lists it gives the named_tensors(); load_value() gives all of it. The tensors have memory of
/// their own; load_safetensors() leaves them in the file.
///
/// Throws FileError as the readers of the formats, for content of none of them, and for a file that holds one tensor without
/// a name, or two of the same.
std::map<std::string, Tensor> load_tensors(const std::string& path, const LoadOptions& options = {});

/// Writes tensors in the format that the name's ending asks for: PyTorch's for .pt and .pth, NumPy's for .npz, otherwise
/// safetensors. Throws as the writers of the formats.
void save_tensors(const std::map<std::string, Tensor>& tensors, const std::string& path);

}  // namespace xgrad
