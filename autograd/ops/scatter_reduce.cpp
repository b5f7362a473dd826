#include "autograd/ops/scatter_reduce.h"

#include <algorithm>
#include <array>
#include <limits>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/reduce.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/division.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/scatter.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

// From here on all are vectors: `places` in x, and a value for each.

/// How many of the values that `which` (bool) picks go to each place of x, itself included where `own` picks it: x's dtype.
Tensor count_at(const Tensor& own, const Tensor& places, const Tensor& which, Dtype dtype) {
  return index_add(to(own, dtype), 0, places, to(which, dtype));
}

/// x, with 0 or another number at the places unless x's own elements are included.
Tensor start_from(const Tensor& x, const Tensor& places, bool include_self, Scalar neutral) {
  return include_self ? x : index_fill(x, 0, places, neutral);
}

Tensor mean_at(const Tensor& x, const Tensor& places, const Tensor& values, bool include_self) {
  const Tensor own = start_from(ones_like(x), places, include_self, 0);
  const Tensor counts = clamp(index_add(own, 0, places, ones_like(values)), 1);
  const Tensor sums = index_add(start_from(x, places, include_self, 0), 0, places, values);
  return x.is_floating_point() ? sums / counts : floor_divide(sums, counts);
}

/// combine(so far, value) for each, in order; floats are kept in double precision until all are in.
template <class Combine>
Tensor combined_at(const Tensor& start, const Tensor& places, const Tensor& values, const Combine& combine) {
  Tensor y = start.detach().clone();
  const Tensor given = values.detach().contiguous();
  const Tensor at = places.contiguous();
  visit_dtype(y.dtype(), [&]<class T>() {
    using Wide = kernels::Accumulator<T>;
    std::vector<Wide> so_far(y.data_ptr<T>(), y.data_ptr<T>() + y.numel());
    for (std::int64_t i = 0; i < given.numel(); ++i) {
      Wide& target = so_far[static_cast<std::size_t>(at.data_ptr<std::int64_t>()[i])];
      target = combine(target, static_cast<Wide>(given.data_ptr<T>()[i]));
    }
    std::transform(so_far.begin(), so_far.end(), y.data_ptr<T>(), [](Wide value) { return static_cast<T>(value); });
  });
  return y;
}

Tensor extremum_at(const Tensor& x, const Tensor& places, const Tensor& values, bool include_self, bool largest) {
  const Scalar neutral = visit_dtype(x.dtype(), [&]<class T>() -> Scalar {
    using Limits = std::numeric_limits<T>;
    if constexpr (Limits::has_infinity) return largest ? -Limits::infinity() : Limits::infinity();
    else return largest ? Limits::lowest() : Limits::max();
  });
  Tensor y = combined_at(start_from(x.detach(), places, include_self, neutral), places, values, [largest](auto a, auto b) {
    if (a != a) return a;
    return b != b || (largest ? b > a : b < a) ? b : a;
  });
  record_all("ExtremumAt", {&y, 1}, {x, values},
             [x = SavedTensor(x.detach()), values = SavedTensor(values.detach()), places = SavedTensor(places),
              y = SavedTensor::result(y), include_self](std::span<Tensor> grads, const Node& node) {
               const Tensor at = places.unpack();
               const Tensor found = y.unpack().detach();
               const Dtype dtype = grads[0].dtype();
               const Tensor own = to(start_from(eq(x.unpack(), found), at, include_self, false), dtype);
               const Tensor taken = to(eq(values.unpack(), index_select(found, 0, at)), dtype);
               const Tensor shared = grads[0] / clamp(index_add(own, 0, at, taken), 1);
               std::array<Tensor, 2> gradients;
               if (node.needs_gradient(0)) gradients[0] = shared * own;
               if (node.needs_gradient(1)) gradients[1] = index_select(shared, 0, at) * taken;
               return gradients;
             });
  return y;
}

