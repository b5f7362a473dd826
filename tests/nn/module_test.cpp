#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include "tests/support/printed.h"

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

struct NestedImpl : nn::Module {
  NestedImpl() : inner(register_module("inner", Inner())), dropout(register_module("dropout", nn::Dropout(0.5))) {}
  Inner inner;
  nn::Dropout dropout;
};
XGRAD_MODULE(Nested);

TEST(ModuleTest, parameters_are_named_by_their_path_in_order_of_registration) {
  const Nested outer;
  EXPECT_THAT(outer->named_parameters().keys(),
              testing::ElementsAre("inner.scale", "inner.linear.weight", "inner.linear.bias"));
  EXPECT_THAT(outer->named_buffers().keys(), testing::ElementsAre("inner.seen"));
  EXPECT_EQ(outer->named_parameters(false).size(), 0U);
  EXPECT_EQ(outer->children().size(), 2U);
}

TEST(ModuleTest, train_and_eval_reach_all_submodules) {
  const Nested outer;
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
  const Nested outer;
  std::vector<std::string> paths;
  outer->apply([&](const std::string& path, nn::Module&) { paths.push_back(path); });
  EXPECT_THAT(paths, testing::ElementsAre("", "inner", "inner.linear", "dropout"));
}

TEST(ModuleTest, prints_as_a_tree) {
  const Nested outer;
  EXPECT_EQ(test::printed(outer),
            "Nested(\n"
            "  (inner): Inner(\n"
            "    (linear): Linear(in_features=3, out_features=2, bias=true)\n"
            "  )\n"
            "  (dropout): Dropout(p=0.5, inplace=false)\n"
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

/// A model that can be cloned, with submodules of several kinds.
struct TaggerImpl : nn::Cloneable<TaggerImpl> {
  explicit TaggerImpl(std::int64_t hidden_) : hidden(hidden_) { reset(); }
  void reset() override {
    lstm = register_module("lstm", nn::LSTM(nn::LSTMOptions(3, hidden).bidirectional(true)));
    norm = register_module("norm", nn::BatchNorm1d(2 * hidden));
    layers = register_module("layers", nn::ModuleList(nn::Linear(2 * hidden, 4), nn::PReLU()));
    head = register_module("head", nn::Sequential(nn::Dropout(0.5), nn::Linear(4, 2)));
    scale = register_parameter("scale", ones({2}));
    seen = register_buffer("seen", zeros({1}, kInt64));
  }
  Tensor forward(const Tensor& x) {
    Tensor y = norm(std::get<0>(lstm(x))[-1]);
    y = layers->at<nn::LinearImpl>(0).forward(y);
    y = layers->at<nn::PReLUImpl>(1).forward(y);
    return head(y) * scale;
  }
  std::int64_t hidden;
  nn::LSTM lstm{nullptr};
  nn::BatchNorm1d norm{nullptr};
  nn::ModuleList layers{nullptr};
  nn::Sequential head{nullptr};
  Tensor scale;
  Tensor seen;
};
XGRAD_MODULE(Tagger);

TEST(CloneTest, a_clone_computes_the_same_and_shares_nothing) {
  manual_seed(1);
  const Tagger model(5);
  model->forward(rand({4, 3, 3}));  // moves the running statistics
  model->seen.fill_(3);
  model->scale.requires_grad_(false);
  model->eval();
  const auto copy = std::dynamic_pointer_cast<TaggerImpl>(model->clone());
  ASSERT_NE(copy, nullptr);
  EXPECT_FALSE(copy->is_training());
  EXPECT_FALSE(copy->norm->is_training());
  EXPECT_FALSE(copy->scale.requires_grad());
  EXPECT_EQ(copy->seen.item<std::int64_t>(), 3);
  EXPECT_EQ(copy->named_parameters().keys(), model->named_parameters().keys());
  const Tensor x = rand({4, 2, 3});
  EXPECT_TRUE(equal(model->forward(x), copy->forward(x)));

  const auto mine = model->parameters();
  const auto its = copy->parameters();
  for (std::size_t i = 0; i < mine.size(); ++i) EXPECT_NE(mine[i].data_ptr(), its[i].data_ptr());
  copy->forward(x).sum().backward();
  for (const Tensor& parameter : mine) EXPECT_FALSE(parameter.grad().defined());
  EXPECT_TRUE(copy->lstm->parameters()[0].grad().defined());  // members are the registered tensors
}

TEST(CloneTest, a_module_that_cannot_be_cloned_says_so) {
  EXPECT_THROW(Inner()->clone(), ValueError);
  struct LateImpl : nn::Cloneable<LateImpl> {
    LateImpl() { late = register_parameter("late", ones({1})); }  // not in reset()
    void reset() override {}
    Tensor late;
  };
  EXPECT_THROW(std::make_shared<LateImpl>()->clone(), ValueError);
}

TEST(ModuleTest, modules_are_named_by_their_path) {
  const Nested outer;
  EXPECT_THAT(outer->named_modules().keys(), testing::ElementsAre("", "inner", "inner.linear", "dropout"));
  EXPECT_THAT(outer->named_modules("net").keys(),
              testing::ElementsAre("net", "net.inner", "net.inner.linear", "net.dropout"));
  EXPECT_EQ(outer->modules().size(), 4U);
  EXPECT_EQ(outer->modules(false).size(), 3U);
  NestedImpl on_the_stack;
  EXPECT_EQ(on_the_stack.modules(false).size(), 3U);
  EXPECT_THROW(on_the_stack.modules(), ValueError);
}

TEST(ModuleTest, submodules_are_replaced_and_taken_out) {
  const Inner inner;
  inner->replace_module("linear", nn::Linear(5, 7));
  EXPECT_EQ(inner->named_parameters()["linear.weight"].sizes(), IntArrayRef({7, 5}));
  EXPECT_THROW(inner->replace_module("none", nn::Linear(5, 7)), IndexError);
  EXPECT_THROW(inner->replace_module("linear", nn::Linear(nullptr)), ValueError);
  inner->unregister_module("linear");
  EXPECT_TRUE(inner->children().empty());
  EXPECT_THROW(inner->unregister_module("linear"), IndexError);
}

TEST(ModuleTest, apply_comes_in_all_of_libtorchs_forms) {
  const Nested outer;
  int modules = 0;
  outer->apply([&](nn::Module&) { ++modules; });
  std::as_const(*outer).apply([&](const nn::Module&) { ++modules; });
  outer->apply([&](const std::shared_ptr<nn::Module>&) { ++modules; });
  EXPECT_EQ(modules, 12);
  std::vector<std::string> names;
  outer->apply([&](const std::string& name, const std::shared_ptr<nn::Module>&) { names.push_back(name); }, "net");
  EXPECT_THAT(names, testing::ElementsAre("net", "net.inner", "net.inner.linear", "net.dropout"));
}

TEST(ModuleTest, as_tells_the_type) {
  const std::shared_ptr<nn::Module> module = nn::Linear(3, 4).ptr();
  EXPECT_NE(module->as<nn::Linear>(), nullptr);
  EXPECT_NE(module->as<nn::LinearImpl>(), nullptr);
  EXPECT_EQ(module->as<nn::Tanh>(), nullptr);
}

TEST(ModuleTest, errors_name_what_is_wrong_with_a_name) {
  Inner inner;
  const auto message = [](const auto& action) {
    try {
      action();
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(message([&] { inner->register_parameter("scale", ones({1})); }),
              testing::HasSubstr("Parameter 'scale' already defined"));
  EXPECT_THAT(message([&] { inner->register_buffer("a.b", ones({1})); }),
              testing::HasSubstr("Buffer name must not contain a dot (got 'a.b'"));
  EXPECT_THAT(message([&] { inner->register_module("", nn::Tanh()); }),
              testing::HasSubstr("Submodule name must not be empty"));
  EXPECT_THAT(message([&] { inner->named_parameters()["none"]; }), testing::HasSubstr("Parameter 'none' is not defined"));
  EXPECT_THROW(inner->register_module("empty", nn::Linear(nullptr)), ValueError);
}

TEST(OrderedDictTest, keeps_the_order_through_changes) {
  OrderedDict<std::string, int> dict{{"a", 1}, {"b", 2}, {"c", 3}};
  dict.erase("a");
  dict.insert("d", 4);
  EXPECT_THAT(dict.keys(), testing::ElementsAre("b", "c", "d"));
  EXPECT_EQ(dict["d"], 4);
  EXPECT_EQ(dict[0].key(), "b");
  EXPECT_EQ(dict.front().value(), 2);
  EXPECT_EQ(dict.back().value(), 4);
  EXPECT_THROW(dict[3], IndexError);
  EXPECT_THROW(dict["a"], IndexError);
  EXPECT_THROW(dict.erase("a"), IndexError);
  EXPECT_THROW(dict.update({{"e", 5}, {"b", 6}}), ValueError);
  EXPECT_EQ(dict.size(), 3U);
}

TEST(ModuleTest, an_undefined_parameter_that_is_to_require_a_gradient_warns) {
  struct Collect : WarningHandler {
    void process(const SourceLocation& /*location*/, const std::string& message, bool /*verbatim*/) override {
      messages.push_back(message);
    }
    std::vector<std::string> messages;
  } collect;
  const Warning::WarningHandlerGuard guard(&collect);
  const nn::Linear without_bias(nn::LinearOptions(2, 3).bias(false));
  nn::Module module;
  module.register_parameter("kept", {}, false);
  EXPECT_TRUE(collect.messages.empty());
  module.register_parameter("weight", {});
  ASSERT_EQ(collect.messages.size(), 1U);
  EXPECT_NE(collect.messages[0].find("'weight'"), std::string::npos);
}

TEST(ModuleTest, holders_of_containers_take_indices) {
  const nn::Sequential sequential(nn::Linear(2, 3), nn::Tanh());
  EXPECT_EQ(sequential[0], sequential->ptr(0));
  EXPECT_THROW(sequential[2], IndexError);
  const nn::ModuleList list(nn::Linear(2, 3));
  EXPECT_EQ(list[0], list->ptr(0));
  nn::ModuleDict dict;
  dict->insert("tanh", nn::Tanh());
  EXPECT_EQ(dict["tanh"], dict->ptr("tanh"));
  nn::ParameterList parameters(ones({2}));
  parameters[0] = zeros({3});
  EXPECT_EQ(parameters->at(0).sizes(), IntArrayRef({3}));
  nn::ParameterDict named;
  named->insert("offset", ones({2}));
  EXPECT_TRUE(named["offset"].is_same(named->get("offset")));
}

TEST(ModuleTest, a_module_is_not_below_itself) {
  const auto outer = std::make_shared<nn::ModuleListImpl>();
  const auto inner = std::make_shared<nn::ModuleListImpl>();
  EXPECT_THROW(outer->push_back(outer), ValueError);
  outer->push_back(inner);
  EXPECT_THROW(inner->push_back(outer), ValueError);
  EXPECT_EQ(outer->modules().size(), 2U);
}

TEST(ModuleTest, another_dtype_is_that_of_the_gradients_too) {
  nn::Linear linear(2, 2);
  linear(ones({1, 2})).sum().backward();
  linear->to(kFloat64, /*non_blocking=*/false);
  EXPECT_TRUE(linear->weight.grad().equal(ones({2, 2}, kFloat64)));
}

TEST(ModuleTest, clone_takes_a_device) {
  nn::Sequential sequence(nn::Linear(1, 1));
  const nn::Linear linear(1, 1);
  EXPECT_EQ(sequence->clone(Device(kCPU))->parameters().size(), 2U);
  EXPECT_EQ(linear->clone(std::nullopt)->parameters().size(), 2U);
  EXPECT_EQ(linear.ptr()->clone(kCPU)->parameters().size(), 2U);
}

/// With a buffer that is a view, as positional encodings are, and one that may be a result of the graph.
struct EncodedImpl : nn::Module {
  EncodedImpl() {
    weight = register_parameter("weight", ones({2}));
    positions = register_buffer("positions", arange(4, kFloat32).unsqueeze(0));
    result = register_buffer("result", zeros({2}));
  }
  Tensor weight;
  Tensor positions;
  Tensor result;
};

TEST(ModuleTest, buffers_that_are_views_are_converted) {
  EncodedImpl module;
  module.to(kFloat64);
  EXPECT_EQ(module.weight.dtype(), kFloat64);
  EXPECT_TRUE(equal(module.positions, arange(4, kFloat64).unsqueeze(0)));
  EXPECT_EQ(module.positions.dtype(), kFloat64);
}

TEST(ModuleTest, nothing_is_converted_where_something_cannot_be) {
  EncodedImpl module;
  module.result.copy_(module.weight * 2);
  EXPECT_THROW(module.to(kFloat64), GraphError);
  EXPECT_EQ(module.weight.dtype(), kFloat32);
  EXPECT_EQ(module.positions.dtype(), kFloat32);
}

}  // namespace
}  // namespace xgrad
