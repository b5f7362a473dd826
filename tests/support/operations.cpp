#include "tests/support/operations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <set>

#include "autograd/graph/profiler.h"

namespace xgrad::test {

namespace {

/// The cases of a family, read once.
const Json& cases_of(const std::string& family) {
  static std::map<std::string, Json> files;
  auto found = files.find(family);
  if (found == files.end()) found = files.emplace(family, load_golden("ops/" + family)).first;
  return found->second;
}

/// What of_family was called with.
std::map<std::string, std::set<std::string>>& names_of_families() {
  static std::map<std::string, std::set<std::string>> names;
  return names;
}

std::string describe_case(const Json& golden) {
  std::vector<std::string> inputs;
  for (const Json& input : golden.at("inputs")) inputs.push_back(describe(input));
  return fmt::format("{}({}; arguments {})", golden.at("op").get<std::string>(), fmt::join(inputs, ", "),
                     golden.at("args").dump());
}

TensorList make_inputs(const Json& golden) {
  TensorList inputs;
  for (const Json& description : golden.at("inputs")) inputs.push_back(golden_input(description));
  return inputs;
}

/// Whether finite differences apply: some input is float64, and no floating-point one holds values picked for being special.
bool fits_finite_differences(const Json& golden) {
  bool any = false;
  for (const Json& input : golden.at("inputs")) {
    if (input.at(0) == "float32" || (input.size() == 3 && input.at(0) == "float64")) return false;
    any = any || input.at(0) == "float64";
  }
  return any && golden.contains("gradients");
}

/// Inputs that finite differences may change one element at a time: none expanded, and no two elements equal. Those that
/// have a gradient require one.
TensorList make_separate_inputs(const Json& golden) {
  TensorList inputs;
  for (std::size_t i = 0; i < golden.at("inputs").size(); ++i) {
    Json description = golden.at("inputs")[i];
    if (description[2] == "expanded") description[2] = "contiguous";
    inputs.push_back(golden_input(description));
    if (!golden.at("gradients")[i].is_null()) inputs.back().requires_grad_();
  }
  return inputs;
}

/// Whether a profile shows the operation: by its name, or as those that it consists of.
bool is_in_profile(const std::function<void()>& run) {
  autograd::profiler::Profile profile;
  run();
  profile.stop();
  const auto& events = profile.events();
  return std::any_of(events.begin(), events.end(), [](const autograd::profiler::Event& event) { return !event.backward; });
}

bool has_elements(const TensorList& inputs) {
  return std::all_of(inputs.begin(), inputs.end(), [](const Tensor& x) { return x.numel() > 0; });
}

}  // namespace

Operation unary(const char* name, Tensor (*function)(const Tensor&), Gradients gradients) {
  return {name, [=](const TensorList& x, const Json&) { return TensorList{function(x[0])}; }, gradients};
}

Operation binary(const char* name, Tensor (*function)(const Tensor&, const Tensor&), Gradients gradients) {
  return {name, [=](const TensorList& x, const Json&) { return TensorList{function(x[0], x[1])}; }, gradients};
}

Operation with_scalar(const char* name, Tensor (*function)(const Tensor&, Scalar), Gradients gradients) {
  return {name, [=](const TensorList& x, const Json& a) { return TensorList{function(x[0], scalar_at(a, 0))}; }, gradients};
}

std::vector<Operation> of_family(const std::string& family, std::vector<Operation> operations) {
  for (Operation& operation : operations) {
    operation.family = family;
    names_of_families()[family].insert(operation.name);
  }
  return operations;
}

std::vector<Operation> differentiable(std::vector<Operation> operations) {
  std::erase_if(operations, [](const Operation& operation) { return operation.gradients == Gradients::kNone; });
  return operations;
}

std::string operation_name(const ::testing::TestParamInfo<Operation>& info) { return info.param.name; }

std::vector<std::int64_t> dims_at(const Json& arguments, std::size_t i) {
  return arguments.at(i).get<std::vector<std::int64_t>>();
}

Scalar scalar_at(const Json& arguments, std::size_t i) {
  const Json& argument = arguments.at(i);
  if (argument == "inf") return std::numeric_limits<double>::infinity();
  if (argument == "-inf") return -std::numeric_limits<double>::infinity();
  if (argument.is_number_integer()) return argument.get<std::int64_t>();
  return argument.get<double>();
}

std::optional<std::int64_t> optional_at(const Json& arguments, std::size_t i) {
  if (arguments.at(i).is_null()) return std::nullopt;
  return arguments.at(i).get<std::int64_t>();
}

TensorList list(const std::tuple<Tensor, Tensor>& pair) { return {std::get<0>(pair), std::get<1>(pair)}; }

TEST(Operations, none_is_missing_for_the_golden_cases) {
  for (const auto& [family, names] : names_of_families()) {
    for (const Json& golden : cases_of(family)) {
      const std::string name = golden.at("op");
      EXPECT_TRUE(names.contains(name)) << name << " in ops/" << family << ".json";
    }
  }
}

TEST_P(OperationTest, agrees_with_pytorch) {
  int cases = 0;
  bool profiled = false;
  for (const Json& golden : cases_of(GetParam().family)) {
    if (golden.at("op") != GetParam().name) continue;
    ++cases;
    SCOPED_TRACE(describe_case(golden));
    TensorList inputs = make_inputs(golden);
    TensorList differentiable;
    for (Tensor& input : inputs) {
      if (!input.is_floating_point()) continue;
      input.requires_grad_();
      differentiable.push_back(input);
    }
    TensorList outputs;
    ASSERT_NO_THROW(outputs = GetParam().run(inputs, golden.at("args")));
    profiled = profiled || is_in_profile([&] { GetParam().run(inputs, golden.at("args")); });
    ASSERT_EQ(outputs.size(), golden.at("outputs").size());
    TensorList recorded;
    TensorList weights;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      EXPECT_TRUE(close(stored_tensor(golden.at("outputs")[i]), outputs[i])) << "output " << i;
      if (outputs[i].requires_grad()) recorded.push_back(outputs[i]);
    }
    EXPECT_EQ(!recorded.empty(), golden.contains("gradients")) << "whether the result requires a gradient";
    if (recorded.empty() || !golden.contains("gradients")) continue;
    for (const Tensor& output : recorded) {
      weights.push_back(
          seeded_uniform(output.sizes(), golden.at("seed").get<std::uint64_t>() + weights.size(), -1, 1, output.dtype()));
    }
    TensorList gradients;
    ASSERT_NO_THROW(gradients = autograd::grad(recorded, differentiable, weights, false, false, true));
    std::size_t next = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!inputs[i].is_floating_point()) continue;
      // No gradient at all is as good as one of zeros.
      const Json& expected = golden.at("gradients")[i];
      const auto or_zeros = [&](const Tensor& gradient) { return gradient.defined() ? gradient : zeros_like(inputs[i]); };
      EXPECT_TRUE(close(expected.is_null() ? zeros_like(inputs[i]) : stored_tensor(expected), or_zeros(gradients[next++])))
          << "gradient of input " << i;
    }
  }
  EXPECT_GT(cases, 0) << "no golden cases";
  EXPECT_TRUE(profiled) << "the profile does not show the operation";
}

TEST_P(OperationGradientTest, agrees_with_finite_differences) {
  int cases = 0;
  for (const Json& golden : cases_of(GetParam().family)) {
    if (golden.at("op") != GetParam().name || !fits_finite_differences(golden)) continue;
    ++cases;
    SCOPED_TRACE(describe_case(golden));
    const TensorList inputs = make_separate_inputs(golden);
    const std::function<TensorList(const TensorList&)> function = [&](const TensorList& x) {
      return GetParam().run(x, golden.at("args"));
    };
    EXPECT_NO_THROW(autograd::gradcheck(function, inputs));
    if (GetParam().gradients == Gradients::kTwice && has_elements(inputs)) {
      EXPECT_NO_THROW(autograd::gradgradcheck(function, inputs));
    }
  }
  EXPECT_GT(cases, 0) << "no golden cases";
}

}  // namespace xgrad::test
