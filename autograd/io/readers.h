/// The readers of the formats, of files that are open. For .cpp files of this folder.
#pragma once

#include <map>
#include <string>

#include "autograd/io/input_file.h"
#include "autograd/io/load_options.h"
#include "autograd/io/value.h"
#include "autograd/io/zip_archive.h"

namespace xgrad::detail {

/// load_safetensors().
std::map<std::string, Tensor> read_safetensors(const InputFile& file, const LoadOptions& options);
/// load_npz().
std::map<std::string, Tensor> read_npz(const ZipReader& archive, const LoadOptions& options);
/// load_value() of an archive that is known to be one.
io::Value read_pytorch(const ZipReader& archive, const LoadOptions& options);

}  // namespace xgrad::detail
