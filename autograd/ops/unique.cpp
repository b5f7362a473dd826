#include "autograd/ops/unique.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// What came out of going through slices in some order: the first slice of each run of equals, how long the runs are, and in
/// which run each slice is.
struct Runs {
  std::vector<std::int64_t> first;
  std::vector<std::int64_t> counts;
  Tensor inverse;
};

/// Goes through slice number order[0], order[1], ...: `equal(a, b)` compares slices by number.
template <class Equal>
Runs find_runs(const std::int64_t* order, std::int64_t length, const Equal& equal) {
  Runs runs;
  runs.inverse = empty({length}, kInt64);
  auto* went = runs.inverse.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < length; ++i) {
    if (i == 0 || !equal(order[i], order[i - 1])) {
      runs.first.push_back(order[i]);
      runs.counts.push_back(0);
    }
    ++runs.counts.back();
    went[order[i]] = static_cast<std::int64_t>(runs.counts.size()) - 1;
  }
  return runs;
}

Tensor int64_vector(const std::vector<std::int64_t>& values) { return values.empty() ? empty({0}, kInt64) : tensor(values); }

/// The distinct slices along `axis`: next to one another, or anywhere, in lexicographic order.
std::tuple<Tensor, Tensor, Tensor> distinct_slices(const Tensor& x, std::int64_t axis, bool consecutive, bool return_inverse,
                                                   bool return_counts) {
  const Tensor source = x.detach();
  const std::int64_t length = source.size(axis);
  const Tensor rows = detail::converted(transpose(source, axis, 0), compute_dtype(x.dtype())).contiguous();
  const std::int64_t width = length == 0 ? 0 : rows.numel() / length;
  std::vector<std::int64_t> order(static_cast<std::size_t>(length));
  std::iota(order.begin(), order.end(), 0);
  const Runs runs = visit_dtype(rows.dtype(), [&]<class T>() {
    const T* values = rows.data_ptr<T>();
    const auto row = [=](std::int64_t i) { return values + i * width; };
    if (!consecutive) {
      const auto less = [](T a, T b) { return a < b || (a == a && b != b); };
      std::stable_sort(order.begin(), order.end(), [=](std::int64_t a, std::int64_t b) {
        return std::lexicographical_compare(row(a), row(a) + width, row(b), row(b) + width, less);
      });
    }
    return find_runs(order.data(), length,
                     [=](std::int64_t a, std::int64_t b) { return std::equal(row(a), row(a) + width, row(b)); });
  });
  const Tensor none = empty({0}, kInt64);
  return {index_select(source, axis, int64_vector(runs.first)), return_inverse ? runs.inverse : none,
          return_counts ? int64_vector(runs.counts) : none};
}

/// The same of numbers that follow one another in a vector.
std::tuple<Tensor, Tensor, Tensor> distinct_neighbours(const Tensor& x, bool return_inverse, bool return_counts) {
  const Tensor source = detail::converted(x.detach(), compute_dtype(x.dtype())).contiguous();
  const std::int64_t length = source.numel();
  return visit_dtype(source.dtype(), [&]<class T>() -> std::tuple<Tensor, Tensor, Tensor> {
    const T* in = source.data_ptr<T>();
    std::int64_t count = length > 0 ? 1 : 0;
    for (std::int64_t i = 1; i < length; ++i) count += in[i] == in[i - 1] ? 0 : 1;
    const Tensor values = count == length ? source.clone() : empty({count}, source.dtype());
    T* out = values.data_ptr<T>();
    std::int64_t found = count == length ? count : 1;
    if (found < count || count == 1) out[0] = in[0];
    for (std::int64_t i = 1; found < count; ++i) {  // written whether it is one or not: there is nothing to guess
      out[found] = in[i];
      found += in[i] == in[i - 1] ? 0 : 1;
    }
    const Tensor inverse = return_inverse ? empty({length}, kInt64) : empty({0}, kInt64);
    const Tensor counts = return_counts ? zeros({count}, kInt64) : empty({0}, kInt64);
    if (return_inverse || return_counts) {
      std::int64_t run = 0;
      for (std::int64_t i = 0; i < length; ++i) {
        if (i > 0 && !(in[i] == in[i - 1])) ++run;
        if (return_inverse) inverse.data_ptr<std::int64_t>()[i] = run;
        if (return_counts) ++counts.data_ptr<std::int64_t>()[run];
      }
    }
    return {detail::converted(values, x.dtype()), inverse, counts};
  });
}

}  // namespace

std::tuple<Tensor, Tensor, Tensor> unique(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("unique");
  const Tensor flat = reshape(x.detach(), {x.numel()}).contiguous();
  const Tensor order = argsort(flat, 0);
  const Runs runs = visit_dtype(x.dtype(), [&]<class T>() {
    const T* values = flat.data_ptr<T>();
    return find_runs(order.data_ptr<std::int64_t>(), flat.numel(),
                     [=](std::int64_t a, std::int64_t b) { return values[a] == values[b]; });
  });
  return {index_select(flat, 0, int64_vector(runs.first)), view(runs.inverse, x.sizes()), int64_vector(runs.counts)};
}

std::tuple<Tensor, Tensor, Tensor> unique_dim(const Tensor& x, OnlyInt dim, OnlyBool /*sorted*/, OnlyBool return_inverse,
                                              OnlyBool return_counts) {
  const autograd::profiler::RecordFunction profiled("unique_dim");
  check<ShapeError>(x.dim() > 0, "unique_dim: a number has no slices");
  return distinct_slices(x, wrap_dim("unique_dim", dim, x.dim()), false, return_inverse, return_counts);
}

std::tuple<Tensor, Tensor, Tensor> unique_consecutive(const Tensor& x, OnlyBool return_inverse, OnlyBool return_counts,
                                                      std::optional<OnlyInt> dim) {
  const autograd::profiler::RecordFunction profiled("unique_consecutive");
  if (dim && x.dim() > 0) {
    const std::int64_t axis = wrap_dim("unique_consecutive", *dim, x.dim());
    return distinct_slices(x, axis, true, return_inverse, return_counts);
  }
  auto [values, inverse, counts] = distinct_neighbours(reshape(x, {x.numel()}), return_inverse, return_counts);
  if (return_inverse) inverse = view(inverse, x.sizes());
  return {values, inverse, counts};
}

std::tuple<Tensor, Tensor, Tensor> unique_dim_consecutive(const Tensor& x, OnlyInt dim, OnlyBool return_inverse,
                                                          OnlyBool return_counts) {
  const autograd::profiler::RecordFunction profiled("unique_dim_consecutive");
  check<ShapeError>(x.dim() > 0, "unique_dim_consecutive: a number has no slices");
  return unique_consecutive(x, return_inverse, return_counts, dim);
}

}  // namespace xgrad
