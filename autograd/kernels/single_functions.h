/// Functions of vectors of double that are right to the digits of a float, with a relative error of 1e-9 at most: for
/// results that are rounded to float. Polynomials are near-minimax fits by Chebyshev interpolation, the highest power first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>

#include "autograd/kernels/vector_math.h"

namespace xgrad::kernels::single {

using V = Batch<double>;

template <std::size_t n>
V polynomial(const double (&coefficients)[n], V t) {
  V p(coefficients[0]);
  for (std::size_t i = 1; i < n; ++i) p = multiply_add(p, t, V(coefficients[i]));
  return p;
}

/// m in [sqrt(1/2), sqrt(2)) and n with x = m 2^n, for positive normal numbers.
inline V mantissa_and_exponent(V x, V& n) {
  using Bits = xsimd::batch<std::uint64_t>;
  constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcd;
  constexpr std::uint64_t mantissa = 0x000fffffffffffff;
  const Bits shifted = xsimd::bitwise_cast<Bits>(x) + Bits(0x3ff0000000000000 - root_half);
  n = xsimd::bitwise_cast<V>((shifted >> 52) | Bits(0x4330000000000000)) - V(0x1p52 + 1023);
  return xsimd::bitwise_cast<V>((shifted & Bits(mantissa)) + Bits(root_half));
}

/// log(x) of positive numbers, as 2 atanh(r) + n log(2) with r = (m - 1) / (m + 1).
inline V log_of_positive(V x) {
  constexpr double fit[] = {0x1.e3aa7f87ec3e2p-3, 0x1.2432e793be597p-2, 0x1.999a9bd409d19p-2, 0x1.555554db60926p-1,
                            0x1.0000000004991p+1};
  V n;
  const V m = mantissa_and_exponent(x, n);
  const V r = (m - V(1.0)) / (m + V(1.0));
  return multiply_add(n, V(std::numbers::ln2), r * polynomial(fit, r * r));
}

/// log(x) of all numbers that are floats.
inline V log(V x) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const V special =
      xsimd::select(x == V(0.0), V(-infinity), xsimd::select(x > V(0.0), x, V(std::numeric_limits<double>::quiet_NaN())));
  return xsimd::select(x > V(0.0) && x < V(infinity), log_of_positive(x), special);
}

/// log(1 + x) for x in (-1, 1].
inline V log1p(V x) {
  const V sum = x + V(1.0);
  return log_of_positive(sum) + (x - (sum - V(1.0))) / sum;  // what rounding the sum lost
}

/// e^x, which is beyond all floats from 700 on.
inline V exp(V x) {
  constexpr double fit[] = {0x1.a124f19fe89acp-13, 0x1.6d43246b523b4p-10, 0x1.1110e0f238322p-7,
                            0x1.5554e9063586ep-5,  0x1.5555555a78ed4p-3,  0x1.0000000b9129bp-1};  // (e^r - 1 - r) / r^2
  const V limited = detail::limited<double>(x, -700, 700);
  const V n = detail::rounded<double>(limited * V(std::numbers::log2e));
  const V r = multiply_add(n, V(-std::numbers::ln2), limited);
  const V less_one = multiply_add(polynomial(fit, r) * r, r, r);
  const V scale = detail::power_of_two<double>(n);
  return multiply_add(less_one, scale, scale);
}

/// e^(x^2) erfc(x) for x >= 0: p(t) / (x + 4) with t = (x - 4) / (x + 4), after M. Shepherd and J. Laframboise, "Chebyshev
/// approximation of (1 + 2x) exp(x^2) erfc x" (1981).
inline V scaled_erfc(V x) {
  constexpr double fit[] = {0x1.3d28cd6b8a5d8p-19,  -0x1.da7ba74f47b22p-17, -0x1.0f73f2f4c28c9p-21, 0x1.64956a07c475ep-13,
                            -0x1.df881fa9e8779p-12, -0x1.214a47fe241a2p-12, 0x1.909e5aad4657fp-8,   -0x1.b0149d9433166p-6,
                            0x1.38dba1068cad6p-4,   -0x1.645f9f4b8a310p-3,  0x1.52cac35aff491p-2,   -0x1.14eacc6d4a3ffp-1,
                            0x1.8be202ce87980p-1,   -0x1.f3fe31e3a76f2p-1,  0x1.18932bf08e154p+0};
  const V size = xsimd::min(V(1e300), x);  // NaN stays
  const V reciprocal = V(1.0) / (size + V(4.0));
  return polynomial(fit, (size - V(4.0)) * reciprocal) * reciprocal;
}

