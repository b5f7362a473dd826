// The engine MPI (Open MPI): point-to-point messages only, since collective operations add in an order of their own.

#include <mpi.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "distributed/engine.h"
#include "distributed/error.h"

namespace xgrad::distributed {

namespace {

using Clock = std::chrono::steady_clock;

std::string text_of(int error) {
  std::string text(MPI_MAX_ERROR_STRING, '\0');
  int length = 0;
  MPI_Error_string(error, text.data(), &length);
  text.resize(static_cast<std::size_t>(length));
  return text;
}

void check_result(int error, const char* what) {
  if (error != MPI_SUCCESS) throw DistributedError(std::string(what) + ": " + text_of(error));
}

/// Looks for progress without burning a core: Open MPI's own waits spin. While data flows it looks again at once; the longer
/// nothing comes, the longer it sleeps.
class Patience {
 public:
  void progress() { since_ = Clock::now(); }
  void pause() const {
    const auto idle = Clock::now() - since_;
    if (idle < std::chrono::microseconds(200)) {
      std::this_thread::yield();
    } else if (idle < std::chrono::milliseconds(5)) {
      std::this_thread::sleep_for(std::chrono::microseconds(20));
    } else if (idle < std::chrono::milliseconds(100)) {
      std::this_thread::sleep_for(std::chrono::microseconds(300));
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

 private:
  Clock::time_point since_ = Clock::now();
};

class MpiTransfer final : public Transfer {
 public:
  MpiTransfer(std::vector<MPI_Request> requests, std::vector<int> peers, const std::atomic<bool>& aborted)
      : requests_(std::move(requests)), peers_(std::move(peers)), aborted_(aborted) {}

  void wait() override {
    Patience patience;
    std::vector<int> finished(requests_.size());
    std::vector<MPI_Status> statuses(requests_.size());
    while (true) {
      int count = 0;
      const int error =
          MPI_Testsome(static_cast<int>(requests_.size()), requests_.data(), &count, finished.data(), statuses.data());
      if (error != MPI_SUCCESS) throw TransportError(unfinished(), false, text_of(error));
      if (count == MPI_UNDEFINED) return;  // none is left
      if (count > 0) {
        patience.progress();
        continue;
      }
      if (aborted_) throw TransportError(unfinished(), false, "this rank leaves");
      if (interrupted_) throw TransportError(unfinished(), true, "timeout");
      patience.pause();
    }
  }

  void interrupt() noexcept override { interrupted_ = true; }

 private:
  std::vector<int> unfinished() const {
    std::vector<int> peers;
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      if (requests_[i] == MPI_REQUEST_NULL) continue;
      if (std::find(peers.begin(), peers.end(), peers_[i]) == peers.end()) peers.push_back(peers_[i]);
    }
    return peers;
  }

  std::vector<MPI_Request> requests_;
  std::vector<int> peers_;
  const std::atomic<bool>& aborted_;
  std::atomic<bool> interrupted_{false};
};

class MpiTransport final : public Transport {
 public:
  explicit MpiTransport(MPI_Comm communicator) : communicator_(communicator) {}

  std::unique_ptr<Transfer> start(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming) override {
    constexpr int tag = 0;  // between two ranks, messages keep their order
    std::vector<MPI_Request> requests;
    std::vector<int> peers;
    for (const Incoming& part : incoming) {
      MPI_Request request = MPI_REQUEST_NULL;
      check_result(MPI_Irecv(part.data, static_cast<int>(part.bytes), MPI_BYTE, part.peer, tag, communicator_, &request),
                   "MPI_Irecv");
      requests.push_back(request);
      peers.push_back(part.peer);
    }
    for (const Outgoing& part : outgoing) {
      MPI_Request request = MPI_REQUEST_NULL;
      check_result(MPI_Isend(part.data, static_cast<int>(part.bytes), MPI_BYTE, part.peer, tag, communicator_, &request),
                   "MPI_Isend");
      requests.push_back(request);
      peers.push_back(part.peer);
    }
    return std::make_unique<MpiTransfer>(std::move(requests), std::move(peers), aborted_);
  }

  /// The process is about to end without MPI_Finalize, which would wait for the others: mpirun ends them then.
  void abort() noexcept override { aborted_ = true; }

  void close() override {
    MPI_Comm_free(&communicator_);
    MPI_Finalize();
  }

 private:
  MPI_Comm communicator_;
  std::atomic<bool> aborted_{false};
};

void connect(const EngineOptions& options, Connection& connection) {
  int provided = 0;
  int initialized = 0;
  MPI_Initialized(&initialized);
  if (initialized == 0) {
    check_result(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided), "MPI_Init_thread");
  } else {
    MPI_Query_thread(&provided);
  }
  if (provided < MPI_THREAD_SERIALIZED) throw DistributedError("init_process_group: this MPI takes no calls from threads");
  MPI_Comm communicator = MPI_COMM_NULL;
  check_result(MPI_Comm_dup(MPI_COMM_WORLD, &communicator), "MPI_Comm_dup");
  MPI_Comm_set_errhandler(communicator, MPI_ERRORS_RETURN);
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(communicator, &rank);
  MPI_Comm_size(communicator, &size);
  if (size != options.world_size || rank != options.rank) {
    throw DistributedError("init_process_group: MPI sees rank " + std::to_string(rank) + " of " + std::to_string(size) +
                           ", the environment says rank " + std::to_string(options.rank) + " of " +
                           std::to_string(options.world_size) + ": start the ranks by mpirun, or by srun --mpi=pmix");
  }
  // Names of a fixed length: a host's has 255 bytes at most.
  constexpr std::size_t most = 256;
  std::string own = options.introduction.substr(0, most - 1);
  own.resize(most, '\0');
  std::string all(most * static_cast<std::size_t>(size), '\0');
  check_result(MPI_Allgather(own.data(), static_cast<int>(most), MPI_BYTE, all.data(), static_cast<int>(most), MPI_BYTE,
                             communicator),
               "MPI_Allgather");
  for (int i = 0; i < size; ++i) {
    connection.introductions.emplace_back(all.data() + static_cast<std::size_t>(i) * most);
  }
  connection.rank = rank;
  connection.transport = std::make_unique<MpiTransport>(communicator);
}

}  // namespace

}  // namespace xgrad::distributed

extern "C" __attribute__((visibility("default"))) void xgrad_distributed_connect(
    const xgrad::distributed::EngineOptions& options, xgrad::distributed::Connection& connection) {
  xgrad::distributed::connect(options, connection);
}
