#include "distributed/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "autograd/base/check.h"
#include "distributed/error.h"

namespace xgrad::distributed::sockets {

void Socket::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

std::string reason() { return std::strerror(errno); }  // NOLINT(concurrency-mt-unsafe): for a message

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
    if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
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
    if (received < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (received <= 0) return false;
    next += received;
    bytes -= static_cast<std::size_t>(received);
  }
  return true;
}

Addresses resolve(const std::string& host, int port, int flags, int type) {
  addrinfo hints{};
  hints.ai_socktype = type;
  hints.ai_flags = flags;
  addrinfo* addresses = nullptr;
  const int error = ::getaddrinfo(host.empty() ? nullptr : host.c_str(), std::to_string(port).c_str(), &hints, &addresses);
  check<DistributedError>(error == 0, "init_process_group: the address '{}' is not known: {}", host, ::gai_strerror(error));
  return Addresses(addresses);
}

Socket connect_within(const std::string& host, int port, TimePoint deadline) {
  const Addresses addresses = resolve(host, port, AI_NUMERICSERV);
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    Socket socket(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open()) continue;
    const bool begun = ::connect(socket.get(), address->ai_addr, address->ai_addrlen) == 0 || errno == EINPROGRESS;
    if (!begun) continue;
    int error = ETIMEDOUT;
    socklen_t length = sizeof error;
    const bool is_ready = wait_for(socket.get(), POLLOUT, deadline);
    if (is_ready && ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0) return socket;
    errno = error;
  }
  return {};
}

std::string address_text(const sockaddr* address) {
  std::array<char, NI_MAXHOST> text{};
  const socklen_t length = address->sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  if (::getnameinfo(address, length, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) return "";
  return text.data();
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

int port_of(const Socket& socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
  const auto port = address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                                  : reinterpret_cast<const sockaddr_in&>(address).sin_port;
  return ntohs(port);
}

}  // namespace xgrad::distributed::sockets
