#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "autograd/autograd.h"
#include "nn/decoding/beam_search.h"
#include "nn/decoding/ctc.h"
#include "nn/decoding/sampling.h"

namespace xgrad::test {

namespace {

using namespace nn::decoding;
using Labels = std::vector<std::int64_t>;

Tensor random_log_probs(IntArrayRef sizes) { return log_softmax(2 * randn(sizes, kFloat64), -1); }

/// The probability of every spelling of a sequence, summed over all ways to spell it.
std::map<Labels, double> spellings(const Tensor& log_probs, std::int64_t steps, std::int64_t blank) {
  const std::int64_t classes = log_probs.size(1);
  std::map<Labels, double> found;
  std::function<void(std::int64_t, double, std::int64_t, const Labels&)> go = [&](std::int64_t t, double p,
                                                                                  std::int64_t last, const Labels& labels) {
    if (t == steps) {
      found[labels] += p;
      return;
    }
    for (std::int64_t c = 0; c < classes; ++c) {
      Labels next = labels;
      if (c != blank && c != last) next.push_back(c);
      go(t + 1, p * std::exp(log_probs[t][c].item<double>()), c, next);
    }
  };
  go(0, 1, blank, {});
  return found;
}

TEST(CTCBeamSearch, a_wide_beam_is_exact) {
  manual_seed(1);
  for (const std::int64_t blank : {0, 2}) {
    const Tensor log_probs = random_log_probs({5, 3, 3});
    const Tensor lengths = tensor({5, 3, 0});
    const auto found = ctc_beam_search(log_probs, lengths, {.beam_width = 1000, .blank = blank, .count = 4});
    for (std::int64_t n = 0; n < 3; ++n) {
      const auto all = spellings(log_probs.select(1, n), lengths[n].item<std::int64_t>(), blank);
      std::vector<std::pair<double, Labels>> expected;
      expected.reserve(all.size());
      for (const auto& [labels, p] : all) expected.emplace_back(-p, labels);
      std::sort(expected.begin(), expected.end());
      const auto& hypotheses = found[static_cast<std::size_t>(n)];
      ASSERT_EQ(hypotheses.size(), std::min<std::size_t>(4, expected.size()));
      for (std::size_t i = 0; i < hypotheses.size(); ++i) {
        EXPECT_EQ(hypotheses[i].labels, expected[i].second);
        EXPECT_NEAR(hypotheses[i].log_probability, std::log(-expected[i].first), 1e-10);
      }
    }
  }
}

TEST(CTCBeamSearch, probabilities_are_those_of_the_loss) {
  manual_seed(2);
  const Tensor log_probs = random_log_probs({6, 4});
  const auto best = ctc_beam_search(log_probs, {}, {.beam_width = 500})[0][0];
  ASSERT_FALSE(best.labels.empty());
  const Tensor loss = ctc_loss(log_probs, tensor(best.labels), tensor({6}), tensor({std::ssize(best.labels)}), 0, kSum);
  EXPECT_NEAR(loss.item<double>(), -best.log_probability, 1e-10);
}

TEST(CTCBeamSearch, a_language_model_decides_between_equals) {
  const Tensor log_probs = log(tensor({{0.1, 0.45, 0.45}, {0.8, 0.1, 0.1}, {0.1, 0.45, 0.45}}, kFloat64));
  const auto alternating = [](const Labels& prefix, std::int64_t label) {
    if (prefix.empty()) return label == 2 ? std::log(0.9) : std::log(0.1);
    return prefix.back() == label ? std::log(0.1) : std::log(0.9);
  };
  const auto found =
      ctc_beam_search(log_probs, {}, {.beam_width = 50, .count = 2, .language_model = alternating, .label_bonus = 1});
  EXPECT_EQ(found[0][0].labels, (Labels{2, 1}));
  EXPECT_NEAR(found[0][0].score, found[0][0].log_probability + std::log(0.81) + 2, 1e-12);
  const auto ended = ctc_beam_search(log_probs, {}, {.beam_width = 50, .language_model_end = [](const Labels& labels) {
                                                       return labels == Labels{1} ? 0.0 : -50.0;
                                                     }});
  EXPECT_EQ(ended[0][0].labels, Labels{1});
}

TEST(CTCBeamSearch, sums_ways_where_the_best_single_way_misleads) {
  // Every single best step is the blank, but "1" is likelier as a whole.
  const Tensor log_probs = log(tensor({{0.6, 0.4}, {0.6, 0.4}}, kFloat64));
  EXPECT_TRUE(ctc_greedy_decode(log_probs)[0].empty());
  EXPECT_EQ(ctc_beam_search(log_probs)[0][0].labels, Labels{1});
}

TEST(CTCGreedyDecode, merges_repeats_and_drops_blanks) {
  const Tensor path = tensor({0, 1, 1, 0, 1, 2, 2, 0});
  const Tensor log_probs = log(one_hot(path, 3).to(kFloat32) * 0.8 + 0.1);
  EXPECT_EQ(ctc_greedy_decode(log_probs)[0], (Labels{1, 1, 2}));
  EXPECT_EQ(ctc_greedy_decode(log_probs, tensor({4}))[0], Labels{1});
  EXPECT_EQ(ctc_greedy_decode(log_probs, {}, 2)[0], (Labels{0, 1, 0, 1, 0}));
  EXPECT_TRUE(ctc_greedy_decode(zeros({4, 0, 3})).empty());
  EXPECT_TRUE(ctc_greedy_decode(zeros({0, 2, 3}))[1].empty());
}

TEST(CTCDecoding, rejects_bad_input) {
  EXPECT_THROW(ctc_greedy_decode(zeros({3})), ShapeError);
  EXPECT_THROW(ctc_greedy_decode(zeros({3, 2}, kInt64)), TypeError);
  EXPECT_THROW(ctc_greedy_decode(zeros({3, 2}), {}, 2), ValueError);
  EXPECT_THROW(ctc_greedy_decode(zeros({3, 2, 2}), tensor({4, 1})), ValueError);
  EXPECT_THROW(ctc_beam_search(zeros({3, 2}), {}, {.beam_width = 0}), ValueError);
  EXPECT_THROW(ctc_beam_search(zeros({3, 2}), {}, {.beam_width = 2, .count = 3}), ValueError);
}

/// A model of fixed random transitions between tokens, separate for each of the batch: its state is the number of the batch.
struct Transitions {
  Tensor log_probs;  ///< (batch, tokens, tokens)
  Tensor state = {};

