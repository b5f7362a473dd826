/// PyTorch's own files, both ways: what Python's torch.save writes and torch.load reads.
/// https://pytorch.org/docs/1.13/notes/serialization.html
///
/// A file is a zip archive of a pickle, which describes the values, and of the memory of the tensors. No code of a file is
/// ever run: a pickle may name tensors, OrderedDict, Size and libtorch's archives; all else is refused, as by
/// `weights_only`.
#pragma once

#include <iosfwd>
#include <string>

#include "autograd/io/load_options.h"
#include "autograd/io/value.h"

namespace xgrad {

/// Reads a file of torch.save: numbers, text, tensors, lists, tuples and dictionaries, nested in any way. Dtypes are those
/// of the file. Tensors that shared memory in Python share it again, with their strides; parameters become tensors, and none
/// requires a gradient. Tensors of other devices become tensors of the CPU.
///
/// Archives that libtorch's C++ torch::save wrote are read as dictionaries, nested ones for submodules.
///
/// Throws FileError that names the file for anything else: other classes and functions (by name), dtypes that there are not
/// here, damaged files, models saved as a whole, TorchScript, and files from before PyTorch 1.6, which are no archives.
Value load_value(const std::string& path, const LoadOptions& options = {});
/// The same, from the rest of a stream, which is read into memory first.
Value load_value(std::istream& stream, const LoadOptions& options = {});

/// Writes a file for Python's torch.load, with `weights_only` or without. Tensors that share memory share it in the file; of
/// the memory, only what lies between their first and last elements is written. Equal values give equal bytes. The old file
/// is replaced in one step, or stays.
///
/// Throws ValueError for undefined tensors and for texts that are not UTF-8, FileError where the file cannot be written.
void save_value(const Value& value, const std::string& path);
/// The same, to a stream, which gets all of it at once. Throws FileError where the stream does not take everything.
void save_value(const Value& value, std::ostream& stream);

}  // namespace xgrad
