#include "nn/modules/crf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/support/threads.h"

namespace xgrad::test {

namespace {

using nn::LinearChainCRF;
using nn::LinearChainCRFOptions;
using Path = std::vector<std::int64_t>;

/// Every sequence of labels with its score, the best first.
std::vector<std::pair<double, Path>> enumerate(const LinearChainScores& scores, std::int64_t sequence, std::int64_t steps) {
  const std::int64_t labels = scores.emissions.size(2);
  const auto at = [](const Tensor& x, auto... i) {
    Tensor element = x.detach();
    ((element = element[static_cast<std::int64_t>(i)]), ...);
    return element.template item<double>();
  };
  std::vector<std::pair<double, Path>> all{{0, {}}};
  for (std::int64_t t = 0; t < steps; ++t) {
    std::vector<std::pair<double, Path>> longer;
    for (const auto& [score, path] : all) {
      for (std::int64_t j = 0; j < labels; ++j) {
        double next = score + at(scores.emissions, t, sequence, j);
        next += t == 0 ? at(scores.start, j) : at(scores.transitions, path.back(), j);
        if (t + 1 == steps) next += at(scores.end, j);
        Path extended = path;
        extended.push_back(j);
        longer.emplace_back(next, extended);
      }
    }
    all = std::move(longer);
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  return all;
}

double log_of_sum(const std::vector<std::pair<double, Path>>& all) {
  double sum = 0;
  for (const auto& [score, path] : all) sum += std::exp(score - all[0].first);
  return all[0].first + std::log(sum);
}

LinearChainScores random_scores(std::int64_t time, std::int64_t batch, std::int64_t labels, Dtype dtype = kFloat64) {
  return {randn({time, batch, labels}, dtype), randn({labels, labels}, dtype), randn({labels}, dtype),
          randn({labels}, dtype)};
}

/// A CRF with parameters in double precision.
LinearChainCRF make(const LinearChainCRFOptions& options) {
  manual_seed(7);
  LinearChainCRF crf(options);
  crf->to(kFloat64);
  const NoGradGuard no_grad;
  for (const Tensor& parameter : crf->parameters()) parameter.normal_();
  return crf;
}

TEST(LinearChain, sums_and_best_sequences_are_those_of_an_enumeration) {
  manual_seed(1);
  const LinearChainScores scores = random_scores(5, 4, 3);
  const Tensor lengths = tensor({5, 1, 3, 2});
  const Tensor total = linear_chain_log_partition(scores, lengths);
  const auto best = linear_chain_best(scores, lengths);
  const auto ten = linear_chain_best(scores, lengths, 10);
  for (std::int64_t n = 0; n < 4; ++n) {
    const auto all = enumerate(scores, n, lengths[n].item<std::int64_t>());
    const auto i = static_cast<std::size_t>(n);
    EXPECT_NEAR(total[n].item<double>(), log_of_sum(all), 1e-12);
    EXPECT_EQ(best[i][0].second, all[0].second);
    EXPECT_NEAR(best[i][0].first, all[0].first, 1e-12);
    ASSERT_EQ(ten[i].size(), std::min<std::size_t>(10, all.size()));
    for (std::size_t k = 0; k < ten[i].size(); ++k) {
      EXPECT_EQ(ten[i][k].second, all[k].second);
      EXPECT_NEAR(ten[i][k].first, all[k].first, 1e-12);
    }
  }
}

TEST(LinearChain, many_labels_fill_more_than_a_vector) {
  manual_seed(2);
  for (const std::int64_t labels : {1, 7, 8, 9, 17}) {
    const LinearChainScores scores = random_scores(3, 2, labels);
    const Tensor total = linear_chain_log_partition(scores, full({2}, 3, kInt64));
    for (std::int64_t n = 0; n < 2; ++n) {
      const auto all = enumerate(scores, n, 3);
      EXPECT_NEAR(total[n].item<double>(), log_of_sum(all), 1e-11);
      EXPECT_EQ(linear_chain_best(scores, full({2}, 3, kInt64))[static_cast<std::size_t>(n)][0].second, all[0].second);
    }
  }
}

TEST(LinearChain, gradients_agree_with_finite_differences_twice) {
  manual_seed(3);
  const Tensor lengths = tensor({3, 1, 2});
  const LinearChainScores scores = random_scores(3, 3, 3);
  const std::function<Tensor(const TensorList&)> function = [&](const TensorList& x) {
    return linear_chain_log_partition({x[0], x[1], x[2], x[3]}, lengths);
  };
  TensorList inputs{scores.emissions, scores.transitions, scores.start, scores.end};
  for (Tensor& input : inputs) input.requires_grad_();
  EXPECT_NO_THROW(autograd::gradcheck(function, inputs));
  EXPECT_NO_THROW(autograd::gradgradcheck(function, inputs));
  // Only some of them.
  const std::function<Tensor(const TensorList&)> of_transitions = [&](const TensorList& x) {
    return linear_chain_log_partition({scores.emissions.detach(), x[0], scores.start.detach(), scores.end.detach()},
                                      lengths);
  };
  EXPECT_NO_THROW(autograd::gradgradcheck(of_transitions, {scores.transitions}));
}

TEST(LinearChain, scores_far_apart_and_forbidden_ones_lose_nothing) {
  // Two labels that never change: the second is e^-400 behind at each of the first steps, and ahead at the last ones.
  const std::int64_t steps = 12;
  Tensor emissions = zeros({steps, 1, 2}, kFloat64);
  for (std::int64_t t = 0; t < steps; ++t) emissions[t][0][t < 6 ? 0 : 1] = t < 6 ? 400.0 : 401.0;
  const Tensor stay = tensor({{0.0, -INFINITY}, {-INFINITY, 0.0}}, kFloat64);
  const LinearChainScores scores{emissions.requires_grad_(), stay, zeros({2}, kFloat64), zeros({2}, kFloat64)};
  const Tensor total = linear_chain_log_partition(scores, tensor({steps}));
  EXPECT_NEAR(total.item<double>(), 2406 + std::log1p(std::exp(-6.0)), 1e-9);
  total.sum().backward();
  EXPECT_NEAR(emissions.grad()[0][0][1].item<double>(), 1 / (1 + std::exp(-6.0)), 1e-9);
  EXPECT_EQ(linear_chain_best(scores, tensor({steps}))[0][0].second, Path(static_cast<std::size_t>(steps), 1));

  // Large penalties in place of -inf.
  manual_seed(4);
  LinearChainScores penalties = random_scores(4, 1, 3);
  penalties.transitions =
      masked_fill(penalties.transitions, tensor({{true, false, true}, {true, true, false}, {true, false, true}}), -1e4);
  const auto all = enumerate(penalties, 0, 4);
  EXPECT_NEAR(linear_chain_log_partition(penalties, tensor({4})).item<double>(), log_of_sum(all), 1e-8);
}

TEST(LinearChain, what_is_all_forbidden_is_infinitely_unlikely) {
  const LinearChainScores scores{zeros({2, 1, 2}), full({2, 2}, -INFINITY), zeros({2}), zeros({2})};
  EXPECT_EQ(linear_chain_log_partition(scores, tensor({2})).item<float>(), -INFINITY);
  EXPECT_EQ(linear_chain_log_partition(scores, tensor({1})).item<float>(), std::log(2.0F));
  EXPECT_TRUE(linear_chain_best(scores, tensor({2}), 3)[0].empty());
  LinearChainScores unknown = scores;
  unknown.emissions = full({2, 1, 2}, NAN);
  EXPECT_TRUE(std::isnan(linear_chain_log_partition(unknown, tensor({2})).item<float>()));
}

TEST(LinearChain, results_are_the_same_on_any_number_of_threads) {
  manual_seed(5);
  const LinearChainScores scores = random_scores(20, 33, 9, kFloat32);
  const Tensor lengths = randint(1, 21, {33});
  scores.transitions.requires_grad_();
  expect_same_bits_on_any_number_of_threads([&] {
    const Tensor total = linear_chain_log_partition(scores, lengths);
    return TensorList{total.detach(), autograd::grad({total.sum()}, {scores.transitions})[0]};
  });
}

TEST(LinearChain, rejects_bad_input) {
  const LinearChainScores scores = random_scores(3, 2, 4);
  EXPECT_THROW(linear_chain_log_partition(scores, tensor({3, 0})), ValueError);
  EXPECT_THROW(linear_chain_log_partition(scores, tensor({3, 4})), ValueError);
  EXPECT_THROW(linear_chain_log_partition(scores, tensor({3})), ShapeError);
  EXPECT_THROW(linear_chain_log_partition(scores, tensor({3.0, 3.0})), TypeError);
  EXPECT_THROW(linear_chain_best(scores, tensor({3, 3}), 0), ValueError);
  LinearChainScores wrong = scores;
  wrong.transitions = randn({4, 3}, kFloat64);
  EXPECT_THROW(linear_chain_log_partition(wrong, tensor({3, 3})), ShapeError);
  wrong.transitions = randn({4, 4});
  EXPECT_THROW(linear_chain_log_partition(wrong, tensor({3, 3})), TypeError);
}

TEST(LinearChainCRF, likelihoods_are_those_of_an_enumeration) {
  const LinearChainCRF crf = make(LinearChainCRFOptions(3));
  const Tensor emissions = randn({4, 3, 3}, kFloat64);
  const Tensor tags = randint(3, {4, 3});
  const Tensor mask = lt(arange(4).unsqueeze(1), tensor({4, 2, 1}));
  const LinearChainScores scores{emissions, crf->transitions, crf->start_transitions, crf->end_transitions};
  const Tensor likelihood = crf->log_likelihood(emissions, tags, mask);
  const Tensor marginals = crf->marginals(emissions, mask);
  const auto decoded = crf->decode(emissions, mask);
  for (std::int64_t n = 0; n < 3; ++n) {
    const auto steps = mask.select(1, n).sum().item<std::int64_t>();
    const auto all = enumerate(scores, n, steps);
    const double total = log_of_sum(all);
    const Path wanted = tags.select(1, n).slice(0, 0, steps).to_vector<std::int64_t>();
    std::vector<double> expected(static_cast<std::size_t>(4 * 3));
    for (const auto& [score, path] : all) {
      if (path == wanted) {
        EXPECT_NEAR(likelihood[n].item<double>(), score - total, 1e-12);
      }
      for (std::size_t t = 0; t < path.size(); ++t) {
        expected[t * 3 + static_cast<std::size_t>(path[t])] += std::exp(score - total);
      }
    }
    EXPECT_TRUE(allclose(marginals.select(1, n), tensor(expected, kFloat64).view({4, 3}), 1e-10, 1e-12));
    EXPECT_EQ(decoded[static_cast<std::size_t>(n)], all[0].second);
  }
  EXPECT_TRUE(allclose(crf(emissions, tags, mask), -likelihood.mean()));
  EXPECT_TRUE(allclose(crf->score(emissions, tags, mask) - crf->log_partition(emissions, mask), likelihood));
  EXPECT_EQ(crf->decode_best(emissions, 2, mask)[2].size(), 2U);
}

TEST(LinearChainCRF, gradients_of_everything_can_be_differentiated) {
  const LinearChainCRF crf = make(LinearChainCRFOptions(3));
  const Tensor emissions = randn({3, 2, 3}, kFloat64).requires_grad_();
  const Tensor tags = randint(3, {3, 2});
  const Tensor mask = lt(arange(3).unsqueeze(1), tensor({3, 2}));
  const TensorList inputs{emissions, crf->transitions, crf->start_transitions, crf->end_transitions};
  const std::function<Tensor(const TensorList&)> loss = [&](const TensorList&) { return crf(emissions, tags, mask); };
  const std::function<Tensor(const TensorList&)> marginals = [&](const TensorList&) {
    return crf->marginals(emissions, mask);
  };
  EXPECT_NO_THROW(autograd::gradcheck(loss, inputs));
  EXPECT_NO_THROW(autograd::gradgradcheck(loss, inputs));
  EXPECT_NO_THROW(autograd::gradcheck(marginals, inputs));
}

TEST(LinearChainCRF, packed_and_batch_first_sequences_are_the_same) {
  const LinearChainCRF crf = make(LinearChainCRFOptions(4));
  const LinearChainCRF rows_first = make(LinearChainCRFOptions(4).batch_first(true));
  const Tensor emissions = randn({5, 3, 4}, kFloat64);
  const Tensor tags = randint(4, {5, 3});
  const Tensor lengths = tensor({2, 5, 3});
  const Tensor mask = lt(arange(5).unsqueeze(1), lengths);
  const auto packed = nn::utils::rnn::pack_padded_sequence(emissions, lengths, false, false);
  const auto packed_tags = nn::utils::rnn::pack_padded_sequence(tags, lengths, false, false);
  const Tensor expected = crf->log_likelihood(emissions, tags, mask);
  EXPECT_TRUE(equal(crf->log_likelihood(packed, packed_tags), expected));
  EXPECT_TRUE(equal(crf->forward(packed, packed_tags), crf->forward(emissions, tags, mask)));
  EXPECT_EQ(crf->decode(packed), crf->decode(emissions, mask));
  const Tensor marginals = std::get<0>(nn::utils::rnn::pad_packed_sequence(crf->marginals(packed)));
  EXPECT_TRUE(equal(marginals, crf->marginals(emissions, mask)));
  EXPECT_TRUE(equal(rows_first->log_likelihood(emissions.transpose(0, 1), tags.t(), mask.t()), expected));
  EXPECT_TRUE(equal(rows_first->log_likelihood(packed, packed_tags), expected));
  EXPECT_TRUE(equal(rows_first->marginals(emissions.transpose(0, 1), mask.t()), marginals.transpose(0, 1)));
  EXPECT_EQ(rows_first->decode(emissions.transpose(0, 1), mask.t()), crf->decode(emissions, mask));
}

TEST(LinearChainCRF, empty_batches_have_no_likelihoods) {
  const LinearChainCRF crf(2);
  EXPECT_EQ(crf->log_likelihood(zeros({3, 0, 2}), zeros({3, 0}, kInt64)).sizes(), IntArrayRef({0}));
  EXPECT_TRUE(crf->decode(zeros({3, 0, 2})).empty());
  EXPECT_EQ(crf->marginals(zeros({3, 0, 2})).sizes(), IntArrayRef({3, 0, 2}));
}

TEST(LinearChainCRF, constraints_allow_what_the_scheme_does) {
  const std::vector<std::string> tags{"O", "B-A", "I-A", "E-A", "S-A", "B-B", "I-B", "E-B", "S-B", "<unk>"};
  const auto allowed = nn::tag_constraints(tags, "BIOES");
  const auto row = [&](std::int64_t i) { return allowed.transitions[i].to_vector<bool>(); };
  const std::vector<bool> beginnings{true, true, false, false, true, true, false, false, true, true};
  EXPECT_EQ(row(0), beginnings);
  EXPECT_EQ(row(1), (std::vector<bool>{false, false, true, true, false, false, false, false, false, false}));
  EXPECT_EQ(row(6), (std::vector<bool>{false, false, false, false, false, false, true, true, false, false}));
  EXPECT_EQ(row(3), beginnings);
  EXPECT_EQ(row(9), beginnings);
  EXPECT_EQ(allowed.start.to_vector<bool>(), beginnings);
  EXPECT_EQ(allowed.end.to_vector<bool>(),
            (std::vector<bool>{true, false, false, true, true, false, false, true, true, true}));
  const auto open = nn::tag_constraints({"O", "B-A", "I-A", "B-B", "I-B"}, "IOB2");
  EXPECT_EQ(open.transitions[1].to_vector<bool>(), (std::vector<bool>{true, true, true, true, false}));
  EXPECT_EQ(open.transitions[0].to_vector<bool>(), (std::vector<bool>{true, true, false, true, false}));
  EXPECT_EQ(open.end.to_vector<bool>(), (std::vector<bool>(5, true)));
  EXPECT_THROW(nn::tag_constraints(tags, "IOB1"), ValueError);

  const LinearChainCRF crf = make(LinearChainCRFOptions(10).constraints(allowed));
  const Tensor emissions = randn({7, 20, 10}, kFloat64);
  for (const Path& path : crf->decode(emissions)) {
    EXPECT_TRUE(allowed.start[path[0]].item<bool>());
    EXPECT_TRUE(allowed.end[path.back()].item<bool>());
    for (std::size_t t = 1; t < path.size(); ++t) EXPECT_TRUE(allowed.transitions[path[t - 1]][path[t]].item<bool>());
  }
  const Tensor right = full({7, 20}, 0, kInt64);
  const Tensor loss = crf(emissions, right);
  loss.backward();
  EXPECT_TRUE(isfinite(crf->transitions.grad()).all().item<bool>());
  EXPECT_EQ(crf->transitions.grad()[0][2].item<double>(), 0);
  EXPECT_EQ(crf->log_likelihood(emissions, full({7, 20}, 2, kInt64))[0].item<double>(), -INFINITY);
  EXPECT_NO_THROW(autograd::gradgradcheck(
      [&](const TensorList&) { return crf(emissions.slice(1, 0, 2), right.slice(1, 0, 2)); }, {crf->transitions}));
}

TEST(LinearChainCRF, learns_what_follows_what) {
  manual_seed(11);
  LinearChainCRF crf(2);
  const Tensor emissions = zeros({6, 1, 2});
  const Tensor alternating = tensor({0, 1, 0, 1, 0, 1}).unsqueeze(1);
  for (int step = 0; step < 100; ++step) {
    crf->zero_grad();
    crf(emissions, alternating).backward();
    const NoGradGuard no_grad;
    for (const Tensor& parameter : crf->parameters()) parameter.sub_(parameter.grad(), 0.5);
  }
  EXPECT_EQ(crf->decode(emissions)[0], (Path{0, 1, 0, 1, 0, 1}));
  EXPECT_GT(crf->log_likelihood(emissions, alternating).exp().item<float>(), 0.8F);
}

TEST(LinearChainCRF, travels_in_a_file_inside_of_a_model) {
  const auto allowed = nn::tag_constraints({"O", "B-A", "I-A"}, "IOB2");
  const auto tagger = [&] {
    auto model = std::make_shared<nn::Module>();
    model->register_module("crf", LinearChainCRF(LinearChainCRFOptions(3).constraints(allowed)));
    return model;
  };
  const auto crf_of = [](const std::shared_ptr<nn::Module>& model) {
    return LinearChainCRF(std::dynamic_pointer_cast<nn::LinearChainCRFImpl>(model->children()[0]));
  };
  const auto trained = tagger();
  const Tensor emissions = randn({6, 4, 3});
  std::stringstream file;
  save(trained, file);
  std::vector<std::string> names;
  for (const auto& [name, tensor] : nn::state_dict(*trained)) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"crf.end_transitions", "crf.start_transitions", "crf.transitions"}));
  const auto other = tagger();
  EXPECT_FALSE(equal(crf_of(other)->log_partition(emissions), crf_of(trained)->log_partition(emissions)));
  const auto left = load(other, file);
  EXPECT_TRUE(left.missing_keys.empty() && left.unexpected_keys.empty());
  EXPECT_TRUE(equal(crf_of(other)->log_partition(emissions), crf_of(trained)->log_partition(emissions)));
  EXPECT_EQ(crf_of(other)->decode(emissions), crf_of(trained)->decode(emissions));
  // A file for as many tags as there were, and no other number.
  std::stringstream again;
  save(trained, again);
  nn::Module larger;
  larger.register_module("crf", LinearChainCRF(4));
  EXPECT_THROW(load(larger, again), ValueError);

