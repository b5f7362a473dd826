/// What tests of loaders share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "data/dataset.h"

namespace xgrad::data {

using Ints = std::vector<std::int64_t>;

/// Tensors 0, 1, ... count - 1.
inline std::vector<Tensor> numbers(std::int64_t count) {
  std::vector<Tensor> result;
  for (std::int64_t i = 0; i < count; ++i) result.push_back(tensor(i));
  return result;
}

/// 0, 1, ... count - 1, with something that happens on the way.
class NumbersDataset : public Dataset<Tensor> {
 public:
  explicit NumbersDataset(
      std::size_t count, std::function<void(std::size_t)> on_get = [](std::size_t) {})
      : count_(count), on_get_(std::move(on_get)) {}
  Tensor get(std::size_t index) const override {
    on_get_(index);
    return tensor(static_cast<std::int64_t>(index));
  }
  std::size_t size() const override { return count_; }

 private:
  std::size_t count_;
  std::function<void(std::size_t)> on_get_;
};

/// The batches of one epoch.
template <class Loader>
std::vector<Ints> one_epoch(Loader& loader) {
  std::vector<Ints> batches;
  for (const Tensor& batch : loader) batches.push_back(batch.template to_vector<std::int64_t>());
  return batches;
}

}  // namespace xgrad::data
