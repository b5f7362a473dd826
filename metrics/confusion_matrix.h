/// Which classes are taken for which.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad::metrics {

/// How often each class was taken for each: row by what is right, column by what was predicted.
///
///   metrics::ConfusionMatrix matrix(3);
///   matrix.update(model->forward(x), y);  // scores [batch, 3], classes [batch]
///   std::cout << matrix.to_string({"ham", "spam", "other"});
///
/// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.confusion_matrix.html
class ConfusionMatrix {
 public:
  /// Throws ValueError unless there is a class.
  explicit ConfusionMatrix(std::int64_t classes);

  /// Adds examples. `targets` are classes, of any shape and an integer dtype; `predictions` are classes of the same shape,
  /// or scores of a floating dtype with one more dimension at the end, of `classes()` elements: the greatest one counts,
  /// the first one of equals. Throws ShapeError, TypeError for another dtype, IndexError for a class that there is not,
  /// ValueError for a score that is NaN.
  void update(const Tensor& predictions, const Tensor& targets);
  /// Adds one example. Throws IndexError for a class that there is not.
  void update(std::int64_t prediction, std::int64_t target);
  /// [classes, classes], int64.
  Tensor compute() const;
  /// Forgets all examples.
  void reset();
  /// Adds the examples of another one. Throws ValueError for another number of classes.
  void merge(const ConfusionMatrix& other);

  std::int64_t classes() const { return classes_; }
  /// How often `target` was taken for `prediction`. Throws IndexError for a class that there is not.
  std::int64_t count(std::int64_t target, std::int64_t prediction) const;
  /// How many examples there were.
  std::int64_t total() const { return total_; }
  /// How many examples are of a class. Throws IndexError.
  std::int64_t target_count(std::int64_t c) const;
  /// How often a class was predicted. Throws IndexError.
  std::int64_t prediction_count(std::int64_t c) const;

  /// A table with names at its sides; names longer than 12 characters are cut. Throws ValueError unless there is a name for
  /// each class.
  std::string to_string(const std::vector<std::string>& names) const;

 private:
  std::int64_t classes_;
  std::int64_t total_ = 0;
  std::vector<std::int64_t> counts_;  ///< [target][prediction]
};

}  // namespace xgrad::metrics
