/// xsimd, and on 64-bit Arm what its version 8 computes there by estimates or in several steps: an instruction does it,
/// rounded once. To be included in the place of <xsimd/xsimd.hpp>.
#pragma once

#include <xsimd/xsimd.hpp>

#if XSIMD_WITH_NEON64

namespace xsimd::kernel {

#define XGRAD_ARM_UNARY(name, instruction, base)                                                           \
  template <>                                                                                              \
  inline batch<float, neon64> name(const batch<float, neon64>& x, requires_arch<base> /*arch*/) noexcept { \
    return instruction##_f32(x);                                                                           \
  }
#define XGRAD_ARM_UNARY_DOUBLE(name, instruction, base)                                                      \
  template <>                                                                                                \
  inline batch<double, neon64> name(const batch<double, neon64>& x, requires_arch<base> /*arch*/) noexcept { \
    return instruction##_f64(x);                                                                             \
  }

// By Newton's steps, xsimd's square root of infinity is NaN, and so is its quotient by numbers that have no reciprocal.
XGRAD_ARM_UNARY(sqrt, vsqrtq, neon)
template <>
inline batch<float, neon64> div(const batch<float, neon64>& x, const batch<float, neon64>& y,
                                requires_arch<neon> /*arch*/) noexcept {
  return vdivq_f32(x, y);
}

// Through integers, -0.3 would become 0 in the place of -0.
XGRAD_ARM_UNARY(floor, vrndmq, generic)
XGRAD_ARM_UNARY(ceil, vrndpq, generic)
XGRAD_ARM_UNARY(trunc, vrndq, generic)
XGRAD_ARM_UNARY(nearbyint, vrndnq, generic)
XGRAD_ARM_UNARY_DOUBLE(floor, vrndmq, generic)
XGRAD_ARM_UNARY_DOUBLE(ceil, vrndpq, generic)
XGRAD_ARM_UNARY_DOUBLE(trunc, vrndq, generic)
XGRAD_ARM_UNARY_DOUBLE(nearbyint, vrndnq, generic)

#undef XGRAD_ARM_UNARY
#undef XGRAD_ARM_UNARY_DOUBLE

}  // namespace xsimd::kernel

#endif

namespace xgrad::kernels {

template <class T>
using Batch = xsimd::batch<T>;

}  // namespace xgrad::kernels
