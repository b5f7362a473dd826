/// Accuracy, precision, recall and F1 of classifications, as scikit-learn defines them.
/// https://scikit-learn.org/stable/modules/model_evaluation.html#classification-metrics
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "metrics/confusion_matrix.h"

namespace xgrad::metrics {

/// The share of right predictions.
class Accuracy {
 public:
  /// Adds examples. `targets` are classes, of any shape and an integer dtype; `predictions` are classes of the same shape,
  /// or scores of a floating dtype with one more dimension at the end, whose greatest element counts, the first one of
  /// equals. Throws ShapeError, TypeError for another dtype, ValueError for a score that is NaN.
  void update(const Tensor& predictions, const Tensor& targets);
  /// Adds one example.
  void update(bool correct);
  /// correct / total. Throws ValueError before the first example.
  double compute() const;
  /// Forgets all examples.
  void reset();
  /// Adds the examples of another one.
  void merge(const Accuracy& other);

  /// How many were right.
  std::int64_t correct() const { return correct_; }
  /// How many predictions there were.
  std::int64_t total() const { return total_; }

 private:
  std::int64_t correct_ = 0;
  std::int64_t total_ = 0;
};

/// How the figures of classes become one.
enum class Average {
  Micro,     ///< of all examples together: then precision, recall and F1 are the accuracy
  Macro,     ///< the mean of the classes that occur, in what is right or in what was predicted
  Weighted,  ///< their mean, weighted by how many examples each has
};

/// What metrics over a confusion matrix share.
class ConfusionMetric {
 public:
  /// Adds examples, as ConfusionMatrix::update.
  void update(const Tensor& predictions, const Tensor& targets) { matrix_.update(predictions, targets); }
  /// Adds one example. Throws IndexError for a class that there is not.
  void update(std::int64_t prediction, std::int64_t target) { matrix_.update(prediction, target); }
  /// Forgets all examples.
  void reset() { matrix_.reset(); }
  /// Adds the examples of another one. Throws ValueError for another number of classes.
  void merge(const ConfusionMetric& other) { matrix_.merge(other.matrix_); }
  const ConfusionMatrix& confusion_matrix() const { return matrix_; }

 protected:
  explicit ConfusionMetric(std::int64_t classes) : matrix_(classes) {}
  explicit ConfusionMetric(ConfusionMatrix matrix) : matrix_(std::move(matrix)) {}
  ConfusionMatrix matrix_;
};

/// The mean recall of the classes that have examples: what is left of the accuracy where one class outnumbers the others.
/// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.balanced_accuracy_score.html
class BalancedAccuracy : public ConfusionMetric {
 public:
  /// Throws ValueError unless there is a class.
  explicit BalancedAccuracy(std::int64_t classes) : ConfusionMetric(classes) {}
  /// Of examples that were counted elsewhere.
  explicit BalancedAccuracy(ConfusionMatrix matrix) : ConfusionMetric(std::move(matrix)) {}
  /// Throws ValueError before the first example.
  double compute() const;
};

/// Of what was predicted as a class, the share that is of it: true positives / predicted. 0 for a class never predicted.
class Precision : public ConfusionMetric {
 public:
  /// Throws ValueError unless there is a class.
  explicit Precision(std::int64_t classes, Average average = Average::Macro) : ConfusionMetric(classes), average_(average) {}
  /// Of examples that were counted elsewhere.
  explicit Precision(ConfusionMatrix matrix, Average average = Average::Macro)
      : ConfusionMetric(std::move(matrix)), average_(average) {}
  /// Throws ValueError before the first example.
  double compute() const;
  std::vector<double> per_class() const;

 private:
  Average average_;
};

/// Of what is of a class, the share that was found: true positives / examples of the class. 0 for a class without examples.
class Recall : public ConfusionMetric {
 public:
  /// Throws ValueError unless there is a class.
  explicit Recall(std::int64_t classes, Average average = Average::Macro) : ConfusionMetric(classes), average_(average) {}
  /// Of examples that were counted elsewhere.
  explicit Recall(ConfusionMatrix matrix, Average average = Average::Macro)
      : ConfusionMetric(std::move(matrix)), average_(average) {}
  /// Throws ValueError before the first example.
  double compute() const;
  std::vector<double> per_class() const;

 private:
  Average average_;
};

/// The harmonic mean of precision and recall of a class: 2 true positives / (predicted + examples of the class). 0 for a
/// class that does not occur.
class F1Score : public ConfusionMetric {
 public:
  /// Throws ValueError unless there is a class.
  explicit F1Score(std::int64_t classes, Average average = Average::Macro) : ConfusionMetric(classes), average_(average) {}
  /// Of examples that were counted elsewhere.
  explicit F1Score(ConfusionMatrix matrix, Average average = Average::Macro)
      : ConfusionMetric(std::move(matrix)), average_(average) {}
  /// Throws ValueError before the first example.
  double compute() const;
  std::vector<double> per_class() const;

 private:
  Average average_;
};

/// A table with precision, recall, F1 and number of examples of each class, then their means. Throws ValueError unless there
/// is a name for each class.
/// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.classification_report.html
std::string classification_report(const ConfusionMatrix& matrix, const std::vector<std::string>& names);

}  // namespace xgrad::metrics
