/// Errors of numbers and forecasts, computed in float64. Predictions and targets have one shape, any; NaN makes the result
/// NaN.
/// https://scikit-learn.org/stable/modules/model_evaluation.html#regression-metrics;
/// Hyndman and Koehler, 2006, https://doi.org/10.1016/j.ijforecast.2006.03.001
#pragma once

#include <cstdint>

#include "autograd/tensor/tensor.h"

namespace xgrad::metrics {

namespace detail {
/// Throws ValueError unless there are values.
void check_values(const char* metric, std::int64_t count);
}  // namespace detail

/// What means over errors share: `Metric` is the class derived from it.
template <class Metric>
class MeanMetric {
 public:
  /// Forgets all values.
  void reset() {
    sum_ = 0;
    count_ = 0;
  }
  /// Adds the values of another one.
  void merge(const Metric& other) {
    const MeanMetric& base = other;
    add(base.sum_, base.count_);
  }
  /// How many values there were.
  std::int64_t count() const { return count_; }

 protected:
  void add(double sum, std::int64_t count) {
    sum_ += sum;
    count_ += count;
  }
  double mean(const char* name) const {
    detail::check_values(name, count_);
    return sum_ / static_cast<double>(count_);
  }

 private:
  double sum_ = 0;
  std::int64_t count_ = 0;
};

/// mean |prediction - target|.
class MeanAbsoluteError : public MeanMetric<MeanAbsoluteError> {
 public:
  /// Adds values. Throws ShapeError unless both have one shape, TypeError for bool.
  void update(const Tensor& predictions, const Tensor& targets);
  /// Throws ValueError before the first value.
  double compute() const;
};

/// sqrt(mean (prediction - target)^2).
class RootMeanSquaredError : public MeanMetric<RootMeanSquaredError> {
 public:
  /// Adds values. Throws ShapeError unless both have one shape, TypeError for bool.
  void update(const Tensor& predictions, const Tensor& targets);
  /// Throws ValueError before the first value.
  double compute() const;
};

/// mean |prediction - target| / max(|target|, 2^-52): 0.1 is ten percent. Without bound where targets are near 0.
/// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_absolute_percentage_error.html
class MeanAbsolutePercentageError : public MeanMetric<MeanAbsolutePercentageError> {
 public:
  /// Adds values. Throws ShapeError unless both have one shape, TypeError for bool.
  void update(const Tensor& predictions, const Tensor& targets);
  /// Throws ValueError before the first value.
  double compute() const;
};

/// mean 2 |prediction - target| / (|prediction| + |target|), from 0 to 2; 0 where both are 0 (Makridakis, 1993).
class SymmetricMeanAbsolutePercentageError : public MeanMetric<SymmetricMeanAbsolutePercentageError> {
 public:
  /// Adds values. Throws ShapeError unless both have one shape, TypeError for bool.
  void update(const Tensor& predictions, const Tensor& targets);
  /// Throws ValueError before the first value.
  double compute() const;
};

/// The mean absolute error over that of the seasonal naive forecast within the training series (what was `season` steps ago
/// comes again): below 1 is better than that.
class MeanAbsoluteScaledError : public MeanMetric<MeanAbsoluteScaledError> {
 public:
  /// `train` is the training series, [time]. Throws ShapeError for other dimensions, ValueError where it is no longer than
  /// `season`, a season is below 1, or it repeats itself exactly: then there is no scale.
  explicit MeanAbsoluteScaledError(const Tensor& train, std::int64_t season = 1);
  /// Adds values. Throws ShapeError unless both have one shape, TypeError for bool.
  void update(const Tensor& predictions, const Tensor& targets);
  /// Throws ValueError before the first value.
  double compute() const;
  /// Adds the values of another one. Throws ValueError for one of another scale.
  void merge(const MeanAbsoluteScaledError& other);
  /// The mean absolute error of the seasonal naive forecast within the training series.
  double scale() const { return scale_; }

 private:
  double scale_;
};

/// 1 - sum (target - prediction)^2 / sum (target - mean target)^2: the share of the variance that is explained. Where all
/// targets are equal, 1 for perfect predictions and 0 for others, as scikit-learn has it.
/// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.r2_score.html
class R2Score {
 public:
  /// Adds values. Throws ShapeError unless both have one shape, TypeError for bool.
  void update(const Tensor& predictions, const Tensor& targets);
  /// Throws ValueError before the second value.
  double compute() const;
  /// Forgets all values.
  void reset();
  /// Adds the values of another one.
  void merge(const R2Score& other);

 private:
  double squared_error_ = 0;
  double mean_ = 0;
  double variation_ = 0;  ///< sum (target - mean)^2
  std::int64_t count_ = 0;
};

}  // namespace xgrad::metrics
