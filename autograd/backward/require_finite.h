/// What anomaly mode looks for during backward.
#pragma once

#include <span>

namespace xgrad {
class Node;
class Tensor;
}  // namespace xgrad

namespace xgrad::detail {

/// Throws GraphError where one of the gradients that `node` has just computed is not finite.
void require_finite(const Node& node, std::span<const Tensor> arrived, std::span<const Tensor> computed);

}  // namespace xgrad::detail
