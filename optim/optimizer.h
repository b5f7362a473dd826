/// Optimizer: the base of all algorithms, and groups of parameters with options of their own.
/// https://pytorch.org/docs/1.13/optim.html
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad::optim {

/// Base of the options of all algorithms.
class OptimizerOptions {
 public:
  virtual ~OptimizerOptions() = default;
  virtual std::unique_ptr<OptimizerOptions> clone() const = 0;
  virtual double get_lr() const = 0;
  virtual void set_lr(double lr) = 0;
  /// Throws ValueError for values that make no sense.
  virtual void validate() const = 0;

 protected:
  OptimizerOptions() = default;
  OptimizerOptions(const OptimizerOptions&) = default;
  OptimizerOptions& operator=(const OptimizerOptions&) = default;
};

/// Parameters that share options. Without options of its own a group takes the optimizer's.
class OptimizerParamGroup {
 public:
  OptimizerParamGroup(std::vector<Tensor> params, std::unique_ptr<OptimizerOptions> options = nullptr)  // NOLINT
      : params_(std::move(params)), options_(std::move(options)) {}
  OptimizerParamGroup(const OptimizerParamGroup& other)
      : params_(other.params_), options_(other.options_ ? other.options_->clone() : nullptr) {}
  OptimizerParamGroup& operator=(const OptimizerParamGroup& other) {
    params_ = other.params_;
    options_ = other.options_ ? other.options_->clone() : nullptr;
    return *this;
  }

  std::vector<Tensor>& params() { return params_; }
  const std::vector<Tensor>& params() const { return params_; }
  bool has_options() const { return options_ != nullptr; }
  OptimizerOptions& options() { return *options_; }
  const OptimizerOptions& options() const { return *options_; }
  void set_options(std::unique_ptr<OptimizerOptions> options) { options_ = std::move(options); }

 private:
  std::vector<Tensor> params_;
  std::unique_ptr<OptimizerOptions> options_;
};

/// Changes parameters along their gradients.
///
///   optim::Adam optimizer(model->parameters(), optim::AdamOptions(1e-3));
///   optimizer.zero_grad();
///   loss.backward();
///   optimizer.step();
class Optimizer {
 public:
  using LossClosure = std::function<Tensor()>;

  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;
  virtual ~Optimizer() = default;

  /// One step of all parameters that have a gradient. A closure, where given, computes the loss and its gradients first.
  Tensor step(const LossClosure& closure = nullptr);
  /// Drops the gradients of all parameters, or fills them with zeros.
  void zero_grad(bool set_to_none = true);

  /// Throws ValueError for parameters that are in a group already, or are no leaves.
  void add_param_group(OptimizerParamGroup group);
  std::vector<OptimizerParamGroup>& param_groups() { return groups_; }
  const std::vector<OptimizerParamGroup>& param_groups() const { return groups_; }
  const OptimizerOptions& defaults() const { return *defaults_; }

 protected:
  Optimizer(std::vector<OptimizerParamGroup> groups, std::unique_ptr<OptimizerOptions> defaults);
  /// Updates the parameters of one group that have a gradient; grad mode is off.
  virtual void update(OptimizerParamGroup& group, const std::vector<Tensor>& params) = 0;

 private:
  std::vector<OptimizerParamGroup> groups_;
  std::unique_ptr<OptimizerOptions> defaults_;
};

/// What an algorithm remembers about each parameter.
template <class State>
class PerParameter {
 public:
  State& operator[](const Tensor& parameter) { return states_[parameter.unsafe_impl()]; }
  bool contains(const Tensor& parameter) const { return states_.contains(parameter.unsafe_impl()); }

 private:
  std::unordered_map<const TensorImpl*, State> states_;
};

}  // namespace xgrad::optim

/// The members that every options class has: clone, and the learning rate.
#define XGRAD_OPTIMIZER_OPTIONS(Type)                                                                                \
 public:                                                                                                             \
  std::unique_ptr<::xgrad::optim::OptimizerOptions> clone() const override { return std::make_unique<Type>(*this); } \
  double get_lr() const override { return lr_; }                                                                     \
  void set_lr(double lr) override { lr_ = lr; }                                                                      \
  void validate() const override
