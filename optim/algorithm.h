/// What the algorithms share inside: parameters' memory, and state from and to Python's names. For .cpp files.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/io/fields.h"
#include "autograd/io/value.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/tensor/creation.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

/// Calls update(T*) on the parameter's elements in row-major order, and notes that they changed. A parameter that is not
/// contiguous is updated through a copy.
template <class Update>
void update_in_place(const char* algorithm, const Tensor& param, const Update& update) {
  Tensor values = param.is_contiguous() ? param : param.contiguous();
  visit_floating(param.dtype(), algorithm, [&]<class T>() { update(values.data_ptr<T>()); });
  if (values.is_same(param)) param.impl()->storage->bump_version();
  else param.copy_(values);
}

/// The gradient in row-major order, of the loss or, to maximize it, of minus the loss.
inline Tensor gradient_of(const Tensor& param, bool maximize) {
  const Tensor grad = param.grad().contiguous();
  return maximize ? -grad : grad;
}

/// Calls update(first, count) for the elements of the rows that may be other than zero in a gradient, row by row; for all
/// elements at once where these rows are not known, or `all`.
template <class Update>
void for_each_part(const Tensor& grad, bool all, const Update& update) {
  const std::vector<std::int64_t>* rows = all ? nullptr : nonzero_rows(grad);
  if (rows == nullptr) {
    update(std::int64_t{0}, grad.numel());
    return;
  }
  const std::int64_t width = grad.numel() / std::max<std::int64_t>(1, grad.size(0));
  for_each_row(*rows, width, [&](std::int64_t /*i*/, std::int64_t first) { update(first, width); });
}

/// The memory of a tensor that may be undefined.
template <class T>
T* data_or_null(const Tensor& tensor) {
  return tensor.defined() ? tensor.data_ptr<T>() : nullptr;
}

/// Writes options, or constants that Python expects beside them, into a dictionary.
struct OptionsWriter {
  io::Value::Dict state;

  template <class T>
  void operator()(const char* name, const T& option) {
    state[name] = value_of_field(option);
  }
  void constant(const char* name, io::Value value) { state[name] = std::move(value); }
};

/// Reads options out of a dictionary; those that are missing stay, and constants are not read.
struct OptionsReader {
  const io::Value::Dict& state;

  template <class T>
  void operator()(const char* name, T& option) const {
    if (const io::Value* value = state.find(name)) read_field(*value, option);
  }
  void constant(const char* /*name*/, const io::Value& /*value*/) const {}
};

/// The saved tensor of one parameter, as a copy in the parameter's dtype; undefined where there is none, or None.
inline Tensor read_tensor(const char* algorithm, const io::Value::Dict& state, const char* name, const Tensor& param) {
  const io::Value* value = state.find(name);
  if (value == nullptr || value->is_none()) return {};
  const Tensor& saved = value->to_tensor();
  check<ShapeError>(saved.sizes() == param.sizes(), "{}: {} of shape {} does not fit a parameter of shape {}", algorithm,
                    name, saved.sizes(), param.sizes());
  return saved.detach().to(param.dtype(), /*non_blocking=*/false, /*copy=*/true).contiguous();
}

/// As read_tensor. Throws IndexError where there is none.
inline Tensor require_tensor(const char* algorithm, const io::Value::Dict& state, const char* name, const Tensor& param) {
  Tensor tensor = read_tensor(algorithm, state, name, param);
  check<IndexError>(tensor.defined(), "{}: the state of a parameter of shape {} has no {}", algorithm, param.sizes(), name);
  return tensor;
}

/// The number of steps that were done. Throws ValueError for a negative one.
inline std::int64_t read_step(const char* algorithm, const io::Value::Dict& state) {
  const std::int64_t step = state.at("step").to_int();
  check<ValueError>(step >= 0, "{}: the number of steps must not be negative, got {}", algorithm, step);
  return step;
}

/// Puts a tensor into a state unless it is undefined.
inline void save_tensor(io::Value::Dict& state, const char* name, const Tensor& tensor) {
  if (tensor.defined()) state[name] = tensor;
}

/// As Python keeps numbers of steps: one float32.
inline io::Value step_value(std::int64_t step) { return scalar_tensor(static_cast<double>(step), kFloat32); }

}  // namespace xgrad::optim

/// Defines clone(), state() and load_state() of an options class by `fields(options, field)`, which names every option.
#define XGRAD_OPTIMIZER_OPTIONS_STATE(Type, fields)                                               \
  std::unique_ptr<OptimizerOptions> Type::clone() const { return std::make_unique<Type>(*this); } \
  io::Value::Dict Type::state() const {                                                           \
    OptionsWriter writer;                                                                         \
    fields(*this, writer);                                                                        \
    return std::move(writer.state);                                                               \
  }                                                                                               \
  void Type::load_state(const io::Value::Dict& state) {                                           \
    Type changed = *this;                                                                         \
    const OptionsReader reader{state};                                                            \
    fields(changed, reader);                                                                      \
    *this = changed;                                                                              \
  }                                                                                               \
  static_assert(true)
