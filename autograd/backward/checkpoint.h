/// Checkpointing: activations are computed again in backward instead of being kept.
#pragma once

#include <functional>

#include "autograd/tensor/tensor.h"

namespace xgrad::utils {

/// function(inputs), keeping only the inputs: what lies between is freed, and computed again in backward. For a long
/// sequence cut into segments, memory is that of one segment and of the states between them.
///
/// The function gives the same results whenever it is called on the same inputs, and takes results of the graph as inputs,
/// not by capture; leaves that it captures, as a module's parameters, get their gradients as usual, by backward() and by
/// grad(), and gradients of gradients work. With `preserve_rng_state` random numbers (dropout) come out the same.
/// https://pytorch.org/docs/1.13/checkpoint.html
TensorList checkpoint(const std::function<TensorList(const TensorList&)>& function, const TensorList& inputs,
                      OnlyBool preserve_rng_state = true);
Tensor checkpoint(const std::function<Tensor(const TensorList&)>& function, const TensorList& inputs,
                  OnlyBool preserve_rng_state = true);

}  // namespace xgrad::utils
