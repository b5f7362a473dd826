// The engine Gloo: TCP connections between all pairs of ranks. Only its unbound buffers are used; the order of sums is ours.

#include <gloo/common/error.h>
#include <gloo/transport/address.h>
#include <gloo/transport/context.h>
#include <gloo/transport/pair.h>
#include <gloo/transport/tcp/device.h>
#include <gloo/transport/unbound_buffer.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "distributed/engine.h"
#include "distributed/error.h"
#include "distributed/rendezvous.h"

namespace xgrad::distributed {

namespace {

using Buffer = std::unique_ptr<gloo::transport::UnboundBuffer>;

/// Gloo closes all connections after a timeout of its own, so it never gets one: who is late is decided elsewhere.
constexpr std::chrono::milliseconds forever = std::chrono::hours(24 * 365);

class GlooTransfer final : public Transfer {
 public:
  struct Pending {
    int peer;
    Buffer buffer;
  };

  GlooTransfer(std::vector<Pending> sends, std::vector<Pending> receives)
      : sends_(std::move(sends)), receives_(std::move(receives)) {}

  void wait() override {
    for (std::size_t i = 0; i < receives_.size(); ++i) {
      if (const auto failure = wait_for(receives_[i], true, forever)) fail(i + 1, *failure);
    }
    for (const Pending& send : sends_) {
      if (const auto failure = wait_for(send, false, forever)) fail(receives_.size(), *failure);
    }
  }

  void interrupt() noexcept override {
    if (interrupted_.exchange(true)) return;
    try {
      for (const Pending& receive : receives_) receive.buffer->abortWaitRecv();
      for (const Pending& send : sends_) send.buffer->abortWaitSend();
    } catch (...) {  // NOLINT(bugprone-empty-catch): then it ends by itself
    }
  }

 private:
  struct Failure {
    int peer;
    bool late;
    std::string reason;
  };

  std::optional<Failure> wait_for(const Pending& pending, bool receives, std::chrono::milliseconds patience) const {
    try {
      const bool done = receives ? pending.buffer->waitRecv(patience) : pending.buffer->waitSend(patience);
      if (done) return std::nullopt;
      return Failure{pending.peer, interrupted_, interrupted_ ? "timeout" : "the connection was closed"};
    } catch (const gloo::IoException& error) {
      return Failure{pending.peer, false, reason(error.what())};
    }
  }

  /// Names all who are late, or whose connections have broken: one that notices a failure leaves too, and may be seen first.
  /// What had arrived is there; after a timeout, Gloo closes all connections.
  [[noreturn]] void fail(std::size_t next, const Failure& failure) const {
    std::vector<int> peers{failure.peer};
    for (std::size_t i = next; i < receives_.size(); ++i) {
      auto another = wait_for(receives_[i], true, std::chrono::milliseconds(1));
      // What was interrupted and is there all the same is there the second time.
      if (another && another->late) another = wait_for(receives_[i], true, std::chrono::milliseconds(1));
      if (!another || std::find(peers.begin(), peers.end(), another->peer) != peers.end()) continue;
      const bool by_timeout = another->reason.find("ime") != std::string::npos;  // "Timed out", "Application timeout"
      if (by_timeout == failure.late) peers.push_back(another->peer);
    }
    throw TransportError(std::move(peers), failure.late, failure.reason);
  }

  /// The end of "[/build/.../pair.cc:598] Connection closed by peer [127.0.0.1]:5301".
  static std::string reason(const std::string& text) {
    const auto bracket = text.find("] ");
    return bracket == std::string::npos ? text : text.substr(bracket + 2);
  }

  std::vector<Pending> sends_;
  std::vector<Pending> receives_;
  std::atomic<bool> interrupted_{false};
};

class GlooTransport final : public Transport {
 public:
  explicit GlooTransport(std::shared_ptr<gloo::transport::Context> context)
      : context_(std::move(context)),
        sent_(static_cast<std::size_t>(context_->size)),
        received_(static_cast<std::size_t>(context_->size)) {}

