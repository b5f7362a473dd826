#include "autograd/ops/sort.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "autograd/base/parallel.h"
#include "autograd/ops/random.h"
#include "autograd/ops/statistics.h"
#include "tests/support/operations.h"
#include "tests/support/threads.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Sort, "sort",
                      {"sort", [](const TensorList& x, const Json& a) { return list(sort(x[0], a[0], a[1])); }},
                      {"argsort", [](const TensorList& x, const Json& a) { return TensorList{argsort(x[0], a[0], a[1])}; },
                       Gradients::kNone},
                      {"topk", [](const TensorList& x, const Json& a) { return list(topk(x[0], a[0], a[1], a[2])); }});

namespace {

/// Numbers with equals, and for floating-point dtypes NaN, infinities and zeros of both signs.
Tensor numbers(std::int64_t n, Dtype dtype) {
  manual_seed(static_cast<std::uint64_t>(n));
  Tensor x = randint(-20, 20, {n}, dtype == kBool ? kInt64 : dtype).to(dtype);
  if (!x.is_floating_point()) return x;
  x = x + randint(0, 3, {n}, dtype) * 1e-3;
  for (std::int64_t i = 0; i < n; i += 7) {
    const double special[] = {NAN, -0.0, std::numeric_limits<double>::infinity(), 0.0,
                              -std::numeric_limits<double>::infinity()};
    x[i] = special[i / 7 % 5];
  }
  return x;
}

std::vector<std::int64_t> expected_order(const Tensor& x, bool descending) {
  const auto values = x.to(kFloat64).to_vector<double>();
  std::vector<std::int64_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  const auto less = [](double a, double b) { return a < b || (a == a && b != b); };
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    const double v = values[static_cast<std::size_t>(a)];
    const double w = values[static_cast<std::size_t>(b)];
    return descending ? less(w, v) : less(v, w);
  });
  return order;
}

}  // namespace

TEST(SortTest, every_length_and_dtype_is_ordered_as_by_a_stable_sort) {
  for (const Dtype dtype : {kFloat32, kFloat64, kInt64, kBool}) {
    for (const std::int64_t n : {1, 2, 31, 33, 65, 191, 192, 511, 512, 3000}) {
      SCOPED_TRACE(to_string(dtype) + ", " + std::to_string(n));
      const Tensor x = numbers(n, dtype);
      for (const bool descending : {false, true}) {
        const std::vector<std::int64_t> order = expected_order(x, descending);
        ASSERT_EQ(argsort(x, 0, descending).to_vector<std::int64_t>(), order);
        for (const std::int64_t k :
             {std::int64_t{0}, std::int64_t{1}, std::int64_t{5}, std::int64_t{40}, n / 3, n / 2 + 1, n}) {
          if (k > n) continue;
          ASSERT_EQ(std::get<1>(topk(x, k, 0, descending)).to_vector<std::int64_t>(),
                    std::vector<std::int64_t>(order.begin(), order.begin() + k));
        }
        if (descending) continue;
        for (const std::int64_t k : {std::int64_t{1}, n / 4 + 1, n / 2 + 1, n}) {
          ASSERT_EQ(std::get<1>(kthvalue(x, k, 0)).item<std::int64_t>(), order[static_cast<std::size_t>(k - 1)]);
        }
      }
    }
  }
}

TEST(SortTest, rows_and_columns_of_large_matrices_are_the_same_on_any_number_of_threads) {
  const Tensor x = numbers(300 * 70, kFloat32).reshape({300, 70});
  const TensorList results = expect_same_bits_on_any_number_of_threads([&] {
    TensorList result;
    for (const std::int64_t dim : {0, 1}) {
      result.push_back(argsort(x, dim));
      result.push_back(std::get<1>(topk(x, 9, dim)));
      result.push_back(std::get<1>(topk(x, 33, dim, false)));
      result.push_back(std::get<1>(kthvalue(x, 20, dim)));
      result.push_back(std::get<1>(median(x, dim)));
    }
    return result;
  });
  EXPECT_EQ(results[0].select(1, 5).to_vector<std::int64_t>(), expected_order(x.select(1, 5).contiguous(), false));
}

}  // namespace xgrad::test
