#include "autograd/ops/activation.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/special.h"
#include "autograd/ops/trigonometry.h"
#include "autograd/ops/unary.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

void require_floating(const char* operation, const Tensor& x) {
  check<TypeError>(x.is_floating_point(), "{}: expected a floating-point tensor, got {}", operation, x.dtype());
}

constexpr double selu_alpha = 1.6732632423543772848170429916717;
constexpr double selu_scale = 1.0507009873554804934193349852946;

}  // namespace

Tensor selu(const Tensor& x) {
  require_floating("selu", x);
  return unary("selu", x, Unary::selu,
               of_input(Binary::selu_gradient,
                        [](auto& g, auto& v) {
                          const Tensor below = g * exp(clamp(v, std::nullopt, 0.0)) * selu_alpha;
                          return where(gt(v.detach(), 0), g, below) * selu_scale;
                        }),
               {selu_alpha, selu_scale});
}

Tensor celu(const Tensor& x, double alpha) {
  require_floating("celu", x);
  check<ValueError>(alpha != 0, "celu: alpha must not be 0");
  if (alpha < 0) return elu(x / alpha) * alpha;
  return unary("celu", x, Unary::celu,
               of_input(Binary::celu_gradient,
                        [alpha](auto& g, auto& v) {
                          return where(gt(v.detach(), 0), g, g * exp(clamp(v, std::nullopt, 0.0) / alpha));
                        }),
               {alpha});
}

namespace {

constexpr double inv_sqrt2 = 0x1.6a09e667f3bcdp-1;
constexpr double inv_sqrt_2pi = inv_sqrt2 * std::numbers::inv_sqrtpi;

}  // namespace

Tensor gelu(const Tensor& x) {
  require_floating("gelu", x);
  return unary("gelu", x, Unary::gelu, of_input(Binary::gelu_gradient, [](auto& g, auto& v) {
                 return g * (erfc(v * -inv_sqrt2) * 0.5 + v * exp(square(v) * -0.5) * inv_sqrt_2pi);
               }));
}

Tensor hardsigmoid(const Tensor& x) {
  require_floating("hardsigmoid", x);
  return unary("hardsigmoid", x, Unary::hardsigmoid, of_input(Binary::hardsigmoid_gradient, [](auto& g, auto& v) {
                 const Tensor value = v.detach();
                 return where(logical_and(gt(value, -3), lt(value, 3)), g / 6, zeros({}, g.dtype()));
               }));
}

Tensor hardswish(const Tensor& x) {
  require_floating("hardswish", x);
  return unary("hardswish", x, Unary::hardswish, of_input(Binary::hardswish_gradient, [](auto& g, auto& v) {
                 const Tensor value = v.detach();
                 const Tensor between = where(le(value, -3), zeros({}, g.dtype()), g * (v / 3 + 0.5));
                 return where(ge(value, 3), g, between);
               }));
}

Tensor gelu_tanh(const Tensor& x) {
  require_floating("gelu_tanh", x);
  return unary("gelu_tanh", x, Unary::gelu_tanh, of_input(Binary::gelu_tanh_gradient, [](auto& g, auto& v) {
                 constexpr double slope = 2 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
                 const Tensor argument = (v + v * v * v * 0.044715) * slope;
                 return g * sigmoid(argument) * (v * sigmoid(-argument) * (v * v * (3 * 0.044715) + 1) * slope + 1);
               }));
}

Tensor hardshrink(const Tensor& x, double lambda) {
  require_floating("hardshrink", x);
  return unary("hardshrink", x, Unary::hardshrink,
               of_input(Binary::hardshrink_gradient,
                        [lambda](auto& g, auto& v) { return masked_fill(g, le(abs(v.detach()), lambda), 0); }),
               {lambda});
}

Tensor softshrink(const Tensor& x, double lambda) {
  require_floating("softshrink", x);
  check<ValueError>(lambda >= 0, "softshrink: lambda must not be negative, got {}", lambda);
  return unary("softshrink", x, Unary::softshrink,
               of_input(Binary::hardshrink_gradient,
                        [lambda](auto& g, auto& v) { return masked_fill(g, le(abs(v.detach()), lambda), 0); }),
               {lambda});
}

Tensor tanhshrink(const Tensor& x) {
  require_floating("tanhshrink", x);
  return unary("tanhshrink", x, Unary::tanhshrink,
               of_input(Binary::tanhshrink_gradient, [](auto& g, auto& v) { return g * square(tanh(v)); }));
}

Tensor softsign(const Tensor& x) {
  require_floating("softsign", x);
  return unary("softsign", x, Unary::softsign,
               of_input(Binary::softsign_gradient, [](auto& g, auto& v) { return g * square(reciprocal(abs(v) + 1)); }));
}

