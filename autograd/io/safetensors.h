/// Tensors by name in a file, in the safetensors format: https://huggingface.co/docs/safetensors
///
/// A file holds the length of its header (8 bytes, little-endian), the header (JSON: dtype, shape and place of every
/// tensor, and text about the file) and the elements, little-endian and in row-major order.
#pragma once

#include <map>
#include <string>

#include "autograd/io/load_options.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Maps the tensors of a file into memory: their elements are read from the disk when they are first used, and several
/// processes share them. Dtypes are F64 to F16 and BF16, I64 to I8, U8 and BOOL.
///
/// Tensors may be changed: the file is not. The file may be replaced and removed meanwhile (as by save_safetensors), but not
/// written to in place (as by Python's writers): the numbers would change with it, and where it becomes shorter, the next
/// use would end the program. `clone()` makes a tensor with memory of its own; load_tensors() gives such ones.
///
/// Throws FileError that names the file, and the tensor where there is one, for anything that the format does not allow
/// (holes and overlaps of the data included), and for other dtypes.
std::map<std::string, Tensor> load_safetensors(const std::string& path, const LoadOptions& options = {});

/// Reads only the text that was saved with the tensors. The whole header is checked, as by load_safetensors.
std::map<std::string, std::string> load_safetensors_metadata(const std::string& path);

/// Writes tensors of any dtype, shape and layout. Equal tensors give equal bytes: the widest dtypes come first, so that
/// every tensor is aligned in the file, and names are in order. The old file is replaced in one step, or stays.
///
/// Throws ValueError for an undefined tensor and for names and texts that are not UTF-8, FileError where the file cannot be
/// written.
void save_safetensors(const std::map<std::string, Tensor>& tensors, const std::string& path,
                      const std::map<std::string, std::string>& metadata = {});

}  // namespace xgrad
