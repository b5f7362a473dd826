/// Random numbers in plain memory: PyTorch's transforms of a Mersenne Twister's numbers, vectorised.
#pragma once

#include <cstdint>

#include "autograd/kernels/mersenne_twister.h"

namespace xgrad::kernels {

/// Uniform in [low, low + range), of 24 random bits each for float and 53 for double.
template <class T>
void fill_uniform(MersenneTwister& engine, T* out, std::int64_t n, T low, T range);

/// Normal, by Box and Muller's transform of blocks of 16 uniform numbers: each of the first eight makes a pair with its
/// partner in the last eight. What does not fill a block is drawn again with those before it. n is at least 16.
template <class T>
void fill_normal(MersenneTwister& engine, T* out, std::int64_t n, T mean, T std);

/// 1 with probability p, else 0.
template <class T>
void fill_bernoulli(MersenneTwister& engine, T* out, std::int64_t n, double p);

/// Exponential with mean `scale`, -scale log(1 - u), in double precision, of 53 random bits each.
template <class T>
void fill_exponential(MersenneTwister& engine, T* out, std::int64_t n, double scale);

/// out[i] = bases[i] * uniforms[i]^(1 / orders[i])
void times_roots(float* out, const double* bases, const double* uniforms, const double* orders, std::int64_t n);

/// low + a number in [0, range), of 32 random bits each, or 64 where the range has more.
void fill_integers(MersenneTwister& engine, std::int64_t* out, std::int64_t n, std::uint64_t low, std::uint64_t range);

/// 0 ... n - 1 in random order.
void fill_permutation(MersenneTwister& engine, std::int64_t* out, std::int64_t n);

}  // namespace xgrad::kernels
