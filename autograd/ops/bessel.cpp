#include "autograd/ops/bessel.h"

#include <cstdlib>
#include <utility>

#include "autograd/graph/record.h"
#include "autograd/kernels/scalar_functions.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/map.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/unary.h"

namespace xgrad {

namespace {

// Of any order: gradients of gradients.

Tensor modified_bessel(const char* operation, int n, const Tensor& x) {
  const autograd::profiler::RecordFunction profiled(operation);
  Tensor y = map_scalars(operation, x, [n](auto v) { return kernels::modified_bessel(n, static_cast<double>(v)); });
  return record("ModifiedBessel", std::move(y), {x}, [x = SavedTensor(x), operation, n](const Tensor& grad) {
    const Tensor v = x.unpack();
    if (n == 0) return grad * modified_bessel(operation, 1, v);
    return grad * 0.5 * (modified_bessel(operation, n - 1, v) + modified_bessel(operation, n + 1, v));
  });
}

Tensor scaled_modified_bessel(const char* operation, int n, const Tensor& x) {
  const autograd::profiler::RecordFunction profiled(operation);
  Tensor y = map_scalars(operation, x, [n](auto v) { return kernels::scaled_modified_bessel(n, static_cast<double>(v)); });
  return record("ScaledModifiedBessel", std::move(y), {x}, [x = SavedTensor(x), operation, n](const Tensor& grad) {
    const Tensor v = x.unpack();
    const Tensor neighbours =
        scaled_modified_bessel(operation, std::abs(n - 1), v) + scaled_modified_bessel(operation, n + 1, v);
    return grad * (neighbours * 0.5 - sign(v) * scaled_modified_bessel(operation, n, v));
  });
}

/// J_n, or Y_n where `second_kind`; by the kernel where the order has one.
Tensor bessel(const char* operation, int n, bool second_kind, const Tensor& input) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Tensor x = as_floating(input);
  Tensor y =
      n == 0   ? map(second_kind ? Unary::bessel_y0 : Unary::bessel_j0, x)
      : n == 1 ? map(second_kind ? Unary::bessel_y1 : Unary::bessel_j1, x)
               : map_scalars(operation, x, [=](auto v) { return kernels::bessel(n, second_kind, static_cast<double>(v)); });
  return record("Bessel", std::move(y), {x}, [x = SavedTensor(x), operation, n, second_kind](const Tensor& grad) {
    const Tensor v = x.unpack();
    if (n == 0) return grad * -bessel(operation, 1, second_kind, v);
    return grad * 0.5 * (bessel(operation, n - 1, second_kind, v) - bessel(operation, n + 1, second_kind, v));
  });
}

}  // namespace

Tensor i0(const Tensor& x) {
  return unary("i0", as_floating(x), Unary::i0,
               of_input(Binary::i0_gradient, [](auto& g, auto& v) { return g * modified_bessel("i0", 1, v); }));
}

Tensor special_i0e(const Tensor& x) {
  return unary(
      "special_i0e", as_floating(x), Unary::i0e, of_input(Binary::i0e_gradient, [](auto& g, auto& v) {
        return g * (scaled_modified_bessel("special_i0e", 1, v) - sign(v) * scaled_modified_bessel("special_i0e", 0, v));
      }));
}

Tensor special_i1(const Tensor& x) {
  return unary("special_i1", as_floating(x), Unary::i1, of_input(Binary::i1_gradient, [](auto& g, auto& v) {
                 return g * 0.5 * (modified_bessel("special_i1", 0, v) + modified_bessel("special_i1", 2, v));
               }));
}

Tensor special_i1e(const Tensor& x) {
  return unary("special_i1e", as_floating(x), Unary::i1e, of_input(Binary::i1e_gradient, [](auto& g, auto& v) {
                 const auto of_order = [&](int n) { return scaled_modified_bessel("special_i1e", n, v); };
                 return g * ((of_order(0) + of_order(2)) * 0.5 - sign(v) * of_order(1));
               }));
}

Tensor special_bessel_j0(const Tensor& x) { return bessel("special_bessel_j0", 0, false, x); }
Tensor special_bessel_j1(const Tensor& x) { return bessel("special_bessel_j1", 1, false, x); }
Tensor special_bessel_y0(const Tensor& x) { return bessel("special_bessel_y0", 0, true, x); }
Tensor special_bessel_y1(const Tensor& x) { return bessel("special_bessel_y1", 1, true, x); }

}  // namespace xgrad
