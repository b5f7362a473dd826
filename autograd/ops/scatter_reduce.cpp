#include "autograd/ops/scatter_reduce.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <type_traits>
#include <vector>

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

/// Where values go: slice r of the values along `axis` to slice rows[r] of x.
struct Places {
  std::int64_t axis;
  Tensor rows;
};

Tensor added_at(const Tensor& x, const Places& places, const Tensor& values) {
  return index_add(x, places.axis, places.rows, values);
}
Tensor taken_at(const Tensor& x, const Places& places) { return index_select(x, places.axis, places.rows); }

/// How many of the values that `which` (bool) picks go to each place of x, itself included where `own` picks it: x's dtype.
Tensor count_at(const Tensor& own, const Places& places, const Tensor& which, Dtype dtype) {
  return added_at(to(own, dtype), places, to(which, dtype));
}

/// x, with 0 or another number at the places unless x's own elements are included.
Tensor start_from(const Tensor& x, const Places& places, bool include_self, Scalar neutral) {
  return include_self ? x : index_fill(x, places.axis, places.rows, neutral);
}

Tensor mean_at(const Tensor& x, const Places& places, const Tensor& values, bool include_self) {
  const Tensor own = start_from(ones_like(x), places, include_self, 0);
  const Tensor counts = clamp(added_at(own, places, ones_like(values)), 1);
  const Tensor sums = added_at(start_from(x, places, include_self, 0), places, values);
  return x.is_floating_point() ? sums / counts : floor_divide(sums, counts);
}

template <class T>
using Itself = T;

/// combine(so far, value) for each, in order; kept in the type Wide<T> until all are in.
template <template <class> class Wide, class Combine>
Tensor combined_at(const Tensor& start, const Places& places, const Tensor& values, const Combine& combine) {
  Tensor y = start.detach().clone();
  const Tensor given = values.detach().contiguous();
  const Tensor rows = places.rows.contiguous();
  const std::int64_t count = rows.numel();
  if (given.numel() == 0) return y;
  std::int64_t inner = 1;
  for (std::int64_t dim = places.axis + 1; dim < y.dim(); ++dim) inner *= y.size(dim);
  const std::int64_t outer = given.numel() / (count * inner);
  const std::int64_t size = y.size(places.axis) * inner;
  visit_dtype(y.dtype(), [&]<class T>() {
    const auto run = [&](auto* so_far) {
      using W = std::remove_pointer_t<decltype(so_far)>;
      const T* from = given.data_ptr<T>();
      for (std::int64_t o = 0; o < outer; ++o) {
        for (std::int64_t r = 0; r < count; ++r, from += inner) {
          W* const target = so_far + o * size + rows.data_ptr<std::int64_t>()[r] * inner;
#pragma GCC ivdep
          for (std::int64_t i = 0; i < inner; ++i) target[i] = combine(target[i], static_cast<W>(from[i]));
        }
      }
    };
    T* const target = y.data_ptr<T>();
    if constexpr (std::is_same_v<Wide<T>, T>) {
      run(target);
    } else {
      std::vector<Wide<T>> so_far(target, target + y.numel());
      run(so_far.data());
      std::transform(so_far.begin(), so_far.end(), target, [](Wide<T> value) { return static_cast<T>(value); });
    }
  });
  return y;
}

Tensor extremum_at(const Tensor& x, const Places& places, const Tensor& values, bool include_self, bool largest) {
  const Scalar neutral = visit_dtype(x.dtype(), [&]<class T>() -> Scalar {
    using Limits = std::numeric_limits<T>;
    if constexpr (Limits::has_infinity) return largest ? -Limits::infinity() : Limits::infinity();
    else return largest ? Limits::lowest() : Limits::max();
  });
  const Tensor start = start_from(x.detach(), places, include_self, neutral);
  const auto better = [&](auto is_better) {
    return combined_at<Itself>(start, places, values,
                               [=](auto a, auto b) { return a == a && (b != b || is_better(b, a)) ? b : a; });
  };
  Tensor y = largest ? better(std::greater<>()) : better(std::less<>());
  record_all("ExtremumAt", {&y, 1}, {x, values},
             [x = SavedTensor(x.detach()), values = SavedTensor(values.detach()), rows = SavedTensor(places.rows),
              axis = places.axis, y = SavedTensor::result(y), include_self](std::span<Tensor> grads, const Node& node) {
               const Places at{axis, rows.unpack()};
               const Tensor found = y.unpack().detach();
               const Dtype dtype = grads[0].dtype();
               const Tensor own = to(start_from(eq(x.unpack(), found), at, include_self, false), dtype);
               const Tensor taken = to(eq(values.unpack(), taken_at(found, at)), dtype);
               const Tensor shared = grads[0] / clamp(added_at(own, at, taken), 1);
               std::array<Tensor, 2> gradients;
               if (node.needs_gradient(0)) gradients[0] = shared * own;
               if (node.needs_gradient(1)) gradients[1] = taken_at(shared, at) * taken;
               return gradients;
             });
  return y;
}

