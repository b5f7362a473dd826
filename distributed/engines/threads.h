/// The engine whose ranks are threads of one process: for tests, and to see on one machine what several would do.
#pragma once

#include <memory>
#include <vector>

#include "distributed/heartbeats.h"
#include "distributed/transport.h"

namespace xgrad::distributed {

/// What one of the threads has.
struct ThreadConnection {
  std::unique_ptr<Transport> transport;
  std::unique_ptr<Heartbeats> heartbeats;
};

/// The connections of `ranks` threads, one each.
std::vector<ThreadConnection> connect_threads(int ranks);

}  // namespace xgrad::distributed
