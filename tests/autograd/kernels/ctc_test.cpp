// CTC in scaled probabilities beside the same in logarithms.
#include "autograd/kernels/ctc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/autograd.h"

namespace xgrad {
namespace {

using kernels::CtcAlignment;

/// What ctc_align has to give, by running through places in logarithms, in long double.
long double expected_loss(const std::vector<double>& log_probs, std::int64_t classes, const CtcAlignment& one) {
  constexpr long double never = -std::numeric_limits<long double>::infinity();
  const auto add = [&](long double a, long double b) {
    const long double most = std::max(a, b);
    return most == never ? never : most + std::log(std::exp(a - most) + std::exp(b - most));
  };
  std::vector<long double> ways(one.places.size(), never);
  for (std::int64_t t = 0; t < one.steps; ++t) {
    std::vector<long double> next(ways.size(), never);
    for (std::size_t s = 0; s < ways.size(); ++s) {
      long double sum = t == 0 ? (s < 2 ? 0 : never) : ways[s];
      if (t > 0 && s >= 1) sum = add(sum, ways[s - 1]);
      if (t > 0 && one.skips(s)) sum = add(sum, ways[s - 2]);
      next[s] = sum + static_cast<long double>(log_probs[static_cast<std::size_t>(t * classes + one.places[s])]);
    }
    ways = next;
  }
  return -(ways.size() == 1 ? ways.back() : add(ways.back(), ways[ways.size() - 2]));
}

CtcAlignment aligned(std::int64_t steps, const std::vector<std::int64_t>& labels) {
  CtcAlignment one{steps, {0}};
  for (const std::int64_t label : labels) {
    one.places.push_back(label);
    one.places.push_back(0);
  }
  return one;
}

/// The loss is the expected one, and the posterior its gradient: a step's shares are probabilities, and finite differences
/// of some of them agree.
void expect_right(std::vector<double> log_probs, std::int64_t classes, const CtcAlignment& one) {
  const auto wanted = static_cast<double>(expected_loss(log_probs, classes, one));
  std::vector<double> posterior(log_probs.size(), 0.0);
  const double loss = kernels::ctc_align(log_probs.data(), classes, one, false, posterior.data());
  EXPECT_NEAR(loss, wanted, 1e-12 * (1 + std::abs(wanted)));
  EXPECT_EQ(kernels::ctc_align<double>(log_probs.data(), classes, one, false, nullptr), loss);
  for (std::int64_t t = 0; t < one.steps; ++t) {
    double sum = 0;
    for (std::int64_t c = 0; c < classes; ++c) sum += posterior[static_cast<std::size_t>(t * classes + c)];
    EXPECT_NEAR(sum, 1, 1e-10) << "step " << t;
  }
  for (std::size_t i = 0; i < log_probs.size(); i += 1 + log_probs.size() / 7) {
    const double kept = log_probs[i];
    if (std::isinf(kept)) continue;
    constexpr double step = 1e-4;
    log_probs[i] = kept + step;
    const auto above = static_cast<double>(expected_loss(log_probs, classes, one));
    log_probs[i] = kept - step;
    const auto below = static_cast<double>(expected_loss(log_probs, classes, one));
    log_probs[i] = kept;
    EXPECT_NEAR(posterior[i], -(above - below) / (2 * step), 1e-6 * (1 + std::abs(wanted) * 1e-3)) << "at " << i;
  }
}

std::vector<double> random_log_probs(std::int64_t steps, std::int64_t classes, double scale) {
  return (randn({steps, classes}, kFloat64) * scale).log_softmax(1).to_vector<double>();
}

TEST(CtcKernel, OrdinaryProbabilitiesGiveTheSumOverAllAlignments) {
  manual_seed(1);
  expect_right(random_log_probs(1, 3, 1), 3, aligned(1, {2}));
  expect_right(random_log_probs(5, 3, 1), 3, aligned(5, {}));
  expect_right(random_log_probs(7, 4, 2), 4, aligned(7, {1, 1, 3}));
  expect_right(random_log_probs(40, 6, 3), 6, aligned(40, {1, 2, 2, 5, 4, 4, 4, 1, 3}));
  // As many steps as the labels need, with a blank between equal ones.
  expect_right(random_log_probs(4, 3, 1), 3, aligned(4, {1, 1, 2}));
}

TEST(CtcKernel, LongSequencesKeepTheirDigits) {
  manual_seed(2);
  std::vector<std::int64_t> labels(90);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = 1 + static_cast<std::int64_t>(i * i % 7);
  expect_right(random_log_probs(400, 8, 1), 8, aligned(400, labels));
  expect_right(random_log_probs(600, 8, 6), 8, aligned(600, {3, 1, 4}));
}

TEST(CtcKernel, ProbabilitiesBelowAnyDoubleAreComputedInLogarithms) {
  manual_seed(3);
  expect_right(random_log_probs(60, 5, 2000), 5, aligned(60, {1, 2, 3, 3, 4}));
  // The ways that look likeliest for long come to nothing at the end.
  std::vector<double> trap(30 * 3, -1.0);
  for (std::size_t t = 0; t < 20; ++t) trap[t * 3 + 1] = -90;  // label 1 is unlikely early: the blank before it is ahead
  for (std::size_t t = 20; t < 30; ++t) {
    trap[t * 3 + 1] = -3000;
    trap[t * 3] = -2000;
  }
  expect_right(trap, 3, aligned(30, {1, 2}));
}

TEST(CtcKernel, WhatCannotBeSpeltIsInfinite) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> log_probs = random_log_probs(3, 3, 1);
  std::vector<double> posterior(log_probs.size(), 0.0);
  const CtcAlignment too_long = aligned(3, {1, 1, 1});
  EXPECT_EQ(kernels::ctc_align(log_probs.data(), 3, too_long, true, posterior.data()), infinity);
  EXPECT_EQ(posterior, std::vector<double>(log_probs.size(), 0.0));
  for (std::int64_t t = 0; t < 3; ++t) log_probs[static_cast<std::size_t>(t * 3 + 2)] = -infinity;
  EXPECT_EQ(kernels::ctc_align<double>(log_probs.data(), 3, aligned(3, {2}), false, nullptr), infinity);
  EXPECT_EQ(kernels::ctc_align<double>(log_probs.data(), 3, aligned(0, {}), false, nullptr), 0);
  EXPECT_EQ(kernels::ctc_align<double>(log_probs.data(), 3, aligned(0, {1}), false, nullptr), infinity);
  log_probs[0] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(kernels::ctc_align<double>(log_probs.data(), 3, aligned(3, {1}), false, nullptr)));
}

}  // namespace
}  // namespace xgrad
