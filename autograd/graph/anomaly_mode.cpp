#include "autograd/graph/anomaly_mode.h"

#include <cxxabi.h>
#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <memory>

#include <fmt/format.h>

namespace xgrad::autograd {

namespace {
std::atomic<bool> anomaly_mode{false};
std::atomic<bool> check_nan_mode{true};
}  // namespace

bool AnomalyMode::is_enabled() { return anomaly_mode.load(std::memory_order_relaxed); }
bool AnomalyMode::should_check_nan() { return is_enabled() && check_nan_mode.load(std::memory_order_relaxed); }
void AnomalyMode::set_enabled(OnlyBool enabled, OnlyBool check_nan) {
  check_nan_mode.store(check_nan);
  anomaly_mode.store(enabled);
}

DetectAnomalyGuard::DetectAnomalyGuard(OnlyBool check_nan)
    : enabled_before_(AnomalyMode::is_enabled()), checked_before_(check_nan_mode.load()) {
  AnomalyMode::set_enabled(true, check_nan);
}
DetectAnomalyGuard::~DetectAnomalyGuard() { AnomalyMode::set_enabled(enabled_before_, checked_before_); }

}  // namespace xgrad::autograd

namespace xgrad::detail {

std::string describe_call_site(std::span<void* const> addresses) {
  std::string text;
  for (void* const address : addresses) {
    Dl_info info{};
    if (dladdr(address, &info) == 0) continue;
    std::string line;
    if (info.dli_sname != nullptr) {
      int status = 0;
      const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status),
                                                        &std::free);
      line = status == 0 ? name.get() : info.dli_sname;
    } else if (info.dli_fname != nullptr) {
      const auto offset = static_cast<const char*>(address) - static_cast<const char*>(info.dli_fbase);
      line = fmt::format("{}+{:#x}", info.dli_fname, offset);  // what addr2line takes
    }
    if (!line.empty()) text += "\n    " + line;
  }
  return text;
}

}  // namespace xgrad::detail
