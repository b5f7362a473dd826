/// Reads the pickles in PyTorch's files. For .cpp files of this folder.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/io/value.h"
#include "autograd/tensor/tensor.h"

namespace xgrad::detail {

/// What is read, and so what is written: lists and dictionaries within one another, and objects in all.
inline constexpr std::size_t deepest_nesting = 100;
inline constexpr std::size_t most_objects = 4'000'000;

/// Gives the memory of a storage as a flat tensor of `elements` elements.
using StorageLoader = std::function<Tensor(const std::string& key, Dtype dtype, std::int64_t elements)>;

/// The value of a pickle. No code is run: what a pickle may name is a list of a dozen (tensors, their storages, OrderedDict,
/// Size, the archives of libtorch), and everything else is refused by its name, as are instructions that tensors, numbers,
/// texts, lists, tuples and dictionaries do not need. Objects that a pickle uses several times are copied, within bounds;
/// tensors stay handles to the same memory.
///
/// Throws FileError that names `path` and the place in the pickle.
io::Value unpickle(std::string_view pickle, const std::string& path, const StorageLoader& load_storage);

/// Whether the tensor of the given geometry lies within a storage of `elements` elements: sizes, strides and offset come
/// from a file.
bool fits_storage(const std::vector<std::int64_t>& sizes, const std::vector<std::int64_t>& strides, std::int64_t offset,
                  std::int64_t elements);

}  // namespace xgrad::detail
