#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "autograd/autograd.h"

namespace xgrad::test {

namespace {

/// A method that changes its tensor, and the one that gives the same as a new tensor.
struct Pair {
  std::string name;
  std::function<void(Tensor&, const Tensor&)> change;
  std::function<Tensor(const Tensor&, const Tensor&)> compute;
};

#define XGRAD_UNARY_PAIR(name)                                                                                     \
  Pair {                                                                                                           \
#name, [](Tensor & x, const Tensor&) { x.name##_(); }, [](const Tensor& x, const Tensor&) { return x.name(); } \
  }
#define XGRAD_BINARY_PAIR(name)                                                                                          \
  Pair {                                                                                                                 \
#name, [](Tensor & x, const Tensor& y) { x.name##_(y); }, [](const Tensor& x, const Tensor& y) { return x.name(y); } \
  }
#define XGRAD_NUMBER_PAIR(name, ...)                                                                                 \
  Pair {                                                                                                             \
#name "(" #__VA_ARGS__ ")",                                                                                      \
        [](Tensor & x, const Tensor&) { x.name##_(__VA_ARGS__); }, [](const Tensor& x,                               \
                                                                      const Tensor&) { return x.name(__VA_ARGS__); } \
  }

const std::vector<Pair>& floating_pairs() {
  static const std::vector<Pair> pairs = {
      XGRAD_UNARY_PAIR(exp2),
      XGRAD_UNARY_PAIR(erfc),
      XGRAD_UNARY_PAIR(erfinv),
      XGRAD_UNARY_PAIR(lgamma),
      XGRAD_UNARY_PAIR(digamma),
      XGRAD_UNARY_PAIR(sinc),
      XGRAD_UNARY_PAIR(asinh),
      XGRAD_UNARY_PAIR(atanh),
      XGRAD_UNARY_PAIR(deg2rad),
      XGRAD_UNARY_PAIR(rad2deg),
      XGRAD_UNARY_PAIR(arcsin),
      XGRAD_UNARY_PAIR(arccos),
      XGRAD_UNARY_PAIR(arctan),
      XGRAD_UNARY_PAIR(arcsinh),
      XGRAD_UNARY_PAIR(arctanh),
      XGRAD_UNARY_PAIR(absolute),
      XGRAD_UNARY_PAIR(negative),
      XGRAD_UNARY_PAIR(fix),
      XGRAD_UNARY_PAIR(sgn),
      XGRAD_UNARY_PAIR(logit),
      XGRAD_UNARY_PAIR(nan_to_num),
      XGRAD_UNARY_PAIR(logical_not),
      XGRAD_NUMBER_PAIR(polygamma, 1),
      XGRAD_NUMBER_PAIR(logit, 0.4),
      XGRAD_NUMBER_PAIR(clip, 0.3, 0.6),
      XGRAD_NUMBER_PAIR(clamp_min, 0.4),
      XGRAD_NUMBER_PAIR(clamp_max, 0.4),
      XGRAD_NUMBER_PAIR(tril, -1),
      XGRAD_NUMBER_PAIR(triu, 1),
      XGRAD_NUMBER_PAIR(cumsum, 1),
      XGRAD_NUMBER_PAIR(cumprod, 0),
      XGRAD_NUMBER_PAIR(renorm, 2, 0, 0.5),
      XGRAD_NUMBER_PAIR(index_fill, 1, tensor({0, 2}), 7),
      XGRAD_NUMBER_PAIR(put, tensor({3, 5}), ones({2}, kFloat64)),
      XGRAD_BINARY_PAIR(subtract),
      XGRAD_BINARY_PAIR(multiply),
      XGRAD_BINARY_PAIR(divide),
      XGRAD_BINARY_PAIR(true_divide),
      XGRAD_BINARY_PAIR(floor_divide),
      XGRAD_BINARY_PAIR(remainder),
      XGRAD_BINARY_PAIR(fmod),
      XGRAD_BINARY_PAIR(pow),
      XGRAD_BINARY_PAIR(float_power),
      XGRAD_BINARY_PAIR(ldexp),
      XGRAD_BINARY_PAIR(copysign),
      XGRAD_BINARY_PAIR(hypot),
      XGRAD_BINARY_PAIR(heaviside),
      XGRAD_BINARY_PAIR(nextafter),
      XGRAD_BINARY_PAIR(xlogy),
      XGRAD_BINARY_PAIR(atan2),
      XGRAD_BINARY_PAIR(arctan2),
      XGRAD_BINARY_PAIR(eq),
      XGRAD_BINARY_PAIR(ne),
      XGRAD_BINARY_PAIR(lt),
      XGRAD_BINARY_PAIR(le),
      XGRAD_BINARY_PAIR(gt),
      XGRAD_BINARY_PAIR(ge),
      XGRAD_BINARY_PAIR(not_equal),
      XGRAD_BINARY_PAIR(less),
      XGRAD_BINARY_PAIR(less_equal),
      XGRAD_BINARY_PAIR(greater),
      XGRAD_BINARY_PAIR(greater_equal),
      XGRAD_BINARY_PAIR(logical_and),
      XGRAD_BINARY_PAIR(logical_or),
      XGRAD_BINARY_PAIR(logical_xor),
      XGRAD_NUMBER_PAIR(subtract, 0.5),
      XGRAD_NUMBER_PAIR(multiply, 2),
      XGRAD_NUMBER_PAIR(divide, 2),
      XGRAD_NUMBER_PAIR(remainder, 0.3),
      XGRAD_NUMBER_PAIR(fmod, 0.3),
      XGRAD_NUMBER_PAIR(floor_divide, 0.3),
      XGRAD_NUMBER_PAIR(copysign, -1),
      XGRAD_NUMBER_PAIR(xlogy, 2.0),
      XGRAD_NUMBER_PAIR(greater, 0.5),
      XGRAD_NUMBER_PAIR(less_equal, 0.5),
      Pair{"addmm", [](Tensor& x, const Tensor& y) { x.addmm_(y, y.t().matmul(y), 0.5, 2); },
           [](const Tensor& x, const Tensor& y) { return x.addmm(y, y.t().matmul(y), 0.5, 2); }},
      Pair{"addmv", [](Tensor& x, const Tensor& y) { x.addmv_(y.t().matmul(y), y[0]); },
           [](const Tensor& x, const Tensor& y) {
             return x.addmv(y.t().matmul(y), y[0]).expand({3, 4});
           }},
      Pair{"addr", [](Tensor& x, const Tensor& y) { x.addr_(y.select(1, 0), y[0]); },
           [](const Tensor& x, const Tensor& y) { return x.addr(y.select(1, 0), y[0]); }},
  };
  return pairs;
}

Tensor inputs(std::uint64_t seed) { return rand({3, 4}, Generator(seed), kFloat64) * 0.8 + 0.1; }

}  // namespace

TEST(InplaceMethods, write_what_the_others_return) {
  for (const Pair& pair : floating_pairs()) {
    if (pair.name == "addmv") continue;  // its result is a vector, which does not fit the matrix
    SCOPED_TRACE(pair.name);
    const Tensor x = inputs(1);
    const Tensor y = inputs(2);
    Tensor changed = x.clone();
    ASSERT_NO_THROW(pair.change(changed, y));
    EXPECT_EQ(changed.dtype(), x.dtype());
    EXPECT_TRUE(equal(changed, pair.compute(x, y).to(kFloat64)));
    EXPECT_EQ(changed.version(), 1U);
  }
}

TEST(InplaceMethods, gradients_go_through) {
  for (const Pair& pair : floating_pairs()) {
    if (pair.name == "addmv") continue;
    SCOPED_TRACE(pair.name);
    const Tensor x = inputs(1).requires_grad_();
    const Tensor y = inputs(2);
    Tensor changed = x * 1;
    pair.change(changed, y);
    const Tensor result = pair.compute(x, y);
    if (!result.requires_grad()) continue;
    const Tensor weight = inputs(3);
    const Tensor expected = autograd::grad({sum(result * weight)}, {x})[0];
    EXPECT_TRUE(allclose(autograd::grad({sum(changed * weight)}, {x})[0], expected, 1e-12, 1e-12));
  }
}

TEST(InplaceMethods, a_number_times_alpha_is_subtracted_in_place) {
  Tensor x = tensor({1.0, -0.0, 3.0}, kFloat64);
  const double* memory = x.data_ptr<double>();
  x.sub_(0);
  EXPECT_TRUE(std::signbit(x[1].item<double>()));
  x.sub_(0.5, 2).add_(1, 3);
  EXPECT_TRUE(equal(x, tensor({3.0, 2.0, 5.0}, kFloat64)));
  EXPECT_EQ(x.data_ptr<double>(), memory);
  EXPECT_EQ(x.version(), 3U);
  Tensor integers = tensor({1, 2});
  integers.sub_(1, 2);
  EXPECT_TRUE(equal(integers, tensor({-1, 0})));
}

TEST(InplaceMethods, integers_take_no_fraction_as_alpha) {
  Tensor integers = tensor({1, 2});
  EXPECT_THROW(integers.add_(3, 0.5), TypeError);
  EXPECT_THROW(integers.sub_(3, 0.5), TypeError);
  EXPECT_THROW(integers.add(3, 0.5), TypeError);
  EXPECT_THROW(integers.sub(3, 0.5), TypeError);
  EXPECT_TRUE(equal(integers, tensor({1, 2})));
  EXPECT_TRUE(equal(integers.add((std::int64_t{1} << 53) + 1, 3), integers + 3 * ((std::int64_t{1} << 53) + 1)));
}

TEST(InplaceMethods, addmv_fits_a_vector) {
  Tensor x = ones({2});
  x.addmv_(ones({2, 3}), ones({3}), 2, 0.5);
  EXPECT_TRUE(equal(x, full({2}, 3.5)));
  EXPECT_THROW(x.addmv_(ones({3, 3}), ones({3})), ShapeError);
}

TEST(InplaceMethods, a_result_of_a_higher_category_is_refused) {
  Tensor integers = tensor({1, 2});
  EXPECT_THROW(integers.pow_(0.5), TypeError);
  EXPECT_THROW(integers.xlogy_(tensor({1, 2})), TypeError);
  EXPECT_THROW(integers.fmod_(0.5), TypeError);
  EXPECT_TRUE(equal(integers, tensor({1, 2})));
  integers.gt_(1);
  EXPECT_TRUE(equal(integers, tensor({0, 1})));
  Tensor flags = tensor({true, false});
  EXPECT_THROW(flags.add_(1), TypeError);
}

TEST(InplaceMethods, a_leaf_that_requires_a_gradient_is_left_alone) {
  for (const Pair& pair : floating_pairs()) {
    SCOPED_TRACE(pair.name);
    Tensor leaf = inputs(1).requires_grad_();
    const Tensor before = leaf.detach().clone();
    const Tensor other = inputs(2);
    autograd::profiler::Profile profile;
    EXPECT_THROW(pair.change(leaf, other), Error);
    profile.stop();
    // Nothing is computed before the refusal, but for what the calls below compute as their arguments.
    const bool computes_arguments = pair.name.starts_with("addm") || pair.name == "addr";
    EXPECT_TRUE(computes_arguments || profile.events().empty());
    EXPECT_TRUE(equal(leaf, before));
  }
}

TEST(TensorMethods, other_names_are_the_same_methods) {
  const Tensor x = inputs(1);
  const Tensor y = inputs(2);
  EXPECT_TRUE(equal(x.swapdims(0, 1), x.t()));
  EXPECT_TRUE(equal(x.moveaxis(0, 1), x.t()));
  EXPECT_TRUE(equal(x.mT(), x.t()));
  EXPECT_TRUE(equal(x.adjoint(), x.t()));
  EXPECT_TRUE(equal(x.numpy_T(), x.t()));
  EXPECT_TRUE(equal(x.t().ravel(), x.t().reshape({12})));
  EXPECT_TRUE(equal(x[0].broadcast_to({3, 4}), x[0].expand({3, 4})));
  EXPECT_TRUE(equal(x.argwhere(), x.nonzero()));
  EXPECT_EQ(x.nonzero_numpy().size(), 2U);
  EXPECT_TRUE(equal(x[0].ger(y[0]), x[0].outer(y[0])));
  EXPECT_TRUE(equal(x[0].vdot(y[0]), x[0].dot(y[0])));
  EXPECT_TRUE(x.positive().is_same(x));
  EXPECT_TRUE(equal(x.isclose(x + 1), zeros({3, 4}, kBool)));
  EXPECT_TRUE(equal(x.signbit(), zeros({3, 4}, kBool)));
}

TEST(TensorMethods, say_what_a_tensor_is) {
  const Tensor x = ones({2, 3});
  EXPECT_TRUE(x.is_signed());
  EXPECT_FALSE(x.to(kUInt8).is_signed());
  EXPECT_EQ(x.itemsize(), 4U);
  EXPECT_EQ(x.toString(), "CPUFloatType");
  EXPECT_EQ(x.layout(), kStrided);
  EXPECT_EQ(x.get_device(), -1);
  EXPECT_TRUE(x.is_same_size(zeros({2, 3})));
  EXPECT_TRUE(x.is_alias_of(x[0]));
  EXPECT_FALSE(x.is_alias_of(x.clone()));
  EXPECT_TRUE(x.is_set_to(x.view({2, 3})));
  EXPECT_FALSE(x.is_set_to(x.view({6})));
  EXPECT_TRUE(x.t().is_non_overlapping_and_dense());
  EXPECT_FALSE(x.select(1, 0).is_non_overlapping_and_dense());
  EXPECT_FALSE(x[0].expand({4, 3}).is_non_overlapping_and_dense());
  EXPECT_TRUE(tensor(2).is_nonzero());
  EXPECT_THROW(x.is_nonzero(), ShapeError);
  EXPECT_EQ(x.output_nr(), 0);
}

#undef XGRAD_UNARY_PAIR
#undef XGRAD_BINARY_PAIR
#undef XGRAD_NUMBER_PAIR

}  // namespace xgrad::test
