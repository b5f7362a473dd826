/// The order in which examples are shuffled: what samplers and splits share. For .cpp files of this folder.
#pragma once

#include <cstddef>
#include <vector>

#include "autograd/ops/random.h"

namespace xgrad::data::detail {

/// The numbers below `size`, each once.
std::vector<std::size_t> random_order(std::size_t size, const Generator& generator);

}  // namespace xgrad::data::detail
