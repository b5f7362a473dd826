#include "autograd/ops/attention.h"

#include <limits>

#include "tests/support/operations.h"
#include "tests/support/threads.h"

namespace xgrad::test {

namespace {

std::optional<double> scale_at(const Json& a, std::size_t i) {
  return a.at(i).is_null() ? std::nullopt : std::optional<double>(a.at(i).get<double>());
}

}  // namespace

XGRAD_TEST_OPERATIONS(Attention, "attention",
                      {"attention",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{
                             scaled_dot_product_attention(x[0], x[1], x[2], {}, 0, a[0].get<bool>(), scale_at(a, 1))};
                       }},
                      {"masked", [](const TensorList& x, const Json& a) {
                         return TensorList{
                             scaled_dot_product_attention(x[0], x[1], x[2], x[3], 0, a[0].get<bool>(), scale_at(a, 1))};
                       }});

namespace {

/// By a matrix of all scores. A mask of flags, or undefined.
Tensor by_scores(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask, bool causal) {
  Tensor scores = q.matmul(k.transpose(-2, -1)) * (1 / std::sqrt(static_cast<double>(q.size(-1))));
  const double nothing = -std::numeric_limits<double>::infinity();
  if (mask.defined()) scores = scores.masked_fill(mask.logical_not(), nothing);
  if (causal) scores = scores.masked_fill(arange(k.size(-2)) > arange(q.size(-2)).unsqueeze(1), nothing);
  return scores.softmax(-1).matmul(v);
}

struct Case {
  std::int64_t batch, target, source, size, values;
  bool causal, masked;
};

TensorList results(const Case& c, Dtype dtype, bool whole) {
  const auto make = [&](std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
    return seeded_uniform({c.batch, rows, columns}, seed, -2, 2, dtype).requires_grad_();
  };
  const TensorList inputs{make(c.target, c.size, 1), make(c.source, c.size, 2), make(c.source, c.values, 3)};
  Tensor mask;
  if (c.masked) {
    mask = seeded_uniform({c.batch, c.target, c.source}, 4, 0, 1, kFloat64) > 0.5;
    mask.select(2, 0).fill_(true);
  }
  const Tensor y = whole ? by_scores(inputs[0], inputs[1], inputs[2], mask, c.causal)
                         : scaled_dot_product_attention(inputs[0], inputs[1], inputs[2], mask, 0, c.causal);
  TensorList all = autograd::grad({y}, inputs, {seeded_uniform(y.sizes(), 5, -1, 1, dtype)});
  all.push_back(y.detach());
  return all;
}

// Several blocks of queries and keys, whole and begun ones, and few matrices as well as many.
const Case cases[] = {{3, 150, 210, 20, 40, false, false}, {1, 200, 200, 64, 64, true, false},
                      {9, 64, 96, 16, 7, true, true},      {2, 65, 300, 5, 33, false, true},
                      {1, 5, 97, 8, 8, true, false},       {1, 300, 5, 8, 8, true, false}};

}  // namespace

TEST(Attention, agrees_with_a_matrix_of_all_scores) {
  for (const Case& c : cases) {
    const TensorList expected = results(c, kFloat64, true);
    const TensorList found = results(c, kFloat64, false);
    const TensorList single = results(c, kFloat32, false);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_TRUE(close(expected[i], found[i])) << "result " << i << " of " << c.target;
      EXPECT_LT((single[i].to(kFloat64) - expected[i]).abs().max().item<double>(), 1e-4) << i << ' ' << c.target;
    }
  }
}

TEST(Attention, gives_the_same_bits_on_any_number_of_threads) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.target);
    expect_same_bits_on_any_number_of_threads([&] { return results(c, kFloat32, false); });
  }
}

