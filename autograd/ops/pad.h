/// Making tensors longer at both ends of a dimension, and samples of categories that have gradients.
#pragma once

#include "autograd/ops/random.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// What stands in the places that padding adds.
enum class PadMode {
  Constant,   ///< one value
  Reflect,    ///< the tensor mirrored at its first and last element, which are not repeated
  Replicate,  ///< the first and last element
  Circular,   ///< the tensor again from its other end
};

/// Adds padding[0] elements before and padding[1] behind the last dimension, padding[2] and padding[3] those of the one
/// before it, and so on. Negative numbers cut elements off, before circular padding begins. Throws ValueError for an odd
/// number of paddings or more than twice the dimensions, ShapeError where too many elements are cut off, or where a tensor
/// is too short for the mode: reflection needs more elements than are added, circular padding as many, replication one.
/// https://pytorch.org/docs/1.13/generated/torch.nn.functional.pad.html
Tensor pad(const Tensor& x, IntArrayRef padding, PadMode mode = PadMode::Constant, double value = 0);

/// softmax((logits + g) / tau) along `dim`, with a Gumbel number g for each logit: a sample of a category, that sharpens as
/// tau falls. `hard` gives a 1 at the largest and 0 elsewhere, with the gradient of the soft sample. Throws ValueError
/// unless tau is positive. Jang et al., 2017, https://arxiv.org/abs/1611.01144
Tensor gumbel_softmax(const Tensor& logits, double tau = 1, OnlyBool hard = false, OnlyInt dim = -1,
                      Generator generator = default_generator());

}  // namespace xgrad
