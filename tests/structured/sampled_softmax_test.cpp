#include "nn/functional/sampled_softmax.h"

#include <gtest/gtest.h>

#include <cmath>

#include "autograd/autograd.h"

namespace xgrad::test {

namespace {

using nn::ClassSampler;
using nn::functional::nce_loss;
using nn::functional::sampled_softmax_loss;
using nn::functional::SampledLossOptions;

TEST(ClassSampler, draws_by_weight) {
  const Tensor weights = tensor({0.5, 0.0, 3.0, 1.0, 0.5});
  const ClassSampler sampler(weights);
  EXPECT_TRUE(allclose(sampler.log_probability().exp(), weights.to(kFloat64) / 5, 1e-12));
  const Tensor counts = bincount(sampler.sample(50000, Generator(1)), {}, 5).to(kFloat64) / 50000;
  EXPECT_TRUE(allclose(counts, weights.to(kFloat64) / 5, 0, 0.01));
  EXPECT_EQ(counts[1].item<double>(), 0);
  EXPECT_TRUE(equal(ClassSampler(ones({1})).sample(3), zeros({3}, kInt64)));
  EXPECT_EQ(sampler.sample(0).numel(), 0);
  const ClassSampler zipf = ClassSampler::log_uniform(9);
  EXPECT_NEAR(zipf.log_probability().exp()[2].item<double>(), std::log(4.0 / 3) / std::log(10.0), 1e-12);
  EXPECT_THROW(ClassSampler(tensor({1.0, -1.0})), ValueError);
  EXPECT_THROW(ClassSampler(zeros({2})), ValueError);
  EXPECT_THROW(ClassSampler(zeros({0})), ShapeError);
  EXPECT_THROW(ClassSampler::log_uniform(0), ValueError);
}

struct SampledLosses : ::testing::Test {
  SampledLosses() { manual_seed(2); }
  Tensor x = randn({4, 3}, kFloat64).requires_grad_();
  Tensor weight = randn({6, 3}, kFloat64).requires_grad_();
  Tensor bias = randn({6}, kFloat64).requires_grad_();
  Tensor targets = tensor({0, 5, 2, 2});
  ClassSampler sampler{tensor({1.0, 2.0, 3.0, 1.0, 1.0, 2.0})};
};

TEST_F(SampledLosses, are_their_formulas) {
  const auto drawn = sampler.sample(3, Generator(9)).to_vector<std::int64_t>();
  const Tensor q = sampler.log_probability().exp();
  const Tensor scores = (matmul(x, weight.t()) + bias).detach();
  const auto options = [] { return SampledLossOptions{.samples = 3, .reduction = kNone, .generator = Generator(9)}; };
  const Tensor softmax = sampled_softmax_loss(x, targets, weight, bias, sampler, options());
  const Tensor nce = nce_loss(x, targets, weight, bias, sampler, options());
  for (std::int64_t n = 0; n < 4; ++n) {
    const std::int64_t right = targets[n].item<std::int64_t>();
    const auto score = [&](std::int64_t c) { return scores[n][c].item<double>(); };
    const auto corrected = [&](std::int64_t c) { return score(c) - std::log(3 * q[c].item<double>()); };
    double sum = std::exp(score(right));
    double binary = std::log1p(std::exp(-corrected(right)));
    for (const std::int64_t c : drawn) {
      if (c != right) sum += std::exp(corrected(c));
      binary += std::log1p(std::exp(corrected(c)));
    }
    EXPECT_NEAR(softmax[n].item<double>(), std::log(sum) - score(right), 1e-12);
    EXPECT_NEAR(nce[n].item<double>(), binary, 1e-12);
  }
}

TEST_F(SampledLosses, gradients_agree_with_finite_differences) {
  for (const auto& loss : {sampled_softmax_loss, nce_loss}) {
    const std::function<Tensor(const TensorList&)> function = [&](const TensorList& inputs) {
      return loss(inputs[0], targets, inputs[1], inputs[2], sampler, {.samples = 8, .generator = Generator(3)});
    };
    EXPECT_NO_THROW(autograd::gradcheck(function, {x, weight, bias}));
    EXPECT_NO_THROW(autograd::gradgradcheck(function, {x, weight, bias}));
    EXPECT_EQ(loss(x, targets, weight, {}, sampler, {}).dim(), 0);
  }
}

TEST_F(SampledLosses, many_samples_come_close_to_the_full_softmax) {
  const Tensor full = cross_entropy(matmul(x, weight.t()) + bias, targets);
  const Tensor sampled =
      sampled_softmax_loss(x, targets, weight, bias, sampler, {.samples = 20000, .generator = Generator(4)});
  EXPECT_NEAR(sampled.item<double>(), full.item<double>(), 0.02);
}

TEST_F(SampledLosses, rejects_bad_input) {
  EXPECT_THROW(sampled_softmax_loss(x, tensor({0, 1}), weight, bias, sampler), ShapeError);
  EXPECT_THROW(sampled_softmax_loss(x, tensor({0, 6, 1, 1}), weight, bias, sampler), IndexError);
  EXPECT_THROW(sampled_softmax_loss(x, targets.to(kFloat64), weight, bias, sampler), TypeError);
  EXPECT_THROW(sampled_softmax_loss(x, targets, randn({5, 3}, kFloat64), bias, sampler), ShapeError);
  EXPECT_THROW(nce_loss(x, targets, weight, bias.slice(0, 1), sampler), ShapeError);
  EXPECT_THROW(nce_loss(x, targets, weight, bias, sampler, {.samples = 0}), ValueError);
  EXPECT_THROW(nce_loss(x, targets, weight, bias, ClassSampler(tensor({0.0, 1.0, 1.0, 1.0, 1.0, 1.0}))), ValueError);
}

}  // namespace

}  // namespace xgrad::test
