#include "distributed/rendezvous.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "autograd/base/check.h"
#include "distributed/error.h"
#include "distributed/sockets.h"

namespace xgrad::distributed {

namespace {

using namespace sockets;

/// How a rank introduces itself.
struct Introduction {
  std::array<char, 8> magic{'x', 'g', 'r', 'a', 'd', 'm', 't', '1'};
  std::int64_t rank = 0;
  std::int64_t world_size = 0;
  std::uint64_t bytes = 0;  ///< of what it brings
};

constexpr std::uint64_t most_bytes = 1 << 20;

bool send_text(int descriptor, const std::string& text, TimePoint deadline) {
  const std::uint64_t bytes = text.size();
  return send_all(descriptor, &bytes, sizeof bytes, deadline) && send_all(descriptor, text.data(), bytes, deadline);
}

std::optional<std::string> receive_text(int descriptor, TimePoint deadline) {
  std::uint64_t bytes = 0;
  if (!receive_all(descriptor, &bytes, sizeof bytes, deadline) || bytes > most_bytes) return std::nullopt;
  std::string text(bytes, '\0');
  if (!receive_all(descriptor, text.data(), bytes, deadline)) return std::nullopt;
  return text;
}

std::optional<int> passed_listener() {
  const char* text = std::getenv(listener_variable);  // NOLINT(concurrency-mt-unsafe)
  if (text == nullptr) return std::nullopt;
  const int descriptor = std::atoi(text);  // NOLINT(cert-err34-c): 0 is no socket
  ::unsetenv(listener_variable);           // NOLINT(concurrency-mt-unsafe): once, before there are threads of ours
  int listens = 0;
  socklen_t length = sizeof listens;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0 || listens == 0) return std::nullopt;
  return descriptor;
}

std::vector<std::string> receive_all_ranks(const MeetingPlace& place, const std::string& brought, TimePoint deadline) {
  const auto passed = passed_listener();
  const Socket listener = passed ? Socket(*passed) : listen_on(place.port);
  const auto size = static_cast<std::size_t>(place.world_size);
  std::vector<std::string> all(size);
  std::vector<Socket> sockets(size);
  all[0] = brought;
  std::string trouble;
  for (std::size_t missing = size - 1; missing > 0 && trouble.empty();) {
    if (!wait_for(listener.get(), POLLIN, deadline)) {
      for (std::size_t rank = 1; rank < size; ++rank) {
        if (!sockets[rank].is_open()) trouble += (trouble.empty() ? "rank " : ", ") + std::to_string(rank);
      }
      trouble += fmt::format(" did not come to {}:{} within {} s", place.address, place.port,
                             static_cast<double>(place.timeout.count()) / 1000);
      break;
    }
    Socket socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    Introduction introduction;
    // Strangers are let go: a port may be scanned.
    const auto soon = std::min(deadline, Clock::now() + std::chrono::seconds(5));
    if (!socket.is_open() || !receive_all(socket.get(), &introduction, sizeof introduction, soon)) continue;
    if (introduction.magic != Introduction().magic || introduction.bytes > most_bytes) continue;
    std::string theirs(introduction.bytes, '\0');
    if (!receive_all(socket.get(), theirs.data(), theirs.size(), soon)) continue;
    const bool has_place = introduction.rank >= 0 && introduction.rank < place.world_size;
    const auto rank = has_place ? static_cast<std::size_t>(introduction.rank) : 0;
    if (introduction.world_size != place.world_size) {
      trouble = fmt::format("rank {} is one of {} ranks, rank 0 one of {}", introduction.rank, introduction.world_size,
                            place.world_size);
    } else if (!has_place) {
      trouble = fmt::format("there is no rank {} among {}", introduction.rank, place.world_size);
    } else if (rank == 0 || sockets[rank].is_open()) {
      trouble = fmt::format("two processes are rank {}", introduction.rank);
    } else {
      all[rank] = std::move(theirs);
      sockets[rank] = std::move(socket);
      --missing;
      continue;
    }
    sockets.push_back(std::move(socket));  // it is told, too
  }
  for (const Socket& socket : sockets) {
    if (!socket.is_open()) continue;
    bool sent = send_text(socket.get(), trouble, deadline);
    for (std::size_t rank = 0; rank < size && sent && trouble.empty(); ++rank)
      sent = send_text(socket.get(), all[rank], deadline);
  }
  check<DistributedError>(trouble.empty(), "init_process_group: {}", trouble);
  return all;
}

Socket connect_to(const MeetingPlace& place, TimePoint deadline) {
  while (true) {
    Socket socket = connect_within(place.address, place.port, deadline);
    if (socket.is_open()) return socket;
    check<DistributedError>(Clock::now() < deadline, "init_process_group: rank 0 is not to be reached at {}:{}: {}",
                            place.address, place.port, reason());
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // rank 0 may be about to start
  }
}

}  // namespace

