#include "distributions/constraints.h"

#include <utility>

#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"

namespace xgrad::distributions::constraints {

namespace {

/// How far the sum of probabilities may be from 1.
constexpr double simplex_tolerance = 1e-6;

Tensor is_whole(const Tensor& x) { return x.is_floating_point() ? eq(x, floor(x)) : eq(x, x); }

Tensor all_of_last(Tensor x, std::int64_t dims) {
  for (; dims > 0; --dims) x = all(x, -1);
  return x;
}

}  // namespace

Constraint real() {
  return {"a number", 0, [](const Tensor& x) { return eq(x, x); }};
}

Constraint positive() {
  return {"positive", 0, [](const Tensor& x) { return gt(x, 0); }};
}

Constraint nonnegative() {
  return {"not negative", 0, [](const Tensor& x) { return ge(x, 0); }};
}

Constraint unit_interval() {
  return {"between 0 and 1", 0, [](const Tensor& x) { return logical_and(ge(x, 0), le(x, 1)); }};
}

Constraint interval(Tensor low, Tensor high) {
  return {"between low and high", 0,
          [low = std::move(low), high = std::move(high)](const Tensor& x) { return logical_and(ge(x, low), le(x, high)); }};
}

Constraint boolean() {
  return {"0 or 1", 0, [](const Tensor& x) { return logical_or(eq(x, 0), eq(x, 1)); }};
}

Constraint nonnegative_integer() {
  return {"a whole number that is not negative", 0, [](const Tensor& x) { return logical_and(ge(x, 0), is_whole(x)); }};
}

Constraint integer_interval(Tensor high) {
  return {"a whole number from 0 to its bound", 0, [high = std::move(high)](const Tensor& x) {
            return logical_and(logical_and(ge(x, 0), le(x, high)), is_whole(x));
          }};
}

Constraint real_vector() { return independent(real(), 1); }

Constraint simplex() {
  return {"probabilities that add up to 1 along the last dimension", 1,
          [](const Tensor& x) { return logical_and(all(ge(x, 0), -1), le(abs(sum(x, -1) - 1), simplex_tolerance)); }};
}

Constraint one_hot() {
  return {"a 1 among zeros along the last dimension", 1,
          [](const Tensor& x) { return logical_and(all(boolean().check(x), -1), eq(sum(x, -1), 1)); }};
}

Constraint counts(std::int64_t total) {
  return {"whole numbers that add up to total_count along the last dimension", 1,
          [total](const Tensor& x) { return logical_and(all(nonnegative_integer().check(x), -1), eq(sum(x, -1), total)); }};
}

Constraint lower_cholesky() {
  return {"a lower triangular matrix with a positive diagonal", 2, [](const Tensor& x) {
            return logical_and(all_of_last(eq(tril(x), x), 2), all(gt(diagonal(x, 0, -2, -1), 0), -1));
          }};
}

Constraint independent(const Constraint& base, std::int64_t dims) {
  return {base.description, base.event_dim + dims,
          [check = base.check, dims](const Tensor& x) { return all_of_last(check(x), dims); }};
}

}  // namespace xgrad::distributions::constraints
