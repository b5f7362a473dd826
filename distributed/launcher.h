/// A program that starts its ranks by itself, on this machine: no mpirun, no script.
#pragma once

#include <chrono>
#include <string>

namespace xgrad::distributed {

/// How ranks are started, for designated initialisers.
struct LaunchOptions {
  int ranks = 1;
  std::string backend = "gloo";  ///< or "mpi", by mpirun
  /// How long the others may go on after one has failed; they end by themselves as soon as they wait for it.
  std::chrono::milliseconds grace{10'000};
};

/// Whether a launcher has started this process as one of several ranks: mpirun, srun, launch(), or whoever sets RANK.
bool is_launched();

/// Runs this program again, with the same arguments, as `ranks` processes of this machine, waits for them, and returns what
/// the program should return. Call it before anything else is done, where is_launched() is false:
///
///   if (ranks > 1 && !distributed::is_launched()) return distributed::launch(argc, argv, {.ranks = ranks});
///   distributed::init_process_group();
///
/// All ranks share this process's streams, but for errors: once a rank has failed the others are ended, and one message says
/// which it was, and what it or another one said last. The result is its exit code; 75 (restart_exit_code) where a signal
/// ended it. No process is left behind, also where this one is killed. Throws ValueError for another backend,
/// DistributedError where processes cannot be started.
int launch(int argc, char** argv, const LaunchOptions& options);

}  // namespace xgrad::distributed
