/// The graph as a picture.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad::autograd {

/// The graph that computed `tensor`, in Graphviz's language: `dot -Tsvg` draws it. Operations are boxes, with arrows in the
/// order of computation; leaves are ellipses with their name, where `names` has one, and shape; the result is bold. Works on
/// graphs of any depth. Throws GraphError for a tensor that does not require a gradient.
std::string to_dot(const Tensor& tensor, const std::vector<std::pair<std::string, Tensor>>& names = {});

}  // namespace xgrad::autograd
