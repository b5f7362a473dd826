#include "autograd/ops/arithmetic.h"

#include <array>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/map.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"

namespace xgrad {

namespace {

Dtype division_type(Dtype dtype) { return is_floating_point(dtype) ? dtype : default_dtype(); }

template <class F>
Tensor compute(const char* operation, const Tensor& a, const Tensor& b, const F& f) {
  Tensor y = empty_for(operation, a, b);
  map_into(y, a, b, f);
  return y;
}

template <class F>
Tensor compute(const Tensor& a, const F& f) {
  Tensor y = empty(a.sizes(), a.dtype());
  map_into(y, a, f);
  return y;
}

// The functors of the kernels: on xtensor expressions, and on single numbers for integers and bool. They forward, because
// an expression keeps temporaries by value and refers to what has a name.
struct Add {
  template <class A, class B>
  auto operator()(A&& a, B&& b) const {
    return std::forward<A>(a) + std::forward<B>(b);
  }
};
struct Sub {
  template <class A, class B>
  auto operator()(A&& a, B&& b) const {
    return std::forward<A>(a) - std::forward<B>(b);
  }
};
struct Mul {
  template <class A, class B>
  auto operator()(A&& a, B&& b) const {
    return std::forward<A>(a) * std::forward<B>(b);
  }
};
struct Div {
  template <class A, class B>
  auto operator()(A&& a, B&& b) const {
    using Number = std::decay_t<B>;
    if constexpr (std::is_integral_v<std::decay_t<A>> && std::is_integral_v<Number>) {
      return b == Number(0) ? Number(0) : static_cast<Number>(a / b);  // reached by no dtype: integers are converted first
    } else {
      return std::forward<A>(a) / std::forward<B>(b);
    }
  }
};
/// a + alpha * b, with the number in the type of the elements.
struct AddScaled {
  Scalar alpha;
  template <class A, class B>
  auto operator()(const A& a, const B& b) const {
    if constexpr (std::is_arithmetic_v<A> && std::is_arithmetic_v<B>) {
      return a + alpha.to<A>() * b;
    } else if constexpr (std::is_arithmetic_v<A>) {
      return a + alpha.to<A>() * b;
    } else {
      return a + alpha.to<typename A::value_type>() * b;
    }
  }
};
/// f(x) = x * factor + offset, for operations with a number.
struct Affine {
  double factor;
  double offset;
  template <class A>
  auto operator()(const A& a) const {
    if constexpr (std::is_arithmetic_v<A>) {
      return static_cast<A>(a * static_cast<A>(factor) + static_cast<A>(offset));
    } else {
      using T = typename A::value_type;
      return a * static_cast<T>(factor) + static_cast<T>(offset);
    }
  }
};
template <class Operation>
struct WithNumber {
  Scalar number;
  template <class A>
  auto operator()(const A& a) const {
    if constexpr (std::is_arithmetic_v<A>) {
      return static_cast<A>(Operation()(a, number.to<A>()));
    } else {
      return Operation()(a, number.to<typename A::value_type>());
    }
  }
};

bool is_one(Scalar alpha) { return alpha.to<double>() == 1; }

/// The floating-point or integer alpha that `add` takes for a dtype.
void check_alpha(const char* operation, Dtype dtype, Scalar alpha) {
  check<TypeError>(is_floating_point(dtype) || !alpha.is_floating_point(),
                   "{}: a floating-point alpha does not go with tensors of {}", operation, dtype);
}

}  // namespace

Tensor add(const Tensor& a, const Tensor& b, Scalar alpha) {
  const autograd::profiler::RecordFunction profiled("add");
  const Promoted operands(a, b);
  check_alpha("add", operands.a.dtype(), alpha);
  Tensor y = is_one(alpha) ? compute("add", operands.a, operands.b, Add())
                           : compute("add", operands.a, operands.b, AddScaled{alpha});
  return record("Add", y, {operands.a, operands.b},
                [a = to_dims(a.sizes()), b = to_dims(b.sizes()), alpha](const Tensor& grad, const Node& node) {
                  std::array<Tensor, 2> gradients;
                  if (node.needs_gradient(0)) gradients[0] = sum_to(grad, a);
                  if (node.needs_gradient(1)) gradients[1] = sum_to(is_one(alpha) ? grad : mul(grad, alpha), b);
                  return gradients;
                });
}

Tensor add(const Tensor& a, Scalar b, Scalar alpha) {
  const autograd::profiler::RecordFunction profiled("add");
  const Tensor x = to(a, result_type(a, b));
  const Scalar term = is_one(alpha) ? b : Scalar(b.to<double>() * alpha.to<double>());
  Tensor y = compute(x, WithNumber<Add>{term});
  return record("Add", y, {x}, [](const Tensor& grad) { return grad; });
}

Tensor sub(const Tensor& a, const Tensor& b, Scalar alpha) {
  const autograd::profiler::RecordFunction profiled("sub");
  check<TypeError>(a.dtype() != kBool && b.dtype() != kBool, "sub: bool tensors are not subtracted; use logical operations");
  if (!is_one(alpha))
    return add(a, b, alpha.is_floating_point() ? Scalar(-alpha.to<double>()) : Scalar(-alpha.to<std::int64_t>()));
  const Promoted operands(a, b);
  Tensor y = compute("sub", operands.a, operands.b, Sub());
  return record("Sub", y, {operands.a, operands.b},
                [a = to_dims(a.sizes()), b = to_dims(b.sizes())](const Tensor& grad, const Node& node) {
                  std::array<Tensor, 2> gradients;
                  if (node.needs_gradient(0)) gradients[0] = sum_to(grad, a);
                  if (node.needs_gradient(1)) gradients[1] = sum_to(neg(grad), b);
                  return gradients;
                });
}

Tensor sub(const Tensor& a, Scalar b, Scalar alpha) {
  return add(a, b.is_floating_point() ? Scalar(-b.to<double>()) : Scalar(-b.to<std::int64_t>()), alpha);
}

Tensor rsub(const Tensor& a, Scalar b) {
  const autograd::profiler::RecordFunction profiled("rsub");
  const Tensor x = to(a, result_type(a, b));
  Tensor y = compute(x, Affine{-1, b.to<double>()});
  return record("Rsub", y, {x}, [](const Tensor& grad) { return neg(grad); });
}

Tensor mul(const Tensor& a, const Tensor& b) {
  const autograd::profiler::RecordFunction profiled("mul");
  const Promoted operands(a, b);
  Tensor y = compute("mul", operands.a, operands.b, Mul());
  return record("Mul", y, {operands.a, operands.b},
                [a = save_for(operands.b, operands.a), b = save_for(operands.a, operands.b), a_sizes = to_dims(a.sizes()),
                 b_sizes = to_dims(b.sizes())](const Tensor& grad, const Node& node) {
                  std::array<Tensor, 2> gradients;
                  if (node.needs_gradient(0)) gradients[0] = sum_to(grad * b.unpack(), a_sizes);
                  if (node.needs_gradient(1)) gradients[1] = sum_to(grad * a.unpack(), b_sizes);
                  return gradients;
                });
}

Tensor mul(const Tensor& a, Scalar b) {
  const autograd::profiler::RecordFunction profiled("mul");
  const Tensor x = to(a, result_type(a, b));
  Tensor y = compute(x, WithNumber<Mul>{b});
  return record("Mul", y, {x}, [b](const Tensor& grad) { return grad * b; });
}

Tensor div(const Tensor& a, const Tensor& b) {
  const autograd::profiler::RecordFunction profiled("div");
  const Promoted operands(a, b, division_type(result_type(a, b)));
  Tensor y = compute("div", operands.a, operands.b, Div());
  return record("Div", y, {operands.a, operands.b},
                [a = save_for(operands.b, operands.a), b = SavedTensor(operands.b), a_sizes = to_dims(a.sizes()),
                 b_sizes = to_dims(b.sizes())](const Tensor& grad, const Node& node) {
                  const Tensor divisor = b.unpack();
                  std::array<Tensor, 2> gradients;
                  if (node.needs_gradient(0)) gradients[0] = sum_to(grad / divisor, a_sizes);
                  if (node.needs_gradient(1)) {
                    gradients[1] = sum_to(-grad * ((a.unpack() / divisor) / divisor), b_sizes);
                  }
                  return gradients;
                });
}

Tensor div(const Tensor& a, Scalar b) {
  const autograd::profiler::RecordFunction profiled("div");
  const Tensor x = to(a, division_type(result_type(a, b)));
  Tensor y = compute(x, WithNumber<Div>{b});
  return record("Div", y, {x}, [b](const Tensor& grad) { return grad / b; });
}

Tensor rdiv(const Tensor& a, Scalar b) { return mul(reciprocal(to(a, division_type(result_type(a, b)))), b); }

Tensor neg(const Tensor& a) {
  const autograd::profiler::RecordFunction profiled("neg");
  check<TypeError>(a.dtype() != kBool, "neg: a bool tensor has no negative; use logical_not");
  Tensor y = compute(a, [](const auto& v) { return -v; });
  return record("Neg", y, {a}, [](const Tensor& grad) { return neg(grad); });
}

Tensor addcmul(const Tensor& a, const Tensor& b, const Tensor& c, Scalar value) { return a + (b * c) * value; }
Tensor addcdiv(const Tensor& a, const Tensor& b, const Tensor& c, Scalar value) { return a + (b / c) * value; }
Tensor lerp(const Tensor& a, const Tensor& b, Scalar weight) { return a + (b - a) * weight; }

namespace {

/// Whether an in-place operation can write its result straight into the target's memory: nothing is recorded, and the
/// operand fits without a conversion of the target.
bool writes_directly(const char* operation, const Tensor& target, const Tensor& operand) {
  const Dtype dtype = result_type(target, operand);
  check<TypeError>(can_store(dtype, target.dtype()), "{}: a result of {} cannot be stored in a tensor of {}", operation,
                   dtype, target.dtype());
  check<ShapeError>(is_expandable_to(operand.sizes(), target.sizes()), "{}: shape {} does not fit into {}", operation,
                    operand.sizes(), target.sizes());
  return dtype == target.dtype() && !must_record({target.is_view() ? target.base() : target, operand}) &&
         !partly_overlaps(target, operand);
}

template <class F>
Tensor& apply_in_place(const char* operation, const Tensor& target, const Tensor& operand, const F& f) {
  require_writable(operation, target);
  map_into(target, target, to(operand, target.dtype()), f);
  target.impl()->storage->bump_version();
  return itself(target);
}

template <class F>
Tensor& apply_in_place(const char* operation, const Tensor& target, const F& f) {
  require_writable(operation, target);
  map_into(target, target, f);
  target.impl()->storage->bump_version();
  return itself(target);
}

bool writes_directly(const char* operation, const Tensor& target, Scalar operand) {
  const Dtype dtype = result_type(target, operand);
  check<TypeError>(dtype == target.dtype(), "{}: a result of {} cannot be stored in a tensor of {}", operation, dtype,
                   target.dtype());
  return !must_record({target.is_view() ? target.base() : target});
}

}  // namespace

Tensor& Tensor::add_(const Tensor& other, Scalar alpha) const {
  check_alpha("add_", result_type(*this, other), alpha);
  if (writes_directly("add_", *this, other)) {
    return is_one(alpha) ? apply_in_place("add_", *this, other, Add())
                         : apply_in_place("add_", *this, other, AddScaled{alpha});
  }
  require_writable("add_", *this);
  return write_in_place("add_", *this, xgrad::add(*this, other, alpha));
}

Tensor& Tensor::add_(Scalar other, Scalar alpha) const {
  if (writes_directly("add_", *this, other) && is_one(alpha)) return apply_in_place("add_", *this, WithNumber<Add>{other});
  require_writable("add_", *this);
  return write_in_place("add_", *this, xgrad::add(*this, other, alpha));
}

Tensor& Tensor::sub_(const Tensor& other, Scalar alpha) const {
  if (writes_directly("sub_", *this, other) && is_one(alpha) && other.dtype() != kBool && dtype() != kBool) {
    return apply_in_place("sub_", *this, other, Sub());
  }
  require_writable("sub_", *this);
  return write_in_place("sub_", *this, xgrad::sub(*this, other, alpha));
}

Tensor& Tensor::sub_(Scalar other, Scalar alpha) const {
  writes_directly("sub_", *this, other);
  require_writable("sub_", *this);
  return write_in_place("sub_", *this, xgrad::sub(*this, other, alpha));
}

Tensor& Tensor::mul_(const Tensor& other) const {
  if (writes_directly("mul_", *this, other)) return apply_in_place("mul_", *this, other, Mul());
  require_writable("mul_", *this);
  return write_in_place("mul_", *this, xgrad::mul(clone(), other));
}

Tensor& Tensor::mul_(Scalar other) const {
  if (writes_directly("mul_", *this, other)) return apply_in_place("mul_", *this, WithNumber<Mul>{other});
  require_writable("mul_", *this);
  return write_in_place("mul_", *this, xgrad::mul(*this, other));
}

Tensor& Tensor::div_(const Tensor& other) const {
  check<TypeError>(is_floating_point(), "div_: the quotient is a floating-point number, the tensor is of {}", dtype());
  if (writes_directly("div_", *this, other)) return apply_in_place("div_", *this, other, Div());
  require_writable("div_", *this);
  return write_in_place("div_", *this, xgrad::div(clone(), other));
}

Tensor& Tensor::div_(Scalar other) const {
  check<TypeError>(is_floating_point(), "div_: the quotient is a floating-point number, the tensor is of {}", dtype());
  if (writes_directly("div_", *this, other)) return apply_in_place("div_", *this, WithNumber<Div>{other});
  require_writable("div_", *this);
  return write_in_place("div_", *this, xgrad::div(*this, other));
}

Tensor& Tensor::fill_(Scalar value) const {
  require_writable("fill_", *this);
  detail::copy_values(*this, full({}, value, dtype()));
  mark_written(*this);
  return itself(*this);
}

}  // namespace xgrad