/// What is left of 2 / sqrt(pi) when 2x e^(x^2) erfc(x) is taken away, for x >= 0: minus the derivative of e^(x^2) erfc(x).
inline V scaled_erfc_slope(V x) {
  constexpr double fit[] = {-0x1.9adf4bdfff9b5p-18, 0x1.947e65602134ep-16, 0x1.42132dd30fe18p-15, -0x1.4516cab4db7a6p-12,
                            0x1.b279f52bd57bep-13,  0x1.19825a889194cp-9,  -0x1.c7d12e302a86dp-8, 0x1.cac447d16531dp-10,
                            0x1.d75afe0783b65p-5,   -0x1.0a18a08c8a3b3p-2, 0x1.7042f256a34c6p-1,  -0x1.809a4a62e182ap+0,
                            0x1.431cad36a7f3dp+1,   -0x1.be502c774facep+1, 0x1.f8999a713f60dp+1,  -0x1.bff01a5e36bc2p+1,
                            0x1.094922737431ap+1};
  const V size = xsimd::min(V(1e300), x);
  const V reciprocal = V(1.0) / (size + V(4.0));
  return polynomial(fit, (size - V(4.0)) * reciprocal) * (reciprocal * reciprocal);
}

inline V erfc(V x) {
  const V right = exp(-(x * x)) * scaled_erfc(xsimd::abs(x));
  return xsimd::select(x < V(0.0), V(2.0) - right, right);
}

inline V erfcx(V x) {
  const V right = scaled_erfc(xsimd::abs(x));
  const auto negative = x < V(0.0);
  return xsimd::any(negative) ? xsimd::select(negative, V(2.0) * exp(x * x) - right, right) : right;
}

/// Its derivative.
inline V erfcx_slope(V x) {
  const auto negative = x < V(0.0);
  const V slope = -scaled_erfc_slope(xsimd::abs(x));
  if (!xsimd::any(negative)) return slope;
  return xsimd::select(negative, V(2.0) * x * erfcx(x) - V(2 * std::numbers::inv_sqrtpi), slope);
}

/// The logarithm of the normal distribution up to x.
inline V log_ndtr(V x) {
  const auto negative = x < V(0.0);
  const V square = V(0.5) * x * x;
  const V scaled = V(0.5) * scaled_erfc(xsimd::abs(x) * V(std::numbers::sqrt2 / 2));
  const V logarithm = [&] {  // of both sides, of numbers in (0, 1]
    const V below = -exp(-square) * scaled;
    const V sum = xsimd::select(negative, scaled, below + V(1.0));
    const V lost = xsimd::select(negative, V(0.0), (below - (sum - V(1.0))) / sum);
    return log_of_positive(sum) + lost;
  }();
  return xsimd::select(negative, logarithm - square, logarithm);
}

/// The density over the distribution, in the form that neither overflows nor cancels on its side of 0.
inline V log_ndtr_slope(V x) {
  constexpr double central_density = std::numbers::inv_sqrtpi * std::numbers::sqrt2 / 2;
  const V scaled = scaled_erfc(xsimd::abs(x) * V(std::numbers::sqrt2 / 2));
  const V bell = exp(V(-0.5) * x * x);
  const auto negative = x < V(0.0);
  return xsimd::select(negative, V(2 * central_density), bell * V(central_density)) /
         xsimd::select(negative, scaled, V(1.0) - V(0.5) * bell * scaled);
}

