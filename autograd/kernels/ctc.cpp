#include "autograd/kernels/ctc.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "autograd/kernels/vector_math.h"

namespace xgrad::kernels {

namespace {

template <class T>
T log_add(T a, T b) {
  if (a < b) std::swap(a, b);
  return b == -std::numeric_limits<T>::infinity() ? a : a + std::log1p(std::exp(b - a));
}

/// In logarithms: for any numbers, and slowly.
template <class T>
T align_logarithms(const T* log_probs, std::int64_t stride, const CtcAlignment& one, bool zero_infinity, T* posterior) {
  constexpr T never = -std::numeric_limits<T>::infinity();
  const std::size_t places = one.places.size();
  const auto steps = static_cast<std::size_t>(one.steps);
  const auto emit = [&](std::size_t t, std::size_t s) {
    return log_probs[static_cast<std::int64_t>(t) * stride + one.places[s]];
  };
  // alpha[t][s]: of all ways to be at place s after step t.
  std::vector<T> alpha(steps * places, never);
  for (std::size_t s = 0; s < std::min<std::size_t>(2, places); ++s) alpha[s] = emit(0, s);
  for (std::size_t t = 1; t < steps; ++t) {
    const T* before = &alpha[(t - 1) * places];
    for (std::size_t s = 0; s < places; ++s) {
      T sum = before[s];
      if (s >= 1) sum = log_add(sum, before[s - 1]);
      if (one.skips(s)) sum = log_add(sum, before[s - 2]);
      alpha[t * places + s] = sum + emit(t, s);
    }
  }
  const T* last = &alpha[(steps - 1) * places];
  const T total = places == 1 ? last[0] : log_add(last[places - 1], last[places - 2]);
  if (posterior == nullptr || (zero_infinity && total == never)) return -total;

  // beta[s]: of all ways to go on from place s after step t.
  std::vector<T> beta(places, never);
  std::vector<T> next(places);
  for (std::size_t s = places - std::min<std::size_t>(2, places); s < places; ++s) beta[s] = 0;
  for (std::size_t t = steps; t-- > 0;) {
    T* row = posterior + static_cast<std::int64_t>(t) * stride;
    for (std::size_t s = 0; s < places; ++s) row[one.places[s]] += std::exp(alpha[t * places + s] + beta[s] - total);
    if (t == 0) break;
    for (std::size_t s = 0; s < places; ++s) {
      T sum = beta[s] + emit(t, s);
      if (s + 1 < places) sum = log_add(sum, beta[s + 1] + emit(t, s + 1));
      if (s + 2 < places && one.skips(s + 2)) sum = log_add(sum, beta[s + 2] + emit(t, s + 2));
      next[s] = sum;
    }
    std::swap(beta, next);
  }
  return -total;
}

/// Sums are kept in as many parts, whatever the vectors' width.
constexpr std::size_t ctc_lanes = 8;

double sum_in_lanes(const double* x, std::size_t n) {
  double parts[ctc_lanes] = {};
  for (std::size_t i = 0; i < n; i += ctc_lanes) {
    for (std::size_t k = 0; k < ctc_lanes; ++k) parts[k] += x[i + k];
  }
  return ((parts[0] + parts[4]) + (parts[2] + parts[6])) + ((parts[1] + parts[5]) + (parts[3] + parts[7]));
}

double dot_in_lanes(const double* x, const double* y, std::size_t n) {
  double parts[ctc_lanes] = {};
  for (std::size_t i = 0; i < n; i += ctc_lanes) {
    for (std::size_t k = 0; k < ctc_lanes; ++k) parts[k] += x[i + k] * y[i + k];
  }
  return ((parts[0] + parts[4]) + (parts[2] + parts[6])) + ((parts[1] + parts[5]) + (parts[3] + parts[7]));
}

/// In probabilities that each step scales to a sum of 1: a multiplication and two additions for a place, in vectors.
///
/// What falls below `least` is dropped. At every step the ways there and the ways on, each scaled to a sum of 1, have to
/// agree to more than `enough`: what was dropped is then too little to be seen in a double. Otherwise there is no result.
class ScaledAlignment {
 public:
  template <class T>
  ScaledAlignment(const T* log_probs, std::int64_t stride, const CtcAlignment& one)
      : one_(one),
        steps_(static_cast<std::size_t>(one.steps)),
        labels_(one.places.size() / 2),
        width_((labels_ + 2 + ctc_lanes - 1) / ctc_lanes * ctc_lanes),
        emitted_(steps_ * width_, 0.0),
        skip_(width_, 0.0),
        alpha_(steps_ * 2 * width_, 0.0) {
    for (std::size_t l = 1; l <= labels_; ++l) skip_[l] = one.skips(2 * l - 1) ? 1 : 0;
    for (std::size_t t = 0; t < steps_; ++t) {
      const T* row = log_probs + static_cast<std::int64_t>(t) * stride;
      double* target = &emitted_[t * width_];
      // The blank, and each label.
      target[0] = static_cast<double>(row[one.places[0]]);
      double largest = target[0];
      for (std::size_t l = 1; l <= labels_; ++l) {
        target[l] = static_cast<double>(row[one.places[2 * l - 1]]);
        largest = std::max(largest, target[l]);
      }
      for (std::size_t l = 0; l <= labels_; ++l) target[l] -= largest;
      log_scale_ += largest;
    }
    static_assert(ctc_lanes % Batch<double>::size == 0);
    for (std::size_t i = 0; i < emitted_.size(); i += Batch<double>::size) {
      kernels::exp<double>(Batch<double>::load_unaligned(&emitted_[i])).store_unaligned(&emitted_[i]);
    }
  }

