/// Scaling of columns, with numbers learnt from the training data and saved with the model.
#pragma once

#include <string>
#include <utility>

#include "autograd/tensor/tensor.h"

namespace xgrad::data {

/// Gives every column mean 0 and standard deviation 1: (x - mean) / std, with the standard deviation of the population.
/// A column of equal values is only shifted. NaN stands for a missing value: it counts in no mean, and stays.
///
///   data::StandardScaler scaler;
///   const Tensor train = scaler.fit_transform(table.numbers({"Open", "Volume"}));
///   scaler.save("scaler.safetensors");
///
/// Columns are the last dimension; all others are rows, so that windows [batch, time, columns] fit as well. A tensor of one
/// dimension is one column. Results have the dtype and shape of their argument, and no gradient.
/// https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.StandardScaler.html
class StandardScaler {
 public:
  /// Learns from `rows`, and forgets what it learnt before. Throws ShapeError for a 0-d tensor, ValueError for a column
  /// without a value, or with an infinite one.
  StandardScaler& fit(const Tensor& rows);
  /// Learns from more rows, as if all had come at once: for data larger than memory. Throws ShapeError for another number of
  /// columns, and as `fit`.
  StandardScaler& partial_fit(const Tensor& rows);
  /// Throws ValueError before `fit`, ShapeError for another number of columns.
  Tensor transform(const Tensor& rows) const;
  /// Undoes `transform`.
  Tensor inverse_transform(const Tensor& rows) const;
  /// `fit`, then `transform`.
  Tensor fit_transform(const Tensor& rows) { return fit(rows).transform(rows); }

  /// The mean of each column: [columns], float64. Undefined before `fit`.
  const Tensor& mean() const { return mean_; }
  /// What each column is divided by: its standard deviation, or 1. Undefined before `fit`.
  const Tensor& scale() const { return scale_; }

  /// Writes a safetensors file with the tensors `mean`, `variance` and `count`. Throws ValueError before `fit`, FileError.
  void save(const std::string& path) const;
  /// Reads what `save` wrote. Throws FileError that names the file where something else is in it.
  static StandardScaler load(const std::string& path);

 private:
  void set_scale();

  Tensor mean_;
  Tensor variance_;
  Tensor count_;  ///< values of each column
  Tensor scale_;
};

/// Brings every column into a range: (x - min) / (max - min), stretched to [low, high]. A column of equal values becomes
/// `low`. NaN stands for a missing value: it counts in no minimum, and stays. Columns are as for StandardScaler.
/// https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.MinMaxScaler.html
class MinMaxScaler {
 public:
  /// Throws ValueError unless low < high.
  explicit MinMaxScaler(double low = 0, double high = 1);
  /// Learns from `rows`, and forgets what it learnt before. Throws ShapeError for a 0-d tensor, ValueError for a column
  /// without a value, or with an infinite one.
  MinMaxScaler& fit(const Tensor& rows);
  /// Learns from more rows, as if all had come at once. Throws ShapeError for another number of columns, and as `fit`.
  MinMaxScaler& partial_fit(const Tensor& rows);
  /// Throws ValueError before `fit`, ShapeError for another number of columns.
  Tensor transform(const Tensor& rows) const;
  /// Undoes `transform`.
  Tensor inverse_transform(const Tensor& rows) const;
  /// `fit`, then `transform`.
  Tensor fit_transform(const Tensor& rows) { return fit(rows).transform(rows); }

  /// The least value of each column: [columns], float64. Undefined before `fit`.
  const Tensor& data_min() const { return data_min_; }
  /// The largest value of each column: [columns], float64. Undefined before `fit`.
  const Tensor& data_max() const { return data_max_; }
  /// The range that columns are brought into.
  std::pair<double, double> feature_range() const { return {low_, high_}; }

  /// Writes a safetensors file with the tensors `data_min`, `data_max` and `feature_range`. Throws ValueError before `fit`,
  /// FileError.
  void save(const std::string& path) const;
  /// Reads what `save` wrote. Throws FileError that names the file where something else is in it.
  static MinMaxScaler load(const std::string& path);

 private:
  double low_;
  double high_;
  Tensor data_min_;
  Tensor data_max_;
};

}  // namespace xgrad::data
