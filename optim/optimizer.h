/// Optimizer: the base of all algorithms, and groups of parameters with options of their own.
/// https://pytorch.org/docs/1.13/optim.html
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/io/archive.h"
#include "autograd/io/value.h"
#include "autograd/tensor/tensor.h"
#include "optim/param_state.h"

namespace xgrad::optim {

/// Base of the options of all algorithms. The options of an algorithm of one's own derive from OptimizerCloneableOptions.
class OptimizerOptions {
 public:
  virtual ~OptimizerOptions() = default;
  virtual std::unique_ptr<OptimizerOptions> clone() const = 0;
  /// The learning rate. Throws ValueError where an algorithm has none.
  virtual double get_lr() const;
  /// Throws ValueError where an algorithm has no learning rate.
  virtual void set_lr(double lr);
  /// What a scheduler may cycle: the momentum, or the first of Adam's betas. Nothing where an algorithm has neither.
  virtual std::optional<double> get_momentum() const { return std::nullopt; }
  /// Throws ValueError where an algorithm has no momentum.
  virtual void set_momentum(double momentum);
  /// Throws ValueError for values that make no sense.
  virtual void validate() const {}

  /// The options under the names of Python's param_groups.
  virtual io::Value::Dict state() const;
  /// Takes what `state` gave; options that are missing stay. Throws TypeError where one is of another type.
  virtual void load_state(const io::Value::Dict& /*state*/) {}
  /// Takes the options that the archive has: load_state().
  virtual void serialize(serialize::InputArchive& archive);
  /// Writes the options to the archive: state().
  virtual void serialize(serialize::OutputArchive& archive) const;

  /// What algorithms compare besides their own options: nothing.
  friend bool operator==(const OptimizerOptions& /*a*/, const OptimizerOptions& /*b*/) { return true; }

 protected:
  OptimizerOptions() = default;
  OptimizerOptions(const OptimizerOptions&) = default;
  OptimizerOptions& operator=(const OptimizerOptions&) = default;
};

/// Base of options that are copied by their copy constructor: `class MyOptions : public
/// OptimizerCloneableOptions<MyOptions>`.
template <class Derived>
class OptimizerCloneableOptions : public OptimizerOptions {
 public:
  std::unique_ptr<OptimizerOptions> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }
};

/// Parameters that share options. Without options of its own a group takes the optimizer's.
class OptimizerParamGroup {
 public:
  /// A group of parameters, with the given options or the optimizer's.
  OptimizerParamGroup(std::vector<Tensor> params, std::unique_ptr<OptimizerOptions> options = nullptr)  // NOLINT
      : params_(std::move(params)), options_(std::move(options)) {}
  /// Options are copied; parameters are the same tensors.
  OptimizerParamGroup(const OptimizerParamGroup& other)
      : params_(other.params_), options_(other.options_ ? other.options_->clone() : nullptr), schedule_(other.schedule_) {}
  OptimizerParamGroup(OptimizerParamGroup&&) = default;
  /// Options are copied; parameters are the same tensors.
  OptimizerParamGroup& operator=(const OptimizerParamGroup& other) { return *this = OptimizerParamGroup(other); }
  OptimizerParamGroup& operator=(OptimizerParamGroup&&) = default;
  ~OptimizerParamGroup() = default;

  std::vector<Tensor>& params() { return params_; }
  const std::vector<Tensor>& params() const { return params_; }
  /// Whether the group has options already; in an optimizer every group has.
  bool has_options() const { return options_ != nullptr; }
  /// The group's options, of its algorithm's type: `static_cast<AdamOptions&>(group.options()).lr(1e-4)`.
  OptimizerOptions& options() { return *options_; }
  const OptimizerOptions& options() const { return *options_; }
  void set_options(std::unique_ptr<OptimizerOptions> options) { options_ = std::move(options); }

  /// Numbers that schedulers keep with the group, as in Python: "initial_lr" and others. They are part of the state.
  std::map<std::string, double>& schedule() { return schedule_; }
  const std::map<std::string, double>& schedule() const { return schedule_; }

 private:
  std::vector<Tensor> params_;
  std::unique_ptr<OptimizerOptions> options_;
  std::map<std::string, double> schedule_;
};

