/// Sliding windows over a series: what forecasting trains on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "autograd/tensor/tensor.h"
#include "data/dataset.h"

namespace xgrad::data {

/// Which windows: `{.length = 5, .horizon = 1}`.
struct WindowOptions {
  std::int64_t length = 1;         ///< rows of a window
  std::int64_t horizon = 1;        ///< rows from the last one of a window to the first one of its target; 0: the same row
  std::int64_t stride = 1;         ///< rows from the beginning of a window to that of the next
  std::int64_t target_length = 0;  ///< rows of a target; 0: one row, without a dimension for time
};

/// Windows over a series [time, ...], each with its target. Example i is a pair of views, without a copy: of rows
/// [i * stride, i * stride + length) of the series, and of the row `horizon` after the window's last one of the targets, or
/// of `target_length` rows from there on. Only windows whose target is there count.
///
///   data::WindowDataset windows(features, closing_prices, {.length = 5, .horizon = 1});
///   data::DataLoader loader(windows, {.batch_size = 128, .shuffle = true});
///   for (auto& [x, y] : loader) { ... }  // [128, 5, features], [128]
class WindowDataset : public Dataset<std::pair<Tensor, Tensor>> {
 public:
  /// Throws ValueError for options that make no sense, ShapeError for 0-d tensors and where `targets` has fewer rows or
  /// more than `series`.
  WindowDataset(Tensor series, Tensor targets, const WindowOptions& options);
  /// The series is its own target.
  WindowDataset(const Tensor& series, const WindowOptions& options) : WindowDataset(series, series, options) {}

  std::pair<Tensor, Tensor> get(std::size_t index) const override;
  std::size_t size() const override { return size_; }

 private:
  Tensor series_;
  Tensor targets_;
  WindowOptions options_;
  std::size_t size_ = 0;
};

}  // namespace xgrad::data
