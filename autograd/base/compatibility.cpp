#include "autograd/base/compatibility.h"

#include <atomic>

namespace xgrad {

namespace {
std::atomic<bool> libtorch_is_imitated{false};
}  // namespace

void imitate_libtorch(OnlyBool enabled) { libtorch_is_imitated.store(enabled); }

bool imitates_libtorch() noexcept { return libtorch_is_imitated.load(std::memory_order_relaxed); }

}  // namespace xgrad
