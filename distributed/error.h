/// DistributedError: a rank is gone, late, or does something else than the others.
#pragma once

#include "autograd/base/error.h"

namespace xgrad::distributed {

/// The ranks cannot go on together: one is gone, has not arrived in time, or calls another operation. The message names
/// rank, host, step and operation. The group cannot be used any more: end the process, with `restart_exit_code` where
/// whoever started it may start it again.
class DistributedError : public Error {
 public:
  using Error::Error;
};

/// What a process exits with after a DistributedError: start me again (EX_TEMPFAIL of sysexits.h).
inline constexpr int restart_exit_code = 75;

}  // namespace xgrad::distributed