Tensor product_at(const Tensor& x, const Places& places, const Tensor& values, bool include_self) {
  Tensor y = combined_at<kernels::Accumulator>(start_from(x.detach(), places, include_self, 1), places, values,
                                               [](auto a, auto b) { return a * b; });
  record_all(
      "ProductAt", {&y, 1}, {x, values},
      [x = SavedTensor(x), values = SavedTensor(values), rows = SavedTensor(places.rows), axis = places.axis, include_self](
          std::span<Tensor> grads, const Node& node) {
        const Places at{axis, rows.unpack()};
        const Tensor own = start_from(x.unpack(), at, include_self, 1);
        const Tensor given = values.unpack();
        const Tensor own_zero = eq(own.detach(), 0);
        const Tensor given_zero = eq(given.detach(), 0);
        const Tensor zero_count = count_at(own_zero, at, given_zero, kInt64);
        check<GraphError>(!must_record({grads[0], own, given}) || !any(zero_count).item<bool>(),
                          "scatter_reduce: no second derivative of products where an element is 0");
        // The product of all factors but zeros; all the others are it over the factor, or it where the factor is the only 0.
        const Tensor others = product_at(masked_fill(own, own_zero, 1), at, masked_fill(given, given_zero, 1), true);
        const auto slope = [](const Tensor& product, const Tensor& factor, const Tensor& zero, const Tensor& zeros_there) {
          const Tensor alone = eq(zeros_there, to(zero, kInt64));  // no zero among the others
          return masked_fill(product / masked_fill(factor, zero, 1), logical_not(alone), 0);
        };
        std::array<Tensor, 2> gradients;
        if (node.needs_gradient(0)) {
          gradients[0] = start_from(grads[0] * slope(others, own, own_zero, zero_count), at, include_self, 0);
        }
        if (node.needs_gradient(1)) {
          gradients[1] = taken_at(grads[0], at) * slope(taken_at(others, at), given, given_zero, taken_at(zero_count, at));
        }
        return gradients;
      });
  return y;
}

Tensor reduce_at(const char* operation, const Tensor& x, const Places& places, const Tensor& values, std::string_view reduce,
                 bool include_self) {
  if (const Dtype wide = compute_dtype(x.dtype()); wide != x.dtype()) {
    return to(reduce_at(operation, to(x, wide), places, to(values, wide), reduce, include_self), x.dtype());
  }
  if (reduce == "sum") return added_at(start_from(x, places, include_self, 0), places, values);
  if (reduce == "mean") return mean_at(x, places, values, include_self);
  if (reduce == "prod") return product_at(x, places, values, include_self);
  check<ValueError>(reduce == "amax" || reduce == "amin", "{}: there is no reduction {}", operation, reduce);
  return extremum_at(x, places, values, include_self, reduce == "amax");
}

}  // namespace

Tensor scatter_reduce(const Tensor& x, OnlyInt dim, const Tensor& index, const Tensor& source, std::string_view reduce,
                      OnlyBool include_self) {
  const autograd::profiler::RecordFunction profiled("scatter_reduce");
  const auto [places, values] = detail::scattered("scatter_reduce", x, dim, index, source);
  return reshape(reduce_at("scatter_reduce", reshape(x, {-1}), {0, places}, values, reduce, include_self), x.sizes());
}

Tensor index_reduce(const Tensor& x, OnlyInt dim, const Tensor& index, const Tensor& source, std::string_view reduce,
                    OnlyBool include_self) {
  const autograd::profiler::RecordFunction profiled("index_reduce");
  check<ValueError>(reduce != "sum", "index_reduce: there is no reduction sum: index_add adds");
  const auto slices = detail::checked_slices("index_reduce", x, dim, index, source);
  const Tensor rows = reshape(slices.rows, {index.numel()});
  const auto axis = static_cast<std::int64_t>(slices.axis);
  if (x.dim() > 0) return reduce_at("index_reduce", x, {axis, rows}, source, reduce, include_self);
  return reshape(reduce_at("index_reduce", reshape(x, {1}), {0, rows}, reshape(source, {1}), reduce, include_self), {});
}

}  // namespace xgrad
