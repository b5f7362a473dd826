/// TCP sockets, for what ranks tell one another beside the engine.
#pragma once

#include <netdb.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace xgrad::distributed::sockets {

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
  ~Socket() { close(); }
  void close();
  int get() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

/// Why the last system call failed, in words.
std::string reason();
/// Waits until a socket is ready; false where the time is over.
bool wait_for(int descriptor, short events, TimePoint deadline);
/// All bytes are sent or received; false where the time is over or the other side has gone.
bool send_all(int descriptor, const void* data, std::size_t bytes, TimePoint deadline);
bool receive_all(int descriptor, void* data, std::size_t bytes, TimePoint deadline);

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;
/// Throws DistributedError for a name that is not known.
Addresses resolve(const std::string& host, int port, int flags, int type = SOCK_STREAM);
/// A connection to a port of a machine, whichever of its addresses takes it; no socket where none does in time.
Socket connect_within(const std::string& host, int port, TimePoint deadline);
/// An address as numbers, such as "127.0.0.1".
std::string address_text(const sockaddr* address);
/// A socket that listens on a port of all interfaces; 0 takes a free one. Throws DistributedError.
Socket listen_on(int port);
/// The port that a socket listens on.
int port_of(const Socket& socket);

}  // namespace xgrad::distributed::sockets
