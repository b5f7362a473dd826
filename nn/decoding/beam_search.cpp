#include "nn/decoding/beam_search.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/sort.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::nn::decoding {

namespace {

constexpr double impossible_score = -std::numeric_limits<double>::infinity();

/// A hypothesis that goes on.
struct Live {
  std::vector<std::int64_t> tokens;
  double log_probability = 0;
  std::vector<double> coverage = {};  ///< how much attention each place of the source has had
};

/// The hypotheses of one of the batch.
class BeamOfOne {
 public:
  explicit BeamOfOne(const BeamSearchOptions& options) : options_(options) { live.emplace_back(); }

  /// Takes one step on: the likeliest continuations of each live hypothesis, `places` of them, at rows from `first_row` on.
  void advance(const Tensor& values, const Tensor& tokens, const Tensor& attention, std::int64_t first_row) {
    struct Candidate {
      double log_probability;
      std::size_t from;
      std::int64_t token;
    };
    const std::int64_t places = values.size(1);
    const auto* value = values.data_ptr<double>() + first_row * places;
    const auto* token = tokens.data_ptr<std::int64_t>() + first_row * places;
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < live.size(); ++i) {
      look(live[i], attention, first_row + static_cast<std::int64_t>(i));
      const auto length = static_cast<std::int64_t>(live[i].tokens.size());
      for (std::int64_t k = 0; k < places; ++k, ++value, ++token) {
        check<ValueError>(!std::isnan(*value), "beam_search: the scores of a step contain NaN, or infinity");
        if (!(*value > impossible_score) || (*token == options_.end && length < options_.min_length)) continue;
        candidates.push_back({live[i].log_probability + *value, i, *token});
      }
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.log_probability > b.log_probability; });
    std::vector<Live> next;
    origins.clear();
    // An end counts among the best ones only: a poor one would fill the beam.
    std::int64_t rank = 0;
    for (const Candidate& candidate : candidates) {
      const bool ends = candidate.token == options_.end;
      if (ends && rank < options_.beam_width) finish(live[candidate.from], candidate.log_probability, true);
      ++rank;
      if (ends) continue;
      if (static_cast<std::int64_t>(next.size()) == options_.beam_width) break;
      Live longer = live[candidate.from];
      longer.tokens.push_back(candidate.token);
      longer.log_probability = candidate.log_probability;
      next.push_back(std::move(longer));
      origins.push_back(first_row + static_cast<std::int64_t>(candidate.from));
    }
    live = std::move(next);
    if (!live.empty() && static_cast<std::int64_t>(live[0].tokens.size()) == options_.max_length) cut_off();
    else if (cannot_improve()) live.clear();
    if (live.empty()) origins.clear();
  }

  std::vector<BeamHypothesis> best() {
    auto found = std::move(ended_);
    sort_by_score(found);
    sort_by_score(cut_);
    for (BeamHypothesis& hypothesis : cut_) found.push_back(std::move(hypothesis));
    found.resize(std::min(found.size(), static_cast<std::size_t>(options_.count)));
    return found;
  }

  std::vector<Live> live;
  std::vector<std::int64_t> origins;  ///< the rows that the live ones continue

 private:
  static void sort_by_score(std::vector<BeamHypothesis>& hypotheses) {
    std::stable_sort(hypotheses.begin(), hypotheses.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  }

  void look(Live& hypothesis, const Tensor& attention, std::int64_t row) const {
    if (!attention.defined()) return;
    const auto source = static_cast<std::size_t>(attention.size(1));
    check<ShapeError>(hypothesis.coverage.empty() || hypothesis.coverage.size() == source,
                      "beam_search: a step's attention has {} places, those before had {}", source,
                      hypothesis.coverage.size());
    hypothesis.coverage.resize(source);
    const double* weights = attention.data_ptr<double>() + row * attention.size(1);
    for (std::size_t s = 0; s < source; ++s) {
      check<ValueError>(!std::isnan(weights[s]), "beam_search: the attention of a step contains NaN");
      hypothesis.coverage[s] += weights[s];
    }
  }

  double normalised(double log_probability, std::size_t length) const {
    return log_probability / std::pow((5.0 + static_cast<double>(length)) / 6, options_.length_penalty);
  }

  void finish(const Live& hypothesis, double log_probability, bool ends) {
    double score = normalised(log_probability, hypothesis.tokens.size() + (ends ? 1 : 0));
    for (const double seen : hypothesis.coverage) {
      score += options_.coverage_penalty * std::log(std::clamp(seen, std::numeric_limits<double>::min(), 1.0));
    }
    (ends ? ended_ : cut_).push_back({hypothesis.tokens, log_probability, score, ends});
  }

  void cut_off() {
    for (const Live& hypothesis : live) finish(hypothesis, hypothesis.log_probability, false);
    live.clear();
  }

  /// Whether nothing that goes on can come to be among the wanted: a longer one's probability is not higher, and the penalty
  /// of its length at most that of the longest.
  bool cannot_improve() {
    if (static_cast<std::int64_t>(ended_.size()) < options_.count) return false;
    sort_by_score(ended_);
    const double worst = ended_[static_cast<std::size_t>(options_.count - 1)].score;
    const std::size_t length =
        options_.length_penalty > 0 ? static_cast<std::size_t>(options_.max_length) + 1 : std::size_t{1};
    for (const Live& hypothesis : live) {
      if (normalised(hypothesis.log_probability, std::max(length, hypothesis.tokens.size())) > worst) return false;
    }
    return true;
  }

  const BeamSearchOptions& options_;
  std::vector<BeamHypothesis> ended_;
  std::vector<BeamHypothesis> cut_;
};

}  // namespace

