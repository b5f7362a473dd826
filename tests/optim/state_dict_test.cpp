#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/optim/reference.h"

namespace xgrad::test {

namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// A value as make_optim.py writes it.
Value from_json(const Json& json) {
  if (json.is_null()) return {};
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number_float()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_array()) {
    Value::List list;
    for (const Json& item : json) list.push_back(from_json(item));
    return list;
  }
  if (json.contains("tensor")) return stored_tensor(json.at("tensor"));
  if (json.contains("tuple")) return Value::tuple(from_json(json.at("tuple")).list());
  if (json.contains("infinity")) return (json.at("infinity").get<bool>() ? 1 : -1) * std::numeric_limits<double>::infinity();
  Value::Dict dict;
  for (const Json& item : json.at("dict")) {
    if (item[0].is_number()) dict[item[0].get<std::int64_t>()] = from_json(item[1]);
    else dict[item[0].get<std::string>()] = from_json(item[1]);
  }
  return dict;
}

bool only_none(const Value& value) {
  if (!value.is_dict() || value.dict().empty()) return false;
  return std::all_of(value.dict().begin(), value.dict().end(), [](const auto& item) { return item.value.is_none(); });
}

/// Numbers may differ by rounding, and an integer may stand for a real number.
void expect_close(const Value& expected, const Value& actual, const std::string& where) {
  SCOPED_TRACE(where);
  if (expected.is_dict()) {
    ASSERT_TRUE(actual.is_dict());
    for (const auto& [key, value] : expected.dict()) {
      const Value* other = actual.dict().find(key);
      // SGD without momentum says so with None; schedules that wait in a sequence count a step more.
      if (only_none(value) || key.repr() == "'_step_count'") continue;
      ASSERT_NE(other, nullptr) << key.repr();
      expect_close(value, *other, where + "." + key.repr());
    }
    for (const auto& [key, value] : actual.dict()) {
      const bool is_later = key.repr() == "'_anneal_func_type'";  // PyTorch 2's
      EXPECT_TRUE(is_later || expected.contains(key)) << key.repr();
    }
  } else if (expected.is_list()) {
    ASSERT_TRUE(actual.is_list());
    EXPECT_EQ(expected.kind(), actual.kind());
    ASSERT_EQ(expected.size(), actual.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      expect_close(expected.list()[i], actual.list()[i], where + "." + std::to_string(i));
    }
  } else if (expected.is_tensor() && actual.is_tensor()) {
    EXPECT_TRUE(close(expected.to_tensor(), actual.to_tensor(), 1e-9));
  } else if (expected.is_int() || expected.is_double() || expected.is_tensor()) {
    const double number = expected.to_double();
    EXPECT_TRUE(number == actual.to_double() || std::abs(number - actual.to_double()) <= 1e-9 * std::abs(number))
        << number << " and " << actual.to_double();
  } else {
    EXPECT_EQ(expected, actual);
  }
}

class StateDictTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  Json golden_ = load_golden("optim_state").at(GetParam());
  std::string optimizer_ = golden_.at("optimizer");
  std::string scheduler_ = golden_.at("scheduler");

  void expect_parameters(const char* name, const Parameters& parameters) const {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      EXPECT_TRUE(close(stored_tensor(golden_.at(name)[i]), parameters[i], 1e-9)) << name << " " << i;
    }
  }
};

void run(optim::Optimizer& optimizer, const Schedule& schedule, const Parameters& parameters, std::int64_t from,
         std::int64_t to) {
  for (std::int64_t step = from; step <= to; ++step) {
    train(optimizer, parameters, step);
    schedule.next(step);
  }
}

}  // namespace

TEST_P(StateDictTest, a_run_begun_in_python_goes_on) {
  Parameters parameters;
  for (const Json& stored : golden_.at("middle")) parameters.push_back(stored_tensor(stored).requires_grad_());
  const auto optimizer = make_optimizer(optimizer_, parameters);
  const Schedule schedule = make_schedule(scheduler_, *optimizer);
  optimizer->load_state_dict(from_json(golden_.at("optimizer_state")));
  schedule.load_state_dict(from_json(golden_.at("scheduler_state")));
  run(*optimizer, schedule, parameters, 11, 20);
  expect_parameters("end", parameters);
}

TEST_P(StateDictTest, the_state_is_that_of_python) {
  const Parameters parameters = start_parameters(kFloat64);
  const auto optimizer = make_optimizer(optimizer_, parameters);
  const Schedule schedule = make_schedule(scheduler_, *optimizer);
  run(*optimizer, schedule, parameters, 1, 10);
  expect_parameters("middle", parameters);
  expect_close(from_json(golden_.at("optimizer_state")), optimizer->state_dict(), "optimizer");
  expect_close(from_json(golden_.at("scheduler_state")), schedule.state_dict(), "scheduler");
}

TEST_P(StateDictTest, a_resumed_run_gives_the_same_bits) {
  const Parameters parameters = start_parameters(kFloat64);
  const auto optimizer = make_optimizer(optimizer_, parameters);
  const Schedule schedule = make_schedule(scheduler_, *optimizer);
  run(*optimizer, schedule, parameters, 1, 10);
  Parameters copies;
  for (const Tensor& p : parameters) copies.push_back(p.detach().clone().requires_grad_());
  const auto resumed = make_optimizer(optimizer_, copies);
  const Schedule resumed_schedule = make_schedule(scheduler_, *resumed);
  resumed->load_state_dict(optimizer->state_dict());
  resumed_schedule.load_state_dict(schedule.state_dict());
  EXPECT_EQ(resumed->state_dict(), optimizer->state_dict());
  run(*optimizer, schedule, parameters, 11, 20);
  run(*resumed, resumed_schedule, copies, 11, 20);
  for (std::size_t i = 0; i < copies.size(); ++i) EXPECT_TRUE(copies[i].equal(parameters[i])) << i;
}

