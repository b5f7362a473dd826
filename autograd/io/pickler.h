/// Writes the pickles in PyTorch's files. For .cpp files of this folder.
#pragma once

#include <string>
#include <vector>

#include "autograd/io/value.h"
#include "autograd/tensor/tensor.h"

namespace xgrad::detail {

/// A pickle, and the memory of its tensors: storage i is `storages[i]`, contiguous.
struct Pickle {
  std::string text;
  std::vector<Tensor> storages;
};

/// The pickle of a value, in protocol 2. Tensors that share memory do so in the pickle; of the memory, only what lies
/// between their first and last elements is kept. Throws ValueError for undefined tensors and texts that are not UTF-8.
Pickle pickle(const io::Value& value);

}  // namespace xgrad::detail
