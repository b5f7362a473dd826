/// Finds the operation whose backward made the first NaN or infinity.
#pragma once

#include <span>
#include <string>

#include "autograd/base/only.h"

namespace xgrad::autograd {

/// While enabled, for the whole process: operations remember where they were called, and backward throws GraphError at the
/// first gradient that is not finite, naming the operation that it came from and that place. Slow; for debugging.
/// https://pytorch.org/docs/1.13/autograd.html#anomaly-detection
class AnomalyMode {
 public:
  /// Whether it is on.
  static bool is_enabled();
  /// Whether backward looks for NaN and infinity, or operations only remember where they were called.
  static bool should_check_nan();
  /// Switches it for the whole process.
  static void set_enabled(OnlyBool enabled, OnlyBool check_nan = true);
};

/// AnomalyMode for a scope.
///
///   const autograd::DetectAnomalyGuard detect_anomaly;
///   loss.backward();   // GraphError: backward of Sqrt: the gradient of its input 0 ... is inf
///
/// The places are the names of the functions on the stack, as far as the program exports them (link with -rdynamic).
class DetectAnomalyGuard {
 public:
  /// Until the end of the scope.
  explicit DetectAnomalyGuard(OnlyBool check_nan = true);
  ~DetectAnomalyGuard();
  DetectAnomalyGuard(const DetectAnomalyGuard&) = delete;
  DetectAnomalyGuard& operator=(const DetectAnomalyGuard&) = delete;

 private:
  bool enabled_before_;
  bool checked_before_;
};

}  // namespace xgrad::autograd

namespace xgrad::detail {
/// The functions that called this one, innermost first, a line each, without those of xgrad's graph.
std::string describe_call_site(std::span<void* const> addresses);
}  // namespace xgrad::detail
