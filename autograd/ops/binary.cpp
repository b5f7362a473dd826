#include "autograd/ops/binary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/map.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/power.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"

namespace xgrad {

namespace {

/// How much the gradient of log(e^v + e^w) gives to v, for `scale` (v - w): half where both are equal, infinite ones
/// included, and nothing where both are -inf.
Tensor share_of_first(const Tensor& v, const Tensor& w, double scale) {
  const Tensor equal = eq(v.detach(), w.detach());
  const Tensor none = logical_and(equal, eq(v.detach(), -std::numeric_limits<double>::infinity()));
  return masked_fill(sigmoid(masked_fill(v, equal, 0) * scale - masked_fill(w, equal, 0) * scale), none, 0);
}

/// f(a, b), one number at a time, in floating point. slope(grad, a, b, which) gives the gradient of a (0) or b (1), before what
/// broadcasting repeated is added up.
template <class F, class Slope>
Tensor floating(const char* operation, const char* name, const Tensor& first, const Tensor& second, const F& f,
                Slope slope) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Dtype promoted = result_type(first, second);
  const Promoted operands(first, second, is_floating_point(promoted) ? promoted : default_dtype());
  Tensor y = map_each(operation, operands.a, operands.b, [&f](auto v, auto w) {
    if constexpr (std::is_floating_point_v<decltype(v)>) return f(v, w);
    else return v;  // never asked for
  });
  return record(name, y, {operands.a, operands.b},
                [a = SavedTensor(operands.a), b = SavedTensor(operands.b), slope](const Tensor& grad, const Node& node) {
                  const std::array<Tensor, 2> inputs = {a.unpack(), b.unpack()};
                  std::array<Tensor, 2> gradients;
                  for (std::size_t i = 0; i < 2; ++i) {
                    if (!node.needs_gradient(i)) continue;
                    gradients[i] = sum_to(slope(grad, inputs[0], inputs[1], i), inputs[i].sizes());
                  }
                  return gradients;
                });
}

}  // namespace

Tensor float_power(const Tensor& a, const Tensor& b) { return pow(to(a, kFloat64), to(b, kFloat64)); }
Tensor float_power(const Tensor& a, Scalar b) { return pow(to(a, kFloat64), b.to<double>()); }

Tensor ldexp(const Tensor& a, const Tensor& b) { return a * pow(full({}, 2.0, default_dtype()), b); }

Tensor copysign(const Tensor& a, const Tensor& b) {
  return floating(
      "copysign", "Copysign", a, b, [](auto v, auto w) { return std::copysign(v, w); },
      [](const Tensor& grad, const Tensor& x, const Tensor& sign, std::size_t which) {
        if (which == 1) return zeros_like(grad);
        const Tensor is_zero = eq(x.detach(), 0);
        return grad * masked_fill(copysign(x.detach(), sign.detach()) / masked_fill(x.detach(), is_zero, 1), is_zero, 0);
      });
}
Tensor copysign(const Tensor& a, Scalar b) { return copysign(a, number_beside(a, b)); }

Tensor hypot(const Tensor& a, const Tensor& b) {
  return floating(
      "hypot", "Hypot", a, b, [](auto v, auto w) { return std::hypot(v, w); },
      [](const Tensor& grad, const Tensor& v, const Tensor& w, std::size_t which) {
        const Tensor length = hypot(v, w);
        return grad * ((which == 0 ? v : w) / masked_fill(length, eq(length.detach(), 0), 1));  // 0 at the origin
      });
}

Tensor atan2(const Tensor& a, const Tensor& b) {
  return floating(
      "atan2", "Atan2", a, b, [](auto v, auto w) { return std::atan2(v, w); },
      [](const Tensor& grad, const Tensor& y, const Tensor& x, std::size_t which) {
        const Tensor squares = square(x) + square(y);
        return grad / masked_fill(squares, eq(squares.detach(), 0), 1) * (which == 0 ? x : -y);  // 0 at the origin
      });
}

