/// Predictions as metrics take them. For .cpp files.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad::metrics::detail {

/// Classes, from classes or scores, and the right ones. `classes` is the number of scores for each, -1 for any. Throws as
/// ConfusionMatrix::update, but for classes that there are not.
struct Classes {
  Classes(const char* metric, const Tensor& predictions, const Tensor& targets, std::int64_t classes = -1);
  std::vector<std::int64_t> predictions;
  std::vector<std::int64_t> targets;
};

/// Numbers and the right ones. Throws ShapeError unless both have one shape, TypeError for bool.
struct Numbers {
  Numbers(const char* metric, const Tensor& predictions, const Tensor& targets);
  std::vector<double> predictions;
  std::vector<double> targets;
};

}  // namespace xgrad::metrics::detail
