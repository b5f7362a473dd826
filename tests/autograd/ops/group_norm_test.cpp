#include "autograd/ops/group_norm.h"

#include "autograd/autograd.h"
#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

Tensor or_none(const TensorList& x, std::size_t i) { return i < x.size() ? x[i] : Tensor(); }

}  // namespace

XGRAD_TEST_OPERATIONS(GroupNorm, "group_norm",
                      {"group_norm",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{group_norm(x[0], a[0], or_none(x, 1), or_none(x, 2), a[1])};
                       }},
                      {"instance_norm",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{instance_norm(x[0], {}, {}, or_none(x, 1), or_none(x, 2), true, 0.1, a[0])};
                       }},
                      {"local_response_norm", [](const TensorList& x, const Json& a) {
                         return TensorList{local_response_norm(x[0], a[0], a[1], a[2], a[3])};
                       }});

TEST(GroupNorm, libtorchs_order_of_arguments_gives_the_same) {
  const Tensor x = rand({4, 3, 5});
  const Tensor weight = rand({3});
  const Tensor bias = rand({3});
  const Tensor mean = rand({3});
  const Tensor variance = rand({3});
  EXPECT_TRUE(equal(batch_norm(x, weight, bias, mean, variance, false, 0.1, 1e-5, true),
                    batch_norm(x, mean, variance, weight, bias)));
  EXPECT_TRUE(equal(instance_norm(x, weight, bias, mean, variance, false, 0.1, 1e-5, true),
                    instance_norm(x, mean, variance, weight, bias, false)));
}

TEST(GroupNorm, running_statistics_move_towards_the_mean_of_the_examples) {
  const Tensor x = rand({4, 3, 5}, kFloat64);
  const Tensor mean = zeros({3}, kFloat64);
  const Tensor variance = ones({3}, kFloat64);
  instance_norm(x, mean, variance, {}, {}, true, 0.25);
  EXPECT_TRUE(allclose(mean, x.mean({0, 2}) * 0.25));
  EXPECT_TRUE(allclose(variance, 0.75 + x.var(2).mean(0) * 0.25));
}

TEST(GroupNorm, rejects_bad_input) {
  EXPECT_THROW(group_norm(rand({2, 4}), 3), ValueError);
  EXPECT_THROW(group_norm(rand({2, 4}), 0), ValueError);
  EXPECT_THROW(group_norm(rand({4}), 2), ShapeError);
  EXPECT_THROW(group_norm(rand({2, 4}), 2, rand({3})), ShapeError);
  EXPECT_THROW(group_norm(ones({2, 4}, kInt64), 2), TypeError);
  EXPECT_THROW(instance_norm(rand({2, 4}), {}, {}), ShapeError);
  EXPECT_THROW(instance_norm(rand({2, 4, 1}), {}, {}), ValueError);
  EXPECT_THROW(instance_norm(rand({2, 4, 3}), {}, {}, {}, {}, false), ValueError);
  EXPECT_THROW(instance_norm(rand({2, 4, 3}), rand({4}), {}), ValueError);
  EXPECT_THROW(local_response_norm(rand({2, 4}), 2), ShapeError);
  EXPECT_THROW(local_response_norm(rand({2, 4, 3}), 0), ValueError);
}

TEST(GroupNorm, local_response_norm_takes_in_what_channels_there_are) {
  manual_seed(2);
  const Tensor x = randn({2, 3, 4}, kFloat64);
  for (const std::int64_t size : {1, 2, 3, 4, 5, 6, 7, 50}) {
    Tensor sums = zeros({2, 3, 4}, kFloat64);
    for (std::int64_t c = 0; c < 3; ++c) {
      for (std::int64_t other = std::max<std::int64_t>(0, c - size / 2);
           other < std::min<std::int64_t>(3, c + (size + 1) / 2); ++other) {
        sums.select(1, c) += x.select(1, other).square();
      }
    }
    const Tensor expected = x / pow(sums * (0.3 / static_cast<double>(size)) + 2, 0.75);
    EXPECT_TRUE(allclose(local_response_norm(x, size, 0.3, 0.75, 2), expected, 1e-12)) << size;
  }
}

}  // namespace xgrad::test
