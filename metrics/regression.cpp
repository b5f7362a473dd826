#include "metrics/regression.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "autograd/base/check.h"
#include "metrics/predictions.h"

namespace xgrad::metrics {

namespace {

template <class Error>
double sum_of(const detail::Numbers& numbers, Error error) {
  double sum = 0;
  for (std::size_t i = 0; i < numbers.targets.size(); ++i) sum += error(numbers.predictions[i], numbers.targets[i]);
  return sum;
}

double absolute_error(double prediction, double target) { return std::abs(prediction - target); }

std::int64_t count_of(const detail::Numbers& numbers) { return static_cast<std::int64_t>(numbers.targets.size()); }

}  // namespace

void detail::check_values(const char* metric, std::int64_t count) {
  check<ValueError>(count > 0, "{}: expected values before compute()", metric);
}

void MeanAbsoluteError::update(const Tensor& predictions, const Tensor& targets) {
  const detail::Numbers numbers("MeanAbsoluteError", predictions, targets);
  add(sum_of(numbers, absolute_error), count_of(numbers));
}

double MeanAbsoluteError::compute() const { return mean("MeanAbsoluteError"); }

void RootMeanSquaredError::update(const Tensor& predictions, const Tensor& targets) {
  const detail::Numbers numbers("RootMeanSquaredError", predictions, targets);
  add(sum_of(numbers, [](double prediction, double target) { return (prediction - target) * (prediction - target); }),
      count_of(numbers));
}

double RootMeanSquaredError::compute() const { return std::sqrt(mean("RootMeanSquaredError")); }

void MeanAbsolutePercentageError::update(const Tensor& predictions, const Tensor& targets) {
  const detail::Numbers numbers("MeanAbsolutePercentageError", predictions, targets);
  const auto error = [](double prediction, double target) {
    constexpr double least = std::numeric_limits<double>::epsilon();
    return absolute_error(prediction, target) / std::max(std::abs(target), least);
  };
  add(sum_of(numbers, error), count_of(numbers));
}

double MeanAbsolutePercentageError::compute() const { return mean("MeanAbsolutePercentageError"); }

void SymmetricMeanAbsolutePercentageError::update(const Tensor& predictions, const Tensor& targets) {
  const detail::Numbers numbers("SymmetricMeanAbsolutePercentageError", predictions, targets);
  const auto error = [](double prediction, double target) {
    const double size = std::abs(prediction) + std::abs(target);
    return size == 0 ? 0 : 2 * absolute_error(prediction, target) / size;
  };
  add(sum_of(numbers, error), count_of(numbers));
}

double SymmetricMeanAbsolutePercentageError::compute() const { return mean("SymmetricMeanAbsolutePercentageError"); }

MeanAbsoluteScaledError::MeanAbsoluteScaledError(const Tensor& train, std::int64_t season) {
  check<ValueError>(train.defined() && season >= 1,
                    "MeanAbsoluteScaledError: expected a series and a season of 1 or more, got {}", season);
  check<ShapeError>(train.dim() == 1, "MeanAbsoluteScaledError: expected a training series [time], got shape {}",
                    train.sizes());
  check<ValueError>(train.size(0) > season,
                    "MeanAbsoluteScaledError: expected a training series longer than the season of {}, got {} values",
                    season, train.size(0));
  const std::vector<double> values = train.to_vector<double>();
  double sum = 0;
  const auto lag = static_cast<std::size_t>(season);
  for (std::size_t i = lag; i < values.size(); ++i) sum += std::abs(values[i] - values[i - lag]);
  scale_ = sum / static_cast<double>(values.size() - lag);
  check<ValueError>(scale_ != 0,
                    "MeanAbsoluteScaledError: the training series repeats itself after {} exactly: there is no scale",
                    season);
}

void MeanAbsoluteScaledError::update(const Tensor& predictions, const Tensor& targets) {
  const detail::Numbers numbers("MeanAbsoluteScaledError", predictions, targets);
  add(sum_of(numbers, absolute_error), count_of(numbers));
}

void MeanAbsoluteScaledError::merge(const MeanAbsoluteScaledError& other) {
  check<ValueError>(other.scale_ == scale_, "MeanAbsoluteScaledError: expected one of the same scale {}, got {}", scale_,
                    other.scale_);
  MeanMetric::merge(other);
}

double MeanAbsoluteScaledError::compute() const { return mean("MeanAbsoluteScaledError") / scale_; }

void R2Score::update(const Tensor& predictions, const Tensor& targets) {
  const detail::Numbers numbers("R2Score", predictions, targets);
  for (std::size_t i = 0; i < numbers.targets.size(); ++i) {
    const double error = numbers.targets[i] - numbers.predictions[i];
    squared_error_ += error * error;
    ++count_;
    // Welford's way: sums of squares would cancel out.
    const double difference = numbers.targets[i] - mean_;
    mean_ += difference / static_cast<double>(count_);
    variation_ += difference * (numbers.targets[i] - mean_);
  }
}

double R2Score::compute() const {
  check<ValueError>(count_ > 1, "R2Score: expected two values or more before compute(), got {}", count_);
  if (variation_ == 0) return squared_error_ == 0 ? 1 : 0;
  return 1 - squared_error_ / variation_;
}

void R2Score::reset() { *this = R2Score(); }

void R2Score::merge(const R2Score& other) {
  if (other.count_ == 0) return;
  if (count_ == 0) {  // the mean would be rounded
    *this = other;
    return;
  }
  const auto mine = static_cast<double>(count_);
  const auto theirs = static_cast<double>(other.count_);
  const double difference = other.mean_ - mean_;
  variation_ += other.variation_ + difference * difference * mine * theirs / (mine + theirs);
  mean_ += difference * theirs / (mine + theirs);
  squared_error_ += other.squared_error_;
  count_ += other.count_;
}

}  // namespace xgrad::metrics
