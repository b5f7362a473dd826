#include "tests/support/modules.h"

#include <set>

namespace xgrad::test {

namespace {

void fill_parameters(nn::Module& module, const Json& golden) {
  const NoGradGuard no_grad;
  auto seed = golden.at("seed").get<std::uint64_t>();
  for (auto& item : module.named_parameters()) {
    item.value().copy_(seeded_uniform(item.value().sizes(), seed++, -0.7, 0.7, item.value().dtype()));
  }
}

void compare_case(const Subject& subject, const Json& golden) {
  nn::Module& module = *subject.module;
  const Dtype dtype = golden.at("dtype") == "float32" ? kFloat32 : kFloat64;
  module.to(dtype);
  module.train(golden.at("training").get<bool>());
  EXPECT_EQ(module.named_parameters().keys(), golden.at("names").get<std::vector<std::string>>());
  fill_parameters(module, golden);

  TensorList inputs;
  TensorList wanted;
  for (const Json& description : golden.at("inputs")) {
    inputs.push_back(description.is_null() ? Tensor() : golden_input(description));
    if (inputs.back().defined() && inputs.back().is_floating_point() && description.size() == 6) {
      wanted.push_back(inputs.back().requires_grad_());
    }
  }
  for (const Tensor& parameter : module.parameters()) wanted.push_back(parameter);

  const auto clone = module.clone();
  const TensorList results = subject.run(module, inputs);
  const TensorList of_clone = subject.run(*clone, inputs);
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_TRUE(close(results[i].detach(), of_clone[i].detach(), 0)) << "result " << i << " of a clone";
  }
  ASSERT_EQ(results.size(), golden.at("results").size());
  TensorList outputs;
  TensorList weights;
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_TRUE(close(stored_tensor(golden.at("results")[i]), results[i])) << "result " << i;
    if (!results[i].requires_grad()) continue;
    outputs.push_back(results[i]);
    weights.push_back(
        seeded_uniform(results[i].sizes(), golden.at("seed").get<std::uint64_t>() + 200 + i, -1, 1, results[i].dtype()));
  }
  ASSERT_EQ(wanted.size(), golden.at("gradients").size());
  if (!outputs.empty()) {
    const TensorList gradients = autograd::grad(outputs, wanted, weights, std::nullopt, false, true);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (golden.at("gradients")[i].is_null()) continue;
      EXPECT_TRUE(close(stored_tensor(golden.at("gradients")[i]), gradients[i]))
          << "gradient " << i << " (the inputs, then the parameters)";
    }
  }
  for (const auto& [name, expected] : golden.at("buffers").items()) {
    EXPECT_TRUE(close(stored_tensor(expected), module.named_buffers()[name])) << "buffer " << name;
  }
}

}  // namespace

void compare_with_golden(const std::string& family, const Subjects& subjects) {
  std::set<std::string> seen;
  for (const Json& golden : load_golden("nn/" + family)) {
    const std::string name = golden.at("module");
    seen.insert(name);
    Json title = golden;
    for (const char* key : {"results", "gradients", "buffers", "names"}) title.erase(key);
    SCOPED_TRACE(title.dump());
    const auto found = subjects.find(name);
    ASSERT_NE(found, subjects.end()) << "no module named " << name;
    compare_case(found->second(golden.at("args")), golden);
  }
  for (const auto& [name, make] : subjects) EXPECT_TRUE(seen.contains(name)) << name << " has no case";
}

}  // namespace xgrad::test