TEST(Attention, a_target_that_sees_nothing_gets_zeros_and_gives_none_a_gradient) {
  const Tensor q = randn({2, 3, 4}, TensorOptions(kFloat64).requires_grad(true));
  const Tensor k = randn({2, 5, 4}, TensorOptions(kFloat64).requires_grad(true));
  const Tensor v = randn({2, 5, 4}, TensorOptions(kFloat64).requires_grad(true));
  const Tensor mask = ones({3, 5}, kBool);
  mask[1].fill_(false);
  const Tensor y = scaled_dot_product_attention(q, k, v, mask);
  EXPECT_EQ(y.select(1, 1).abs().max().item<double>(), 0);
  const Tensor gradient = autograd::grad({y.sum()}, {q})[0];
  EXPECT_EQ(gradient.select(1, 1).abs().max().item<double>(), 0);
  const auto run = [&](const TensorList& in) { return scaled_dot_product_attention(in[0], in[1], in[2], mask); };
  EXPECT_NO_THROW(autograd::gradcheck(std::function<Tensor(const TensorList&)>(run), {q, k, v}));
  EXPECT_NO_THROW(autograd::gradgradcheck(std::function<Tensor(const TensorList&)>(run), {q, k, v}));
}

TEST(Attention, drops_the_same_weights_forward_and_backward) {
  const auto make = [](std::int64_t rows) { return randn({2, rows, 4}, TensorOptions(kFloat64).requires_grad(true)); };
  const TensorList inputs{make(70), make(100), make(100)};
  const std::function<Tensor(const TensorList&)> run = [](const TensorList& x) {
    return scaled_dot_product_attention(x[0], x[1], x[2], {}, 0.4, true, std::nullopt, Generator(7));
  };
  const Tensor y = run(inputs);
  EXPECT_TRUE(equal(y, run(inputs)));
  EXPECT_FALSE(equal(y, scaled_dot_product_attention(inputs[0], inputs[1], inputs[2], {}, 0, true)));
  const TensorList small{inputs[0].detach().narrow(1, 0, 3).clone().requires_grad_(),
                         inputs[1].detach().narrow(1, 0, 4).clone().requires_grad_(),
                         inputs[2].detach().narrow(1, 0, 4).clone().requires_grad_()};
  EXPECT_NO_THROW(autograd::gradcheck(run, small));
  EXPECT_NO_THROW(autograd::gradgradcheck(run, small));
  // Of uniform weights over values of one the sums have the mean that dropout keeps.
  const Tensor sums = scaled_dot_product_attention(zeros({4, 500, 2}), zeros({4, 400, 2}), ones({4, 400, 1}), {}, 0.3);
  EXPECT_NEAR(sums.mean().item<double>(), 1, 0.005);
  EXPECT_NEAR(sums.var().item<double>(), 0.3 / 0.7 / 400, 1e-4);
  EXPECT_EQ(scaled_dot_product_attention(inputs[0], inputs[1], inputs[2], {}, 1).abs().max().item<double>(), 0);
}

TEST(Attention, keeps_nan) {
  const Tensor q = ones({1, 2, 3});
  const Tensor k = ones({1, 2, 3});
  k[0][1][0].fill_(std::numeric_limits<float>::quiet_NaN());
  EXPECT_TRUE(scaled_dot_product_attention(q, k, ones({1, 2, 3})).isnan().all().item<bool>());
}

TEST(Attention, rejects_bad_input) {
  const Tensor q = ones({2, 3, 4});
  const Tensor k = ones({2, 5, 4});
  EXPECT_THROW(scaled_dot_product_attention(ones({4}), k, k), ShapeError);
  EXPECT_THROW(scaled_dot_product_attention(ones({2, 3, 5}), k, k), ShapeError);
  EXPECT_THROW(scaled_dot_product_attention(q, k, ones({2, 4, 4})), ShapeError);
  EXPECT_THROW(scaled_dot_product_attention(ones({3, 3, 4}), k, k), ShapeError);
  EXPECT_THROW(scaled_dot_product_attention(ones({2, 3, 0}), ones({2, 5, 0}), k), ShapeError);
  EXPECT_THROW(scaled_dot_product_attention(q, k, k, ones({4, 5}, kBool)), ShapeError);
  EXPECT_THROW(scaled_dot_product_attention(q, k, k, ones({3, 5}, kInt64)), TypeError);
  EXPECT_THROW(scaled_dot_product_attention(q.to(kFloat64), k, k), TypeError);
  EXPECT_THROW(scaled_dot_product_attention(q.to(kInt64), k.to(kInt64), k.to(kInt64)), TypeError);
  EXPECT_THROW(scaled_dot_product_attention(q, k, k, {}, 1.5), ValueError);
}

}  // namespace xgrad::test
