#include "autograd/kernels/ctc.h"

#include <algorithm>
#include <limits>

#include "autograd/kernels/vector_math.h"

namespace xgrad::kernels {

namespace {

template <class T>
constexpr T never = -std::numeric_limits<T>::infinity();

/// log(e^a + e^b + e^c)
template <class T>
Batch<T> log_of_sum(Batch<T> a, Batch<T> b, Batch<T> c) {
  const Batch<T> lowest(std::numeric_limits<T>::lowest());  // all may be infinite
  const Batch<T> largest = xsimd::max(xsimd::max(a, b), xsimd::max(c, lowest));
  return largest + kernels::log<T>(exp<T>(a - largest) + exp<T>(b - largest) + exp<T>(c - largest));
}

/// A sequence's places in whole vectors: those behind the last are never reached.
template <class T>
class Places {
 public:
  static constexpr std::size_t width = Batch<T>::size;
  /// Elements before and behind a row which its neighbours two places away may read.
  static constexpr std::size_t margin = 2;

  Places(const Alignment& one, std::int64_t blank)
      : labels_(one.labels), size_((labels_.size() + width - 1) / width * width), skip_(size_ + margin, never<T>) {
    for (std::size_t s = 0; s < labels_.size(); ++s) {
      if (one.skips(s, blank)) skip_[s] = 0;
    }
  }

  std::size_t size() const { return size_; }
  /// 0 for places that can be reached from two places before, and -inf for others.
  const T* skip() const { return skip_.data(); }
  /// What the places emit in a step.
  void emit(const T* log_probs, T* out) const {
    for (std::size_t s = 0; s < labels_.size(); ++s) out[s] = log_probs[labels_[s]];
    std::fill(out + labels_.size(), out + size_, never<T>);
  }

 private:
  const std::vector<std::int64_t>& labels_;
  std::size_t size_;
  std::vector<T> skip_;
};

template <class T>
T log_add(T a, T b) {
  return log_of_sum<T>(Batch<T>(a), Batch<T>(b), Batch<T>(never<T>)).get(0);
}

}  // namespace

template <class T>
T ctc_loss(const T* log_probs, std::int64_t stride, const Alignment& one, std::int64_t blank, bool zero_infinity,
           T* posterior) {
  using V = Batch<T>;
  const std::size_t count = one.labels.size();
  const auto steps = static_cast<std::size_t>(one.steps);
  if (steps == 0) return count == 1 ? T(0) : -never<T>;
  const Places<T> places(one, blank);
  constexpr std::size_t margin = Places<T>::margin;
  const std::size_t row = margin + places.size();
  const auto load = [](const T* data) { return V::load_unaligned(data); };
  std::vector<T> emitted(places.size());
  const auto emit = [&](std::size_t t) { places.emit(log_probs + static_cast<std::int64_t>(t) * stride, emitted.data()); };

  // alpha[t][s]: of all ways to be at place s after step t.
  std::vector<T> alphas(steps * row, never<T>);
  const auto alpha = [&](std::size_t t) { return alphas.data() + t * row + margin; };
  emit(0);
  std::copy_n(emitted.data(), std::min<std::size_t>(2, count), alpha(0));
  for (std::size_t t = 1; t < steps; ++t) {
    emit(t);
    const T* before = alpha(t - 1);
    for (std::size_t s = 0; s < places.size(); s += V::size) {
      const V skipped = load(before + s - 2) + load(places.skip() + s);
      const V sum = log_of_sum<T>(load(before + s), load(before + s - 1), skipped);
      (sum + load(emitted.data() + s)).store_unaligned(alpha(t) + s);
    }
  }
  const T* last = alpha(steps - 1);
  const T total = count == 1 ? last[0] : log_add(last[count - 1], last[count - 2]);
  if (posterior == nullptr || (zero_infinity && total == never<T>)) return -total;

  // beta[s]: of all ways to go on from place s after step t.
  std::vector<T> beta(places.size(), never<T>);
  std::vector<T> onwards(places.size() + margin, never<T>);
  std::vector<T> shares(places.size());
  for (std::size_t s = count - std::min<std::size_t>(2, count); s < count; ++s) beta[s] = 0;
  for (std::size_t t = steps; t-- > 0;) {
    T* to = posterior + static_cast<std::int64_t>(t) * stride;
    for (std::size_t s = 0; s < places.size(); s += V::size) {
      exp<T>(load(alpha(t) + s) + load(beta.data() + s) - V(total)).store_unaligned(shares.data() + s);
    }
    for (std::size_t s = 0; s < count; ++s) to[one.labels[s]] += shares[s];
    if (t == 0) break;
    emit(t);
    for (std::size_t s = 0; s < places.size(); s += V::size) {
      (load(beta.data() + s) + load(emitted.data() + s)).store_unaligned(onwards.data() + s);
    }
    for (std::size_t s = 0; s < places.size(); s += V::size) {
      const V skipped = load(onwards.data() + s + 2) + load(places.skip() + s + 2);
      log_of_sum<T>(load(onwards.data() + s), load(onwards.data() + s + 1), skipped).store_unaligned(beta.data() + s);
    }
  }
  return -total;
}

template float ctc_loss(const float*, std::int64_t, const Alignment&, std::int64_t, bool, float*);
template double ctc_loss(const double*, std::int64_t, const Alignment&, std::int64_t, bool, double*);

}  // namespace xgrad::kernels
