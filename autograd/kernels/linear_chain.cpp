#include "autograd/kernels/linear_chain.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iosfwd>
#include <limits>
#include <utility>

#include "autograd/base/parallel.h"
#include "autograd/kernels/vector_math.h"

namespace xgrad::kernels {

namespace {

constexpr double never = -std::numeric_limits<double>::infinity();
/// Normalised forward weights below this are taken for lost: what follows them is computed in logarithms instead.
constexpr double least_weight = 1e-250;
constexpr std::int64_t lane = 8;

using Doubles = std::vector<double>;

/// e^x in place, of as many numbers as whole vectors have.
void exponentiate(Doubles& x) {
  constexpr std::size_t width = Batch<double>::size;
  static_assert(lane % width == 0);
  for (std::size_t i = 0; i < x.size(); i += width) exp<double>(Batch<double>::load_unaligned(&x[i])).store_unaligned(&x[i]);
}

/// y += factor * x
void add_scaled(double* y, double factor, const double* x, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] += factor * x[i];
}

/// The numbers of each row as e^(x - shift), with rows filled up by zeros to whole vectors. The shift is the largest.
struct Weights {
  template <class T>
  Weights(const T* rows, std::int64_t row_count, std::int64_t labels, std::int64_t stride)
      : values(static_cast<std::size_t>(row_count * stride), never) {
    for (std::int64_t i = 0; i < row_count; ++i) {
      for (std::int64_t j = 0; j < labels; ++j) largest = std::max(largest, static_cast<double>(rows[i * labels + j]));
    }
    if (!(largest > never)) largest = 0;
    for (std::int64_t i = 0; i < row_count; ++i) {
      for (std::int64_t j = 0; j < labels; ++j) {
        values[static_cast<std::size_t>(i * stride + j)] = static_cast<double>(rows[i * labels + j]) - largest;
      }
    }
    exponentiate(values);
  }
  Doubles values;
  double largest = never;
};

/// The batch with what all sequences share.
template <class T>
struct Prepared {
  explicit Prepared(const LinearChain<T>& given)
      : chain(given),
        stride((given.labels + lane - 1) / lane * lane),
        transitions(given.transitions, given.labels, given.labels, stride),
        transposed(static_cast<std::size_t>(stride * stride)),
        end(given.end, 1, given.labels, stride) {
    for (std::int64_t i = 0; i < chain.labels; ++i) {
      for (std::int64_t j = 0; j < chain.labels; ++j) {
        transposed[static_cast<std::size_t>(j * stride + i)] = transitions.values[static_cast<std::size_t>(i * stride + j)];
      }
    }
  }

  const T* emission(std::int64_t step, std::int64_t sequence) const {
    return chain.emissions + (step * chain.batch + sequence) * chain.labels;
  }

  const LinearChain<T>& chain;
  std::int64_t stride;
  Weights transitions;
  Doubles transposed;
  Weights end;
};

/// One sequence with weights in place of scores, each step's divided by their sum. What is forbidden has the weight 0.
template <class T>
class ScaledSequence {
 public:
  ScaledSequence(const Prepared<T>& batch, std::int64_t sequence)
      : batch_(batch),
        labels_(batch.chain.labels),
        stride_(batch.stride),
        steps_(batch.chain.lengths[sequence]),
        sequence_(sequence),
        emitted_(static_cast<std::size_t>(steps_ * stride_), never),
        forward_(emitted_.size()),
        sums_(static_cast<std::size_t>(steps_)) {}

  /// The log-partition; false where weights are too far apart for it.
  bool sum(double& result) {
    double total = 0;
    for (std::int64_t t = 0; t < steps_; ++t) total += emit(t);
    exponentiate(emitted_);
    for (std::int64_t t = 0; t < steps_; ++t) {
      double* now = row(forward_, t);
      const double* emitted = row(emitted_, t);
      if (t == 0) {
        std::copy(emitted, emitted + stride_, now);
      } else {
        const double* before = row(forward_, t - 1);
        for (std::int64_t i = 0; i < labels_; ++i) {
          if (before[i] != 0) add_scaled(now, before[i], &batch_.transitions.values[index(i * stride_)], stride_);
        }
        for (std::int64_t j = 0; j < stride_; ++j) now[j] *= emitted[j];
        total += batch_.transitions.largest;
      }
      double weight = 0;
      for (std::int64_t j = 0; j < labels_; ++j) weight += now[j];
      if (!(weight > 0) || std::isinf(weight)) return false;
      sums_[index(t)] = weight;
      for (std::int64_t j = 0; j < stride_; ++j) now[j] /= weight;
      for (std::int64_t j = 0; j < labels_; ++j) {
        if (now[j] < least_weight && is_possible(t, j)) return false;
      }
      total += std::log(weight);
    }
    const double* last = row(forward_, steps_ - 1);
    end_sum_ = 0;
    for (std::int64_t j = 0; j < labels_; ++j) end_sum_ += last[j] * batch_.end.values[index(j)];
    if (!(end_sum_ > least_weight)) return false;
    result = total + batch_.end.largest + std::log(end_sum_);
    return true;
  }

