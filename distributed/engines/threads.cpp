#include "distributed/engines/threads.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
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

  void wait(Deadline deadline) override {
    std::unique_lock lock(exchange_->mutex);
    for (std::size_t i = 0; i < incoming_.size(); ++i) {
      const Incoming& part = incoming_[i];
      auto& queue = exchange_->queue(static_cast<std::size_t>(part.peer), rank_);
      const auto gone = [&] { return exchange_->is_gone[static_cast<std::size_t>(part.peer)] || exchange_->is_gone[rank_]; };
      const bool in_time = exchange_->changed.wait_until(lock, deadline, [&] { return !queue.empty() || gone(); });
      if (queue.empty() && in_time) throw TransportError({part.peer}, false, "it has left");
      if (!in_time) throw TransportError(missing(i), true, "timeout");
      const std::vector<std::byte> message = std::move(queue.front());
      queue.pop_front();
      if (message.size() != part.bytes) throw TransportError({part.peer}, false, "it sent a message of another size");
      lock.unlock();
      std::memcpy(part.data, message.data(), part.bytes);
      lock.lock();
    }
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

}  // namespace

std::vector<std::unique_ptr<Transport>> connect_threads(int ranks) {
  const auto exchange = std::make_shared<Exchange>(ranks);
  std::vector<std::unique_ptr<Transport>> transports;
  for (int rank = 0; rank < ranks; ++rank) transports.push_back(std::make_unique<ThreadTransport>(exchange, rank));
  return transports;
}

}  // namespace xgrad::distributed
