#include "optim/optimizer.h"

#include <typeinfo>
#include <unordered_set>

#include "autograd/backward/clear_gradient.h"
#include "autograd/base/check.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::optim {

namespace {

/// Throws ValueError for parameters that are no leaves, or come twice in all groups together.
void check_parameters(const std::vector<OptimizerParamGroup>& groups, const std::vector<Tensor>& params) {
  std::unordered_set<const TensorImpl*> seen;
  for (const OptimizerParamGroup& group : groups) {
    for (const Tensor& param : group.params()) seen.insert(param.impl());
  }
  for (const Tensor& param : params) {
    check<ValueError>(param.is_leaf(), "Optimizer: a parameter of shape {} is a result of the graph, not a leaf",
                      param.sizes());
    check<ValueError>(seen.insert(param.impl()).second, "Optimizer: a parameter of shape {} is in more than one place",
                      param.sizes());
  }
}

}  // namespace

io::Value::Dict OptimizerOptions::state() const { return {}; }

void OptimizerOptions::serialize(serialize::InputArchive& archive) { load_state(archive.entries()); }

double OptimizerOptions::get_lr() const { throw ValueError("OptimizerOptions: the algorithm has no learning rate"); }

void OptimizerOptions::set_lr(double /*lr*/) { throw ValueError("OptimizerOptions: the algorithm has no learning rate"); }

void OptimizerOptions::set_momentum(double /*momentum*/) {
  throw ValueError("OptimizerOptions: the algorithm has no momentum");
}

void OptimizerOptions::serialize(serialize::OutputArchive& archive) const {
  for (const auto& [key, value] : state()) archive.write(key.string(), value);
}

Optimizer::Optimizer(std::vector<Tensor> params, std::unique_ptr<OptimizerOptions> defaults)
    : Optimizer(std::vector<OptimizerParamGroup>{OptimizerParamGroup(std::move(params))}, std::move(defaults)) {}

void Optimizer::load_state_dict(const io::Value& state) { prepare_state_dict(state)(); }

Optimizer::Optimizer(std::vector<OptimizerParamGroup> groups, std::unique_ptr<OptimizerOptions> defaults)
    : defaults_(std::move(defaults)) {
  check<ValueError>(defaults_ != nullptr, "Optimizer: expected options, got a null pointer");
  defaults_->validate();
  check<ValueError>(!groups.empty() && !(groups.size() == 1 && groups.front().params().empty()),
                    "Optimizer: the list of parameters is empty");
  for (OptimizerParamGroup& group : groups) add_param_group(std::move(group));
}

void Optimizer::add_param_group(OptimizerParamGroup group) {
  if (!group.has_options()) group.set_options(defaults_->clone());
  require_own_options(group);
  group.options().validate();
  check_parameters(param_groups_, group.params());
  param_groups_.push_back(std::move(group));
}

void Optimizer::require_own_options(const OptimizerParamGroup& group) const {
  check<ValueError>(group.has_options(), "Optimizer: a group has no options");
  const OptimizerOptions& own = *defaults_;
  const OptimizerOptions& given = group.options();
  check<TypeError>(typeid(own) == typeid(given), "Optimizer: a group has the options of another algorithm");
}

void Optimizer::add_parameters(const std::vector<Tensor>& parameters) {
  check_parameters(param_groups_, parameters);
  std::vector<Tensor>& params = param_groups_.front().params();
  params.insert(params.end(), parameters.begin(), parameters.end());
}

void Optimizer::assign(OptimizerParamState& state, const Tensor& parameter) {
  state.parameter_ = parameter;
  state.sizes_.assign(parameter.sizes().begin(), parameter.sizes().end());
  state.dtype_ = parameter.dtype();
}

std::size_t Optimizer::size() const {
  std::size_t count = 0;
  for (const OptimizerParamGroup& group : param_groups_) count += group.params().size();
  return count;
}

void Optimizer::zero_grad(OnlyBool set_to_none) {
  for (const OptimizerParamGroup& group : param_groups_) {
    for (const Tensor& param : group.params()) clear_gradient(param, set_to_none);
  }
}

Value::Dict Optimizer::save_state(const Tensor& /*parameter*/, const OptimizerOptions& /*options*/) const { return {}; }

