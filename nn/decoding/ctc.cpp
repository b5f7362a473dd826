#include "nn/decoding/ctc.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <unordered_map>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/view.h"

namespace xgrad::nn::decoding {

namespace {

constexpr double impossible = -std::numeric_limits<double>::infinity();

/// Log-probabilities in double precision, steps first, with the lengths.
struct CtcInput {
  CtcInput(const char* operation, const Tensor& log_probs, const Tensor& given_lengths, std::int64_t blank) {
    check<ShapeError>((log_probs.dim() == 2 || log_probs.dim() == 3) && log_probs.size(-1) > 0,
                      "{}: expected log-probabilities (T, N, C) or (T, C), got {}", operation, log_probs.sizes());
    check<TypeError>(log_probs.is_floating_point(), "{}: expected floating-point log-probabilities, got {}", operation,
                     log_probs.dtype());
    const Tensor steps_first = log_probs.dim() == 2 ? unsqueeze(log_probs, 1) : log_probs;
    batch = steps_first.size(1);
    classes = steps_first.size(2);
    check<ValueError>(blank >= 0 && blank < classes, "{}: blank {} is not in [0, {})", operation, blank, classes);
    values = to(steps_first.detach(), kFloat64).contiguous();
    const std::int64_t time = steps_first.size(0);
    lengths.assign(static_cast<std::size_t>(batch), time);
    if (given_lengths.defined()) take_lengths(operation, given_lengths, time);
    for (std::int64_t n = 0; n < batch; ++n) {
      for (std::int64_t t = 0; t < lengths[static_cast<std::size_t>(n)]; ++t) {
        const bool numbers = std::none_of(step(t, n), step(t, n) + classes, [](double value) { return std::isnan(value); });
        check<ValueError>(numbers, "{}: the log-probabilities of step {} contain NaN", operation, t);
      }
    }
  }

  void take_lengths(const char* operation, const Tensor& given, std::int64_t time) {
    check<TypeError>(given.dtype() == kInt64, "{}: lengths must be int64, got {}", operation, given.dtype());
    check<ShapeError>(given.dim() <= 1 && given.numel() == batch, "{}: lengths {} do not fit a batch of {}", operation,
                      given.sizes(), batch);
    lengths = given.to_vector<std::int64_t>();
    for (const std::int64_t length : lengths) {
      check<ValueError>(length >= 0 && length <= time, "{}: length {} is not in [0, {}]", operation, length, time);
    }
  }

  /// The log-probabilities of a step.
  const double* step(std::int64_t t, std::int64_t n) const { return values.data_ptr<double>() + (t * batch + n) * classes; }

  Tensor values;
  std::vector<std::int64_t> lengths;
  std::int64_t batch = 0;
  std::int64_t classes = 0;
};

double add_logarithms(double a, double b) {
  if (a < b) std::swap(a, b);
  return b == impossible ? a : a + std::log1p(std::exp(b - a));
}

/// What has been spelt: a label behind another prefix. Prefixes are numbered; 0 is the empty one.
struct Prefix {
  std::int64_t label;
  std::size_t before;
  double bonus;  ///< of the language model and for the labels, all of the prefix
  std::unordered_map<std::int64_t, std::size_t> next = {};
};

/// A prefix that is still in the race, by how its last step ended.
struct Beam {
  std::size_t prefix = 0;
  double in_blank = impossible;
  double in_label = impossible;
  double log_probability() const { return add_logarithms(in_blank, in_label); }
};

class PrefixSearch {
 public:
  explicit PrefixSearch(const CTCBeamSearchOptions& options) : options_(options) { prefixes_.push_back({-1, 0, 0}); }