  /// After sum().
  void posterior(const LinearChainPosterior<T>& out) const {
    Doubles after(batch_.end.values);
    for (double& weight : after) weight /= end_sum_;
    Doubles flow(after.size());
    Doubles pairs(index(labels_ * stride_));
    for (std::int64_t t = steps_ - 1;; --t) {
      const double* now = row(forward_, t);
      T* found = out.labels + (t * batch_.chain.batch + sequence_) * labels_;
      for (std::int64_t j = 0; j < labels_; ++j) {
        if (now[j] == 0) after[index(j)] = 0;  // what cannot be reached needs no way on
        found[j] = static_cast<T>(now[j] * after[index(j)]);
      }
      if (t == steps_ - 1) std::copy(found, found + labels_, out.last + sequence_ * labels_);
      if (t == 0) break;
      const double* emitted = row(emitted_, t);
      const double* before = row(forward_, t - 1);
      for (std::int64_t j = 0; j < stride_; ++j) flow[index(j)] = emitted[j] * after[index(j)] / sums_[index(t)];
      std::fill(after.begin(), after.end(), 0.0);
      for (std::int64_t j = 0; j < labels_; ++j) {
        if (flow[index(j)] != 0) add_scaled(after.data(), flow[index(j)], &batch_.transposed[index(j * stride_)], stride_);
      }
      for (std::int64_t i = 0; i < labels_; ++i) {
        if (before[i] != 0) add_scaled(&pairs[index(i * stride_)], before[i], flow.data(), stride_);
      }
    }
    T* found = out.pairs + sequence_ * labels_ * labels_;
    for (std::int64_t i = 0; i < labels_; ++i) {
      for (std::int64_t j = 0; j < labels_; ++j) {
        const double weight = batch_.transitions.values[index(i * stride_ + j)];
        found[i * labels_ + j] = weight == 0 ? T(0) : static_cast<T>(weight * pairs[index(i * stride_ + j)]);
      }
    }
  }

 private:
  static std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }
  double* row(Doubles& x, std::int64_t t) const { return x.data() + t * stride_; }
  const double* row(const Doubles& x, std::int64_t t) const { return x.data() + t * stride_; }

  double score(std::int64_t t, std::int64_t j) const {
    const auto emission = static_cast<double>(batch_.emission(t, sequence_)[j]);
    return t == 0 ? emission + static_cast<double>(batch_.chain.start[j]) : emission;
  }

  /// A step's scores less the largest, which it returns.
  double emit(std::int64_t t) {
    double largest = never;
    for (std::int64_t j = 0; j < labels_; ++j) largest = std::max(largest, score(t, j));
    if (!(largest > never)) largest = 0;
    for (std::int64_t j = 0; j < labels_; ++j) row(emitted_, t)[j] = score(t, j) - largest;
    return largest;
  }

  /// Whether a label's weight is more than 0, however little.
  bool is_possible(std::int64_t t, std::int64_t j) const {
    if (row(forward_, t)[j] != 0) return true;
    if (score(t, j) == never) return false;
    if (t == 0) return true;
    for (std::int64_t i = 0; i < labels_; ++i) {
      if (row(forward_, t - 1)[i] != 0 && batch_.chain.transitions[i * labels_ + j] > static_cast<T>(never)) return true;
    }
    return false;
  }

  const Prepared<T>& batch_;
  std::int64_t labels_;
  std::int64_t stride_;
  std::int64_t steps_;
  std::int64_t sequence_;
  Doubles emitted_;
  Doubles forward_;
  Doubles sums_;
  double end_sum_ = 0;
};

double log_sum(const double* x, std::int64_t n) {
  double largest = never;
  for (std::int64_t i = 0; i < n; ++i) largest = x[i] > largest || x[i] != x[i] ? x[i] : largest;
  if (!(std::abs(largest) < -never)) return largest;
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += std::exp(x[i] - largest);
  return largest + std::log(sum);
}

