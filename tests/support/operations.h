/// Table-driven tests of operations: each is looked up by name, and runs on all its cases in tests/golden/ops.
#pragma once

#include <functional>
#include <ostream>
#include <vector>

#include "tests/support/golden.h"

namespace xgrad::test {

/// What the gradients of an operation are checked for.
enum class Gradients {
  kTwice,     ///< gradients, and gradients of gradients
  kConstant,  ///< they depend on nothing, so that there are none of second order
  kNone,
};

struct Operation {
  std::string name;  ///< in the golden file
  std::function<TensorList(const TensorList& inputs, const Json& arguments)> run;
  Gradients gradients = Gradients::kTwice;
  std::string family = {};  ///< the golden file; set by of_family
};

/// A function of one tensor, of two, and of a tensor and a number, as an operation.
Operation unary(const char* name, Tensor (*function)(const Tensor&), Gradients gradients = Gradients::kTwice);
Operation binary(const char* name, Tensor (*function)(const Tensor&, const Tensor&),
                 Gradients gradients = Gradients::kTwice);
Operation with_scalar(const char* name, Tensor (*function)(const Tensor&, Scalar), Gradients gradients = Gradients::kTwice);

inline std::ostream& operator<<(std::ostream& stream, const Operation& operation) { return stream << operation.name; }

/// The operations, with their golden file. A test fails where the file has cases of an operation that is not among them.
std::vector<Operation> of_family(const std::string& family, std::vector<Operation> operations);

/// Names for INSTANTIATE_TEST_SUITE_P.
std::string operation_name(const ::testing::TestParamInfo<Operation>& info);

/// Without those that have no gradients to check.
std::vector<Operation> differentiable(std::vector<Operation> operations);

/// Compares with PyTorch's values and gradients.
class OperationTest : public ::testing::TestWithParam<Operation> {};
/// Compares gradients, and gradients of gradients, with finite differences.
class OperationGradientTest : public ::testing::TestWithParam<Operation> {};

// Arguments from JSON.
std::vector<std::int64_t> dims_at(const Json& arguments, std::size_t i);
/// An integer or a floating-point number, "inf" and "-inf" included.
Scalar scalar_at(const Json& arguments, std::size_t i);
std::optional<std::int64_t> optional_at(const Json& arguments, std::size_t i);
TensorList list(const std::tuple<Tensor, Tensor>& pair);

}  // namespace xgrad::test

/// Runs the family's operations through OperationTest and OperationGradientTest.
#define XGRAD_TEST_OPERATIONS(Suite, family, ...)                                                                   \
  static const std::vector<Operation>& Suite##_operations() {                                                       \
    static const std::vector<Operation> operations = of_family(family, {__VA_ARGS__});                              \
    return operations;                                                                                              \
  }                                                                                                                 \
  INSTANTIATE_TEST_SUITE_P(Suite, OperationTest, ::testing::ValuesIn(Suite##_operations()), operation_name);        \
  INSTANTIATE_TEST_SUITE_P(Suite, OperationGradientTest, ::testing::ValuesIn(differentiable(Suite##_operations())), \
                           operation_name)
