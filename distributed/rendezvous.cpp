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
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "autograd/base/check.h"
#include "distributed/error.h"

namespace xgrad::distributed {

namespace {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

/// A socket that is closed at the end.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

std::string reason() { return std::strerror(errno); }  // NOLINT(concurrency-mt-unsafe): for a message

/// Waits until a socket is ready; false where the time is over.
bool wait_for(int descriptor, short events, TimePoint deadline) {
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd poll{descriptor, events, 0};
    const int ready = ::poll(&poll, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000)));
    if (ready > 0) return true;
    if (ready == 0 && left <= 0) return false;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool send_all(int descriptor, const void* data, std::size_t bytes, TimePoint deadline) {
  const auto* next = static_cast<const std::byte*>(data);
  while (bytes > 0) {
    if (!wait_for(descriptor, POLLOUT, deadline)) return false;
    const ssize_t sent = ::send(descriptor, next, bytes, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    next += sent;
    bytes -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_all(int descriptor, void* data, std::size_t bytes, TimePoint deadline) {
  auto* next = static_cast<std::byte*>(data);
  while (bytes > 0) {
    if (!wait_for(descriptor, POLLIN, deadline)) return false;
    const ssize_t received = ::recv(descriptor, next, bytes, 0);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) return false;
    next += received;
    bytes -= static_cast<std::size_t>(received);
  }
  return true;
}

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

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};

std::unique_ptr<addrinfo, FreeAddresses> resolve(const std::string& host, int port, int flags, int type = SOCK_STREAM) {
  addrinfo hints{};
  hints.ai_socktype = type;
  hints.ai_flags = flags;
  addrinfo* addresses = nullptr;
  const int error = ::getaddrinfo(host.empty() ? nullptr : host.c_str(), std::to_string(port).c_str(), &hints, &addresses);
  check<DistributedError>(error == 0, "init_process_group: the address '{}' is not known: {}", host, ::gai_strerror(error));
  return std::unique_ptr<addrinfo, FreeAddresses>(addresses);
}

Socket listen_on(int port) {
  Socket socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 any6{};
  any6.sin6_family = AF_INET6;
  any6.sin6_port = htons(static_cast<std::uint16_t>(port));
  sockaddr_in any4{};
  any4.sin_family = AF_INET;
  any4.sin_port = any6.sin6_port;
  const int on = 1;
  const int off = 0;
  const bool six = socket.is_open();  // machines without IPv6 exist
  if (!six) socket = Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (six) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  const auto* address = six ? reinterpret_cast<const sockaddr*>(&any6) : reinterpret_cast<const sockaddr*>(&any4);
  const int bound = ::bind(socket.get(), address, six ? sizeof any6 : sizeof any4);
  check<DistributedError>(bound == 0 && ::listen(socket.get(), 1024) == 0,
                          "init_process_group: rank 0 cannot listen on port {}: {}", port, reason());
  return socket;
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
    const auto rank = static_cast<std::size_t>(introduction.rank);
    if (introduction.world_size != place.world_size) {
      trouble = fmt::format("rank {} is one of {} ranks, rank 0 one of {}", introduction.rank, introduction.world_size,
                            place.world_size);
    } else if (introduction.rank < 1 || rank >= size || sockets[rank].is_open()) {
      trouble = fmt::format("two processes are rank {}", introduction.rank);
    } else {
      all[rank] = std::move(theirs);
      --missing;
    }
    if (rank < size) sockets[rank] = std::move(socket);
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
    const auto addresses = resolve(place.address, place.port, AI_NUMERICSERV);
    for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
      Socket socket(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
      if (socket.is_open() && ::connect(socket.get(), address->ai_addr, address->ai_addrlen) == 0) return socket;
    }
    check<DistributedError>(Clock::now() < deadline, "init_process_group: rank 0 is not to be reached at {}:{}: {}",
                            place.address, place.port, reason());
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // rank 0 may be about to start
  }
}

std::string text_of(const sockaddr* address) {
  std::array<char, NI_MAXHOST> text{};
  const socklen_t length = address->sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  if (::getnameinfo(address, length, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) return "";
  return text.data();
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
        return text_of(entry->ifa_addr);
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
      return text_of(reinterpret_cast<const sockaddr*>(&own));
    }
  }
  throw DistributedError(fmt::format("init_process_group: there is no way from here to '{}'", towards));
}

Listener listen_anywhere() {
  Socket socket = listen_on(0);
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
  const auto port = address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                                  : reinterpret_cast<const sockaddr_in&>(address).sin_port;
  const int kept = ::dup(socket.get());  // a descriptor that children inherit
  check<DistributedError>(kept >= 0, "init_process_group: no socket to pass on: {}", reason());
  return {kept, ntohs(port)};
}

}  // namespace xgrad::distributed
