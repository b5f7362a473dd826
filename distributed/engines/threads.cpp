#include "distributed/engines/threads.h"

#include <algorithm>
#include <compare>
#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <span>
#include <utility>

namespace xgrad::distributed {

namespace {

/// What all ranks of a group share: messages that were sent and not yet received.
struct Exchange {
  explicit Exchange(int size) : ranks(static_cast<std::size_t>(size)), queues(ranks * ranks), is_gone(ranks, false) {}

  std::deque<std::vector<std::byte>>& queue(std::size_t from, std::size_t to) { return queues[from * ranks + to]; }

  std::size_t ranks;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::deque<std::vector<std::byte>>> queues;
  std::vector<bool> is_gone;
};

class ThreadTransfer final : public Transfer {
 public:
  ThreadTransfer(std::shared_ptr<Exchange> exchange, std::size_t rank, std::vector<Incoming> incoming)
      : exchange_(std::move(exchange)), rank_(rank), incoming_(std::move(incoming)) {}

  void wait() override {
    std::unique_lock lock(exchange_->mutex);
    for (std::size_t i = 0; i < incoming_.size(); ++i) {
      const Incoming& part = incoming_[i];
      auto& queue = exchange_->queue(static_cast<std::size_t>(part.peer), rank_);
      const auto gone = [&] { return exchange_->is_gone[static_cast<std::size_t>(part.peer)] || exchange_->is_gone[rank_]; };
      exchange_->changed.wait(lock, [&] { return !queue.empty() || gone() || interrupted_; });
      if (queue.empty() && gone()) throw TransportError({part.peer}, false, "it has left");
      if (queue.empty()) throw TransportError(missing(i), true, "timeout");
      const std::vector<std::byte> message = std::move(queue.front());
      queue.pop_front();
      if (message.size() != part.bytes) throw TransportError({part.peer}, false, "it sent a message of another size");
      lock.unlock();
      std::memcpy(part.data, message.data(), part.bytes);
      lock.lock();
    }
  }

  void interrupt() noexcept override {
    const std::lock_guard lock(exchange_->mutex);
    interrupted_ = true;
    exchange_->changed.notify_all();
  }

 private:
  std::vector<int> missing(std::size_t first) const {
    std::vector<int> peers;
    for (std::size_t i = first; i < incoming_.size(); ++i) {
      const int peer = incoming_[i].peer;
      const bool waits = exchange_->queue(static_cast<std::size_t>(peer), rank_).empty();
      if (waits && std::find(peers.begin(), peers.end(), peer) == peers.end()) peers.push_back(peer);
    }
    return peers;
  }

  std::shared_ptr<Exchange> exchange_;
  std::size_t rank_;
  std::vector<Incoming> incoming_;
  bool interrupted_ = false;
};

class ThreadTransport final : public Transport {
 public:
  ThreadTransport(std::shared_ptr<Exchange> exchange, int rank)
      : exchange_(std::move(exchange)), rank_(static_cast<std::size_t>(rank)) {}

  std::unique_ptr<Transfer> start(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming) override {
    for (const Outgoing& part : outgoing) {
      std::vector<std::byte> message(part.data, part.data + part.bytes);
      const std::lock_guard lock(exchange_->mutex);
      exchange_->queue(rank_, static_cast<std::size_t>(part.peer)).push_back(std::move(message));
    }
    exchange_->changed.notify_all();
    return std::make_unique<ThreadTransfer>(exchange_, rank_, std::vector<Incoming>(incoming.begin(), incoming.end()));
  }

  void abort() noexcept override {
    const std::lock_guard lock(exchange_->mutex);
    exchange_->is_gone[rank_] = true;
    exchange_->changed.notify_all();
  }

  void close() override {}

 private:
  std::shared_ptr<Exchange> exchange_;
  std::size_t rank_;
};

/// Until when each rank is in a long section.
struct Sections {
  std::mutex mutex;
  std::map<int, Heartbeats::Clock::time_point> busy_until;
};

/// Threads of one process live and die together: what is left is who is busy.
class ThreadHeartbeats final : public Heartbeats {
 public:
  ThreadHeartbeats(std::shared_ptr<Sections> sections, int rank) : sections_(std::move(sections)), rank_(rank) {}

  void set_busy_until(Clock::time_point until) override {
    const std::lock_guard lock(sections_->mutex);
    sections_->busy_until[rank_] = until;
  }
  bool any_busy() const override {
    const std::lock_guard lock(sections_->mutex);
    return std::any_of(sections_->busy_until.begin(), sections_->busy_until.end(),
                       [now = Clock::now()](const auto& entry) { return entry.second > now; });
  }
  std::vector<int> silent() const override { return {}; }

 private:
  std::shared_ptr<Sections> sections_;
  int rank_;
};

}  // namespace

std::vector<ThreadConnection> connect_threads(int ranks) {
  const auto exchange = std::make_shared<Exchange>(ranks);
  const auto sections = std::make_shared<Sections>();
  std::vector<ThreadConnection> connections;
  for (int rank = 0; rank < ranks; ++rank) {
    connections.push_back(
        {std::make_unique<ThreadTransport>(exchange, rank), std::make_unique<ThreadHeartbeats>(sections, rank)});
  }
  return connections;
}

}  // namespace xgrad::distributed
