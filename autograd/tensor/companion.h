/// What was computed from a tensor's memory and is kept with it, such as weights in another layout. For .cpp files.
#pragma once

#include <memory>
#include <mutex>

#include "autograd/tensor/storage.h"

namespace xgrad {

/// One for each memory that has any, gone with it. Whoever puts something there notes the Storage::version() that it holds
/// for.
struct Storage::Companion {
  std::mutex mutex;
  std::shared_ptr<void> value;  ///< guarded by the mutex
};

}  // namespace xgrad