  BeamStep operator()(const Tensor& tokens, const Tensor& origins) {
    state = state.defined() ? state.index_select(0, origins) : origins;
    const std::int64_t n = log_probs.size(1);
    return {log_probs.view({-1, n}).index_select(0, state * n + tokens),
            softmax(log_probs.view({-1, n}).index_select(0, state * n + tokens), 1)};
  }
};

/// All hypotheses of at most `longest` tokens, that end with token 0.
std::vector<BeamHypothesis> all_hypotheses(const Tensor& log_probs, std::int64_t longest, double penalty) {
  std::vector<BeamHypothesis> found;
  std::function<void(std::int64_t, double, const Labels&)> go = [&](std::int64_t last, double p, const Labels& tokens) {
    if (std::ssize(tokens) == longest) return;
    for (std::int64_t next = 0; next < log_probs.size(0); ++next) {
      const double longer = p + log_probs[last][next].item<double>();
      if (next == 0) {
        found.push_back(
            {tokens, longer, longer / std::pow((5.0 + static_cast<double>(tokens.size()) + 1) / 6, penalty), true});
      } else {
        Labels more = tokens;
        more.push_back(next);
        go(next, longer, more);
      }
    }
  };
  go(0, 0, {});
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  return found;
}

TEST(BeamSearch, a_wide_beam_is_exact_for_each_of_a_batch) {
  manual_seed(3);
  const Tensor log_probs = random_log_probs({3, 4, 4});
  for (const double penalty : {0.0, 0.6, 2.0}) {
    const auto found =
        beam_search(Transitions{log_probs}, 3, {.beam_width = 400, .max_length = 5, .count = 5, .length_penalty = penalty});
    for (std::int64_t n = 0; n < 3; ++n) {
      const auto expected = all_hypotheses(log_probs[n], 5, penalty);
      const auto& hypotheses = found[static_cast<std::size_t>(n)];
      ASSERT_EQ(hypotheses.size(), 5U);
      for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(hypotheses[i].tokens, expected[i].tokens) << n << " " << i << " " << penalty;
        EXPECT_NEAR(hypotheses[i].score, expected[i].score, 1e-10);
        EXPECT_NEAR(hypotheses[i].log_probability, expected[i].log_probability, 1e-10);
        EXPECT_TRUE(hypotheses[i].ended);
      }
    }
  }
}

TEST(BeamSearch, a_beam_of_one_is_greedy) {
  manual_seed(4);
  const Tensor log_probs = random_log_probs({2, 6, 6});
  const auto found = beam_search(Transitions{log_probs}, 2, {.end = 5, .beam_width = 1, .max_length = 8});
  for (std::int64_t n = 0; n < 2; ++n) {
    Labels expected;
    std::int64_t last = 0;
    while (std::ssize(expected) < 8) {
      last = log_probs[n][last].argmax().item<std::int64_t>();
      if (last == 5) break;
      expected.push_back(last);
    }
    EXPECT_EQ(found[static_cast<std::size_t>(n)][0].tokens, expected);
    EXPECT_EQ(found[static_cast<std::size_t>(n)][0].ended, last == 5);
  }
}

TEST(BeamSearch, lengths_are_kept) {
  const Tensor log_probs = log(tensor({{{0.9, 0.1}, {0.9, 0.1}}}, kFloat64));
  const auto longer = beam_search(Transitions{log_probs}, 1, {.max_length = 6, .min_length = 3});
  EXPECT_EQ(longer[0][0].tokens, Labels(3, 1));
  const Tensor endless = log(tensor({{{0.0, 1.0}, {0.0, 1.0}}}, kFloat64));
  const auto cut = beam_search(Transitions{endless}, 1, {.max_length = 4});
  EXPECT_EQ(cut[0][0].tokens, Labels(4, 1));
  EXPECT_FALSE(cut[0][0].ended);
  EXPECT_TRUE(beam_search(Transitions{log_probs}, 0, {}).empty());
}

TEST(BeamSearch, coverage_prefers_what_looks_everywhere) {
  // Tokens 1 and 2 are as likely; 1 looks at one place of the source for ever, 2 at both.
  const BeamStepFunction step = [](const Tensor& tokens, const Tensor&) {
    const Tensor is_two = tokens.eq(2).to(kFloat64).unsqueeze(1);
    const Tensor logits =
        log(where(tokens.eq(0).unsqueeze(1), tensor({0.0, 0.5, 0.5}, kFloat64), tensor({1.0, 0.0, 0.0}, kFloat64)));
    return BeamStep{logits, is_two * tensor({0.5, 0.5}, kFloat64) + (1 - is_two) * tensor({0.4, 0.0}, kFloat64)};
  };
  EXPECT_EQ(beam_search(step, 1, {.max_length = 3, .coverage_penalty = 1})[0][0].tokens, Labels{2});
  EXPECT_EQ(beam_search(step, 1, {.max_length = 3})[0][0].tokens, Labels{1});
}

TEST(BeamSearch, rejects_bad_input) {
  const Tensor log_probs = random_log_probs({1, 3, 3});
  EXPECT_THROW(beam_search(Transitions{log_probs}, 1, {.beam_width = 0}), ValueError);
  EXPECT_THROW(beam_search(Transitions{log_probs}, 1, {.end = 3}), ValueError);
  EXPECT_THROW(beam_search(Transitions{log_probs}, 1, {.beam_width = 2, .count = 3}), ValueError);
  EXPECT_THROW(beam_search(Transitions{log_probs}, 1, {.max_length = 2, .min_length = 3}), ValueError);
  EXPECT_THROW(beam_search([](const Tensor&, const Tensor&) { return BeamStep{ones({3, 3})}; }, 1, {}), ShapeError);
}

TEST(Sampling, filters_leave_the_likeliest_tokens) {
  const Tensor logits = log(tensor({{0.1, 0.4, 0.2, 0.3}, {0.25, 0.25, 0.25, 0.25}}, kFloat64));
  const auto kept = [&](const SamplingOptions& options) { return isfinite(filter_logits(logits, options)); };
  EXPECT_TRUE(equal(filter_logits(logits, {}), logits));
  EXPECT_TRUE(equal(filter_logits(logits, {.temperature = 0.5}), logits / 0.5));
  EXPECT_TRUE(equal(kept({.top_k = 2}), tensor({{false, true, false, true}, {true, true, false, false}})));
  EXPECT_TRUE(equal(kept({.top_k = 9}), ones({2, 4}, kBool)));
  EXPECT_TRUE(equal(kept({.top_p = 0.69}), tensor({{false, true, false, true}, {true, true, true, false}})));
  EXPECT_TRUE(equal(kept({.top_p = 0.3}), tensor({{false, true, false, false}, {true, true, false, false}})));
  EXPECT_TRUE(equal(kept({.top_p = 1e-9}), tensor({{false, true, false, false}, {true, false, false, false}})));
  // top_p of what top_k leaves: 0.4 / 0.7 > 0.5
  EXPECT_TRUE(equal(kept({.top_k = 2, .top_p = 0.5})[0], tensor({false, true, false, false})));
  EXPECT_TRUE(equal(kept({.temperature = 0})[0], tensor({false, true, false, false})));
}

TEST(Sampling, draws_have_the_probabilities_of_what_is_left) {
  manual_seed(5);
  const Tensor logits = log(tensor({0.1, 0.4, 0.2, 0.3}, kFloat64)).expand({20000, 4});
  const Tensor counts = bincount(sample_tokens(logits, {.top_k = 3}), {}, 4).to(kFloat64) / 20000;
  EXPECT_TRUE(allclose(counts, tensor({0.0, 4.0 / 9, 2.0 / 9, 3.0 / 9}, kFloat64), 0, 0.015));
  const Tensor cold = bincount(sample_tokens(logits, {.temperature = 0.5}), {}, 4).to(kFloat64) / 20000;
  EXPECT_TRUE(allclose(cold, tensor({0.01, 0.16, 0.04, 0.09}, kFloat64) / 0.3, 0, 0.015));
  EXPECT_TRUE(equal(sample_tokens(logits.slice(0, 0, 3), {.temperature = 0}), full({3}, 1, kInt64)));
  EXPECT_EQ(sample_tokens(zeros({3})).sizes(), IntArrayRef());
  EXPECT_EQ(sample_tokens(zeros({0, 3})).sizes(), IntArrayRef({0}));
}

TEST(Sampling, rejects_bad_options) {
  EXPECT_THROW(sample_tokens(zeros({2, 3}), {.temperature = -1}), ValueError);
  EXPECT_THROW(sample_tokens(zeros({2, 3}), {.top_k = -1}), ValueError);
  EXPECT_THROW(sample_tokens(zeros({2, 3}), {.top_p = 0}), ValueError);
  EXPECT_THROW(sample_tokens(zeros({2, 3}), {.top_p = 1.5}), ValueError);
  EXPECT_THROW(sample_tokens(zeros({2, 0})), ShapeError);
  EXPECT_THROW(sample_tokens(zeros({2, 3}, kInt64)), TypeError);
}

TEST(CTCBeamSearch, a_language_model_of_no_weight_is_none) {
  const Tensor log_probs = log_softmax(randn({6, 1, 30}, Generator(1)), -1);
  CTCBeamSearchOptions options;
  const auto expected = ctc_beam_search(log_probs, {}, options);
  options.language_model_weight = 0;
  options.language_model = [](const Labels& /*prefix*/, std::int64_t label) {
    return label % 2 == 1 ? -std::numeric_limits<double>::infinity() : -1.0;
  };
  options.language_model_end = [](const Labels& /*labels*/) { return -std::numeric_limits<double>::infinity(); };
  const auto found = ctc_beam_search(log_probs, {}, options);
  EXPECT_EQ(found[0][0].labels, expected[0][0].labels);
  EXPECT_EQ(found[0][0].score, expected[0][0].score);
}

TEST(CtcDecoding, scores_that_are_no_numbers_are_refused) {
  Tensor scores = log_softmax(randn({3, 1, 4}), -1);
  scores[2][0][1] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(ctc_greedy_decode(scores), ValueError);
  EXPECT_THROW(ctc_beam_search(scores), ValueError);
  EXPECT_NO_THROW(ctc_greedy_decode(scores, tensor({2})));  // behind the end there may be anything
}

TEST(Sampling, temperatures_beyond_the_range_keep_what_is_forbidden) {
  const Tensor logits = tensor({{1.0, -std::numeric_limits<double>::infinity(), 3.0}});
  const Tensor p = softmax(filter_logits(logits, {.temperature = 1e300}), -1);
  EXPECT_TRUE(p.equal(tensor({{0.5, 0.0, 0.5}})));
  EXPECT_NE(sample_tokens(logits, {.temperature = 1e300}).item<std::int64_t>(), 1);
}

TEST(Sampling, temperatures_beyond_the_range_keep_the_order) {
  constexpr float never = -std::numeric_limits<float>::infinity();
  const Tensor logits = tensor(std::vector<float>{70, 80, 90, never});
  for (const double temperature : {1e-40, 1e-300}) {
    const Tensor p = softmax(filter_logits(logits, {.temperature = temperature}), -1);
    EXPECT_TRUE(p.equal(tensor(std::vector<float>{0, 0, 1, 0}))) << temperature;
    EXPECT_EQ(sample_tokens(logits, {.temperature = temperature}).item<std::int64_t>(), 2);
  }
  EXPECT_THROW(filter_logits(logits, {.temperature = std::numeric_limits<double>::infinity()}), ValueError);
}

}  // namespace

}  // namespace xgrad::test
