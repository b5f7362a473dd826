/// What modules share that keep a tensor of their options as a buffer. For .cpp files.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad::nn {

/// A handle of the module's own to the same memory: a clone replaces what its handle holds, and not its original's.
inline Tensor handle_of(const Tensor& tensor) { return tensor.defined() ? tensor.detach() : Tensor(); }

}  // namespace xgrad::nn
