/// Tensors in NumPy's files: npy holds one array, npz several by name.
/// https://numpy.org/doc/1.24/reference/generated/numpy.lib.format.html
#pragma once

#include <map>
#include <string>

#include "autograd/io/load_options.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Reads what numpy.save writes: format versions 1 to 3, either byte order, and either order of the elements; an array in
/// Fortran's order becomes a tensor with strides to match. Dtypes: bool, uint8, int8 to int64, float16 to float64.
///
/// Throws FileError that names the file for other dtypes (objects, texts and records among them) and for anything that the
/// format does not allow.
Tensor load_npy(const std::string& path, const LoadOptions& options = {});

/// Writes a file for numpy.load, in row-major order. The old file is replaced in one step, or stays. Throws ValueError for
/// an undefined tensor and for bfloat16, which NumPy does not have, and FileError where the file cannot be written.
void save_npy(const Tensor& tensor, const std::string& path);

/// Reads what numpy.savez and numpy.savez_compressed write: arrays by name. Throws FileError as load_npy.
std::map<std::string, Tensor> load_npz(const std::string& path, const LoadOptions& options = {});

/// Writes an archive for numpy.load, not compressed. Throws as save_npy.
void save_npz(const std::map<std::string, Tensor>& tensors, const std::string& path);

}  // namespace xgrad
