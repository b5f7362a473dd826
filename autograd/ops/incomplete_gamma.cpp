#include "autograd/ops/incomplete_gamma.h"

#include <array>
#include <cmath>
#include <numbers>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/binary.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/special.h"
#include "autograd/ops/unary.h"

namespace xgrad {

namespace {

Tensor incomplete_gamma(const char* operation, const Tensor& first, const Tensor& second, Binary f) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Promoted operands(first, second);
  check<TypeError>(operands.a.is_floating_point(), "{}: expected floating-point tensors, got {} and {}", operation,
                   first.dtype(), second.dtype());
  const bool upper = f == Binary::igammac;
  return record("IncompleteGamma", map(operation, f, operands.a, operands.b), {operands.a, operands.b},
                [a = SavedTensor(operands.a), x = SavedTensor(operands.b), upper](const Tensor& grad, const Node& node) {
                  const Tensor order = a.unpack();
                  const Tensor at = x.unpack();
                  const bool records = GradMode::is_enabled() || grad.dtype() != order.dtype();
                  const Tensor flow = records ? grad * exp(xlogy(order - 1, at) - at - lgamma(order))
                                              : map("igamma", Ternary::gamma_flow_gradient, grad, order, at);
                  const Tensor down = upper ? -flow : flow;
                  std::array<Tensor, 2> gradients;
                  if (node.needs_gradient(0)) {
                    // At 0 the function is 0 for all orders, where its slope in x may be infinite.
                    const Tensor slopes = masked_fill(-down * detail::gamma_quantile_slope(order, at), eq(at, 0), 0);
                    gradients[0] = sum_to(slopes, order.sizes());
                  }
                  if (node.needs_gradient(1)) gradients[1] = sum_to(down, at.sizes());
                  return gradients;
                });
}

}  // namespace

Tensor detail::gamma_quantile_slope(const Tensor& a, const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("gamma_quantile_slope");
  const Tensor slope = map("gamma_quantile_slope", Binary::gamma_quantile_slope, a, x);
  return record("GammaQuantileSlope", slope, {a, x}, [](const Tensor& /*grad*/) -> std::array<Tensor, 2> {
    throw GraphError("the gradient of the gamma function's order has none");
  });
}

Tensor igamma(const Tensor& a, const Tensor& x) { return incomplete_gamma("igamma", a, x, Binary::igamma); }
Tensor igammac(const Tensor& a, const Tensor& x) { return incomplete_gamma("igammac", a, x, Binary::igammac); }

Tensor mvlgamma(const Tensor& x, std::int64_t p) {
  const autograd::profiler::RecordFunction profiled("mvlgamma");
  check<TypeError>(x.is_floating_point(), "mvlgamma: expected a floating-point tensor, got {}", x.dtype());
  constexpr std::int64_t largest = std::int64_t{1} << 20;  // there are as many summands
  check<ValueError>(p >= 1 && p <= largest, "mvlgamma: the dimension must be 1 to {}, got {}", largest, p);
  check<ValueError>(all(gt(x.detach(), static_cast<double>(p - 1) / 2)).item<bool>(),
                    "mvlgamma: an element is not above (p - 1) / 2 = {}", static_cast<double>(p - 1) / 2);
  const auto order = static_cast<double>(p);
  Tensor y = lgamma(x) + order * (order - 1) / 4 * std::log(std::numbers::pi);
  for (std::int64_t j = 1; j < p; ++j) y = y + lgamma(x - static_cast<double>(j) / 2);
  return y;
}

}  // namespace xgrad
