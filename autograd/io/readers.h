/// The readers of the formats, of files that are open. For .cpp files of this folder.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "autograd/io/input_file.h"
#include "autograd/io/load_options.h"
#include "autograd/io/value.h"
#include "autograd/io/zip_archive.h"
#include "autograd/tensor/tensor.h"

namespace xgrad::detail {

/// A tensor in the memory of a file that `data` holds; its pages are given back once it goes. In memory of its own where the
/// data is not aligned.
Tensor tensor_in_file(const std::shared_ptr<std::byte>& data, IntArrayRef sizes, Dtype dtype);
/// Throws FileError, which begins with `description`, where a tensor of bools from a file has bytes other than 0 and 1.
void check_bools(const Tensor& tensor, const std::string& description);

/// Where the elements of tensors from a file are: copied into memory of their own, or, where that can be, left in the file,
/// for who copies them at once. What is left there changes when somebody writes to the file in place, as Python's writers
/// do.
enum class Elements { copied, in_file };

/// load_safetensors().
std::map<std::string, Tensor> read_safetensors(const InputFile& file, const LoadOptions& options, Elements elements);
/// load_npz().
std::map<std::string, Tensor> read_npz(const ZipReader& archive, const LoadOptions& options, Elements elements);
/// load_value() of an archive that is known to be one.
io::Value read_pytorch(const ZipReader& archive, const LoadOptions& options, Elements elements);
/// What load_tensors() reads, before the tensors get dotted names: all of a PyTorch file, or a dictionary of tensors.
io::Value read_any(const std::string& path, const LoadOptions& options, Elements elements);

}  // namespace xgrad::detail