/// The same in logarithms, which have the range: for the few sequences that need it.
template <class T>
double sum_in_logarithms(const LinearChain<T>& chain, std::int64_t sequence, const LinearChainPosterior<T>* out) {
  const std::int64_t n = chain.labels;
  const std::int64_t steps = chain.lengths[sequence];
  const auto at = [n](std::int64_t t, std::int64_t j) { return static_cast<std::size_t>(t * n + j); };
  const auto emission = [&](std::int64_t t, std::int64_t j) {
    return static_cast<double>(chain.emissions[(t * chain.batch + sequence) * n + j]);
  };
  const auto transition = [&](std::int64_t i, std::int64_t j) { return static_cast<double>(chain.transitions[i * n + j]); };
  Doubles forward(static_cast<std::size_t>(steps * n));
  Doubles ways(static_cast<std::size_t>(n));
  for (std::int64_t t = 0; t < steps; ++t) {
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t i = 0; t > 0 && i < n; ++i) ways[at(0, i)] = forward[at(t - 1, i)] + transition(i, j);
      const double before = t == 0 ? static_cast<double>(chain.start[j]) : log_sum(ways.data(), n);
      forward[at(t, j)] = before + emission(t, j);
    }
  }
  for (std::int64_t j = 0; j < n; ++j) ways[at(0, j)] = forward[at(steps - 1, j)] + static_cast<double>(chain.end[j]);
  const double total = log_sum(ways.data(), n);
  if (out == nullptr) return total;
  if (total == never) {
    // No sequence is allowed: none has a share.
    for (std::int64_t t = 0; t < steps; ++t) std::fill_n(out->labels + (t * chain.batch + sequence) * n, n, T(0));
    std::fill_n(out->last + sequence * n, n, T(0));
    std::fill_n(out->pairs + sequence * n * n, n * n, T(0));
    return total;
  }

  Doubles after(static_cast<std::size_t>(n));
  Doubles next(after.size());
  Doubles pairs(static_cast<std::size_t>(n * n));
  for (std::int64_t j = 0; j < n; ++j) after[at(0, j)] = static_cast<double>(chain.end[j]);
  for (std::int64_t t = steps - 1;; --t) {
    T* found = out->labels + (t * chain.batch + sequence) * n;
    for (std::int64_t j = 0; j < n; ++j) found[j] = static_cast<T>(std::exp(forward[at(t, j)] + after[at(0, j)] - total));
    if (t == steps - 1) std::copy(found, found + n, out->last + sequence * n);
    if (t == 0) break;
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < n; ++j) {
        ways[at(0, j)] = transition(i, j) + emission(t, j) + after[at(0, j)];
        pairs[at(i, j)] += std::exp(forward[at(t - 1, i)] + ways[at(0, j)] - total);
      }
      next[at(0, i)] = log_sum(ways.data(), n);
    }
    std::swap(after, next);
  }
  for (std::int64_t i = 0; i < n * n; ++i) out->pairs[sequence * n * n + i] = static_cast<T>(pairs[at(0, i)]);
  return total;
}

template <class T>
void sum_all(const Prepared<T>& batch, T* log_partition, const LinearChainPosterior<T>* posterior) {
  parallel_for(0, batch.chain.batch, 4, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t n = first; n < last; ++n) {
      ScaledSequence<T> sequence(batch, n);
      double total = 0;
      const bool done = sequence.sum(total);
      if (!done) total = sum_in_logarithms(batch.chain, n, posterior);
      else if (posterior != nullptr) sequence.posterior(*posterior);
      log_partition[n] = static_cast<T>(total);
    }
  });
}

/// The best sequence: one candidate for each label and step, the lowest label of equals.
template <class T>
std::pair<T, std::vector<std::int64_t>> best_sequence(const LinearChain<T>& chain, std::int64_t sequence) {
  const std::int64_t n = chain.labels;
  const std::int64_t steps = chain.lengths[sequence];
  std::vector<T> score(static_cast<std::size_t>(n));
  std::vector<T> next(score.size());
  std::vector<std::int32_t> from(static_cast<std::size_t>(steps * n));
  for (std::int64_t t = 0; t < steps; ++t) {
    const T* emission = chain.emissions + (t * chain.batch + sequence) * n;
    if (t == 0) {
      for (std::int64_t j = 0; j < n; ++j) score[static_cast<std::size_t>(j)] = chain.start[j] + emission[j];
      continue;
    }
    std::int32_t* source = from.data() + t * n;
    for (std::int64_t j = 0; j < n; ++j) next[static_cast<std::size_t>(j)] = score[0] + chain.transitions[j];
    for (std::int64_t i = 1; i < n; ++i) {
      const T before = score[static_cast<std::size_t>(i)];
      const T* row = chain.transitions + i * n;
      for (std::int64_t j = 0; j < n; ++j) {
        const T candidate = before + row[j];
        T& best = next[static_cast<std::size_t>(j)];
        const bool better = candidate > best;
        best = better ? candidate : best;
        source[j] = better ? static_cast<std::int32_t>(i) : source[j];
      }
    }
    for (std::int64_t j = 0; j < n; ++j)
      score[static_cast<std::size_t>(j)] = next[static_cast<std::size_t>(j)] + emission[j];
  }
  for (std::int64_t j = 0; j < n; ++j) score[static_cast<std::size_t>(j)] += chain.end[j];
  const auto last = std::max_element(score.begin(), score.end());
  std::vector<std::int64_t> path(static_cast<std::size_t>(steps));
  std::int64_t label = last - score.begin();
  for (std::int64_t t = steps - 1; t >= 0; --t) {
    path[static_cast<std::size_t>(t)] = label;
    label = from[static_cast<std::size_t>(t * n + label)];
  }
  return {*last, std::move(path)};
}

}  // namespace

