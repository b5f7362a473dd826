#include "autograd/io/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "autograd/autograd.h"

namespace xgrad {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

Value optimizer_state() {
  Value::Dict state;
  state[0] = Value::Dict{{"step", tensor({3.0})}, {"exp_avg", ones({2, 4})}};
  return Value::Dict{{"state", state},
                     {"param_groups", Value::List{Value::Dict{{"lr", 0.5},
                                                              {"betas", Value::tuple({0.9, 0.999})},
                                                              {"weight_decay", 0},
                                                              {"amsgrad", false},
                                                              {"maximize", Value()},
                                                              {"name", "first"},
                                                              {"params", Value::List{0}}}}}};
}

TEST(ValueTest, NestedValuesAreReachedByKeysAndIndices) {
  const Value value = optimizer_state();
  const Value& group = value.at("param_groups").at(0);
  EXPECT_EQ(group.at("lr").to_double(), 0.5);
  EXPECT_EQ(group.at("betas").at(1).to_double(), 0.999);
  EXPECT_EQ(group.at("weight_decay").to_double(), 0);
  EXPECT_FALSE(group.at("amsgrad").to_bool());
  EXPECT_TRUE(group.at("maximize").is_none());
  EXPECT_EQ(group.at("name").to_string(), "first");
  EXPECT_EQ(group.at("params").list().front().to_int(), 0);
  EXPECT_TRUE(group.contains("lr"));
  EXPECT_FALSE(group.contains("momentum"));
  EXPECT_EQ(value.at("state").at(0).at("exp_avg").to_tensor().sizes(), IntArrayRef({2, 4}));
}

TEST(ValueTest, NumbersInTensorsAreNumbers) {
  EXPECT_EQ(Value(tensor({3.0})).to_int(), 3);
  EXPECT_EQ(Value(scalar_tensor(3.5)).to_double(), 3.5);
  EXPECT_EQ(Value(scalar_tensor(7, kInt64)).to_int(), 7);
  EXPECT_THROW(Value(scalar_tensor(3.5)).to_int(), TypeError);
  EXPECT_THROW(Value(scalar_tensor(1e30)).to_int(), TypeError);
  EXPECT_THROW(Value(ones({2})).to_int(), TypeError);
  EXPECT_THROW(Value(Tensor()).to_double(), TypeError);
}

TEST(ValueTest, KindsFollowTheTypesOfLiterals) {
  EXPECT_TRUE(Value(true).is_bool());
  EXPECT_TRUE(Value(1).is_int());
  EXPECT_TRUE(Value(std::size_t{1}).is_int());
  EXPECT_TRUE(Value(1.0F).is_double());
  EXPECT_TRUE(Value("a").is_string());
  EXPECT_TRUE(Value(std::string("a")).is_string());
  EXPECT_TRUE(Value(Value::List{}).is_list());
  EXPECT_TRUE(Value::tuple({}).is_list());
  EXPECT_NE(Value::tuple({1}), Value(Value::List{1}));
}

TEST(ValueTest, TheWrongKindIsAnErrorThatSaysWhatIsThere) {
  EXPECT_THAT([] { Value(1.5).to_int(); }, ThrowsMessage<TypeError>("Value: expected an integer, got a real number"));
  EXPECT_THAT([] { Value("x").to_double(); }, ThrowsMessage<TypeError>("Value: expected a number, got text"));
  EXPECT_THAT([] { Value(1).to_bool(); }, ThrowsMessage<TypeError>("Value: expected a bool, got an integer"));
  EXPECT_THAT([] { Value().to_string(); }, ThrowsMessage<TypeError>("Value: expected text, got None"));
  EXPECT_THAT(
      [] {
        Value(zeros({2, 3})).list();
      },
      ThrowsMessage<TypeError>("Value: expected a list, got a tensor float32[2, 3]"));
  EXPECT_THAT([] { Value(Value::List{1}).at("lr"); },
              ThrowsMessage<TypeError>("Value: expected a dictionary, got a list of 1"));
  EXPECT_THAT([] { Value::tuple({1}).to_tensor(); }, ThrowsMessage<TypeError>("Value: expected a tensor, got a tuple of 1"));
  EXPECT_THAT([] { Value(true).size(); }, ThrowsMessage<TypeError>(HasSubstr("expected a list or a dictionary")));
}

TEST(ValueTest, WhatIsNotThereIsAnErrorThatNamesWhatIs) {
  EXPECT_THAT([] { optimizer_state().at("states"); },
              ThrowsMessage<IndexError>("Value: there is no 'states' among the keys ['state', 'param_groups']"));
  EXPECT_THAT([] { optimizer_state().at("state").at(7); },
              ThrowsMessage<IndexError>("Value: there is no 7 among the keys [0]"));
  EXPECT_THAT([] { optimizer_state().at("param_groups").at(1); },
              ThrowsMessage<IndexError>("Value: there is no element 1 in a list of 1"));
  EXPECT_THROW(Value(Value::List{1}).at(-1), IndexError);
}

TEST(ValueTest, DictionariesKeepTheirOrderAndTheLastValueOfAKey) {
  Value::Dict dict{{"b", 1}, {"a", 2}, {3, "three"}, {"b", 4}};
  dict["c"] = 5;
  std::vector<std::string> keys;
  for (const auto& [key, value] : dict) keys.push_back(key.repr());
  EXPECT_THAT(keys, ElementsAre("'b'", "'a'", "3", "'c'"));
  EXPECT_EQ(dict.at("b").to_int(), 4);
  EXPECT_EQ(Value(Value::Dict{{"x", 1}, {"y", 2}}), Value(Value::Dict{{"y", 2}, {"x", 1}}));
  EXPECT_NE(Value(Value::Dict{{"x", 1}}), Value(Value::Dict{{"x", 1.0}}));
  EXPECT_THROW(Value::Key(1).string(), TypeError);
  EXPECT_THROW(Value::Key("a").number(), TypeError);
}

TEST(ValueTest, CopiesAreIndependent) {
  Value value = optimizer_state();
  const Value copy = value;
  value.dict()["param_groups"].list()[0].dict()["lr"] = 7.0;
  EXPECT_EQ(copy, optimizer_state());
  EXPECT_NE(value, copy);
}

TEST(ValueTest, PrintsAsPythonDoesAndCutsWhatIsLong) {
  EXPECT_EQ(to_string(optimizer_state().at("param_groups").at(0)),
            "{'lr': 0.5, 'betas': (0.9, 0.999), 'weight_decay': 0, 'amsgrad': False, 'maximize': None, "
            "'name': 'first', 'params': [0]}");
  EXPECT_EQ(to_string(optimizer_state().at("state")), "{0: {'step': float32[1], 'exp_avg': float32[2, 4]}}");
  EXPECT_EQ(to_string(Value("it's\n")), "'it\\'s\\x0a'");
  EXPECT_LT(to_string(Value(Value::List(10'000, 1))).size(), 1100U);
}

TEST(ValueTest, WhatCouldNotBeReadIsNotWritten) {
  const auto nested = [](int depth) {
    Value value = 1;
    for (int i = 0; i < depth; ++i) value = Value::List{value};
    return value;
  };
  std::stringstream stream;
  save_value(nested(98), stream);
  EXPECT_EQ(load_value(stream), nested(98));
  std::stringstream other;
  EXPECT_THROW(save_value(nested(100), other), ValueError);
  EXPECT_THROW(save_value(Value(Value::List(4'000'001, 1)), other), ValueError);
  EXPECT_TRUE(other.str().empty());
}

TEST(ValueTest, APartOfAValueMayTakeItsPlace) {
  Value value = Value::Dict{{"model", Value::Dict{{"a", Value::List{1, 2}}}}};
  value = value.at("model");
  EXPECT_EQ(value, Value(Value::Dict{{"a", Value::List{1, 2}}}));
  Value::Dict dict = value.dict();
  dict = Value::Dict{{"inner", dict}};
  dict = dict.at("inner").dict();
  EXPECT_EQ(Value(dict), value);
  value = std::move(value.dict()["a"]);
  EXPECT_EQ(value, Value(Value::List{1, 2}));
  value = value.list()[1];
  EXPECT_EQ(value, Value(2));
}

TEST(ValueTest, AnItemMayBeSetToAnotherOne) {
  Value::Dict dict{{"first", Value::List{1}}};
  for (int i = 0; i < 100; ++i) dict[i] = dict.at("first");
  EXPECT_EQ(dict.size(), 101U);
  EXPECT_EQ(dict.at(99), Value(Value::List{1}));
  const Value::Dict copy = dict;
  dict["first"] = 2;
  EXPECT_EQ(copy.at("first"), Value(Value::List{1}));
}

}  // namespace
}  // namespace xgrad
