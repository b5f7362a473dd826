/// The ranks of a program: init_process_group, get_rank, get_world_size.
/// https://pytorch.org/docs/2.1/distributed.html
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "distributed/process_group.h"

namespace xgrad::distributed {

/// How ranks find one another, for designated initialisers: `{.backend = "gloo"}`.
struct InitOptions {
  /// What moves the bytes: "mpi", "gloo", or "single" for one rank. "auto": MPI where mpirun or srun has started the process
  /// and the plugin is installed, else Gloo, and single where there is one rank.
  std::string backend = "auto";
  /// "env://": MASTER_ADDR and MASTER_PORT; or "tcp://address:port" of rank 0. MPI needs neither.
  std::string init_method = "env://";
  int rank = -1;                               ///< -1: as the environment says
  int world_size = -1;                         ///< -1: as the environment says; one rank where it says nothing
  std::chrono::milliseconds timeout{300'000};  ///< for each operation, and for the ranks to come together
  /// The run ends when a rank has shown no sign of life for so long: its machine was lost, or its process stopped. Ranks
  /// show theirs whatever they compute. 0: only operations have a limit.
  std::chrono::milliseconds heartbeat{10'000};
  std::string interface = {};  ///< of the network, for Gloo; empty: the one that leads to rank 0
  /// Whether ranks may run another version of xgrad, another instruction set or another BLAS kernel. Their results differ in
  /// the last bits then, and so do those of runs with other ranks.
  bool allow_mixed_machines = false;
};

/// Connects the ranks: all of them call this first. The environment tells rank and size: RANK and WORLD_SIZE, or what mpirun
/// and srun set; without any of them there is one rank, and nothing else is needed. Ranks that share a machine share its
/// cores. Throws ValueError for options and variables that make no sense, and for a second call; DistributedError where a
/// rank does not come in time, or an engine is not installed.
void init_process_group(const InitOptions& options = {});
/// Ends the world: all ranks call this last. After an exception, end the process without it.
void destroy_process_group();
/// Whether there is a world.
bool is_initialized();
/// Whether an engine is installed: "single", "threads", "gloo" or "mpi".
bool is_backend_available(const std::string& backend);

/// The group of all ranks. Throws ValueError where init_process_group was not called.
ProcessGroup& world();
/// Some ranks of the world as a group of their own, for collectives among them; null on the others. All ranks of the world
/// call it, with the same ranks, which count from 0 within the group, in ascending order. It lives no longer than the world.
/// Operations of all groups keep the order in which a rank calls them. Throws ValueError for ranks that are not there,
/// DistributedError where ranks differ.
std::shared_ptr<ProcessGroup> new_group(std::vector<int> ranks);
/// The rank of this process: 0 to get_world_size() - 1; 0 without a world.
int get_rank();
/// How many ranks there are: 1 without a world.
int get_world_size();
/// The rank among those on the same machine.
int get_local_rank();
/// Whether this is rank 0: the one that prints and writes.
bool is_main();

/// Runs `body` as `ranks` ranks that are threads of this process, each with a group of its own, and waits for them. Where
/// one throws, the others end with a DistributedError, and the first exception is thrown on. For tests, and to try on one
/// machine what several would do; the default random generator is one of all, so draw inside of a DefaultGeneratorGuard.
void run_threads(int ranks, const std::function<void()>& body, std::chrono::milliseconds timeout = std::chrono::minutes(5));

namespace detail {

/// A handle that keeps a group alive as long as somebody uses it, also beyond destroy_process_group(), after which its
/// operations throw.
std::shared_ptr<ProcessGroup> share(ProcessGroup& group);
/// The group that is given; the world where none is; a group of this rank alone where there is no world.
std::shared_ptr<ProcessGroup> group_or_single(ProcessGroup* given);

/// The texts of all ranks, of any length, in the order of ranks.
std::vector<std::string> gather_texts(Channel& channel, const std::string& text);
/// Where `text` is not the same on all ranks: the first line that differs, and both ranks. Empty where it is the same.
std::string first_difference(ProcessGroup& group, const std::string& what, const std::string& text);
/// Throws DistributedError on all ranks where `text`, line by line, is not the same on all: names the first line that
/// differs, and both ranks. `what` says what the text is about.
void require_same(ProcessGroup& group, const std::string& what, const std::string& text);

}  // namespace detail

}  // namespace xgrad::distributed