  /// The logarithm of the probability, and the posterior added to `posterior`, where there is one.
  template <class T>
  std::optional<double> run(std::int64_t stride, T* posterior) {
    if (!forward()) return std::nullopt;
    const double* last = &alpha_[(steps_ - 1) * 2 * width_];
    const double total = std::log(last[labels_] + last[width_ + labels_]) + log_scale_;
    if (!std::isfinite(total) || !agrees_everywhere()) return std::nullopt;
    if (posterior != nullptr) {
      for (std::size_t t = 0; t < steps_; ++t) {
        const double* shares = &alpha_[t * 2 * width_];  // by now
        T* row = posterior + static_cast<std::int64_t>(t) * stride;
        row[one_.places[0]] += static_cast<T>(sum_in_lanes(shares, width_));
        for (std::size_t l = 1; l <= labels_; ++l) row[one_.places[2 * l - 1]] += static_cast<T>(shares[width_ + l]);
      }
    }
    return total;
  }

 private:
  static constexpr double least = 1e-280;
  static constexpr double enough = 1e-200;

  /// Scales both rows to a sum of 1 in all. Returns what the sum was.
  double normalize(double* row) const {
    const double sum = sum_in_lanes(row, 2 * width_);
    const double factor = 1 / sum;
    for (std::size_t i = 0; i < 2 * width_; ++i) {
      const double scaled = row[i] * factor;
      row[i] = scaled < least ? 0 : scaled;
    }
    return sum;
  }

  /// Row t: weights of the blanks 0 to labels, then of the labels 1 to labels, behind a place that is nobody's.
  bool forward() {
    for (std::size_t t = 0; t < steps_; ++t) {
      double* blanks = &alpha_[t * 2 * width_];
      double* labels = blanks + width_;
      const double* emitted = &emitted_[t * width_];
      const double blank = emitted[0];
      if (t == 0) {
        blanks[0] = blank;
        if (labels_ > 0) labels[1] = emitted[1];
      } else {
        const double* blanks_before = blanks - 2 * width_;
        const double* labels_before = labels - 2 * width_;
        for (std::size_t l = 0; l <= labels_; ++l) blanks[l] = (blanks_before[l] + labels_before[l]) * blank;
        for (std::size_t l = 1; l <= labels_; ++l) {
          labels[l] = (labels_before[l] + blanks_before[l - 1] + skip_[l] * labels_before[l - 1]) * emitted[l];
        }
      }
      const double sum = normalize(blanks);
      if (!(sum > least)) return false;
      log_scale_ += std::log(sum);
    }
    return true;
  }

  /// From the end: the weights of the ways on. alpha becomes each place's share of its step.
  bool agrees_everywhere() {
    std::vector<double> beta(2 * width_, 0.0);
    std::vector<double> emitted_beta(2 * width_, 0.0);
    double* blanks = beta.data();
    double* labels = blanks + width_;
    blanks[labels_] = 1;
    if (labels_ > 0) labels[labels_] = 1;
    for (std::size_t t = steps_; t-- > 0;) {
      double* alpha = &alpha_[t * 2 * width_];
      const double agreement = dot_in_lanes(alpha, beta.data(), 2 * width_);
      if (!(agreement > enough)) return false;
      const double factor = 1 / agreement;
      for (std::size_t i = 0; i < 2 * width_; ++i) alpha[i] = alpha[i] * beta[i] * factor;
      const double* emitted = &emitted_[t * width_];
      double* emitted_blanks = emitted_beta.data();
      double* emitted_labels = emitted_blanks + width_;
      for (std::size_t l = 0; l <= labels_; ++l) emitted_blanks[l] = emitted[0] * blanks[l];
      for (std::size_t l = 1; l <= labels_; ++l) emitted_labels[l] = emitted[l] * labels[l];
      for (std::size_t l = 0; l <= labels_; ++l) blanks[l] = emitted_blanks[l] + emitted_labels[l + 1];
      for (std::size_t l = 1; l <= labels_; ++l) {
        labels[l] = emitted_labels[l] + emitted_blanks[l] + skip_[l + 1] * emitted_labels[l + 1];
      }
      if (t > 0 && !(normalize(beta.data()) > least)) return false;
    }
    return true;
  }

  const CtcAlignment& one_;
  std::size_t steps_;
  std::size_t labels_;
  std::size_t width_;            ///< room for a number for each label, one before them and one behind
  std::vector<double> emitted_;  ///< (steps, width): probabilities of the blank and of the labels, over the step's largest
  std::vector<double> skip_;     ///< (width): 1 for labels that may follow the one before at once
  std::vector<double> alpha_;    ///< (steps, 2, width): blanks and labels
  double log_scale_ = 0;
};

}  // namespace

template <class T>
T ctc_align(const T* log_probs, std::int64_t stride, const CtcAlignment& sequence, bool zero_infinity, T* posterior) {
  if (sequence.steps == 0) return sequence.places.size() == 1 ? T(0) : std::numeric_limits<T>::infinity();
  const std::optional<double> total = ScaledAlignment(log_probs, stride, sequence).run(stride, posterior);
  if (total) return static_cast<T>(-*total);
  return align_logarithms(log_probs, stride, sequence, zero_infinity, posterior);
}

template float ctc_align(const float*, std::int64_t, const CtcAlignment&, bool, float*);
template double ctc_align(const double*, std::int64_t, const CtcAlignment&, bool, double*);

}  // namespace xgrad::kernels
