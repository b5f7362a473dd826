/// x^y on vectors of double, to one unit in the last place, and exact where the result is a double.
#pragma once

#include <cstdint>

#include "autograd/kernels/single_functions.h"

namespace xgrad::kernels {

/// Whether there are fused operations, which power_of_positive() takes the errors of products from.
#ifdef __FMA__
inline constexpr bool has_exact_products = true;
#else
inline constexpr bool has_exact_products = false;
#endif

/// For positive, normal x and finite y. The logarithm is a sum of two numbers, 2 atanh(r) + n log(2) with r = (m - 1) / (m +
/// 1) and x = m 2^n, whose first two terms keep their errors; so does its product with y, and the exponent's rest.
inline Batch<double> power_of_positive(Batch<double> x, Batch<double> y) {
  using V = Batch<double>;
  using Constants = detail::ExpConstants<double>;
  const V one(1.0);
  V n;
  const V m = single::mantissa_and_exponent(x, n);
  const V above = m - one;
  const V below = m + one;
  const V reciprocal = one / below;
  const V r = above * reciprocal;
  const V r_rest = (multiply_add(-r, below, above) - r * (m - (below - one))) * reciprocal;
  const V square = r * r;
  const V square_rest = multiply_add(r, r, -square) + (r + r) * r_rest;
  const V cube = r * square;
  const V cube_rest = multiply_add(r, square, -cube) + multiply_add(r_rest, square, r * square_rest);
  constexpr double two_thirds = 2.0 / 3;
  constexpr double two_thirds_rest = 0x1.5555555555555p-55;
  const V third = cube * V(two_thirds);
  const V third_rest =
      multiply_add(cube, V(two_thirds), -third) + multiply_add(cube, V(two_thirds_rest), cube_rest * V(two_thirds));
  constexpr double further[] = {2.0 / 23, 2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15,
                                2.0 / 13, 2.0 / 11, 2.0 / 9,  2.0 / 7,  2.0 / 5};
  const V series = cube * square * single::polynomial(further, square);
  const V high = (r + r) + third;
  const V low = (third - (high - (r + r))) + ((r_rest + r_rest) + (third_rest + series));
  const V octaves = n * V(0x1.62e42fefa3800p-1);  // exact
  const V logarithm = octaves + high;
  const V logarithm_rest = (high - (logarithm - octaves)) + multiply_add(n, V(0x1.ef35793c76730p-45), low);

  const V exponent = y * logarithm;
  const V lost = multiply_add(y, logarithm, -exponent) + y * logarithm_rest;
  const V exponent_rest = xsimd::select(xsimd::abs(exponent) < V(1e4), lost, V(0.0));
  const V limited = detail::limited<double>(exponent, Constants::lowest, Constants::highest);
  const V k = detail::rounded<double>(limited * V(Constants::log2_e));
  const V first = multiply_add(k, V(-Constants::ln2_high), limited);
  const V second = multiply_add(k, V(-Constants::ln2_low), exponent_rest);
  const V reduced = first + second;
  const V small =
      multiply_add(single::polynomial(Constants::coefficients, reduced) * reduced, reduced, second - (reduced - first));
  const V sum = one + reduced;
  const V half = detail::rounded<double>(k * V(0.5));
  return (sum + ((reduced - (sum - one)) + small)) * detail::power_of_two<double>(half) *
         detail::power_of_two<double>(k - half);
}

}  // namespace xgrad::kernels
