#include "data/tabular/scaler.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <span>

#include "autograd/base/check.h"
#include "autograd/io/safetensors.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::data {

namespace {

/// [rows, columns], contiguous float64.
Tensor as_matrix(const char* operation, const Tensor& rows) {
  check<ShapeError>(rows.dim() > 0, "{}: a 0-d tensor has no rows", operation);
  const std::int64_t columns = rows.dim() == 1 ? 1 : rows.sizes().back();
  check<ShapeError>(columns > 0, "{}: {} has no columns", operation, rows.sizes());
  return rows.detach().to(kFloat64).contiguous().reshape({rows.numel() / columns, columns});
}

void check_columns(const char* operation, std::int64_t expected, std::int64_t columns) {
  check<ShapeError>(expected == columns, "{}: expected {} columns, got {}", operation, expected, columns);
}

/// Columns to learn from: nothing can be scaled by what has infinities.
Tensor as_finite_matrix(const char* operation, const Tensor& rows) {
  Tensor matrix = as_matrix(operation, rows);
  const std::int64_t columns = matrix.sizes()[1];
  const auto* values = matrix.data_ptr<double>();
  for (std::int64_t i = 0; i < matrix.numel(); ++i) {
    check<ValueError>(!std::isinf(values[i]), "{}: column {} has an infinite value", operation, i % columns);
  }
  return matrix;
}

/// rows * factor + offset, column by column, in the dtype and shape of `rows`: integers become the default dtype.
template <class Function>
Tensor map_columns(const char* operation, const Tensor& rows, const Tensor& learnt, Function&& function) {
  check<ValueError>(learnt.defined(), "{}: fit comes first", operation);
  const NoGradGuard no_grad;
  const Tensor matrix = as_matrix(operation, rows);
  check_columns(operation, learnt.numel(), matrix.sizes()[1]);
  const Dtype dtype = rows.is_floating_point() ? rows.dtype() : default_dtype();
  return function(matrix).reshape(rows.sizes()).to(dtype);
}

std::span<double> elements(const Tensor& tensor) {
  return {tensor.data_ptr<double>(), static_cast<std::size_t>(tensor.numel())};
}

/// The tensors of a scaler's file, all of one dimension and float64.
std::map<std::string, Tensor> load_columns(const std::string& scaler, const std::string& path,
                                           std::initializer_list<const char*> names) {
  std::map<std::string, Tensor> tensors = load_safetensors(path);
  for (const char* name : names) {
    const auto entry = tensors.find(name);
    const bool fits = entry != tensors.end() && entry->second.dim() == 1 && entry->second.dtype() == kFloat64;
    check<FileError>(fits, "{}::load: {}: expected float64 numbers of one dimension named {}", scaler, path, name);
  }
  return tensors;
}

}  // namespace

StandardScaler& StandardScaler::fit(const Tensor& rows) {
  StandardScaler fresh;
  fresh.partial_fit(rows);
  return *this = fresh;
}

StandardScaler& StandardScaler::partial_fit(const Tensor& rows) {
  constexpr const char* operation = "StandardScaler::fit";
  const Tensor matrix = as_finite_matrix(operation, rows);
  const std::int64_t columns = matrix.sizes()[1];
  if (mean_.defined()) check_columns(operation, mean_.numel(), columns);
  const Tensor mean = zeros({columns}, kFloat64);
  const Tensor variance = zeros({columns}, kFloat64);
  const Tensor count = zeros({columns}, kFloat64);
  const auto values = matrix.accessor<double, 2>();
  for (std::int64_t j = 0; j < columns; ++j) {
    double n = 0;
    double sum = 0;
    for (std::int64_t i = 0; i < matrix.sizes()[0]; ++i) {
      if (std::isnan(values[i][j])) continue;
      sum += values[i][j];
      ++n;
    }
    check<ValueError>(n > 0 || mean_.defined(), "{}: column {} has no values", operation, j);
    double m = n > 0 ? sum / n : 0;
    // The sum's rounding errors grow with the rows; those of the differences are small.
    double differences = 0;
    for (std::int64_t i = 0; i < matrix.sizes()[0]; ++i) {
      if (!std::isnan(values[i][j])) differences += values[i][j] - m;
    }
    if (n > 0) m += differences / n;
    double squares = 0;
    for (std::int64_t i = 0; i < matrix.sizes()[0]; ++i) {
      if (!std::isnan(values[i][j])) squares += (values[i][j] - m) * (values[i][j] - m);
    }
    if (mean_.defined()) {
      // Two samples as one (Chan, Golub and LeVeque, 1979).
      const auto index = static_cast<std::size_t>(j);
      const double before = elements(count_)[index];
      const double difference = m - elements(mean_)[index];
      const double total = before + n;
      squares += elements(variance_)[index] * before + difference * difference * before * n / total;
      m = elements(mean_)[index] + difference * n / total;
      n = total;
    }
    elements(mean)[static_cast<std::size_t>(j)] = m;
    elements(variance)[static_cast<std::size_t>(j)] = squares / n;
    elements(count)[static_cast<std::size_t>(j)] = n;
  }
  mean_ = mean;
  variance_ = variance;
  count_ = count;
  set_scale();
  return *this;
}

void StandardScaler::set_scale() {
  scale_ = empty_like(variance_);
  for (std::size_t i = 0; i < elements(scale_).size(); ++i) {
    // Equal values leave rounding errors behind, which are no spread: of the mean alone, however many rows there are.
    const double rounding = std::abs(elements(mean_)[i]) * 10 * std::numeric_limits<double>::epsilon();
    const double deviation = std::sqrt(elements(variance_)[i]);
    elements(scale_)[i] = deviation > rounding ? deviation : 1;
  }
}