Tensor mish(const Tensor& x) {
  require_floating("mish", x);
  return unary("mish", x, Unary::mish, of_input(Binary::mish_gradient, [](auto& g, auto& v) {
                 const Tensor t = tanh(softplus(v));
                 return g * (t + v * sigmoid(v) * (1 - square(t)));
               }));
}

Tensor relu6(const Tensor& x) {
  require_floating("relu6", x);
  return hardtanh(x, 0, 6);
}

Tensor threshold(const Tensor& x, double threshold, double value) {
  require_floating("threshold", x);
  return unary("threshold", x, Unary::threshold,
               of_input(Binary::threshold_gradient,
                        [threshold](auto& g, auto& v) { return masked_fill(g, le(v.detach(), threshold), 0); }),
               {threshold, value});
}

Tensor prelu(const Tensor& x, const Tensor& weight) {
  require_floating("prelu", x);
  check<ShapeError>(weight.numel() == 1 || (x.dim() > 1 && weight.dim() == 1 && weight.size(0) == x.size(1)),
                    "prelu: a weight {} does not fit an input {}: expected one, or one for each channel", weight.sizes(),
                    x.sizes());
  DimVector sizes(static_cast<std::size_t>(x.dim()), 1);
  if (weight.numel() > 1) sizes[1] = weight.numel();
  return where(gt(x.detach(), 0), x, reshape(weight, sizes) * x);
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): as it is declared
Tensor rrelu(const Tensor& x, double lower, double upper, OnlyBool training, std::optional<Generator> given) {
  check<ValueError>(lower <= upper, "rrelu: the lower bound {} is above the upper bound {}", lower, upper);
  if (!training) return leaky_relu(x, (lower + upper) / 2);
  const Tensor values = x.detach().contiguous();
  Tensor slopes = ones(x.sizes(), x.dtype());
  Generator generator = detail::given_or_default(given);
  const auto lock = generator.lock();
  visit_floating(x.dtype(), "rrelu", [&]<class T>() {
    const T* from = values.data_ptr<T>();
    T* slope = slopes.data_ptr<T>();
    for (std::int64_t i = 0; i < values.numel(); ++i) {
      if (from[i] <= 0) slope[i] = static_cast<T>(generator.uniform<double>() * (upper - lower) + lower);
    }
  });
  return x * slopes;
}

Tensor glu(const Tensor& x, OnlyInt dim) {
  require_floating("glu", x);
  check<ShapeError>(x.dim() > 0 && x.size(dim) % 2 == 0, "glu: dimension {} of {} cannot be halved", dim, x.sizes());
  const autograd::profiler::RecordFunction profiled("glu");
  const auto halves = [dim](const Tensor& whole) {
    const std::int64_t half = whole.size(dim) / 2;
    return std::pair{narrow(whole, dim, 0, half), narrow(whole, dim, half, half)};
  };
  const auto [value, gate] = halves(x.detach());
  return record("glu", map("glu", Binary::glu, value, gate), {x}, [x = SavedTensor(x), halves, dim](const Tensor& grad) {
    const Tensor input = x.unpack();
    const auto [v, w] = halves(input);
    if (GradMode::is_enabled() || grad.dtype() != input.dtype()) {
      const Tensor share = sigmoid(w);
      return cat({grad * share, grad * v * (share * sigmoid(-w))}, dim);
    }
    Tensor gradient = empty(input.sizes(), input.dtype());
    const auto [of_value, of_gate] = halves(gradient);
    map_to(of_value, Binary::glu, grad, w);
    map_to(of_gate, Ternary::glu_gate_gradient, grad, v, w);
    return gradient;
  });
}

Tensor softmin(const Tensor& x, OnlyInt dim) { return softmax(-x, dim); }

Tensor alpha_dropout(const Tensor& x, OnlyReal p, OnlyBool training) {
  require_floating("alpha_dropout", x);
  check<ValueError>(p >= 0 && p <= 1, "alpha_dropout: the probability must lie in [0, 1], got {}", p);
  if (!training || p == 0) return x;
  if (p == 1) return x * zeros_like(x);
  const double lowest = selu_alpha * selu_scale;
  const double a = 1 / std::sqrt((lowest * lowest * p + 1) * (1 - p));
  Tensor kept = empty(x.sizes(), x.dtype());  // drawn in row-major order, however x lies
  kept.bernoulli_(1 - p);
  const Tensor shift = (kept - 1) * (lowest * a) + lowest * a * p;
  return x * (kept * a) + shift;
}

Tensor gelu(const Tensor& x, std::string_view approximate) {
  check<ValueError>(approximate == "tanh" || approximate == "none", R"(gelu: expected "tanh" or "none", got "{}")",
                    approximate);
  return approximate == "tanh" ? gelu_tanh(x) : gelu(x);
}

}  // namespace xgrad
