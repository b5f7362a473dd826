/// Rendezvous: how ranks that know nothing but the address of rank 0 find one another.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace xgrad::distributed {

/// Where ranks meet.
struct MeetingPlace {
  std::string address;                         ///< of rank 0's machine
  int port = 0;                                ///< that rank 0 listens on
  int rank = 0;                                ///< of this process
  int world_size = 1;                          ///< how many come
  std::chrono::milliseconds timeout{300'000};  ///< how long they are waited for
};

/// Gives all ranks what each of them has brought, in the order of ranks. Rank 0 listens, and the others connect to it.
/// Throws DistributedError that names the ranks which did not come in time, and where two come as the same rank or with
/// another world size.
std::vector<std::string> meet(const MeetingPlace& place, const std::string& brought);

/// The address of this machine that others on the way to `towards` can reach; that of the interface, where one is
/// named. Throws DistributedError where there is none.
std::string own_address(const std::string& towards, int port, const std::string& interface = "");

/// A socket that listens on a free port of this machine, and the port. Whoever starts ranks passes it on to rank 0 in the
/// variable `listener_variable`.
struct Listener {
  int descriptor = -1;
  int port = 0;
};
/// Throws DistributedError where no port can be had.
Listener listen_anywhere();
/// The environment variable that holds the descriptor.
inline constexpr const char* listener_variable = "XGRAD_RENDEZVOUS_LISTENER";

}  // namespace xgrad::distributed