/// The x >= 0 beyond which a share p <= 1/2 of the normal distribution lies; `centred` is 1 - 2p. By a polynomial in what
/// w = -log(4 p (1 - p)) says near the centre, after M. Giles, "Approximating the erfinv function" (2012), and, in the tail,
/// in 1 / s with s^2 = -2 log(p).
inline V normal_quantile(V p, V centred) {
  constexpr double centre[] = {-0x1.08e54df7121b9p-17, 0x1.0c4513e12ce5ap-18, 0x1.0a8e576c2bb87p-14,  -0x1.ee717b6c05300p-14,
                               -0x1.432bcdb603430p-13, 0x1.0379e96d4e111p-10, -0x1.4e2735d4baf32p-10, -0x1.953bb4674581cp-9,
                               0x1.02de14496fe36p-6,   -0x1.71e5997c1f437p-6, -0x1.a70fadfc3fbe8p-5,  0x1.7324f0aa91dd5p-1,
                               0x1.9fa072ed72dbbp+0};
  constexpr double tail[] = {-0x1.4bf9057e73b99p-21, 0x1.8861a500923eap-20, -0x1.ff97db37c020fp-20, 0x1.68d82bb8fda05p-18,
                             -0x1.307d651deb797p-16, 0x1.000c9eccd0cacp-14, -0x1.08e67ca827a04p-12, 0x1.7ad8db4079b1fp-10,
                             -0x1.aa30530998a48p-7,  -0x1.2b01c1c893704p-4, 0x1.d981c24dde328p-1};
  constexpr double middle = 0x1.50cdbc336f0cep-3;
  constexpr double scale = 0x1.4d7756fb9f4f6p+3;
  const V w = -log_of_positive(V(4.0) * p * (V(1.0) - p));
  const V near = centred * V(std::numbers::sqrt2) * polynomial(centre, w * V(1.0 / 3) - V(1.0));
  const auto central = w < V(6.0);
  if (xsimd::all(central)) return near;
  const V rest = p * multiply_add(p, multiply_add(p, V(1.0 / 3), V(0.5)), V(1.0));  // -log(1 - p), p being small
  const V s = xsimd::sqrt(V(2.0) * (w + V(2 * std::numbers::ln2) - rest));
  return xsimd::select(central, near, s * polynomial(tail, (V(1.0) / s - V(middle)) * V(scale)));
}

/// The x of which a share p of the normal distribution is below.
inline V ndtri(V p) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const V one(1.0);
  const V size = xsimd::select(p == V(0.0) || p == one, V(infinity),
                               normal_quantile(xsimd::min(p, one - p), xsimd::abs(one - V(2.0) * p)));
  const V within = xsimd::copysign(size, p - V(0.5));
  return xsimd::select(p >= V(0.0) && p <= one, within, V(std::numeric_limits<double>::quiet_NaN()));
}

inline V erfinv(V x) {
  const V size = xsimd::abs(x);
  const V one(1.0);
  const V y = normal_quantile((one - size) * V(0.5), size) * V(std::numbers::sqrt2 / 2);
  const V outside =
      xsimd::select(size == one, V(std::numeric_limits<double>::infinity()), V(std::numeric_limits<double>::quiet_NaN()));
  return xsimd::copysign(xsimd::select(size < one, y, outside), x);
}

/// `near` of x / 4 - 1 up to 8, `far` of 16 / x - 1 over decay(), which costs a root, beyond.
template <std::size_t n, std::size_t m, class Decay>
V near_or_far(const double (&near)[n], const double (&far)[m], V size, const Decay& decay) {
  const auto is_near = size <= V(8.0);
  const V series = polynomial(near, size * V(0.25) - V(1.0));
  if (xsimd::all(is_near)) return series;
  return xsimd::select(is_near, series, polynomial(far, V(16.0) / size - V(1.0)) / decay());
}

/// e^-|x| I_0(x), of |x|.
inline V scaled_i0(V size) {
  constexpr double near[] = {-0x1.13d1967d9f200p-13, 0x1.6d284185c643fp-12, -0x1.dc8901e1b5649p-13, 0x1.b2857af2838fap-12,
                             -0x1.06bb0c39704c5p-9,  0x1.110624fc96c6cp-8,  -0x1.b3e84d286a133p-8,  0x1.7ab61c0054cc2p-7,
                             -0x1.43841a8386c27p-6,  0x1.f165a1e0857c9p-6,  -0x1.600020e8185f1p-5,  0x1.d0b7256b4fa39p-5,
                             -0x1.1cda042ace50ap-4,  0x1.44be1634c36a8p-4,  -0x1.5c0257dbb07b2p-4,  0x1.65c1951a29650p-4,
                             -0x1.6cb8d27d06b97p-4,  0x1.8322d6ba939adp-4,  -0x1.cedda00257d1bp-4,  0x1.a7f09f8bcd880p-3};
  constexpr double far[] = {0x1.b9a6ad71afdc1p-29, 0x1.10994e1ed13bap-25, 0x1.b7129c83cf544p-24,
                            0x1.49c5ed2f4c189p-22, 0x1.8d544aec3b623p-20, 0x1.75cb37f31d60bp-17,
                            0x1.1daa985443708p-13, 0x1.b8796bd2e8153p-9,  0x1.9bd428ad249a5p-2};
  return near_or_far(near, far, size, [=] { return xsimd::sqrt(size); });
}