Tensor heaviside(const Tensor& x, const Tensor& at_zero) {
  const autograd::profiler::RecordFunction profiled("heaviside");
  check<TypeError>(x.dtype() == at_zero.dtype(), "heaviside: dtypes {} and {} differ", x.dtype(), at_zero.dtype());
  return map_each("heaviside", x.detach(), at_zero.detach(), [](auto v, auto middle) {
    using T = decltype(v);
    return v == T(0) ? middle : static_cast<T>(v > T(0));
  });
}

Tensor nextafter(const Tensor& a, const Tensor& b) {
  const autograd::profiler::RecordFunction profiled("nextafter");
  check<TypeError>(a.dtype() == b.dtype() && compute_dtype(a.dtype()) == a.dtype() && a.is_floating_point(),
                   "nextafter: expected two float32 or two float64 tensors, got {} and {}", a.dtype(), b.dtype());
  return map_each("nextafter", a.detach(), b.detach(), [](auto v, auto w) {
    if constexpr (std::is_floating_point_v<decltype(v)>) return std::nextafter(v, w);
    else return v;  // never asked for
  });
}

Tensor logaddexp(const Tensor& a, const Tensor& b) {
  return floating(
      "logaddexp", "Logaddexp", a, b,
      [](auto v, auto w) {
        if (std::isinf(v) && v == w) return v;
        return std::max(v, w) + std::log1p(std::exp(-std::abs(v - w)));
      },
      [](const Tensor& grad, const Tensor& v, const Tensor& w, std::size_t which) {
        return grad * (which == 0 ? share_of_first(v, w, 1) : share_of_first(w, v, 1));
      });
}

Tensor logaddexp2(const Tensor& a, const Tensor& b) {
  return floating(
      "logaddexp2", "Logaddexp2", a, b,
      [](auto v, auto w) {
        using T = decltype(v);
        if (std::isinf(v) && v == w) return v;
        return std::max(v, w) + std::log1p(std::exp2(-std::abs(v - w))) * static_cast<T>(std::numbers::log2e);
      },
      [](const Tensor& grad, const Tensor& v, const Tensor& w, std::size_t which) {
        return grad * (which == 0 ? share_of_first(v, w, std::numbers::ln2) : share_of_first(w, v, std::numbers::ln2));
      });
}

Tensor xlogy(const Tensor& a, const Tensor& b) {
  return floating(
      "xlogy", "Xlogy", a, b,
      [](auto v, auto w) {
        using T = decltype(v);
        if (std::isnan(w)) return w;
        return v == T(0) ? T(0) : v * std::log(w);
      },
      [](const Tensor& grad, const Tensor& v, const Tensor& w, std::size_t which) {
        if (which == 1) return grad * v / w;
        return xlogy(masked_fill(grad, logical_and(eq(v.detach(), 0), le(w.detach(), 0)), 0), w);
      });
}
Tensor xlogy(const Tensor& a, Scalar b) { return xlogy(a, number_beside(a, b)); }
Tensor xlogy(Scalar a, const Tensor& b) { return xlogy(number_beside(b, a), b); }

Tensor special_xlog1py(const Tensor& a, const Tensor& b) {
  return floating(
      "special_xlog1py", "Xlog1py", a, b,
      [](auto v, auto w) {
        using T = decltype(v);
        if (std::isnan(w)) return w;
        return v == T(0) ? T(0) : v * std::log1p(w);
      },
      [](const Tensor& grad, const Tensor& v, const Tensor& w, std::size_t which) {
        if (which == 1) return grad * v / (w + 1);
        return special_xlog1py(masked_fill(grad, logical_and(eq(v.detach(), 0), le(w.detach(), -1)), 0), w);
      });
}
Tensor special_xlog1py(const Tensor& a, Scalar b) { return special_xlog1py(a, number_beside(a, b)); }
Tensor special_xlog1py(Scalar a, const Tensor& b) { return special_xlog1py(number_beside(b, a), b); }

}  // namespace xgrad
