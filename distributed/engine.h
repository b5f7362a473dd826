/// What a plugin with an engine offers, and where it is found.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "distributed/transport.h"

namespace xgrad::distributed {

/// What an engine is told when it connects the ranks.
struct EngineOptions {
  int rank = 0;  ///< of this process; engines with a launcher of their own know better
  int world_size = 1;
  std::string master_address;                  ///< of rank 0
  int master_port = 0;                         ///< that rank 0 listens on
  std::string interface;                       ///< the network interface to use; empty: the one that leads to rank 0
  std::string introduction;                    ///< what the others are to know of this rank
  std::chrono::milliseconds timeout{300'000};  ///< for all ranks to connect
};

/// What an engine gives.
struct Connection {
  std::unique_ptr<Transport> transport;
  int rank = 0;                            ///< of this process
  std::vector<std::string> introductions;  ///< of all ranks
};

/// The function that each plugin exports as `xgrad_distributed_connect`.
using ConnectFunction = void (*)(const EngineOptions& options, Connection& connection);

/// The plugin `name` ("gloo" or "mpi"): libxgrad_distributed_NAME.so beside this library. Nothing where it is not installed.
ConnectFunction find_engine(const std::string& name);

}  // namespace xgrad::distributed
