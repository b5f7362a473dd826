#include "autograd/ops/convolution.h"

#include "tests/support/operations.h"
#include "tests/support/threads.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Convolution, "convolution",
                      {"conv1d",
                       [](const TensorList& x, const Json& a) {
                         const std::int64_t stride = a[0];
                         return TensorList{conv1d(x[0], x[1], x.size() > 2 ? x[2] : Tensor(), stride,
                                                  a[1].get<std::int64_t>(), a[2].get<std::int64_t>(), a[3])};
                       }},
                      {"conv1d_same",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{conv1d(x[0], x[1], {}, 1, "same", a[0].get<std::int64_t>())};
                       }},
                      {"conv_transpose1d", [](const TensorList& x, const Json& a) {
                         return TensorList{conv_transpose1d(x[0], x[1], x[2], a[0].get<std::int64_t>(),
                                                            a[1].get<std::int64_t>(), a[4].get<std::int64_t>(), a[3],
                                                            a[2].get<std::int64_t>())};
                       }});

namespace {

struct Shape {
  std::int64_t batch, groups, channels, out, time, taps, stride, padding, dilation;
};

/// The same as one matrix product over copies of all windows.
Tensor by_windows(const Shape& s, const Tensor& x, const Tensor& weight) {
  const Tensor padded = pad(x, {s.padding, s.padding});
  const std::int64_t extent = s.dilation * (s.taps - 1) + 1;
  const Tensor windows = padded.unfold(2, extent, s.stride).slice(3, 0, extent, s.dilation);  // (n, c, t, k)
  TensorList results;
  for (std::int64_t g = 0; g < s.groups; ++g) {
    const Tensor part = windows.narrow(1, g * s.channels, s.channels).permute({0, 2, 1, 3});
    const Tensor rows = part.reshape({s.batch * part.size(1), s.channels * s.taps});
    const Tensor w = weight.narrow(0, g * s.out, s.out).reshape({s.out, s.channels * s.taps});
    results.push_back(rows.matmul(w.t()).view({s.batch, part.size(1), s.out}).transpose(1, 2));
  }
  return cat(results, 1);
}

TensorList run(const Shape& s, Dtype dtype, bool windows) {
  const Tensor x = seeded_uniform({s.batch, s.groups * s.channels, s.time}, 1, -1, 1, dtype).requires_grad_();
  const Tensor weight = seeded_uniform({s.groups * s.out, s.channels, s.taps}, 2, -1, 1, dtype).requires_grad_();
  const Tensor y = windows ? by_windows(s, x, weight) : conv1d(x, weight, {}, s.stride, s.padding, s.dilation, s.groups);
  const Tensor loss = (y * seeded_uniform(y.sizes(), 3, -1, 1, dtype)).sum();
  TensorList results = autograd::grad({loss}, {x, weight});
  results.push_back(y.detach());
  return results;
}

// Shapes that reach every way of cutting: several tiles of time, parts of rows, thick and thin blocks, long kernels.
const Shape shapes[] = {
    {3, 1, 20, 37, 130, 5, 1, 2, 1},  {1, 1, 1, 40, 2000, 80, 40, 3, 1}, {2, 3, 4, 9, 900, 3, 1, 1, 2},
    {2, 1, 50, 70, 33, 4, 3, 2, 1},   {1, 1, 3, 300, 700, 3, 2, 0, 3},   {2, 16, 1, 1, 65, 7, 1, 3, 1},
    {1, 1, 130, 17, 600, 2, 1, 0, 1}, {33, 1, 8, 8, 5, 3, 1, 1, 1},
};

}  // namespace

TEST(Convolution, agrees_with_matrix_products_over_copied_windows) {
  for (const Shape& shape : shapes) {
    const TensorList expected = run(shape, kFloat64, true);
    const TensorList results = run(shape, kFloat64, false);
    const TensorList single = run(shape, kFloat32, false);
    for (std::size_t i = 0; i < results.size(); ++i) {
      EXPECT_TRUE(close(expected[i], results[i])) << "result " << i << " of time " << shape.time;
      EXPECT_LT((single[i].to(kFloat64) - expected[i]).abs().max().item<double>(), 1e-3) << i << ' ' << shape.time;
    }
  }
}

TEST(Convolution, gives_the_same_bits_on_any_number_of_threads) {
  for (const Shape& shape : shapes) {
    SCOPED_TRACE(shape.time);
    expect_same_bits_on_any_number_of_threads([&] { return run(shape, kFloat32, false); });
  }
}

TEST(Convolution, differentiates_with_respect_to_weights_alone) {
  const Tensor x = seeded_uniform({2, 3, 7}, 1, -1, 1, kFloat64);
  const Tensor weight = seeded_uniform({4, 3, 3}, 2, -1, 1, kFloat64).requires_grad_();
  const std::function<Tensor(const TensorList&)> function = [&](const TensorList& w) { return conv1d(x, w[0]); };
  EXPECT_NO_THROW(autograd::gradcheck(function, {weight}));
  EXPECT_NO_THROW(autograd::gradgradcheck(function, {weight}));
}

TEST(Convolution, rejects_bad_input) {
  const Tensor x = ones({2, 3, 8});
  const Tensor weight = ones({4, 3, 3});
  EXPECT_THROW(conv1d(ones({8}), weight), ShapeError);
  EXPECT_THROW(conv1d(ones({1, 2, 3, 8}), weight), ShapeError);
  EXPECT_THROW(conv1d(x, ones({4, 3})), ShapeError);
  EXPECT_THROW(conv1d(x, ones({4, 2, 3})), ShapeError);
  EXPECT_THROW(conv1d(x, ones({4, 3, 0})), ShapeError);
  EXPECT_THROW(conv1d(x, ones({4, 3, 9})), ShapeError);
  EXPECT_THROW(conv1d(x, weight, ones({3})), ShapeError);
  EXPECT_THROW(conv1d(x, weight, {}, 0), ValueError);
  EXPECT_THROW(conv1d(x, weight, {}, 1, -1), ValueError);
  EXPECT_THROW(conv1d(x, weight, {}, {1, 1}), ValueError);
  EXPECT_THROW(conv1d(x, weight, {}, 1, 0, 0), ValueError);
  EXPECT_THROW(conv1d(x, weight, {}, 1, 0, 1, 3), ValueError);
  EXPECT_THROW(conv1d(x, weight, {}, 1, 0, 1, 0), ValueError);
  EXPECT_THROW(conv1d(x, weight, {}, 2, "same"), ValueError);
  EXPECT_THROW(conv1d(x, weight, {}, 1, "full"), ValueError);
  EXPECT_THROW(conv1d(x.to(kFloat64), weight), TypeError);
  EXPECT_THROW(conv1d(x.to(kInt64), weight.to(kInt64)), TypeError);
  EXPECT_THROW(conv1d(x, weight, ones({4}, kFloat64)), TypeError);
  EXPECT_THROW(conv_transpose1d(x, weight), ShapeError);
  EXPECT_THROW(conv_transpose1d(ones({2, 4, 0}), weight), ShapeError);
  EXPECT_THROW(conv_transpose1d(ones({2, 4, 1}), weight, {}, 1, 2), ShapeError);
  EXPECT_THROW(conv_transpose1d(ones({2, 4, 5}), weight, {}, 2, 0, 2), ValueError);
}

}  // namespace xgrad::test