INSTANTIATE_TEST_SUITE_P(Runs, StateDictTest, ::testing::Range<std::size_t>(0, 8));

TEST(StateDictBehaviourTest, tensors_take_the_dtype_of_their_parameter) {
  const Parameters wide = start_parameters(kFloat64);
  const auto first = make_optimizer("adam", wide);
  train(*first, wide, 1);
  const Parameters narrow = start_parameters(kFloat32);
  const auto second = make_optimizer("adam", narrow);
  second->load_state_dict(first->state_dict());
  const Value state = second->state_dict();
  EXPECT_EQ(state.at("state").at(0).at("exp_avg").to_tensor().dtype(), kFloat32);
  train(*second, narrow, 2);
}

TEST(StateDictBehaviourTest, a_loaded_state_is_a_copy) {
  const Parameters parameters = start_parameters(kFloat64);
  const auto optimizer = make_optimizer("adam", parameters);
  train(*optimizer, parameters, 1);
  const Value state = optimizer->state_dict();
  const Tensor before = state.at("state").at(0).at("exp_avg").to_tensor().clone();
  const auto other = make_optimizer("adam", start_parameters(kFloat64));
  other->load_state_dict(state);
  train(*other, other->parameters(), 2);
  EXPECT_TRUE(state.at("state").at(0).at("exp_avg").to_tensor().equal(before));
}

TEST(StateDictBehaviourTest, groups_are_numbered_through) {
  const Parameters p = start_parameters(kFloat64);
  optim::SGD optimizer(std::vector<optim::OptimizerParamGroup>{{{p[0]}}, {{p[1]}, std::make_unique<optim::SGDOptions>(0.5)}},
                       optim::SGDOptions(0.1).momentum(0.9));
  p[1].sum().backward();
  optimizer.step();
  const Value state = optimizer.state_dict();
  EXPECT_EQ(state.at("param_groups").at(1).at("params"), Value(Value::List{1}));
  EXPECT_EQ(state.at("param_groups").at(1).at("lr").to_double(), 0.5);
  EXPECT_TRUE(state.at("state").dict().empty());  // the second group has no momentum
}

TEST(StateDictBehaviourTest, a_state_that_does_not_fit_changes_nothing) {
  const Parameters parameters = start_parameters(kFloat64);
  for (const char* name : {"adam", "sgd_momentum", "adagrad", "rmsprop", "lbfgs"}) {
    SCOPED_TRACE(name);
    const auto optimizer = make_optimizer(name, parameters);
    train(*optimizer, parameters, 1);
    train(*optimizer, parameters, 2);
    const Value before = optimizer->state_dict();
    const auto with_state = [&](const char* key, const Value& value) {
      Value::Dict first = before.at("state").at(0).dict();
      first[key] = value;
      Value::Dict states = before.at("state").dict();
      states[0] = first;
      return Value(Value::Dict{{"state", states}, {"param_groups", before.at("param_groups")}});
    };
    const auto with_group = [&](const char* key, const Value& value) {
      Value::Dict group = before.at("param_groups").at(0).dict();
      group[key] = value;
      return Value(Value::Dict{{"state", before.at("state")}, {"param_groups", Value::List{group}}});
    };
    EXPECT_THROW(optimizer->load_state_dict(Value()), TypeError);
    EXPECT_THROW(optimizer->load_state_dict(Value::Dict{}), IndexError);
    EXPECT_THROW(optimizer->load_state_dict(with_group("params", Value::List{0})), ValueError);
    EXPECT_THROW(optimizer->load_state_dict(with_group("params", Value::List{0, "x"})), TypeError);
    EXPECT_THROW(optimizer->load_state_dict(with_group("lr", -1.0)), ValueError);
    EXPECT_THROW(optimizer->load_state_dict(with_group("lr", "fast")), TypeError);
    for (const auto& [key, value] : before.at("state").at(0).dict()) {
      if (!value.is_tensor() || value.to_tensor().dim() == 0) continue;
      EXPECT_THROW(optimizer->load_state_dict(with_state(key.string().c_str(), ones({2, 2}))), ShapeError);
      EXPECT_THROW(optimizer->load_state_dict(with_state(key.string().c_str(), 3)), TypeError);
    }
    EXPECT_EQ(optimizer->state_dict(), before);
  }
}

TEST(StateDictBehaviourTest, what_is_missing_is_named) {
  const Parameters parameters = start_parameters(kFloat64);
  const auto optimizer = make_optimizer("adam", parameters);
  const Value groups = optimizer->state_dict().at("param_groups");
  const auto load = [&](const Value::Dict& state) {
    return [=, &optimizer] {
      optimizer->load_state_dict(Value::Dict{{"state", Value::Dict{{0, state}}}, {"param_groups", groups}});
    };
  };
  EXPECT_THAT(load({{"step", 1}}), ThrowsMessage<IndexError>(HasSubstr("of shape [3, 7] has no exp_avg")));
  EXPECT_THROW(load({{"step", -1}})(), ValueError);
  EXPECT_THROW(load({{"exp_avg", 1}})(), IndexError);
}

}  // namespace xgrad::test