std::vector<std::vector<BeamHypothesis>> beam_search(const BeamStepFunction& step, std::int64_t batch,
                                                     const BeamSearchOptions& options) {
  check<ValueError>(batch >= 0, "beam_search: the batch must not be negative, got {}", batch);
  check<ValueError>(options.beam_width >= 1, "beam_search: expected a beam, got a width of {}", options.beam_width);
  check<ValueError>(options.count >= 1 && options.count <= options.beam_width, "beam_search: count {} is not in [1, {}]",
                    options.count, options.beam_width);
  check<ValueError>(options.max_length >= 1 && options.min_length >= 0 && options.min_length <= options.max_length,
                    "beam_search: expected 0 <= min_length <= max_length and max_length >= 1, got {} and {}",
                    options.min_length, options.max_length);
  check<ValueError>(options.coverage_penalty >= 0, "beam_search: the coverage penalty must not be negative, got {}",
                    options.coverage_penalty);
  const NoGradGuard no_grad;
  std::vector<BeamOfOne> beams(static_cast<std::size_t>(batch), BeamOfOne(options));
  std::vector<std::int64_t> tokens(static_cast<std::size_t>(batch), options.begin);
  std::vector<std::int64_t> origins;
  for (std::int64_t n = 0; n < batch; ++n) origins.push_back(n);
  while (!tokens.empty()) {
    const auto rows = static_cast<std::int64_t>(tokens.size());
    const BeamStep said = step(tensor(tokens), tensor(origins));
    check<ShapeError>(said.logits.defined() && said.logits.dim() == 2 && said.logits.size(0) == rows,
                      "beam_search: expected scores ({}, tokens) of the step, got {}", rows,
                      said.logits.defined() ? said.logits.sizes() : IntArrayRef());
    check<ValueError>(options.end >= 0 && options.end < said.logits.size(1), "beam_search: the end {} is not in [0, {})",
                      options.end, said.logits.size(1));
    check<ShapeError>(!said.attention.defined() || (said.attention.dim() == 2 && said.attention.size(0) == rows),
                      "beam_search: expected attention ({}, source) of the step, got {}", rows,
                      said.attention.defined() ? said.attention.sizes() : IntArrayRef());
    // Of each row, as many as may be kept, and one for the end.
    const std::int64_t all = said.logits.size(1);
    const std::int64_t places = std::min(all, 2 * std::min(all, options.beam_width));
    const auto [values, next] = topk(log_softmax(to(said.logits.detach(), kFloat64), 1), places, 1);
    const Tensor attention = said.attention.defined() && options.coverage_penalty > 0
                                 ? to(said.attention.detach(), kFloat64).contiguous()
                                 : Tensor();
    tokens.clear();
    origins.clear();
    std::int64_t row = 0;
    for (BeamOfOne& beam : beams) {
      const auto live = static_cast<std::int64_t>(beam.live.size());
      if (live > 0) beam.advance(values, next, attention, row);
      row += live;
      for (const Live& hypothesis : beam.live) tokens.push_back(hypothesis.tokens.back());
      origins.insert(origins.end(), beam.origins.begin(), beam.origins.end());
    }
  }
  std::vector<std::vector<BeamHypothesis>> result;
  result.reserve(beams.size());
  for (BeamOfOne& beam : beams) result.push_back(beam.best());
  return result;
}

}  // namespace xgrad::nn::decoding
