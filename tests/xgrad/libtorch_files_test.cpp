// Files that libtorch's C++ torch::save wrote (tests/golden/make_libtorch_files.cpp).
#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include <fstream>

namespace xgrad {
namespace {

std::string golden(const std::string& name) { return XGRAD_GOLDEN_DIR "/libtorch/" + name + ".pt"; }

struct NetImpl : nn::Module {
  NetImpl() : lstm(register_module("lstm", nn::LSTM(2, 3))), head(register_module("head", make_head())) {
    scale = register_buffer("scale", zeros({1}));
  }
  /// The last layer's weights are drawn first: so they were for the file, by a compiler that begins with the last argument.
  static nn::Sequential make_head() {
    const nn::Linear last(3, 1);
    const nn::Linear first(3, 3);
    return nn::Sequential(first, nn::BatchNorm1d(3), last);
  }
  Tensor forward(const Tensor& x) { return head->forward(std::get<0>(lstm(x)).select(0, -1)) * scale; }
  nn::LSTM lstm;
  nn::Sequential head;
  Tensor scale;
};
XGRAD_MODULE(Net);

template <class Optimizer, class Options>
void expect_the_same_losses(const std::string& name, const Options& options) {
  SCOPED_TRACE(name);
  serialize::InputArchive run;
  run.load_from(golden(name));
  EXPECT_EQ(run.keys().size(), 3U);
  serialize::InputArchive model;
  serialize::InputArchive state;
  Tensor losses;
  run.read("model", model);
  run.read("optimizer", state);
  run.read("losses", losses);
  Net net;
  Optimizer optimizer(net->parameters(), options);
  net->load(model);
  optimizer.load(state);
  const Tensor x = linspace(-1, 1, 4 * 5 * 2).reshape({4, 5, 2});
  const Tensor y = linspace(0, 1, 5).reshape({5, 1});
  for (std::int64_t step = 0; step < 4; ++step) {
    optimizer.zero_grad();
    const Tensor loss = nn::functional::mse_loss(net(x), y);
    loss.backward();
    optimizer.step();
    EXPECT_NEAR(loss.item<double>(), losses[step].item<double>(), 1e-5) << step;
  }
}

TEST(LibtorchFilesTest, runs_of_every_optimizer_go_on_with_the_same_losses) {
  expect_the_same_losses<optim::SGD>("sgd", optim::SGDOptions(1));
  expect_the_same_losses<optim::Adam>("adam", optim::AdamOptions());
  expect_the_same_losses<optim::AdamW>("adamw", optim::AdamWOptions());
  expect_the_same_losses<optim::RMSprop>("rmsprop", optim::RMSpropOptions());
  expect_the_same_losses<optim::Adagrad>("adagrad", optim::AdagradOptions());
}

TEST(LibtorchFilesTest, modules_tensors_and_values_are_read) {
  manual_seed(0);
  const Net same_seed;
  const Net net;
  load(net, golden("module"));
  const auto expected = nn::state_dict(*same_seed);
  for (const auto& [name, tensor] : nn::state_dict(*net)) {
    if (name == "scale") continue;
    EXPECT_TRUE(tensor.allclose(expected.at(name), 1e-5, 1e-7)) << name;
  }
  EXPECT_EQ(net->scale.item<double>(), 0.5);
  std::ifstream stream(golden("module"), std::ios::binary);
  load(same_seed, stream);
  EXPECT_TRUE(equal(same_seed->lstm->parameters()[0], net->lstm->parameters()[0]));

  Tensor tensor;
  load(tensor, golden("tensor"));
  EXPECT_TRUE(equal(tensor, arange(6).view({2, 3})));
  std::vector<Tensor> tensors;
  load(tensors, golden("tensors"));
  ASSERT_EQ(tensors.size(), 3U);
  EXPECT_TRUE(equal(tensors[1], arange(3)));
  EXPECT_EQ(load_value(golden("values")), Value(Value::Dict{{"real", 0.5},
                                                            {"integer", std::int64_t{1} << 40},
                                                            {"flag", true},
                                                            {"text", "naïve"},
                                                            {"dotted.name", ones({2, 2})}}));
}

}  // namespace
}  // namespace xgrad