template <class T>
void linear_chain_sum(const LinearChain<T>& chain, T* log_partition, const LinearChainPosterior<T>* posterior) {
  sum_all(Prepared<T>(chain), log_partition, posterior);
}

template <class T>
std::vector<std::pair<T, std::vector<std::int64_t>>> linear_chain_best(const LinearChain<T>& chain, std::int64_t sequence,
                                                                       std::int64_t count) {
  if (count == 1) {
    auto best = best_sequence(chain, sequence);
    if (best.first == static_cast<T>(never)) return {};  // none is allowed
    return {std::move(best)};
  }
  // Up to `count` candidates for each label and step, the best first.
  struct Candidate {
    T score;
    std::int64_t label;
    std::size_t before;  ///< its place among the last step's
  };
  const std::int64_t n = chain.labels;
  const std::int64_t steps = chain.lengths[sequence];
  const auto is_better = [](const Candidate& a, const Candidate& b) { return a.score > b.score; };
  const auto keep = [&](std::vector<Candidate>& from, std::vector<Candidate>& to) {
    std::stable_sort(from.begin(), from.end(), is_better);
    to.insert(to.end(), from.begin(), from.begin() + std::min<std::ptrdiff_t>(count, std::ssize(from)));
    from.clear();
  };
  std::vector<std::vector<Candidate>> all(static_cast<std::size_t>(steps));
  std::vector<Candidate> ways;
  for (std::int64_t t = 0; t < steps; ++t) {
    const T* emission = chain.emissions + (t * chain.batch + sequence) * n;
    for (std::int64_t j = 0; j < n; ++j) {
      if (t == 0) {
        ways.push_back({chain.start[j] + emission[j], j, 0});
      } else {
        const auto& before = all[static_cast<std::size_t>(t - 1)];
        for (std::size_t k = 0; k < before.size(); ++k) {
          ways.push_back({before[k].score + chain.transitions[before[k].label * n + j] + emission[j], j, k});
        }
      }
      std::erase_if(ways, [](const Candidate& way) { return way.score == static_cast<T>(never); });
      keep(ways, all[static_cast<std::size_t>(t)]);
    }
  }
  std::vector<Candidate> ends;
  const auto& last = all.back();
  for (std::size_t k = 0; k < last.size(); ++k) ends.push_back({last[k].score + chain.end[last[k].label], last[k].label, k});
  std::erase_if(ends, [](const Candidate& way) { return way.score == static_cast<T>(never); });
  std::vector<Candidate> best;
  keep(ends, best);
  std::vector<std::pair<T, std::vector<std::int64_t>>> result;
  for (const Candidate& end : best) {
    std::vector<std::int64_t> path(static_cast<std::size_t>(steps));
    std::size_t place = end.before;
    for (std::int64_t t = steps - 1; t >= 0; --t) {
      const Candidate& here = all[static_cast<std::size_t>(t)][place];
      path[static_cast<std::size_t>(t)] = here.label;
      place = here.before;
    }
    result.emplace_back(end.score, std::move(path));
  }
  return result;
}

template void linear_chain_sum(const LinearChain<float>&, float*, const LinearChainPosterior<float>*);
template void linear_chain_sum(const LinearChain<double>&, double*, const LinearChainPosterior<double>*);
template std::vector<std::pair<float, std::vector<std::int64_t>>> linear_chain_best(const LinearChain<float>&, std::int64_t,
                                                                                    std::int64_t);
template std::vector<std::pair<double, std::vector<std::int64_t>>> linear_chain_best(const LinearChain<double>&,
                                                                                     std::int64_t, std::int64_t);

}  // namespace xgrad::kernels
