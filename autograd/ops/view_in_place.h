/// Views in place, as methods of Tensor: `x.unsqueeze_(0)` is the same tensor, for every handle to it, under another shape.
/// The graph goes on through it as through the view. They throw GraphError where a leaf that requires a gradient would
/// change in grad mode, and otherwise what the view throws.
/// https://pytorch.org/docs/1.13/generated/torch.Tensor.unsqueeze_.html
///
/// `resize_` gives a tensor another shape over as many elements as that needs, of which the first keep their values and new
/// ones are uninitialised; it throws GraphError for tensors of the graph and views.
#pragma once

#include "autograd/tensor/tensor.h"
