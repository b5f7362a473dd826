/// Random numbers: PyTorch's CPU generator and its transforms, so that one seed gives the same numbers in both.
/// Uniform draws, integers, permutations and Bernoulli masks agree bit for bit with PyTorch 1.13.1; normal draws to 1e-6.
#pragma once

#include <cstdint>
#include <optional>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Uniform on [0, 1).
Tensor rand(IntArrayRef sizes, TensorOptions options = {});
Tensor rand(IntArrayRef sizes, std::optional<Generator> generator, TensorOptions options = {});
/// Standard normal.
Tensor randn(IntArrayRef sizes, TensorOptions options = {});
Tensor randn(IntArrayRef sizes, std::optional<Generator> generator, TensorOptions options = {});
/// Uniform integers in [low, high), 0 where low is left out; int64 unless a dtype is given. Throws ValueError unless
/// low < high, and where the dtype is one of integers that do not hold them all.
Tensor randint(std::int64_t high, IntArrayRef sizes, TensorOptions options = kInt64);
Tensor randint(std::int64_t high, IntArrayRef sizes, std::optional<Generator> generator, TensorOptions options = kInt64);
Tensor randint(std::int64_t low, std::int64_t high, IntArrayRef sizes, TensorOptions options = kInt64);
Tensor randint(std::int64_t low, std::int64_t high, IntArrayRef sizes, std::optional<Generator> generator,
               TensorOptions options = kInt64);
/// randint with the shape and, unless given, the dtype of another tensor.
Tensor randint_like(const Tensor& like, std::int64_t high, TensorOptions options = {},
                    std::optional<MemoryFormat> format = std::nullopt);
Tensor randint_like(const Tensor& like, std::int64_t low, std::int64_t high, TensorOptions options = {},
                    std::optional<MemoryFormat> format = std::nullopt);
/// A random order of 0 ... n - 1. Throws ValueError for a negative n, and a dtype that does not hold all of these.
Tensor randperm(std::int64_t n, TensorOptions options = kInt64);
Tensor randperm(std::int64_t n, std::optional<Generator> generator, TensorOptions options = kInt64);
/// rand with the shape and, unless given, the dtype of another tensor.
Tensor rand_like(const Tensor& like, TensorOptions options = {}, std::optional<MemoryFormat> format = std::nullopt);
/// randn in the same way.
Tensor randn_like(const Tensor& like, TensorOptions options = {}, std::optional<MemoryFormat> format = std::nullopt);
/// 1 with the probability that each element of `probabilities` gives, else 0. Throws ValueError outside [0, 1].
Tensor bernoulli(const Tensor& probabilities, std::optional<Generator> generator = std::nullopt);
/// 1 with probability p, else 0, in the shape and dtype of another tensor. Throws ValueError outside [0, 1].
Tensor bernoulli(const Tensor& like, OnlyReal p, std::optional<Generator> generator = std::nullopt);

}  // namespace xgrad
