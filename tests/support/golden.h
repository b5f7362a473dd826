/// Reference values from tests/golden: how they are read, and how results are compared with them.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "autograd/autograd.h"

namespace xgrad::test {

using Json = nlohmann::json;

/// The content of tests/golden/<name>.json.
Json load_golden(const std::string& name);

inline constexpr std::array all_dtypes = {kBool,  kUInt8,   kInt8,     kInt16,   kInt32,
                                          kInt64, kFloat16, kBFloat16, kFloat32, kFloat64};

/// The dtype with PyTorch's name: "float32".
Dtype dtype_by_name(const std::string& name);

/// A stored tensor: [dtype, shape, base64 of the elements].
Tensor stored_tensor(const Json& stored);

/// Uniform numbers in [low, high) from `seed`, as golden.py's uniform() makes them.
Tensor seeded_uniform(IntArrayRef shape, std::uint64_t seed, double low, double high, Dtype dtype);

/// An input by its description: [dtype, shape, layout, seed, low, high], or a stored tensor.
Tensor golden_input(const Json& description);

/// The description in words, for messages: "float64 [3, 4] strided".
std::string describe(const Json& input);

/// Whether dtypes and shapes are the same, and all elements differ by at most tolerance * (1 + |expected|). NaN equals NaN.
::testing::AssertionResult close(const Tensor& expected, const Tensor& actual, double tolerance);
/// With 1e-10 for float64, 1e-5 for float32, and 0 for the others.
::testing::AssertionResult close(const Tensor& expected, const Tensor& actual);

}  // namespace xgrad::test