/// Changes parameters along their gradients.
///
///   optim::Adam optimizer(model->parameters(), optim::AdamOptions(1e-3));
///   optimizer.zero_grad();
///   loss.backward();
///   optimizer.step();
class Optimizer {
 public:
  /// Computes the loss and its gradients.
  using LossClosure = std::function<Tensor()>;

  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;
  virtual ~Optimizer() = default;

  /// One step of all parameters that have a gradient. A closure, where given, computes the loss and its gradients first.
  virtual Tensor step(LossClosure closure = nullptr) = 0;
  /// Drops the gradients of all parameters, or fills them with zeros.
  void zero_grad(OnlyBool set_to_none = true);

  /// Throws ValueError for parameters that are in a group already, or are no leaves, TypeError for another algorithm's
  /// options.
  void add_param_group(OptimizerParamGroup group);
  /// Adds parameters to the first group. Throws as add_param_group.
  void add_parameters(const std::vector<Tensor>& parameters);
  /// The groups, in the order in which they came.
  std::vector<OptimizerParamGroup>& param_groups() { return param_groups_; }
  const std::vector<OptimizerParamGroup>& param_groups() const { return param_groups_; }
  /// The parameters of the first group.
  std::vector<Tensor>& parameters() { return param_groups_.front().params(); }
  const std::vector<Tensor>& parameters() const { return param_groups_.front().params(); }
  /// The number of parameters in all groups.
  std::size_t size() const;
  /// The options of groups that come without.
  OptimizerOptions& defaults() { return *defaults_; }
  const OptimizerOptions& defaults() const { return *defaults_; }

  /// What the algorithm remembers about its parameters:
  /// `static_cast<AdamParamState&>(*state()[param.unsafeGetTensorImpl()])`. LBFGS keeps its own for itself.
  ParamStates& state() noexcept { return state_; }
  /// What the algorithm remembers about its parameters.
  const ParamStates& state() const noexcept { return state_; }

  /// Everything that a run needs to go on, as Python's `optimizer.state_dict()`: {"state": {0: {"exp_avg": ...}, ...},
  /// "param_groups": [{"lr": 0.001, ..., "params": [0, 1]}]}. Parameters are numbered through all groups. Tensors share the
  /// optimizer's memory.
  /// https://pytorch.org/docs/1.13/generated/torch.optim.Optimizer.state_dict.html
  io::Value state_dict() const;
  /// Takes what `state_dict` gave, here or in Python, for the same algorithm and parameters of the same shapes. Tensors are
  /// copied, and get the dtype of their parameter. Nothing changes unless all fits: throws ValueError for another number of
  /// groups or parameters and for options that make no sense, ShapeError for a tensor of another shape, IndexError where
  /// something is missing and TypeError where it is of another type.
  void load_state_dict(const io::Value& state);
  /// The same in two steps: checks everything, throws as load_state_dict(), and changes nothing; the function that is
  /// returned changes everything.
  std::function<void()> prepare_state_dict(const io::Value& state);
  /// Writes the entries of state_dict().
  virtual void save(serialize::OutputArchive& archive) const;
  /// Takes what save() wrote, Python's state_dict(), or what libtorch's C++ optimizer of the same algorithm wrote. Throws as
  /// load_state_dict(); nothing has changed then.
  virtual void load(serialize::InputArchive& archive);

 protected:
  /// Groups of parameters, and the options of those that come without. Throws ValueError as add_param_group, and for no
  /// parameters.
  Optimizer(std::vector<OptimizerParamGroup> groups, std::unique_ptr<OptimizerOptions> defaults);
  /// Parameters in one group. Throws ValueError as above.
  Optimizer(std::vector<Tensor> params, std::unique_ptr<OptimizerOptions> defaults);
  Optimizer(Optimizer&&) = default;

  /// A parameter and what was saved about it.
  struct SavedState {
    Tensor parameter;
    /// What `save_state` gave for it.
    const io::Value::Dict* state;
  };
  /// What the algorithm remembers about a parameter, under Python's names; nothing where it remembers nothing.
  virtual io::Value::Dict save_state(const Tensor& parameter, const OptimizerOptions& options) const;
  /// Reads what `save_state` gave for some parameters, and forgets the others. Changes nothing itself: what it returns does,
  /// and must not throw.
  virtual std::function<void()> read_states(const std::vector<SavedState>& saved);