  // The options, constraints among them, travel as data.
  for (const LinearChainCRFOptions& options :
       {LinearChainCRFOptions(3).constraints(allowed).batch_first(true).reduction(kSum), LinearChainCRFOptions(5)}) {
    std::stringstream fields;
    save_value(io::Value(save_fields(options)), fields);
    LinearChainCRFOptions read(1);
    load_fields(read, load_value(fields).dict());
    EXPECT_EQ(read, options);
    EXPECT_EQ(read.allowed_start().defined(), options.allowed_start().defined());
  }
}

TEST(LinearChainCRF, one_step_has_marginals_and_second_derivatives) {
  const LinearChainCRF crf(3);
  crf->to(kFloat64);
  const Tensor emissions = randn({1, 2, 3}, kFloat64).requires_grad_();
  const Tensor scores = (emissions[0] + crf->start_transitions + crf->end_transitions).detach();
  EXPECT_TRUE(allclose(crf->marginals(emissions.detach())[0].detach(), scores.softmax(1), 1e-10, 1e-12));
  const Tensor slope = autograd::grad({crf(emissions, zeros({1, 2}, kInt64)).sum()}, {emissions}, {}, true, true)[0];
  autograd::grad({(slope * slope).sum()}, {emissions});
}

TEST(LinearChainCRF, rejects_bad_input) {
  const LinearChainCRF crf(3);
  const Tensor emissions = zeros({4, 2, 3});
  const Tensor tags = zeros({4, 2}, kInt64);
  const Tensor gap = tensor({{true, true}, {false, true}, {true, true}, {true, false}});
  EXPECT_THROW(LinearChainCRF(0), ValueError);
  EXPECT_THROW(LinearChainCRF(LinearChainCRFOptions(3).constraints({ones({2, 2}, kBool), {}, {}})), ShapeError);
  EXPECT_THROW(LinearChainCRF(LinearChainCRFOptions(3).constraints({ones({3, 3}), {}, {}})), TypeError);
  EXPECT_THROW(crf(zeros({4, 2, 2}), tags), ShapeError);
  EXPECT_THROW(crf(emissions, zeros({3, 2}, kInt64)), ShapeError);
  EXPECT_THROW(crf(emissions, zeros({4, 2})), TypeError);
  EXPECT_THROW(crf(emissions, full({4, 2}, 3, kInt64)), IndexError);
  EXPECT_THROW(crf(emissions, tags, gap), ValueError);
  EXPECT_THROW(crf(emissions, tags, ones({4, 2})), TypeError);
  EXPECT_THROW(crf(emissions, tags, zeros({4, 2}, kBool)), ValueError);
  EXPECT_THROW(crf->decode(emissions, ones({2, 4}, kBool)), ShapeError);
}

