/// Transport: what an engine (Gloo, MPI, threads) does for a group of ranks. It moves bytes, and computes nothing.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"

namespace xgrad::distributed {

/// Bytes that go to a rank.
struct Outgoing {
  int peer = 0;
  const std::byte* data = nullptr;  ///< must stay until the transfer was waited for
  std::size_t bytes = 0;            ///< at least 1
};

/// Where bytes from a rank go.
struct Incoming {
  int peer = 0;
  std::byte* data = nullptr;  ///< must stay until the transfer was waited for
  std::size_t bytes = 0;      ///< as many as the peer sends
};

/// Thrown by engines: which ranks are gone, or late.
class TransportError : public Error {
 public:
  /// `late`: the ranks have not sent in time what was expected. Otherwise they are gone.
  TransportError(std::vector<int> ranks, bool late, const std::string& reason)
      : Error(reason), peers(std::move(ranks)), is_late(late) {}
  std::vector<int> peers;
  bool is_late;
};

/// Messages that are under way.
class Transfer {
 public:
  virtual ~Transfer() = default;
  /// Waits until all that was to be sent has left its memory, and all that was to come is there. Throws TransportError.
  virtual void wait() = 0;
  /// From another thread: the wait that goes on, or the next one, ends with a TransportError that names those who are late.
  virtual void interrupt() noexcept = 0;
};

/// The connections of one rank. One thread at a time calls it. Between two ranks, messages arrive in the order in which they
/// were sent.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Begins to send and to receive. Sizes are the same on both sides. Throws TransportError.
  virtual std::unique_ptr<Transfer> start(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming) = 0;
  /// After a failure: the others are to notice at once that this rank is gone.
  virtual void abort() noexcept = 0;
  /// After the last message of all: an orderly end.
  virtual void close() = 0;

  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

 protected:
  Transport() = default;
};

}  // namespace xgrad::distributed
