#include "autograd/graph/anomaly_mode.h"

#include <cxxabi.h>
#include <dlfcn.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <memory>

#include "autograd/graph/grad_mode.h"
#include "autograd/graph/node.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/reduce.h"
#include "autograd/tensor/check.h"

namespace xgrad::autograd {

namespace {
std::atomic<bool> anomaly_mode{false};
std::atomic<bool> check_nan_mode{true};
}  // namespace

bool AnomalyMode::is_enabled() { return anomaly_mode.load(std::memory_order_relaxed); }
bool AnomalyMode::should_check_nan() { return is_enabled() && check_nan_mode.load(std::memory_order_relaxed); }
void AnomalyMode::set_enabled(bool enabled, bool check_nan) {
  check_nan_mode.store(check_nan);
  anomaly_mode.store(enabled);
}

DetectAnomalyGuard::DetectAnomalyGuard(bool check_nan)
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

void require_finite(const Node& node, std::span<const Tensor> arrived, std::span<const Tensor> computed) {
  const NoGradGuard no_grad;
  const auto finite = [](const Tensor& x) {
    return !x.defined() || !x.is_floating_point() || all(isfinite(x)).item<bool>();
  };
  for (std::size_t i = 0; i < computed.size(); ++i) {
    if (finite(computed[i])) continue;
    const Tensor places = nonzero(logical_not(isfinite(computed[i])));
    const std::vector<std::int64_t> place =
        places.size(-1) > 0 ? places[0].to_vector<std::int64_t>() : std::vector<std::int64_t>{};
    Tensor element = computed[i];
    for (const std::int64_t index : place) element = element[index];
    bool came_finite = true;
    for (const Tensor& gradient : arrived) came_finite &= finite(gradient);
    const std::string where = describe_call_site(node.call_site());
    throw GraphError(fmt::format(
        "backward of {}: the gradient of its input {} is {} at index {} (shape {}){}. {}", node.name(), i,
        element.item<double>(), IntArrayRef(place), computed[i].sizes(),
        came_finite ? ", the first that is not finite" : "; the gradient that arrived was not finite already",
        where.empty() ? "Where the operation was called was not recorded: turn anomaly detection on before the forward pass"
                      : "The operation was called from" + where));
  }
}

}  // namespace xgrad::detail
