/// What tests of loaders share.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/autograd.h"

namespace xgrad::data {

using Ints = std::vector<std::int64_t>;

/// Tensors 0, 1, ... count - 1.
inline std::vector<Tensor> numbers(std::int64_t count) {
  std::vector<Tensor> result;
  for (std::int64_t i = 0; i < count; ++i) result.push_back(tensor(i));
  return result;
}

/// The batches of one epoch.
template <class Loader>
std::vector<Ints> one_epoch(Loader& loader) {
  std::vector<Ints> batches;
  for (const Tensor& batch : loader) batches.push_back(batch.template to_vector<std::int64_t>());
  return batches;
}

}  // namespace xgrad::data
