/// The engine whose ranks are threads of one process: for tests, and to see on one machine what several would do.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "distributed/transport.h"

namespace xgrad::distributed {

/// The connections of `ranks` threads, one each.
std::vector<std::unique_ptr<Transport>> connect_threads(int ranks);

}  // namespace xgrad::distributed