TEST(LinearChainCRF, where_all_is_forbidden_there_is_no_best_sequence) {
  LinearChainCRF crf(3);
  const Tensor emissions = full({4, 2, 3}, -std::numeric_limits<double>::infinity(), kFloat32);
  for (const std::int64_t count : {1, 2, 5}) {
    for (const auto& best : crf->decode_best(emissions, count)) EXPECT_TRUE(best.empty()) << count;
  }
  for (const Path& path : crf->decode(emissions)) EXPECT_TRUE(path.empty());
}

TEST(LinearChainCRF, where_all_is_forbidden_no_label_has_a_share) {
  LinearChainCRFOptions no_end(2);
  no_end.allowed_end(zeros({2}, kBool));
  LinearChainCRFOptions no_start(2);
  no_start.allowed_start(zeros({2}, kBool));
  LinearChainCRFOptions no_step(2);
  no_step.allowed_transitions(zeros({2, 2}, kBool));
  for (const LinearChainCRFOptions& options : {no_end, no_start, no_step}) {
    LinearChainCRF crf(options);
    const Tensor emissions = zeros({3, 1, 2});
    EXPECT_TRUE(equal(crf->marginals(emissions).detach(), zeros({3, 1, 2})));
    const NoGradGuard no_grad;
    EXPECT_TRUE(equal(crf->marginals(emissions), zeros({3, 1, 2})));
  }
}

}  // namespace

}  // namespace xgrad::test