std::function<void()> Optimizer::read_states(const std::vector<SavedState>& saved) {
  check<ValueError>(saved.empty(), "Optimizer::load_state_dict: the algorithm has no state, got that of {} parameters",
                    saved.size());
  return [] {};
}

Value Optimizer::state_dict() const {
  Value::Dict states;
  Value::List groups;
  std::int64_t number = 0;
  for (const OptimizerParamGroup& group : param_groups_) {
    Value::Dict saved = group.options().state();
    for (const auto& [name, value] : group.schedule()) saved[name] = value;
    Value::List numbers;
    for (const Tensor& param : group.params()) {
      Value::Dict state = save_state(param, group.options());
      if (!state.empty()) states[number] = std::move(state);
      numbers.emplace_back(number++);
    }
    saved["params"] = std::move(numbers);
    groups.emplace_back(std::move(saved));
  }
  return Value::Dict{{"state", std::move(states)}, {"param_groups", std::move(groups)}};
}

std::function<void()> Optimizer::prepare_state_dict(const Value& state) {
  constexpr const char* operation = "Optimizer::load_state_dict";
  const Value::List& groups = state.at("param_groups").list();
  check<ValueError>(groups.size() == param_groups_.size(), "{}: expected {} groups of parameters, got {}", operation,
                    param_groups_.size(), groups.size());
  const Value::Dict& states = state.at("state").dict();
  std::vector<OptimizerParamGroup> changed = param_groups_;
  std::vector<SavedState> saved;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Value::List& numbers = groups[i].at("params").list();
    const std::vector<Tensor>& params = param_groups_[i].params();
    check<ValueError>(numbers.size() == params.size(), "{}: expected {} parameters in group {}, got {}", operation,
                      params.size(), i, numbers.size());
    for (std::size_t j = 0; j < params.size(); ++j) {
      // In files of Python's, None can stand for what was never computed.
      const Value* entry = states.find(numbers[j].to_int());
      if (entry != nullptr && !entry->dict().empty()) saved.push_back({params[j], &entry->dict()});
    }
    OptimizerOptions& options = changed[i].options();
    options.load_state(groups[i].dict());
    options.validate();
    const Value::Dict known = options.state();
    for (const auto& [key, value] : groups[i].dict()) {
      const bool number = value.is_double() || value.is_int();
      if (key.is_string() && number && !known.contains(key)) changed[i].schedule()[key.string()] = value.to_double();
    }
  }
  return [this, commit = read_states(saved), changed = std::move(changed)] {
    commit();
    param_groups_ = changed;
  };
}

void FirstOrderOptimizer::require_fitting(const Tensor& param) const {
  const Tensor& grad = param.grad();
  check<ShapeError>(grad.sizes() == param.sizes(), "Optimizer: a gradient {} does not fit its parameter {}", grad.sizes(),
                    param.sizes());
  check<TypeError>(grad.dtype() == param.dtype(), "Optimizer: a gradient of {} does not fit its parameter of {}",
                   grad.dtype(), param.dtype());
  const auto entry = state().find(param.unsafe_impl());
  if (entry == state().end() || !entry->second || !entry->second->parameter_.defined()) return;
  const OptimizerParamState& known = *entry->second;
  check<ShapeError>(param.sizes() == IntArrayRef(known.sizes_) && param.dtype() == known.dtype_,
                    "Optimizer: a parameter {}{} was {}{} in earlier steps: make a new optimizer, or forget its state()",
                    param.dtype(), param.sizes(), Dtype(known.dtype_), IntArrayRef(known.sizes_));
}

Tensor FirstOrderOptimizer::step(LossClosure closure) {
  Tensor loss;
  if (closure) {
    const EnableGradGuard enable;
    loss = closure();
  }
  const NoGradGuard no_grad;
  std::vector<std::vector<Tensor>> with_gradient;
  for (const OptimizerParamGroup& group : param_groups()) {
    require_own_options(group);
    auto& params = with_gradient.emplace_back();
    params.reserve(group.params().size());
    for (const Tensor& param : group.params()) {
      if (!param.grad().defined()) continue;
      require_fitting(param);
      params.push_back(param);
    }
  }
  for (std::size_t i = 0; i < with_gradient.size(); ++i) update(param_groups()[i], with_gradient[i]);
  return loss;
}

}  // namespace xgrad::optim