/// e^-|x| I_1(x) / x, of |x|.
inline V scaled_i1_quotient(V size) {
  constexpr double near[] = {-0x1.1c5677ced4fc3p-16, 0x1.8e488d62e00f5p-15, -0x1.6a32550bd8febp-15, 0x1.893ffdf9dfc91p-14,
                             -0x1.7d4f4422fa496p-12, 0x1.a9bf3ae0c0615p-11, -0x1.8f1b4d3c433aap-10, 0x1.837f136c47596p-9,
                             -0x1.6b31caab54c42p-8,  0x1.3ac5c4c331107p-7,  -0x1.fe2cee162b636p-7,  0x1.83f93049d674fp-6,
                             -0x1.13d698cd3d2bdp-5,  0x1.6dfb52204b1c0p-5,  -0x1.c4da981688137p-5,  0x1.0530e47adc360p-4,
                             -0x1.188137d27b6cdp-4,  0x1.16c3917640d1cp-4,  -0x1.f4bb0719f5fa9p-5,  0x1.6e14eb8cd66cbp-5};
  constexpr double far[] = {-0x1.23284b6239293p-28, -0x1.346b2279a1ce2p-25, -0x1.eaa3161ebf831p-24,
                            -0x1.809bfdfe04a7bp-22, -0x1.eb82d24626b7bp-20, -0x1.f8810510370c3p-17,
                            -0x1.cbc575bdc3d3fp-13, -0x1.3f79622136f8cp-7,  0x1.8ebe783a84030p-2};
  return near_or_far(near, far, size, [=] { return size * xsimd::sqrt(size); });
}

/// Beyond this, I_0 and I_1 are infinite as floats.
inline constexpr double modified_bessel_limit = 200;

inline V limited_size(V x) { return xsimd::min(V(modified_bessel_limit), xsimd::abs(x)); }  // NaN stays

inline V i0(V x) {
  const V size = limited_size(x);
  return exp(size) * scaled_i0(size);
}

inline V i1_quotient(V x) {
  const V size = limited_size(x);
  return exp(size) * scaled_i1_quotient(size);
}

inline V scaled_i1(V x) {
  const V size = xsimd::min(V(1e100), xsimd::abs(x));
  return xsimd::copysign(size * scaled_i1_quotient(size), x);
}

/// Derivatives: I_0(x) - I_1(x) / x; the scaled ones', of which that of order 0 is 0 at 0.
inline V i1_slope(V x) {
  const V size = limited_size(x);
  return exp(size) * (scaled_i0(size) - scaled_i1_quotient(size));
}
inline V scaled_i0_slope(V x) {
  const V size = xsimd::min(V(1e100), xsimd::abs(x));
  return xsimd::select(x == V(0.0), V(0.0),
                       xsimd::copysign(V(1.0), x) * (size * scaled_i1_quotient(size) - scaled_i0(size)));
}
inline V scaled_i1_slope(V x) {
  const V size = xsimd::min(V(1e100), xsimd::abs(x));
  return scaled_i0(size) - scaled_i1_quotient(size) * (V(1.0) + size);
}

inline V i1(V x) { return xsimd::copysign(limited_size(x) * i1_quotient(x), x); }

