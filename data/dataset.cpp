#include "data/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/ops/random.h"
#include "autograd/ops/view.h"

namespace xgrad::data {

namespace detail {

void check_index(const char* dataset, std::size_t index, std::size_t size) {
  check<IndexError>(index < size, "{}: index {} is out of range for {} examples", dataset, index, size);
}

std::vector<std::vector<std::size_t>> random_parts(std::size_t size, std::span<const std::size_t> lengths,
                                                   const Generator& generator) {
  std::size_t left = size;
  bool fits = true;
  for (const std::size_t length : lengths) {  // subtracting cannot overflow
    fits = fits && length <= left;
    left -= fits ? length : 0;
  }
  check<ValueError>(fits && left == 0, "random_split: lengths [{}] do not add up to the {} examples of the dataset",
                    fmt::join(lengths, ", "), size);
  const Tensor order = randperm(static_cast<std::int64_t>(size), generator);
  const auto* next = order.data_ptr<std::int64_t>();
  std::vector<std::vector<std::size_t>> parts;
  for (const std::size_t length : lengths) {
    parts.emplace_back(next, next + length);
    next += length;
  }
  return parts;
}

void lengths_of_fractions(std::size_t size, std::span<const double> fractions, std::span<std::size_t> lengths) {
  double sum = 0;
  std::size_t left = size;
  for (std::size_t i = 0; i < fractions.size(); ++i) {
    check<ValueError>(fractions[i] >= 0 && fractions[i] <= 1, "random_split: expected fractions in [0, 1], got {}",
                      fractions[i]);
    sum += fractions[i];
    lengths[i] = std::min(left, static_cast<std::size_t>(std::floor(static_cast<double>(size) * fractions[i])));
    left -= lengths[i];
  }
  check<ValueError>(std::abs(sum - 1) <= 1e-9, "random_split: the fractions add up to {}, expected 1", sum);
  for (std::size_t i = 0; left > 0; i = (i + 1) % fractions.size(), --left) ++lengths[i];
}

}  // namespace detail

TensorDataset::TensorDataset(TensorList tensors) : tensors_(std::move(tensors)) {
  check<ValueError>(!tensors_.empty(), "TensorDataset: expected at least one tensor");
  for (const Tensor& tensor : tensors_) {
    check<ShapeError>(tensor.dim() > 0, "TensorDataset: a 0-d tensor has no rows");
    check<ShapeError>(tensor.sizes()[0] == tensors_[0].sizes()[0],
                      "TensorDataset: shapes {} and {} differ in the first dimension", tensors_[0].sizes(), tensor.sizes());
  }
  size_ = static_cast<std::size_t>(tensors_[0].sizes()[0]);
}

TensorList TensorDataset::get(std::size_t index) const {
  detail::check_index("TensorDataset", index, size_);
  TensorList row;
  row.reserve(tensors_.size());
  for (const Tensor& tensor : tensors_) row.push_back(select(tensor, 0, static_cast<std::int64_t>(index)));
  return row;
}

}  // namespace xgrad::data
