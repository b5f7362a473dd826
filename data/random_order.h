/// The order in which examples are shuffled: what samplers and splits share. For .cpp files of this folder.
#pragma once

#include <cstddef>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/ops/random.h"

namespace xgrad::data::detail {

/// The numbers below `size`, each once.
std::vector<std::size_t> random_order(std::size_t size, const Generator& generator);

/// `size` zeros. Throws MemoryError where there is no room for them.
template <class T>
std::vector<T> zeros_of_size(std::size_t size) {
  try {
    return std::vector<T>(size);
  } catch (const std::length_error&) {
  } catch (const std::bad_alloc&) {
  }
  throw MemoryError("not enough memory for the indices of " + std::to_string(size) + " examples");
}

}  // namespace xgrad::data::detail
