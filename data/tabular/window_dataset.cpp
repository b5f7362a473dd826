#include "data/tabular/window_dataset.h"

#include <algorithm>

#include "autograd/base/check.h"

namespace xgrad::data {

WindowDataset::WindowDataset(Tensor series, Tensor targets, const WindowOptions& options)
    : series_(std::move(series)), targets_(std::move(targets)), options_(options) {
  check<ValueError>(options.length >= 1, "WindowDataset: length must be at least 1, got {}", options.length);
  check<ValueError>(options.horizon >= 0, "WindowDataset: horizon must not be negative, got {}", options.horizon);
  check<ValueError>(options.stride >= 1, "WindowDataset: stride must be at least 1, got {}", options.stride);
  check<ValueError>(options.target_length >= 0, "WindowDataset: target_length must not be negative, got {}",
                    options.target_length);
  check<ShapeError>(series_.dim() > 0 && targets_.dim() > 0, "WindowDataset: a 0-d tensor has no rows");
  const std::int64_t rows = series_.sizes()[0];
  check<ShapeError>(targets_.sizes()[0] == rows, "WindowDataset: series {} and targets {} differ in the first dimension",
                    series_.sizes(), targets_.sizes());
  // Subtracting one by one cannot overflow.
  const std::int64_t target_rows = std::max<std::int64_t>(options.target_length, 1);
  std::int64_t last = rows;
  for (const std::int64_t part : {options.length - 1, options.horizon, target_rows}) last -= std::min(part, last + 1);
  if (last >= 0) size_ = static_cast<std::size_t>(last / options.stride) + 1;
}

std::pair<Tensor, Tensor> WindowDataset::get(std::size_t index) const {
  detail::check_index("WindowDataset", index, size_);
  const std::int64_t first = static_cast<std::int64_t>(index) * options_.stride;
  const std::int64_t target = first + options_.length - 1 + options_.horizon;
  return {series_.narrow(0, first, options_.length),
          options_.target_length == 0 ? targets_.select(0, target) : targets_.narrow(0, target, options_.target_length)};
}

}  // namespace xgrad::data
