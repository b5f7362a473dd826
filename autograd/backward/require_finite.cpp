#include "autograd/backward/require_finite.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/anomaly_mode.h"
#include "autograd/graph/node.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/reduce.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::detail {

void require_finite(const Node& node, std::span<const Tensor> arrived, std::span<const Tensor> computed) {
  const NoGradGuard no_grad;
  const auto finite = [](const Tensor& x) {
    return !x.defined() || !x.is_floating_point() || all(isfinite(x)).item<bool>();
  };
  for (std::size_t i = 0; i < computed.size(); ++i) {
    if (finite(computed[i])) continue;
    const Tensor places = nonzero(logical_not(isfinite(computed[i])));
    const std::vector<std::int64_t> place =
        places.size(-1) > 0 ? places[0].to_vector<std::int64_t>() : std::vector<std::int64_t>{};
    Tensor element = computed[i];
    for (const std::int64_t index : place) element = element[index];
    bool came_finite = true;
    for (const Tensor& gradient : arrived) came_finite &= finite(gradient);
    const std::string where = describe_call_site(node.call_site());
    throw GraphError(fmt::format(
        "backward of {}: the gradient of its input {} is {} at index {} (shape {}){}. {}", node.name(), i,
        element.item<double>(), IntArrayRef(place), computed[i].sizes(),
        came_finite ? ", the first that is not finite" : "; the gradient that arrived was not finite already",
        where.empty() ? "Where the operation was called was not recorded: turn anomaly detection on before the forward pass"
                      : "The operation was called from" + where));
  }
}

}  // namespace xgrad::detail