Tensor StandardScaler::transform(const Tensor& rows) const {
  return map_columns("StandardScaler::transform", rows, mean_, [this](const Tensor& x) { return (x - mean_) / scale_; });
}

Tensor StandardScaler::inverse_transform(const Tensor& rows) const {
  return map_columns("StandardScaler::inverse_transform", rows, mean_,
                     [this](const Tensor& x) { return x * scale_ + mean_; });
}

void StandardScaler::save(const std::string& path) const {
  check<ValueError>(mean_.defined(), "StandardScaler::save: fit comes first");
  save_safetensors({{"mean", mean_}, {"variance", variance_}, {"count", count_}}, path, {{"format", "StandardScaler"}});
}

StandardScaler StandardScaler::load(const std::string& path) {
  const auto tensors = load_columns("StandardScaler", path, {"mean", "variance", "count"});
  StandardScaler scaler;
  scaler.mean_ = tensors.at("mean");
  scaler.variance_ = tensors.at("variance");
  scaler.count_ = tensors.at("count");
  const bool fits = scaler.variance_.numel() == scaler.mean_.numel() && scaler.count_.numel() == scaler.mean_.numel() &&
                    std::ranges::all_of(elements(scaler.mean_), [](double m) { return std::isfinite(m); }) &&
                    std::ranges::all_of(elements(scaler.variance_), [](double v) { return v >= 0 && std::isfinite(v); }) &&
                    std::ranges::all_of(elements(scaler.count_), [](double n) { return n >= 1 && std::isfinite(n); });
  check<FileError>(fits, "StandardScaler::load: {}: mean, variance and count do not belong together", path);
  scaler.set_scale();
  return scaler;
}

MinMaxScaler::MinMaxScaler(double low, double high) : low_(low), high_(high) {
  check<ValueError>(low < high && std::isfinite(low) && std::isfinite(high), "MinMaxScaler: [{}, {}] is no range", low,
                    high);
}

MinMaxScaler& MinMaxScaler::fit(const Tensor& rows) {
  MinMaxScaler fresh(low_, high_);
  fresh.partial_fit(rows);
  return *this = fresh;
}

MinMaxScaler& MinMaxScaler::partial_fit(const Tensor& rows) {
  constexpr const char* operation = "MinMaxScaler::fit";
  const Tensor matrix = as_finite_matrix(operation, rows);
  const std::int64_t columns = matrix.sizes()[1];
  if (data_min_.defined()) check_columns(operation, data_min_.numel(), columns);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Tensor low = data_min_.defined() ? data_min_.clone() : full({columns}, infinity, kFloat64);
  const Tensor high = data_max_.defined() ? data_max_.clone() : full({columns}, -infinity, kFloat64);
  const auto values = matrix.accessor<double, 2>();
  for (std::int64_t j = 0; j < columns; ++j) {
    double& least = elements(low)[static_cast<std::size_t>(j)];
    double& most = elements(high)[static_cast<std::size_t>(j)];
    for (std::int64_t i = 0; i < matrix.sizes()[0]; ++i) {
      if (std::isnan(values[i][j])) continue;
      least = std::min(least, values[i][j]);
      most = std::max(most, values[i][j]);
    }
    check<ValueError>(least <= most, "{}: column {} has no values", operation, j);
  }
  data_min_ = low;
  data_max_ = high;
  return *this;
}

namespace {

/// The widths of columns, 1 where there is none.
Tensor widths(const Tensor& data_min, const Tensor& data_max) {
  Tensor result = data_max - data_min;
  for (double& width : elements(result)) width = width > 0 ? width : 1;
  return result;
}

}  // namespace

Tensor MinMaxScaler::transform(const Tensor& rows) const {
  return map_columns("MinMaxScaler::transform", rows, data_min_, [this](const Tensor& x) {
    return (x - data_min_) / widths(data_min_, data_max_) * (high_ - low_) + low_;
  });
}

Tensor MinMaxScaler::inverse_transform(const Tensor& rows) const {
  return map_columns("MinMaxScaler::inverse_transform", rows, data_min_, [this](const Tensor& x) {
    return (x - low_) / (high_ - low_) * widths(data_min_, data_max_) + data_min_;
  });
}

void MinMaxScaler::save(const std::string& path) const {
  check<ValueError>(data_min_.defined(), "MinMaxScaler::save: fit comes first");
  save_safetensors({{"data_min", data_min_}, {"data_max", data_max_}, {"feature_range", tensor({low_, high_}, kFloat64)}},
                   path, {{"format", "MinMaxScaler"}});
}

MinMaxScaler MinMaxScaler::load(const std::string& path) {
  const auto tensors = load_columns("MinMaxScaler", path, {"data_min", "data_max", "feature_range"});
  const Tensor& low = tensors.at("data_min");
  const Tensor& high = tensors.at("data_max");
  const auto range = elements(tensors.at("feature_range"));
  bool fits = range.size() == 2 && range[0] < range[1] && std::isfinite(range[1] - range[0]) && low.numel() == high.numel();
  for (std::size_t i = 0; fits && i < elements(low).size(); ++i) fits = elements(low)[i] <= elements(high)[i];
  check<FileError>(fits, "MinMaxScaler::load: {}: data_min, data_max and feature_range do not belong together", path);
  MinMaxScaler scaler(range[0], range[1]);
  scaler.data_min_ = low;
  scaler.data_max_ = high;
  return scaler;
}

}  // namespace xgrad::data
