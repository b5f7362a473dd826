#include "metrics/predictions.h"

#include <cmath>
#include <cstddef>
#include <string>

#include "autograd/base/check.h"

namespace xgrad::metrics::detail {

namespace {

/// The greatest of each row's scores.
std::vector<std::int64_t> best_classes(const char* metric, const Tensor& scores) {
  const std::int64_t classes = scores.size(-1);
  const std::vector<double> values = scores.to_vector<double>();
  std::vector<std::int64_t> best;
  best.reserve(values.size() / static_cast<std::size_t>(classes));
  for (auto row = values.begin(); row != values.end(); row += classes) {
    std::int64_t greatest = 0;
    for (std::int64_t c = 0; c < classes; ++c) {
      check<ValueError>(!std::isnan(row[c]), "{}: a score is NaN", metric);
      if (row[c] > row[greatest]) greatest = c;
    }
    best.push_back(greatest);
  }
  return best;
}

}  // namespace

Classes::Classes(const char* metric, const Tensor& given, const Tensor& right, std::int64_t classes) {
  check<ValueError>(given.defined() && right.defined(), "{}: expected tensors, got an undefined one", metric);
  check<TypeError>(!right.is_floating_point(), "{}: expected targets of an integer dtype, got {}", metric, right.dtype());
  if (!given.is_floating_point()) {
    check<ShapeError>(given.sizes() == right.sizes(), "{}: expected predictions of the targets' shape {}, got {}", metric,
                      right.sizes(), given.sizes());
    predictions = given.to_vector<std::int64_t>();
  } else {
    const bool fits =
        given.dim() == right.dim() + 1 && given.sizes().slice(0, static_cast<std::size_t>(right.dim())) == right.sizes();
    check<ShapeError>(fits, "{}: expected scores of the targets' shape {} with a dimension for classes behind it, got {}",
                      metric, right.sizes(), given.sizes());
    check<ShapeError>(classes < 0 ? given.size(-1) > 0 : given.size(-1) == classes,
                      "{}: expected scores of {} classes, got shape {}", metric,
                      classes < 0 ? "one or more" : std::to_string(classes), given.sizes());
    predictions = best_classes(metric, given);
  }
  targets = right.to_vector<std::int64_t>();
}

Numbers::Numbers(const char* metric, const Tensor& given, const Tensor& right) {
  check<ValueError>(given.defined() && right.defined(), "{}: expected tensors, got an undefined one", metric);
  check<TypeError>(given.dtype() != kBool && right.dtype() != kBool, "{}: expected numbers, got bool", metric);
  check<ShapeError>(given.sizes() == right.sizes(), "{}: expected predictions of the targets' shape {}, got {}", metric,
                    right.sizes(), given.sizes());
  predictions = given.to_vector<double>();
  targets = right.to_vector<double>();
}

}  // namespace xgrad::metrics::detail
