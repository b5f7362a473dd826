#include "autograd/ops/normal_functions.h"

#include <utility>

#include "autograd/graph/record.h"
#include "autograd/kernels/scalar_functions.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/map.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/unary.h"

namespace xgrad {

namespace {

using kernels::central_density;
using kernels::root_half;

/// e^(x^2) i^n erfc(x), the n-fold integrals of erfc: gradients of gradients.
Tensor scaled_erfc_integral(int n, const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("special_erfcx");
  Tensor y =
      map_scalars("special_erfcx", x, [n](auto v) { return kernels::scaled_erfc_integral(n, static_cast<double>(v)); });
  return record("ScaledErfcIntegral", std::move(y), {x}, [x = SavedTensor(x), n](const Tensor& grad) {
    return grad * scaled_erfc_integral(n + 1, x.unpack()) * (-2.0 * (n + 1));
  });
}

Tensor normal_density(const Tensor& x) { return exp(square(x) * -0.5) * central_density; }

}  // namespace

Tensor special_erfcx(const Tensor& x) {
  return unary("special_erfcx", as_floating(x), Unary::erfcx,
               of_input(Binary::erfcx_gradient, [](auto& g, auto& v) { return g * scaled_erfc_integral(1, v) * -2; }));
}

Tensor special_ndtr(const Tensor& x) {
  return unary("special_ndtr", as_floating(x), Unary::ndtr,
               of_input(Binary::ndtr_gradient, [](auto& g, auto& v) { return g * normal_density(v); }));
}

Tensor special_log_ndtr(const Tensor& x) {
  return unary(
      "special_log_ndtr", as_floating(x), Unary::log_ndtr, of_input(Binary::log_ndtr_gradient, [](auto& g, auto& v) {
        // The density over the function: each side of 0 in the form that neither overflows nor cancels there.
        const Tensor is_left = lt(v.detach(), 0);
        const Tensor left = 2 * central_density / special_erfcx(masked_fill(v, logical_not(is_left), 0) * -root_half);
        const Tensor right_place = masked_fill(v, is_left, 0);
        return g * where(is_left, left, normal_density(right_place) / special_ndtr(right_place));
      }));
}

Tensor special_ndtri(const Tensor& p) {
  return unary("special_ndtri", as_floating(p), Unary::ndtri, of_result(Binary::ndtri_gradient, [](auto& g, auto& x) {
                 return g * exp(square(x) * 0.5) * (1 / central_density);
               }));
}

}  // namespace xgrad
