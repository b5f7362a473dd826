#include "distributed/heartbeats.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <random>
#include <sstream>
#include <thread>

#include "autograd/base/check.h"
#include "autograd/base/warning.h"
#include "distributed/init.h"
#include "distributed/process_group.h"
#include "distributed/sockets.h"

namespace xgrad::distributed {

namespace {

using namespace sockets;
using std::chrono::milliseconds;

/// Who connects to rank 0's socket.
struct Greeting {
  std::uint64_t token = 0;  ///< of this group
  std::int64_t rank = 0;
};

/// What rank 0 tells of a rank: the milliseconds for which it stays in a long section, or this.
constexpr std::int64_t is_silent = -1;

/// The IPv4 addresses of this machine, loopback last.
std::vector<std::string> own_addresses() {
  std::vector<std::string> addresses;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) == 0) {
    for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
      if (entry->ifa_addr != nullptr && entry->ifa_addr->sa_family == AF_INET) {
        addresses.push_back(address_text(entry->ifa_addr));
      }
    }
    ::freeifaddrs(first);
  }
  std::stable_partition(addresses.begin(), addresses.end(),
                        [](const std::string& address) { return !address.starts_with("127."); });
  return addresses;
}

/// The connections: on rank 0 one to each other rank, at its place; on the others one, at place 0.
std::vector<Socket> connect_star(ProcessGroup& group, const std::string& address) {
  const auto size = static_cast<std::size_t>(group.size());
  std::vector<Socket> sockets(size);
  Socket listener;
  std::string place;
  std::uint64_t token = std::random_device()();
  token = token << 32U | std::random_device()();
  if (group.rank() == 0) {
    listener = listen_on(0);
    place = fmt::format("{} {}", port_of(listener), token);
    for (const std::string& own : own_addresses()) place += " " + own;
  }
  std::vector<std::string> places;
  group.run("init_process_group", [&](Channel& channel) { places = detail::gather_texts(channel, place); });
  constexpr auto for_all = std::chrono::seconds(10);
  const TimePoint deadline = Clock::now() + for_all;
  if (group.rank() == 0) {
    for (std::size_t missing = size - 1; missing > 0 && wait_for(listener.get(), POLLIN, deadline);) {
      Socket socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
      Greeting greeting;
      const TimePoint soon = std::min(deadline, Clock::now() + std::chrono::seconds(2));
      if (!socket.is_open() || !receive_all(socket.get(), &greeting, sizeof greeting, soon)) continue;
      const auto rank = static_cast<std::size_t>(greeting.rank);
      if (greeting.token != token || rank < 1 || rank >= size || sockets[rank].is_open()) continue;
      if (!send_all(socket.get(), &token, sizeof token, soon)) continue;
      sockets[rank] = std::move(socket);
      --missing;
    }
    return sockets;
  }
  std::istringstream stream(places[0]);
  int port = 0;
  stream >> port >> token;
  std::vector<std::string> candidates;
  if (group.hosts()[0] == group.hosts()[static_cast<std::size_t>(group.rank())]) candidates.emplace_back("127.0.0.1");
  if (!address.empty()) candidates.push_back(address);
  for (std::string candidate; stream >> candidate;) candidates.push_back(candidate);
  for (const std::string& candidate : candidates) {
    const TimePoint soon = std::min(deadline, Clock::now() + std::chrono::seconds(3));
    Socket socket = connect_within(candidate, port, soon);
    const Greeting greeting{token, group.rank()};
    std::uint64_t answer = 0;
    // Another machine may have that address as well: the token tells.
    if (socket.is_open() && send_all(socket.get(), &greeting, sizeof greeting, soon) &&
        receive_all(socket.get(), &answer, sizeof answer, soon) && answer == token) {
      sockets[0] = std::move(socket);
      break;
    }
  }
  return sockets;
}

class TcpHeartbeats final : public Heartbeats {
 public:
  TcpHeartbeats(int rank, std::vector<Socket> sockets, milliseconds patience)
      : rank_(rank),
        sockets_(std::move(sockets)),
        patience_(patience),
        period_(std::clamp(patience / 5, milliseconds(10), milliseconds(2000))),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        peers_(sockets_.size(), Peer{Clock::now(), {}, false}),
        received_(sockets_.size()),
        last_beat_(Clock::now()),
        thread_([this] { beat(); }) {}

  ~TcpHeartbeats() override {
    ends_ = true;
    wake();
    thread_.join();
  }

  void set_busy_until(Clock::time_point until) override {
    {
      const std::lock_guard lock(mutex_);
      peers_[static_cast<std::size_t>(rank_)].busy_until = until;
    }
    wake();
  }

  bool any_busy() const override {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    return std::any_of(peers_.begin(), peers_.end(), [&](const Peer& peer) { return peer.busy_until > now; });
  }

  std::vector<int> silent() const override {
    const std::lock_guard lock(mutex_);
    std::vector<int> ranks;
    if (was_stopped(Clock::now())) return ranks;  // nothing is known before this rank has listened again
    for (std::size_t rank = 0; rank < peers_.size(); ++rank) {
      if (static_cast<int>(rank) != rank_ && is_silent_now(rank)) ranks.push_back(static_cast<int>(rank));
    }
    return ranks;
  }

 private:
  struct Peer {
    Clock::time_point heard;  ///< the last time, by this rank
    Clock::time_point busy_until;
    bool reported_silent;  ///< by rank 0
  };