  /// What is remembered about a parameter; a new one where there is none.
  template <class State>
  State& state_of(const Tensor& parameter) {
    auto& state = state_[parameter.unsafe_impl()];
    if (!state) {
      state = std::make_unique<State>();
      assign(*state, parameter);
    }
    return static_cast<State&>(*state);
  }
  /// The same; nullptr where there is none.
  template <class State>
  const State* find_state(const Tensor& parameter) const {
    const auto entry = state_.find(parameter.unsafe_impl());
    return entry != state_.end() ? static_cast<const State*>(entry->second.get()) : nullptr;
  }
  /// What read_states does for states that are read one by one: read(state, parameter).
  template <class Read>
  std::function<void()> read_each(const std::vector<SavedState>& saved, const Read& read) {
    const auto fresh = std::make_shared<ParamStates>();
    for (const SavedState& one : saved) {
      auto& state = (*fresh)[one.parameter.unsafe_impl()];
      state = read(*one.state, one.parameter).clone();
      assign(*state, one.parameter);
    }
    return [this, fresh] { state_.swap(*fresh); };
  }

  /// Throws TypeError where a group has the options of another algorithm: a step reads them as its own.
  void require_own_options(const OptimizerParamGroup& group) const;

  /// Notes whose state it is.
  static void assign(OptimizerParamState& state, const Tensor& parameter);

  std::vector<OptimizerParamGroup> param_groups_;
  ParamStates state_;                           ///< See state().
  std::unique_ptr<OptimizerOptions> defaults_;  ///< The options of groups that come without.
};

/// An algorithm that looks at the gradients once in a step.
class FirstOrderOptimizer : public Optimizer {
 public:
  /// Throws ShapeError or TypeError, and changes nothing, where a gradient does not fit its parameter, or a parameter is not
  /// what it was in earlier steps.
  Tensor step(LossClosure closure = nullptr) override;

 protected:
  /// Constructors as Optimizer has them.
  using Optimizer::Optimizer;
  /// Updates the parameters of one group that have a gradient; grad mode is off.
  virtual void update(OptimizerParamGroup& group, const std::vector<Tensor>& params) = 0;

 private:
  void require_fitting(const Tensor& param) const;
};

/// Writes the optimizer to the archive: Optimizer::save.
serialize::OutputArchive& operator<<(serialize::OutputArchive& archive, const Optimizer& optimizer);
/// Reads the optimizer from the archive: Optimizer::load.
serialize::InputArchive& operator>>(serialize::InputArchive& archive, Optimizer& optimizer);

}  // namespace xgrad::optim

namespace xgrad {

/// Writes what Optimizer::save() gives to a file, for Python's `optimizer.load_state_dict(torch.load(path))`. Throws
/// FileError.
void save(const optim::Optimizer& optimizer, const std::string& path);
void save(const optim::Optimizer& optimizer, std::ostream& stream);
/// Reads what `save` wrote, or Python's `torch.save(optimizer.state_dict(), path)`, or libtorch's C++ torch::save. Throws as
/// Optimizer::load, and FileError for files that cannot be read.
void load(optim::Optimizer& optimizer, const std::string& path, std::optional<Device> device = std::nullopt);
void load(optim::Optimizer& optimizer, std::istream& stream, std::optional<Device> device = std::nullopt);

}  // namespace xgrad

/// The members that the options of xgrad's own algorithms have.
#define XGRAD_OPTIMIZER_OPTIONS(Type)                                       \
 public:                                                                    \
  std::unique_ptr<::xgrad::optim::OptimizerOptions> clone() const override; \
  double get_lr() const override { return lr_; }                            \
  void set_lr(double lr) override { lr_ = lr; }                             \
  ::xgrad::io::Value::Dict state() const override;                          \
  void load_state(const ::xgrad::io::Value::Dict& state) override;          \
  void validate() const override;                                           \
  /** Whether all options are the same. */                                  \
  friend bool operator==(const Type&, const Type&) = default