/// J_n for n = 0 or 1, and Y_n where `second_kind`, for |x| up to 1e4: up to 8 by polynomials in x^2, and a logarithm for
/// Y_n; above by Hankel's phase and amplitude, sqrt(2 / (pi x)) (P cos(x - ...) - Q sin(x - ...)), of which P and x Q are
/// polynomials in 1 / x^2.
template <int n, bool second_kind>
V bessel(V x) {
  constexpr double j[2][13] = {
      {0x1.5902047bb0563p-23, -0x1.703bd3918e826p-19, 0x1.42b99ea4d62e6p-15, -0x1.d10ec8c19dc22p-12, 0x1.09f3481397a61p-8,
       -0x1.d27f51a0caff9p-6, 0x1.2afc33892e6f6p-3, -0x1.03d2d9d8c7ff0p-1, 0x1.09d33c829449ep+0, -0x1.9dbdd0f87b8f5p-1,
       -0x1.4c042a76a634ep-1, 0x1.dc5071f15825cp-1, 0x1.776fc5f84e280p-5},
      {0x1.bc8d4a8d7859ep-28, -0x1.030cfd4e6d86fp-23, 0x1.f58bd491f0e32p-20, -0x1.93668cef2ff19p-16, 0x1.059d33084f65fp-12,
       -0x1.09f34abad5b30p-9, 0x1.982f55321d0bcp-7, -0x1.c07a4d3d43726p-5, 0x1.44c7908bbb3d1p-3, -0x1.09d33c82e6d3bp-2,
       0x1.364e5cb5ce5f2p-3, 0x1.4c042a76b45aep-4, -0x1.dc5071f1209f4p-5}};  // J_0, J_1 / x
  constexpr double y[2][13] = {
      {-0x1.5c144062908bap-22, 0x1.68b1bed8c450ep-18, -0x1.31505d7e37c1bp-14, 0x1.a69fcce135731p-11, -0x1.cc7067903a4cep-8,
       0x1.7bd6d4baaa84ep-5, -0x1.c06cc6367a5fap-3, 0x1.582797ac9919ep-1, -0x1.13da2b14ea7a0p+0, 0x1.272bb3e858d91p-3,
       0x1.a5a81d6621f82p+0, -0x1.a828bfc04f957p-1, -0x1.876cb72f1c7ebp-2},
      {-0x1.c6badb3e0c285p-27, 0x1.01c33b0ef9e4bp-22, -0x1.e34dedfb6fd0fp-19, 0x1.76bbfd9b3ac4ep-15, -0x1.d16053cb69709p-12,
       0x1.c097c891e8f61p-9, -0x1.4198f92550aadp-6, 0x1.41bb68f96abb3p-4, -0x1.923952d7d7b00p-3, 0x1.e16d7a1eec30cp-3,
       0x1.7edab3150d642p-6, -0x1.f26fddcec11e9p-3,
       0x1.21d516f81acf6p-4}};  // Y_n without its logarithm and pole; Y_1's over x
  constexpr double p[2][6] = {{-0x1.57f9251e0d324p-30, 0x1.c0377fcfabc44p-27, -0x1.b8caa1d32d3f2p-23, 0x1.9bde6fb2285e9p-18,
                               -0x1.193600c92efcdp-11, 0x1.ffb8dd3290315p-1},
                              {0x1.81b45f14b0044p-30, -0x1.0143a70aef469p-26, 0x1.0771aac0be83ap-22, -0x1.0b1463fa23f68p-17,
                               0x1.d73b8eabbe1bep-11, 0x1.003b71602d475p+0}};
  constexpr double q[2][6] = {{0x1.708fc6020e10dp-28, -0x1.8fc26c486a755p-25, 0x1.312a47b768e5ap-21, -0x1.8c8054a674a1dp-17,
                               0x1.1e9a61619265ep-11, -0x1.fdb5c0b4adebbp-4},
                              {-0x1.99587861b8c73p-28, 0x1.c46289ba0b8eep-25, -0x1.6416b598b4df7p-21, 0x1.e8dbc9667cc2dp-17,
                               -0x1.938da0ccbc3cfp-11, 0x1.7f3237057f617p-2}};
  constexpr double two_over_pi = 2 * std::numbers::inv_pi;
  const V size = xsimd::abs(x);
  const V t = size * size * V(1.0 / 32) - V(1.0);
  V near = polynomial(j[n], t);
  if constexpr (n == 1) near *= size;
  if constexpr (second_kind) {
    near *= V(two_over_pi) * log(size);
    if constexpr (n == 0) near += polynomial(y[0], t);
    else near += size * polynomial(y[1], t) - V(two_over_pi) / size;
  }
  V value = near;
  const auto is_near = size <= V(8.0);
  if (!xsimd::all(is_near)) {
    const V reciprocal = V(1.0) / size;
    const V u = V(128.0) * reciprocal * reciprocal - V(1.0);
    const V even = polynomial(p[n], u);
    const V odd = polynomial(q[n], u) * reciprocal;
    const auto [sine, cosine] = xsimd::sincos(size - V((2 * n + 1) * std::numbers::pi / 4));
    const V wave = second_kind ? even * sine + odd * cosine : even * cosine - odd * sine;
    value = xsimd::select(is_near, near, wave * xsimd::sqrt(V(two_over_pi) * reciprocal));
  }
  if constexpr (second_kind) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    value = xsimd::select(size == V(0.0), V(-infinity), value);
    return xsimd::select(x < V(0.0), V(std::numeric_limits<double>::quiet_NaN()), value);
  } else {
    return n == 1 ? xsimd::copysign(V(1.0), x) * value : value;
  }
}

}  // namespace xgrad::kernels::single