  /// Rank 0 hears all; the others hear rank 0, and of the others through it.
  bool is_silent_now(std::size_t rank) const {
    if (rank_ == 0 || rank == 0) return Clock::now() - peers_[rank].heard > patience_;
    return peers_[rank].reported_silent;
  }

  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
  }

  void beat() {
    Clock::time_point next = Clock::now();
    while (!ends_) {
      const bool was_woken = wait_until(next);
      const auto now = Clock::now();
      note_beat(now);
      if (!was_woken && now < next) continue;
      send(now);
      next = now + period_;
    }
  }

  /// Whether this process itself was stopped, and heard nobody. With the mutex.
  bool was_stopped(Clock::time_point now) const { return now - last_beat_ > 2 * period_ + milliseconds(500); }

  void note_beat(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (was_stopped(now)) {
      for (Peer& peer : peers_) peer.heard = now;
    }
    last_beat_ = now;
  }

  /// Receives until then; true where there is something to tell at once.
  bool wait_until(Clock::time_point next) {
    std::vector<pollfd> polls{{wake_.get(), POLLIN, 0}};
    std::vector<std::size_t> ranks{0};
    for (std::size_t rank = 0; rank < sockets_.size(); ++rank) {
      if (!sockets_[rank].is_open()) continue;
      polls.push_back({sockets_[rank].get(), POLLIN, 0});
      ranks.push_back(rank);
    }
    const auto left = std::chrono::duration_cast<milliseconds>(next - Clock::now()).count() + 1;
    ::poll(polls.data(), polls.size(), static_cast<int>(std::max<std::int64_t>(0, left)));
    for (std::size_t i = 1; i < polls.size(); ++i) {
      if (polls[i].revents != 0) receive(ranks[i]);
    }
    std::uint64_t count = 0;
    return polls[0].revents != 0 && ::read(wake_.get(), &count, sizeof count) > 0;
  }

  void receive(std::size_t rank) {
    std::byte bytes[4096];
    const ssize_t count = ::recv(sockets_[rank].get(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
      sockets_[rank].close();  // it has left: the engine notices, or its silence will be
      return;
    }
    if (count < 0) return;
    std::vector<std::byte>& all = received_[rank];
    all.insert(all.end(), bytes, bytes + count);
    // Rank 0 gets one number at a time, and the others one for each rank.
    const std::size_t numbers = rank_ == 0 ? 1 : peers_.size();
    const std::size_t message = numbers * sizeof(std::int64_t);
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    peers_[rank].heard = now;
    for (; all.size() >= message; all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(message))) {
      for (std::size_t i = 0; i < numbers; ++i) {
        std::int64_t number = 0;
        std::memcpy(&number, all.data() + i * sizeof number, sizeof number);
        const std::size_t about = rank_ == 0 ? rank : i;
        if (static_cast<int>(about) == rank_) continue;
        const bool was_busy = peers_[about].busy_until > now;
        peers_[about].reported_silent = number == is_silent;
        peers_[about].busy_until = number > 0 ? now + milliseconds(number) : Clock::time_point{};
        if (rank_ == 0 && was_busy != (number > 0)) wake();  // news, which go on at once
      }
    }
  }

  std::int64_t number_for(std::size_t rank, Clock::time_point now) const {
    const Peer& peer = peers_[rank];
    if (static_cast<int>(rank) != rank_ && is_silent_now(rank)) return is_silent;
    return std::max<std::int64_t>(0, std::chrono::duration_cast<milliseconds>(peer.busy_until - now).count());
  }

  void send(Clock::time_point now) {
    std::vector<std::int64_t> numbers;
    {
      const std::lock_guard lock(mutex_);
      if (rank_ == 0) {
        for (std::size_t rank = 0; rank < peers_.size(); ++rank) numbers.push_back(number_for(rank, now));
      } else {
        numbers.push_back(number_for(static_cast<std::size_t>(rank_), now));
      }
    }
    for (const Socket& socket : sockets_) {
      if (!socket.is_open()) continue;
      // A rank that does not read is silent before its buffer is full.
      [[maybe_unused]] const ssize_t sent =
          ::send(socket.get(), numbers.data(), numbers.size() * sizeof(std::int64_t), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
  }

  int rank_;
  std::vector<Socket> sockets_;
  milliseconds patience_;
  milliseconds period_;  ///< between two beats
  Socket wake_;
  std::atomic<bool> ends_{false};
  mutable std::mutex mutex_;  ///< of peers_ and last_beat_
  std::vector<Peer> peers_;
  std::vector<std::vector<std::byte>> received_;
  Clock::time_point last_beat_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Heartbeats> connect_heartbeats(ProcessGroup& group, const std::string& address, milliseconds patience) {
  std::vector<Socket> sockets = connect_star(group, address);
  // All of them, or none.
  bool connected = true;
  for (std::size_t rank = 0; rank < sockets.size(); ++rank) {
    const bool is_needed = group.rank() == 0 ? rank > 0 : rank == 0;
    connected = connected && (!is_needed || sockets[rank].is_open());
  }
  std::vector<std::byte> all;
  group.run("init_process_group", [&](Channel& channel) { all = channel.all_gather(&connected, sizeof connected); });
  for (int rank = 1; rank < group.size(); ++rank) {
    if (all[static_cast<std::size_t>(rank)] != std::byte{0}) continue;
    if (group.rank() == 0) {
      warn(
          fmt::format("init_process_group: {} does not reach rank 0 for heartbeats: a rank that hangs is noticed when an "
                      "operation's time is over",
                      group.name_of(rank)));
    }
    return nullptr;
  }
  if (all[0] == std::byte{0}) return nullptr;  // rank 0 misses one that does not know it
  return std::make_unique<TcpHeartbeats>(group.rank(), std::move(sockets), patience);
}

}  // namespace xgrad::distributed
