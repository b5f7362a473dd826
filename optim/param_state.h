/// What optimizers remember about each parameter.
/// https://pytorch.org/cppdocs/api/classtorch_1_1optim_1_1_optimizer_param_state.html
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "autograd/base/arg.h"
#include "autograd/io/archive.h"

namespace xgrad::optim {

namespace detail {
/// Whether both are undefined, or of one shape and dtype with the same elements.
bool same_tensors(const Tensor& a, const Tensor& b);
}  // namespace detail

/// Base of what an algorithm remembers about a parameter. That of an algorithm of one's own derives from
/// OptimizerCloneableParamState.
class OptimizerParamState {
 public:
  virtual ~OptimizerParamState() = default;
  virtual std::unique_ptr<OptimizerParamState> clone() const = 0;
  /// Reads it from an archive. Throws ValueError unless a class of one's own does it.
  virtual void serialize(serialize::InputArchive& archive);
  /// Writes it to an archive. Throws ValueError unless a class of one's own does it.
  virtual void serialize(serialize::OutputArchive& archive) const;

 protected:
  OptimizerParamState() = default;
  OptimizerParamState(const OptimizerParamState&) = default;
  OptimizerParamState& operator=(const OptimizerParamState&) = default;

 private:
  friend class Optimizer;
  friend class FirstOrderOptimizer;
  /// Whose state it is: kept, so that no other tensor comes to lie at its address, and in what shape it was then.
  Tensor parameter_;
  std::vector<std::int64_t> sizes_;
  ScalarType dtype_ = ScalarType::Float;
};

/// Base of states that are copied by their copy constructor: `struct MyState : OptimizerCloneableParamState<MyState>`.
template <class Derived>
class OptimizerCloneableParamState : public OptimizerParamState {
 public:
  std::unique_ptr<OptimizerParamState> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }
};

/// Which parameter a state belongs to: the pointer that Tensor::unsafeGetTensorImpl() gives, as in PyTorch 2, or that
/// pointer as a text, as in PyTorch 1.
class ParamKey {
 public:
  ParamKey(const void* parameter) : parameter_(parameter) {}  // NOLINT(google-explicit-constructor)
  /// Throws ValueError for a text that is no pointer.
  ParamKey(const std::string& parameter);  // NOLINT(google-explicit-constructor)

  const void* parameter() const { return parameter_; }  ///< The pointer.
  friend bool operator==(ParamKey a, ParamKey b) { return a.parameter_ == b.parameter_; }

 private:
  const void* parameter_;
};

struct ParamKeyHash {
  std::size_t operator()(ParamKey key) const noexcept { return std::hash<const void*>()(key.parameter()); }
};

using ParamStates = std::unordered_map<ParamKey, std::unique_ptr<OptimizerParamState>, ParamKeyHash>;

}  // namespace xgrad::optim