std::vector<std::string> meet(const MeetingPlace& place, const std::string& brought) {
  check<ValueError>(brought.size() <= most_bytes, "init_process_group: {} bytes are too many", brought.size());
  const TimePoint deadline = Clock::now() + place.timeout;
  if (place.rank == 0) return receive_all_ranks(place, brought, deadline);
  const Socket socket = connect_to(place, deadline);
  Introduction introduction;
  introduction.rank = place.rank;
  introduction.world_size = place.world_size;
  introduction.bytes = brought.size();
  bool connected = send_all(socket.get(), &introduction, sizeof introduction, deadline) &&
                   send_all(socket.get(), brought.data(), brought.size(), deadline);
  // Rank 0 waits for the others as long, and then says who is missing.
  const TimePoint patience = deadline + std::chrono::seconds(5);
  const auto trouble = connected ? receive_text(socket.get(), patience) : std::nullopt;
  check<DistributedError>(trouble.has_value(), "init_process_group: rank 0 at {}:{} has gone", place.address, place.port);
  check<DistributedError>(trouble->empty(), "init_process_group: {}", *trouble);
  std::vector<std::string> all;
  for (int rank = 0; rank < place.world_size; ++rank) {
    auto text = receive_text(socket.get(), patience);
    check<DistributedError>(text.has_value(), "init_process_group: rank 0 at {}:{} has gone", place.address, place.port);
    all.push_back(*std::move(text));
  }
  return all;
}

std::string own_address(const std::string& towards, int port, const std::string& interface) {
  if (!interface.empty()) {
    ifaddrs* first = nullptr;
    check<DistributedError>(::getifaddrs(&first) == 0, "init_process_group: no list of interfaces: {}", reason());
    const std::unique_ptr<ifaddrs, decltype([](ifaddrs* list) { ::freeifaddrs(list); })> list(first);
    for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
      if (interface == entry->ifa_name && entry->ifa_addr != nullptr && entry->ifa_addr->sa_family == AF_INET) {
        return address_text(entry->ifa_addr);
      }
    }
    throw DistributedError(fmt::format("init_process_group: there is no interface '{}' with an address", interface));
  }
  // No packet is sent: the system only says which way it would take.
  const auto addresses = resolve(towards, port == 0 ? 9 : port, AI_NUMERICSERV, SOCK_DGRAM);
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    const Socket socket(::socket(address->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_storage own{};
    socklen_t length = sizeof own;
    if (socket.is_open() && ::connect(socket.get(), address->ai_addr, address->ai_addrlen) == 0 &&
        ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&own), &length) == 0) {
      return address_text(reinterpret_cast<const sockaddr*>(&own));
    }
  }
  throw DistributedError(fmt::format("init_process_group: there is no way from here to '{}'", towards));
}

Listener listen_anywhere() {
  const Socket socket = listen_on(0);
  const int kept = ::dup(socket.get());  // a descriptor that children inherit
  check<DistributedError>(kept >= 0, "init_process_group: no socket to pass on: {}", reason());
  return {kept, port_of(socket)};
}

}  // namespace xgrad::distributed
