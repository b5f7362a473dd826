#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include <sstream>

namespace xgrad {
namespace {

struct InnerImpl : nn::Module {
  InnerImpl() : linear(register_module("linear", nn::Linear(3, 2))) {
    scale = register_parameter("scale", ones({2}));
    register_buffer("seen", zeros({1}, kInt64));
  }
  Tensor forward(const Tensor& x) { return linear->forward(x) * scale; }
  nn::Linear linear;
  Tensor scale;
};
XGRAD_MODULE(Inner);

struct OuterImpl : nn::Module {
  OuterImpl() : inner(register_module("inner", Inner())), dropout(register_module("dropout", nn::Dropout(0.5))) {}
  Inner inner;
  nn::Dropout dropout;
};
XGRAD_MODULE(Outer);

TEST(ModuleTest, parameters_are_named_by_their_path_in_order_of_registration) {
  const Outer outer;
  EXPECT_THAT(outer->named_parameters().keys(),
              testing::ElementsAre("inner.scale", "inner.linear.weight", "inner.linear.bias"));
  EXPECT_THAT(outer->named_buffers().keys(), testing::ElementsAre("inner.seen"));
  EXPECT_EQ(outer->named_parameters(false).size(), 0U);
  EXPECT_EQ(outer->children().size(), 2U);
}

TEST(ModuleTest, train_and_eval_reach_all_submodules) {
  const Outer outer;
  EXPECT_TRUE(outer->dropout->is_training());
  outer->eval();
  EXPECT_FALSE(outer->is_training());
  EXPECT_FALSE(outer->dropout->is_training());
  outer->train();
  EXPECT_TRUE(outer->dropout->is_training());
}

TEST(ModuleTest, to_converts_floating_point_tensors_under_all_their_handles) {
  const Inner inner;
  inner->to(kFloat64);
  EXPECT_EQ(inner->scale.dtype(), kFloat64);
  EXPECT_EQ(inner->linear->weight.dtype(), kFloat64);
  EXPECT_TRUE(inner->linear->weight.requires_grad());
  EXPECT_EQ(inner->named_buffers()["seen"].dtype(), kInt64);
  EXPECT_EQ(inner->forward(ones({4, 3}, kFloat64)).dtype(), kFloat64);
  EXPECT_THROW(inner->to(kInt64), TypeError);
}

TEST(ModuleTest, zero_grad_drops_or_clears_gradients) {
  const Inner inner;
  inner->forward(ones({4, 3})).sum().backward();
  inner->zero_grad(false);
  EXPECT_TRUE(inner->scale.grad().equal(zeros({2})));
  inner->zero_grad();
  EXPECT_FALSE(inner->scale.grad().defined());
}

TEST(ModuleTest, apply_visits_every_module_once_with_its_path) {
  const Outer outer;
  std::vector<std::string> paths;
  outer->apply([&](const std::string& path, nn::Module&) { paths.push_back(path); });
  EXPECT_THAT(paths, testing::ElementsAre("", "inner", "inner.linear", "dropout"));
}

TEST(ModuleTest, prints_as_a_tree) {
  const Outer outer;
  std::ostringstream text;
  text << outer;
  EXPECT_EQ(text.str(),
            "Outer(\n"
            "  (inner): Inner(\n"
            "    (linear): Linear(in_features=3, out_features=2, bias=true)\n"
            "  )\n"
            "  (dropout): Dropout(p=0.5)\n"
            ")");
}

TEST(ModuleTest, names_that_are_taken_empty_or_dotted_are_refused) {
  Inner inner;
  EXPECT_THROW(inner->register_parameter("scale", ones({1})), ValueError);
  EXPECT_THROW(inner->register_buffer("linear", ones({1})), ValueError);
  EXPECT_THROW(inner->register_parameter("", ones({1})), ValueError);
  EXPECT_THROW(inner->register_parameter("a.b", ones({1})), ValueError);
  EXPECT_THROW(inner->register_parameter("result", inner->scale * 2), GraphError);
  EXPECT_EQ(inner->named_parameters().size(), 3U);
}

TEST(ModuleHolderTest, copies_are_the_same_module_and_an_empty_holder_says_so) {
  const nn::Linear linear(2, 2);
  const nn::Linear copy = linear;
  EXPECT_EQ(copy.get(), linear.get());
  const nn::Linear empty(nullptr);
  EXPECT_TRUE(empty.is_empty());
  EXPECT_THROW(empty->forward(ones({1, 2})), ValueError);
}

TEST(SequentialTest, runs_its_modules_in_order_and_names_them_by_number) {
  manual_seed(1);
  const nn::Sequential net(nn::Linear(3, 4), nn::ReLU(), nn::Linear(4, 1));
  const Tensor x = randn({5, 3});
  EXPECT_EQ(net->size(), 3U);
  EXPECT_THAT(net->named_parameters().keys(), testing::ElementsAre("0.weight", "0.bias", "2.weight", "2.bias"));
  const auto parameters = net->named_parameters();
  const Tensor expected =
      linear(relu(linear(x, parameters["0.weight"], parameters["0.bias"])), parameters["2.weight"], parameters["2.bias"]);
  EXPECT_TRUE(net->forward(x).equal(expected));
  EXPECT_THROW(nn::Sequential()->forward(x), ValueError);
}

}  // namespace
}  // namespace xgrad
