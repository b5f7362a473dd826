#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include <sstream>

#include "tests/autograd/io/files.h"

namespace xgrad {
namespace {

class OptimizerArchiveTest : public TemporaryFolder {
 protected:
  void step(const nn::Linear& net, optim::Optimizer& optimizer) const {
    optimizer.zero_grad();
    net(ones({1, 3})).square().sum().backward();
    optimizer.step();
  }
};

TEST_F(OptimizerArchiveTest, comes_back_from_paths_and_streams_and_goes_on_with_the_same_bits) {
  nn::Linear net(3, 2);
  optim::Adam optimizer(net->parameters(), optim::AdamOptions(0.1).amsgrad(true));
  step(net, optimizer);
  save(optimizer, path("adam.pt"));
  std::stringstream stream;
  save(optimizer, stream);
  EXPECT_EQ(load_value(path("adam.pt")), optimizer.state_dict());

  const auto copy = std::dynamic_pointer_cast<nn::LinearImpl>(net->clone());
  const auto other = std::dynamic_pointer_cast<nn::LinearImpl>(net->clone());
  optim::Adam by_path(copy->parameters(), optim::AdamOptions(1));
  optim::Adam by_stream(other->parameters(), optim::AdamOptions(1));
  load(by_path, path("adam.pt"), kCPU);
  load(by_stream, stream);
  step(net, optimizer);
  step(copy, by_path);
  step(other, by_stream);
  EXPECT_TRUE(equal(net->weight, copy->weight));
  EXPECT_TRUE(equal(net->weight, other->weight));
}

TEST_F(OptimizerArchiveTest, stands_beside_a_module_in_one_archive) {
  nn::Linear net(3, 2);
  optim::SGD optimizer(net->parameters(), optim::SGDOptions(0.1).momentum(0.9));
  step(net, optimizer);
  serialize::OutputArchive of_net;
  serialize::OutputArchive of_optimizer;
  of_net << net;
  of_optimizer << optimizer;
  serialize::OutputArchive output;
  output.write("model", of_net);
  output.write("optimizer", of_optimizer);
  output.save_to(path("run.pt"));

  serialize::InputArchive input;
  input.load_from(path("run.pt"));
  serialize::InputArchive state;
  input.read("optimizer", state);
  optim::SGD other(net->parameters(), optim::SGDOptions(1));
  state >> other;
  EXPECT_EQ(other.state_dict(), optimizer.state_dict());
}

TEST_F(OptimizerArchiveTest, what_does_not_fit_is_refused_and_nothing_changes) {
  nn::Linear net(3, 2);
  optim::SGD optimizer(net->parameters(), optim::SGDOptions(0.1).momentum(0.9));
  step(net, optimizer);
  const Value before = optimizer.state_dict();
  save(net, path("net.pt"));
  EXPECT_THROW(load(optimizer, path("net.pt")), Error);
  save_value(Value::Dict{{"pytorch_version", "1.5.0"},
                         {"param_groups", Value::Dict{{"param_groups/size", 0}}},
                         {"state", Value::Dict{{"0x1", Value::Dict{{"momentum_buffer", ones({1})}}}}}},
             path("libtorch.pt"));
  EXPECT_THROW(load(optimizer, path("libtorch.pt")), ValueError);
  save_value(Value::Dict{{"pytorch_version", "1.5.0"}}, path("libtorch.pt"));
  EXPECT_THROW(load(optimizer, path("libtorch.pt")), IndexError);
  EXPECT_EQ(optimizer.state_dict(), before);
}

}  // namespace
}  // namespace xgrad
