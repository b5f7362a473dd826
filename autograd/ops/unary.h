/// An operation of one operand in one sentence: name, kernel, and how its gradient comes from what it saves. For .cpp files
/// of operations.
///
///   Tensor exp(const Tensor& x) {
///     return unary("exp", x, Unary::exp, of_result(Binary::mul, [](auto& g, auto& y) { return g * y; }));
///   }
#pragma once

#include <utility>

#include "autograd/graph/record.h"
#include "autograd/kernels/elementwise.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

using kernels::Binary;
using kernels::Parameters;
using kernels::Ternary;
using kernels::Unary;

/// A tensor that somebody else keeps for longer, without another handle that would be counted, or one of its own.
class MaybeOwned {
 public:
  static MaybeOwned borrowed(const Tensor& tensor) { return MaybeOwned(tensor); }
  static MaybeOwned owned(Tensor tensor) { return MaybeOwned(std::move(tensor)); }
  ~MaybeOwned() = default;
  MaybeOwned(const MaybeOwned&) = delete;
  MaybeOwned& operator=(const MaybeOwned&) = delete;
  operator const Tensor&() const { return *tensor_; }  // NOLINT(google-explicit-constructor)

 private:
  explicit MaybeOwned(const Tensor& tensor) : tensor_(&tensor) {}
  explicit MaybeOwned(Tensor&& tensor) : own_(std::move(tensor)), tensor_(&own_) {}

  Tensor own_;
  const Tensor* tensor_;
};

/// What was saved: back in the graph where the gradient is recorded, and as it lies in `saved` otherwise.
MaybeOwned unpacked(const SavedTensor& saved);
/// What functions of real numbers take: integers and bools as numbers of the default dtype.
MaybeOwned as_floating(const Tensor& x);

/// f(x) in the dtype of x, for which there must be a kernel.
Tensor map(Unary f, const Tensor& x, const Parameters& parameters = {});
/// out = f(x), both of one dtype.
void map_to(const Tensor& out, Unary f, const Tensor& x, const Parameters& parameters = {});
/// f(p, q) of two tensors of one dtype that broadcast. Throws ShapeError that names `operation`.
Tensor map(const char* operation, Binary f, const Tensor& p, const Tensor& q, const Parameters& parameters = {});
/// out = f(p, q), all of one dtype.
void map_to(const Tensor& out, Binary f, const Tensor& p, const Tensor& q, const Parameters& parameters = {});

/// f(p, q, r) of three tensors of one dtype that broadcast. Throws ShapeError that names `operation`.
Tensor map(const char* operation, Ternary f, const Tensor& p, const Tensor& q, const Tensor& r,
           const Parameters& parameters = {});
/// out = f(p, q, r), all of one dtype.
void map_to(const Tensor& out, Ternary f, const Tensor& p, const Tensor& q, const Tensor& r,
            const Parameters& parameters = {});

/// The same beside a number, which is taken in the type of the elements.
Tensor map(Binary f, const Tensor& p, Scalar q);
Tensor map(Binary f, Scalar p, const Tensor& q);
void map_to(const Tensor& out, Binary f, const Tensor& p, Scalar q);

/// How the gradient of an operation comes from what arrives and what was saved: by one pass of a kernel, and, where the
/// gradient is itself recorded, as an expression of operations.
template <class Expression>
struct Slope {
  bool of_result;
  Binary kernel;
  Expression expression;
};

/// A gradient by the operation's result: expression(arriving, result).
template <class Expression>
Slope<Expression> of_result(Binary kernel, Expression expression) {
  return {true, kernel, std::move(expression)};
}
/// A gradient by the operation's input: expression(arriving, input).
template <class Expression>
Slope<Expression> of_input(Binary kernel, Expression expression) {
  return {false, kernel, std::move(expression)};
}

/// f(x), recorded. `x` has a dtype for which there is a kernel, or one that is only stored.
template <class Expression>
Tensor unary(const char* name, const Tensor& x, Unary f, Slope<Expression> slope, const Parameters& parameters = {}) {
  const autograd::profiler::RecordFunction profiled(name);
  Tensor y = map(f, x, parameters);
  if (!must_record({x})) return y;
  auto gradient = [name, slope = std::move(slope), parameters,
                   saved = slope.of_result ? SavedTensor::result(y) : SavedTensor(x)](const Tensor& grad) {
    const MaybeOwned operand = unpacked(saved);
    const Tensor& value = operand;
    if (!GradMode::is_enabled() && grad.dtype() == value.dtype()) {
      return map(name, slope.kernel, grad, value, parameters);
    }
    return slope.expression(grad, value);
  };
  return record(name, std::move(y), {x}, std::move(gradient));
}

/// f(x), recorded, with a gradient that is zero everywhere.
Tensor unary_without_slope(const char* name, const Tensor& x, Unary f);

}  // namespace xgrad