Tensor product_at(const Tensor& x, const Tensor& places, const Tensor& values, bool include_self) {
  Tensor y =
      combined_at(start_from(x.detach(), places, include_self, 1), places, values, [](auto a, auto b) { return a * b; });
  record_all("ProductAt", {&y, 1}, {x, values},
             [x = SavedTensor(x), values = SavedTensor(values), places = SavedTensor(places), include_self](
                 std::span<Tensor> grads, const Node& node) {
               const Tensor at = places.unpack();
               const Tensor own = start_from(x.unpack(), at, include_self, 1);
               const Tensor given = values.unpack();
               const Tensor own_zero = eq(own.detach(), 0);
               const Tensor given_zero = eq(given.detach(), 0);
               const Tensor zero_count = count_at(own_zero, at, given_zero, kInt64);
               check<GraphError>(!must_record({grads[0], own, given}) || !any(zero_count).item<bool>(),
                                 "scatter_reduce: no second derivative of products where an element is 0");
               // The product of all factors but zeros; all the others are it over the factor, or it where the factor is the only 0.
               const Tensor others = product_at(masked_fill(own, own_zero, 1), at, masked_fill(given, given_zero, 1), true);
               const auto slope = [](const Tensor& product, const Tensor& factor, const Tensor& zero,
                                     const Tensor& zeros_there) {
                 const Tensor alone = eq(zeros_there, to(zero, kInt64));  // no zero among the others
                 return masked_fill(product / masked_fill(factor, zero, 1), logical_not(alone), 0);
               };
               std::array<Tensor, 2> gradients;
               if (node.needs_gradient(0)) {
                 gradients[0] = start_from(grads[0] * slope(others, own, own_zero, zero_count), at, include_self, 0);
               }
               if (node.needs_gradient(1)) {
                 gradients[1] = index_select(grads[0], 0, at) *
                                slope(index_select(others, 0, at), given, given_zero, index_select(zero_count, 0, at));
               }
               return gradients;
             });
  return y;
}

Tensor reduce_at(const char* operation, const Tensor& x, const Tensor& places, const Tensor& values, std::string_view reduce,
                 bool include_self) {
  if (reduce == "sum") return index_add(start_from(x, places, include_self, 0), 0, places, values);
  if (reduce == "mean") return mean_at(x, places, values, include_self);
  if (reduce == "prod") return product_at(x, places, values, include_self);
  check<ValueError>(reduce == "amax" || reduce == "amin", "{}: there is no reduction {}", operation, reduce);
  return extremum_at(x, places, values, include_self, reduce == "amax");
}

}  // namespace

Tensor scatter_reduce(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source, std::string_view reduce,
                      bool include_self) {
  const autograd::profiler::RecordFunction profiled("scatter_reduce");
  const auto [places, values] = detail::scattered("scatter_reduce", x, dim, index, source);
  return reshape(reduce_at("scatter_reduce", reshape(x, {-1}), places, values, reduce, include_self), x.sizes());
}

Tensor index_reduce(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source, std::string_view reduce,
                    bool include_self) {
  const autograd::profiler::RecordFunction profiled("index_reduce");
  check<ValueError>(reduce != "sum", "index_reduce: there is no reduction sum: index_add adds");
  check<ShapeError>(index.dim() <= 1, "index_reduce: the index must be a vector, got shape {}", index.sizes());
  const std::int64_t axis = wrap_dim("index_reduce", dim, x.dim());
  DimVector expected = to_dims(x.sizes());
  DimVector along(x.sizes().size(), 1);
  if (!expected.empty()) expected[static_cast<std::size_t>(axis)] = along[static_cast<std::size_t>(axis)] = index.numel();
  check<ShapeError>(source.sizes() == IntArrayRef(expected) && (x.dim() > 0 || index.numel() == 1),
                    "index_reduce: a source of shape {} does not fit: expected {}", source.sizes(), expected);
  const Tensor wide = expand(view(index.contiguous(), along), expected);
  const auto [places, values] = detail::scattered("index_reduce", x, dim, wide, source);
  return reshape(reduce_at("index_reduce", reshape(x, {-1}), places, values, reduce, include_self), x.sizes());
}

}  // namespace xgrad
