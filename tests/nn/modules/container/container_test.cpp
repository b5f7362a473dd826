// AnyModule, Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict and Functional.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

namespace xgrad {
namespace {

using testing::ElementsAre;

/// A forward of its own signature, with a default.
struct ScaleImpl : nn::Module {
  std::tuple<Tensor, std::int64_t> forward(const Tensor& x, std::int64_t times, double shift = 0.5) {
    return {x * times + shift, times + 1};
  }
};
XGRAD_MODULE(Scale);

TEST(AnyModuleTest, calls_a_forward_of_any_signature) {
  nn::AnyModule any{Scale()};
  using Result = std::tuple<Tensor, std::int64_t>;
  const auto [y, next] = any.forward<Result>(ones({2}), std::int64_t{3}, 1.0);
  EXPECT_EQ(y.to_vector<float>(), (std::vector<float>{4, 4}));
  EXPECT_EQ(next, 4);
  EXPECT_EQ(std::get<0>(any.forward<Result>(ones({1}), std::int64_t{3})).item<float>(), 3.5F);
  EXPECT_EQ(&any.get<ScaleImpl>(), any.ptr().get());
  EXPECT_EQ(any.get<Scale>().get(), any.ptr().get());
  EXPECT_EQ(any.type_info(), typeid(ScaleImpl));
}

TEST(AnyModuleTest, wrong_arguments_results_and_types_are_refused) {
  nn::AnyModule any{Scale()};
  EXPECT_THROW(any.forward(ones({1})), ValueError);
  EXPECT_THROW(any.forward(ones({1}), std::int64_t{1}, 1.0, 1.0), ValueError);
  EXPECT_THROW(any.forward(ones({1}), 1), TypeError);  // an int is no std::int64_t
  EXPECT_THROW(any.forward<Tensor>(ones({1}), std::int64_t{1}), TypeError);
  EXPECT_THROW(any.get<nn::LinearImpl>(), TypeError);
  EXPECT_THROW(any.clone(), ValueError);  // Scale is not Cloneable
  EXPECT_TRUE(nn::AnyModule().is_empty());
  EXPECT_THROW(nn::AnyModule().ptr(), ValueError);
}

TEST(AnyModuleTest, a_clone_is_another_module_with_the_same_values) {
  nn::AnyModule any{nn::Linear(3, 2)};
  nn::AnyModule copy = any.clone();
  const Tensor x = rand({4, 3});
  EXPECT_TRUE(equal(any.forward(x), copy.forward(x)));
  const NoGradGuard no_grad;
  copy.get<nn::LinearImpl>().weight.zero_();
  EXPECT_FALSE(equal(any.forward(x), copy.forward(x)));
}

TEST(SequentialTest, runs_its_modules_in_order_and_names_them_by_number) {
  manual_seed(1);
  const nn::Sequential net(nn::Linear(3, 4), nn::ReLU(), nn::Linear(4, 1));
  const Tensor x = randn({5, 3});
  EXPECT_EQ(net->size(), 3U);
  EXPECT_THAT(net->named_parameters().keys(), ElementsAre("0.weight", "0.bias", "2.weight", "2.bias"));
  const auto parameters = net->named_parameters();
  const Tensor expected =
      linear(relu(linear(x, parameters["0.weight"], parameters["0.bias"])), parameters["2.weight"], parameters["2.bias"]);
  EXPECT_TRUE(net->forward(x).equal(expected));
  EXPECT_TRUE(net(x).equal(expected));
  EXPECT_THROW(nn::Sequential()->forward(x), ValueError);
  EXPECT_EQ(&net->at<nn::LinearImpl>(2), net->ptr(2).get());
  EXPECT_THROW(net->at<nn::ReLUImpl>(2), TypeError);
  EXPECT_THROW(net->ptr(3), IndexError);
}

TEST(SequentialTest, takes_names_functions_and_nested_sequentials) {
  nn::Sequential net({{"fc", nn::Linear(3, 4)}, {"act", nn::Functional([](const Tensor& x) { return x * 2; })}});
  net->push_back("inner", nn::Sequential(nn::Linear(4, 1), nn::Tanh()));
  EXPECT_THAT(net->named_children().keys(), ElementsAre("fc", "act", "inner"));
  EXPECT_EQ(net->forward(rand({2, 3})).sizes(), IntArrayRef({2, 1}));
  EXPECT_THROW(net->push_back("fc", nn::Tanh()), ValueError);
  nn::Sequential longer{nn::Identity()};
  longer->extend(*net);
  EXPECT_EQ(longer->size(), 4U);
}

TEST(SequentialTest, the_first_module_takes_any_arguments_and_the_last_returns_any_type) {
  nn::Sequential net(nn::Embedding(5, 3), nn::LSTM(nn::LSTMOptions(3, 4).batch_first(true)));
  using Result = std::tuple<Tensor, std::tuple<Tensor, Tensor>>;
  EXPECT_EQ(std::get<0>(net->forward<Result>(tensor({{1, 2}}))).sizes(), IntArrayRef({1, 2, 4}));
  net->push_back(nn::Linear(4, 1));
  EXPECT_THROW(net->forward(tensor({{1, 2}})), TypeError);  // Linear takes no tuple
  nn::Sequential bilinear(nn::Bilinear(2, 3, 4), nn::Tanh());
  EXPECT_EQ(bilinear->forward(rand({5, 2}), rand({5, 3})).sizes(), IntArrayRef({5, 4}));
}

TEST(SequentialTest, a_clone_runs_on_parameters_of_its_own) {
  const nn::Sequential net(nn::Linear(3, 4), nn::Sequential(nn::Tanh(), nn::Linear(4, 1)));
  const auto copy = std::dynamic_pointer_cast<nn::SequentialImpl>(net->clone());
  const Tensor x = rand({2, 3});
  EXPECT_TRUE(equal(net->forward(x), copy->forward(x)));
  const NoGradGuard no_grad;
  for (Tensor& parameter : copy->parameters()) parameter.zero_();
  EXPECT_TRUE(equal(copy->forward(x), zeros({2, 1})));
  EXPECT_FALSE(equal(net->forward(x), zeros({2, 1})));
}

TEST(ModuleListTest, holds_modules_by_position) {
  nn::ModuleList list(nn::Linear(3, 4), nn::ReLU());
  list->push_back(nn::Linear(4, 1));
  list->insert(1, nn::Tanh());
  EXPECT_EQ(list->size(), 4U);
  EXPECT_THAT(list->named_parameters().keys(), ElementsAre("0.weight", "0.bias", "3.weight", "3.bias"));
  EXPECT_EQ(list->at<nn::LinearImpl>(3).options.in_features(), 4);
  std::vector<std::string> names;
  for (const auto& module : *list) names.push_back(module->name());
  EXPECT_THAT(names, ElementsAre("Linear", "Tanh", "ReLU", "Linear"));
  EXPECT_THROW(list->ptr(4), IndexError);
  EXPECT_THROW(list->insert(5, nn::Tanh()), IndexError);
  EXPECT_THROW(list->at<nn::ReLUImpl>(0), TypeError);
  EXPECT_THROW(list->push_back(std::shared_ptr<nn::Module>()), ValueError);
  const auto copy = std::dynamic_pointer_cast<nn::ModuleListImpl>(list->clone());
  EXPECT_FALSE(copy->at<nn::LinearImpl>(0).weight.is_same(list->at<nn::LinearImpl>(0).weight));
  EXPECT_TRUE(equal(copy->at<nn::LinearImpl>(0).weight, list->at<nn::LinearImpl>(0).weight));
}

TEST(ModuleDictTest, holds_modules_by_name) {
  nn::ModuleDict dict(nn::ModuleDictImpl::Items{{"lstm", nn::LSTM(3, 4).ptr()}, {"gru", nn::GRU(3, 4).ptr()}});
  dict->insert("head", nn::Linear(4, 2));
  EXPECT_THAT(dict->keys(), ElementsAre("lstm", "gru", "head"));
  EXPECT_TRUE(dict->contains("gru"));
  const auto gru = dict->pop("gru");
  EXPECT_EQ(gru->name(), "GRU");
  EXPECT_THAT(dict->keys(), ElementsAre("lstm", "head"));
  dict->update(nn::ModuleDictImpl::Items{{"lstm", nn::RNN(3, 4).ptr()}});
  EXPECT_EQ((*dict)["lstm"]->name(), "RNN");
  EXPECT_EQ(dict->at<nn::LinearImpl>("head").options.out_features(), 2);
  EXPECT_THROW(dict->pop("gru"), IndexError);
  EXPECT_THROW(dict->at<nn::LSTMImpl>("head"), TypeError);
  EXPECT_THROW(dict->insert("a.b", nn::Tanh()), ValueError);
  dict->clear();
  EXPECT_TRUE(dict->empty());
}

TEST(ParameterListTest, holds_parameters_by_position) {
  nn::ParameterList list(ones({2}, requires_grad()), zeros({3}));
  list->append(full({1}, 2.0));
  EXPECT_THAT(list->named_parameters().keys(), ElementsAre("0", "1", "2"));
  EXPECT_TRUE(list->at(0).requires_grad());
  EXPECT_FALSE(list->at(1).requires_grad());
  nn::ParameterList other(ones({4}));
  *other += *list;
  EXPECT_EQ(other->size(), 4U);
  std::int64_t elements = 0;
  for (const Tensor& parameter : *other) elements += parameter.numel();
  EXPECT_EQ(elements, 10);
  EXPECT_THROW(list->at(3), IndexError);
  EXPECT_THROW(list->append(list->at(0) * 2), GraphError);
  const auto copy = std::dynamic_pointer_cast<nn::ParameterListImpl>(list->clone());
  EXPECT_FALSE(copy->at(0).is_same(list->at(0)));
  EXPECT_TRUE(copy->at(0).requires_grad());
}

TEST(ParameterDictTest, holds_parameters_by_name) {
  nn::ParameterDict dict(nn::ParameterDictImpl::Items{{"a", ones({2}, requires_grad())}, {"b", zeros({3})}});
  dict->insert("a", full({1}, 7.0));
  EXPECT_THAT(dict->keys(), ElementsAre("a", "b"));
  EXPECT_EQ(dict->get("a").item<float>(), 7.0F);
  EXPECT_EQ(dict->pop("b").numel(), 3);
  EXPECT_FALSE(dict->contains("b"));
  EXPECT_THROW(dict->get("b"), IndexError);
  EXPECT_THROW(dict->insert("", ones({1})), ValueError);
}

TEST(FunctionalTest, a_function_is_a_module) {
  const nn::Functional doubled([](const Tensor& x) { return x * 2; });
  const nn::Functional powers([](const Tensor& x, double exponent) { return x.pow(exponent); }, 3.0);
  EXPECT_EQ(doubled(full({}, 3.0)).item<double>(), 6);
  EXPECT_EQ(powers(full({}, 2.0)).item<double>(), 8);
}

TEST(ContainerTest, may_be_extended_by_themselves) {
  nn::ModuleList list(nn::Linear(2, 2), nn::Linear(3, 3));
  list->extend(*list);
  EXPECT_EQ(list->size(), 4U);
  EXPECT_EQ(list->ptr(0), list->ptr(2));
  nn::Sequential sequence(nn::Linear(2, 2), nn::ReLU());
  sequence->extend(*sequence);
  EXPECT_EQ(sequence->size(), 4U);
  EXPECT_EQ(sequence->forward(ones({1, 2})).sizes(), IntArrayRef({1, 2}));
  nn::ParameterList parameters;
  parameters->append(ones({1}));
  parameters->append(ones({2}));
  parameters->extend(*parameters);
  *parameters += *parameters;
  EXPECT_EQ(parameters->size(), 8U);
}

TEST(ParameterListTest, takes_all_entries_of_another_also_equal_and_undefined_ones) {
  const Tensor shared = ones({2});
  nn::ParameterList some;
  nn::ParameterList more;
  for (const Tensor& entry : {shared, shared, Tensor()}) more->append(entry);
  *some += *more;
  EXPECT_EQ(some->size(), 3U);
}

TEST(ModuleDictTest, changes_nothing_where_one_name_is_refused) {
  nn::ModuleDict modules;
  const auto linear = [] { return std::shared_ptr<nn::Module>(nn::Linear(1, 1).ptr()); };
  EXPECT_THROW(modules->update({{"a", linear()}, {"b.c", linear()}}), ValueError);
  EXPECT_THROW(modules->update({{"a", linear()}, {"b", nullptr}}), ValueError);
  EXPECT_TRUE(modules->empty());
  EXPECT_THROW(nn::ModuleDictImpl(nn::ModuleDictImpl::Items{{"a", linear()}, {"a", linear()}}), ValueError);
}

}  // namespace
}  // namespace xgrad