  std::unique_ptr<Transfer> start(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming) override {
    std::vector<GlooTransfer::Pending> sends;
    std::vector<GlooTransfer::Pending> receives;
    int peer = 0;
    try {
      for (const Incoming& part : incoming) {
        peer = part.peer;
        receives.push_back({peer, context_->createUnboundBuffer(part.data, part.bytes)});
        receives.back().buffer->recv(peer, received_[static_cast<std::size_t>(peer)]++);
      }
      for (const Outgoing& part : outgoing) {
        peer = part.peer;
        // The buffer is only read.
        auto* data = const_cast<std::byte*>(part.data);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
        sends.push_back({peer, context_->createUnboundBuffer(data, part.bytes)});
        sends.back().buffer->send(peer, sent_[static_cast<std::size_t>(peer)]++);
      }
    } catch (const gloo::IoException& error) {
      throw TransportError({peer}, false, error.what());
    }
    return std::make_unique<GlooTransfer>(std::move(sends), std::move(receives));
  }

  void abort() noexcept override {
    try {
      for (int rank = 0; rank < context_->size; ++rank) {
        if (rank != context_->rank) context_->getPair(rank)->close();
      }
    } catch (...) {  // NOLINT(bugprone-empty-catch): a connection that is broken already
    }
  }

  void close() override { abort(); }

 private:
  std::shared_ptr<gloo::transport::Context> context_;
  std::vector<std::uint64_t> sent_;      ///< messages to each rank: both sides count, and name messages by their number
  std::vector<std::uint64_t> received_;  ///< messages from each rank
};

/// Appends the length of a text and the text.
void append(std::string& all, const std::string& text) {
  const std::uint64_t bytes = text.size();
  all.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
  all += text;
}

/// Takes the first text off what append() made.
std::string take(std::string& all) {
  std::uint64_t bytes = 0;
  if (all.size() < sizeof bytes) throw DistributedError("init_process_group: a rank introduced itself in another way");
  std::memcpy(&bytes, all.data(), sizeof bytes);
  if (bytes > all.size() - sizeof bytes)
    throw DistributedError("init_process_group: a rank introduced itself in another way");
  std::string text = all.substr(sizeof bytes, bytes);
  all.erase(0, sizeof bytes + bytes);
  return text;
}

/// Gloo's own thread, which this one starts, does not interrupt one that runs on its core. It would do so where messages
/// come in while that one sends, and then look again and again for the connection to be free, as long as its slice of time
/// lasts.
std::shared_ptr<gloo::transport::Device> create_device(const gloo::transport::tcp::attr& attributes) {
  int policy = 0;
  sched_param parameter{};
  const bool known = ::pthread_getschedparam(::pthread_self(), &policy, &parameter) == 0 && policy == SCHED_OTHER;
  if (known) ::pthread_setschedparam(::pthread_self(), SCHED_BATCH, &parameter);
  auto device = gloo::transport::tcp::CreateDevice(attributes);
  if (known) ::pthread_setschedparam(::pthread_self(), policy, &parameter);
  return device;
}

void connect(const EngineOptions& options, Connection& connection) {
  gloo::transport::tcp::attr attributes;
  attributes.hostname = own_address(options.master_address, options.master_port, options.interface);
  const auto device = create_device(attributes);
  const std::shared_ptr<gloo::transport::Context> context = device->createContext(options.rank, options.world_size);
  context->setTimeout(options.timeout);
  // To all: the name, then the address at which each rank is to connect.
  std::string introduction;
  append(introduction, options.introduction);
  for (int rank = 0; rank < options.world_size; ++rank) {
    std::string address;
    if (rank != options.rank) {
      const std::vector<char> bytes = context->createPair(rank)->address().bytes();
      address.assign(bytes.begin(), bytes.end());
    }
    append(introduction, address);
  }
  std::vector<std::string> all =
      meet({options.master_address, options.master_port, options.rank, options.world_size, options.timeout}, introduction);
  connection.introductions.clear();
  for (int rank = 0; rank < options.world_size; ++rank) {
    std::string& theirs = all[static_cast<std::size_t>(rank)];
    connection.introductions.push_back(take(theirs));
    std::string address;
    for (int i = 0; i <= options.rank; ++i) address = take(theirs);
    if (rank == options.rank) continue;
    try {
      context->getPair(rank)->connect(std::vector<char>(address.begin(), address.end()));
    } catch (const std::exception& error) {  // Gloo has several kinds
      throw DistributedError("init_process_group: rank " + std::to_string(rank) + " (" + connection.introductions.back() +
                             ") cannot be reached: " + error.what());
    }
  }
  connection.rank = options.rank;
  connection.transport = std::make_unique<GlooTransport>(context);
}

}  // namespace

}  // namespace xgrad::distributed

extern "C" __attribute__((visibility("default"))) void xgrad_distributed_connect(
    const xgrad::distributed::EngineOptions& options, xgrad::distributed::Connection& connection) {
  xgrad::distributed::connect(options, connection);
}