  std::vector<CTCHypothesis> run(const CtcInput& input, std::int64_t sequence) {
    std::vector<Beam> beams{{0, 0, impossible}};
    for (std::int64_t t = 0; t < input.lengths[static_cast<std::size_t>(sequence)]; ++t) {
      beams = step(beams, input.step(t, sequence), input.classes);
    }
    std::vector<CTCHypothesis> found;
    for (const Beam& beam : beams) {
      CTCHypothesis hypothesis{labels(beam.prefix), beam.log_probability(), score(beam)};
      if (options_.language_model_end && options_.language_model_weight != 0) {
        hypothesis.score += options_.language_model_weight * options_.language_model_end(hypothesis.labels);
      }
      found.push_back(std::move(hypothesis));
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
    found.resize(std::min(found.size(), static_cast<std::size_t>(options_.count)));
    return found;
  }

 private:
  std::vector<std::int64_t> labels(std::size_t prefix) const {
    std::vector<std::int64_t> result;
    for (; prefix != 0; prefix = prefixes_[prefix].before) result.push_back(prefixes_[prefix].label);
    std::reverse(result.begin(), result.end());
    return result;
  }

  double score(const Beam& beam) const { return beam.log_probability() + prefixes_[beam.prefix].bonus; }

  std::size_t extended(std::size_t prefix, std::int64_t label) {
    const auto [place, is_new] = prefixes_[prefix].next.try_emplace(label, prefixes_.size());
    const std::size_t number = place->second;
    if (is_new) {
      double bonus = prefixes_[prefix].bonus + options_.label_bonus;
      if (options_.language_model && options_.language_model_weight != 0) {
        bonus += options_.language_model_weight * options_.language_model(labels(prefix), label);
      }
      prefixes_.push_back({label, prefix, bonus});
    }
    return number;
  }

  std::vector<Beam> step(const std::vector<Beam>& beams, const double* log_probs, std::int64_t classes) {
    std::vector<Beam> next;
    std::unordered_map<std::size_t, std::size_t> places;
    const auto at = [&](std::size_t prefix) -> Beam& {
      const auto [place, is_new] = places.try_emplace(prefix, next.size());
      if (is_new) next.push_back({prefix});
      return next[place->second];
    };
    for (const Beam& beam : beams) {
      const std::int64_t last = prefixes_[beam.prefix].label;
      for (std::int64_t label = 0; label < classes; ++label) {
        const double p = log_probs[label];
        if (!(p > impossible) || (p < options_.least_log_probability && label != options_.blank)) continue;
        if (label == options_.blank) {
          Beam& same = at(beam.prefix);
          same.in_blank = add_logarithms(same.in_blank, beam.log_probability() + p);
          continue;
        }
        // The last label again is the same one, unless a blank lies between.
        const double before = label == last ? beam.in_blank : beam.log_probability();
        if (label == last) {
          Beam& same = at(beam.prefix);
          same.in_label = add_logarithms(same.in_label, beam.in_label + p);
        }
        if (before == impossible) continue;
        Beam& longer = at(extended(beam.prefix, label));
        longer.in_label = add_logarithms(longer.in_label, before + p);
      }
    }
    std::erase_if(next, [](const Beam& beam) { return beam.log_probability() == impossible; });
    const auto kept = std::min(next.size(), static_cast<std::size_t>(options_.beam_width));
    std::stable_sort(next.begin(), next.end(), [this](const Beam& a, const Beam& b) { return score(a) > score(b); });
    next.resize(kept);
    return next;
  }

  const CTCBeamSearchOptions& options_;
  std::vector<Prefix> prefixes_;
};

}  // namespace

std::vector<std::vector<std::int64_t>> ctc_greedy_decode(const Tensor& log_probs, const Tensor& lengths,
                                                         std::int64_t blank) {
  const CtcInput input("ctc_greedy_decode", log_probs, lengths, blank);
  std::vector<std::vector<std::int64_t>> result(static_cast<std::size_t>(input.batch));
  for (std::int64_t n = 0; n < input.batch; ++n) {
    std::int64_t last = blank;
    for (std::int64_t t = 0; t < input.lengths[static_cast<std::size_t>(n)]; ++t) {
      const double* step = input.step(t, n);
      const std::int64_t label = std::max_element(step, step + input.classes) - step;
      if (label != blank && label != last) result[static_cast<std::size_t>(n)].push_back(label);
      last = label;
    }
  }
  return result;
}

std::vector<std::vector<CTCHypothesis>> ctc_beam_search(const Tensor& log_probs, const Tensor& lengths,
                                                        const CTCBeamSearchOptions& options) {
  check<ValueError>(options.beam_width >= 1, "ctc_beam_search: expected a beam, got a width of {}", options.beam_width);
  check<ValueError>(options.count >= 1 && options.count <= options.beam_width, "ctc_beam_search: count {} is not in [1, {}]",
                    options.count, options.beam_width);
  const CtcInput input("ctc_beam_search", log_probs, lengths, options.blank);
  std::vector<std::vector<CTCHypothesis>> result;
  for (std::int64_t n = 0; n < input.batch; ++n) result.push_back(PrefixSearch(options).run(input, n));
  return result;
}

}  // namespace xgrad::nn::decoding
