/// Whether operations are recorded. Each thread has its own setting.
#pragma once

#include "autograd/base/only.h"

namespace xgrad {

/// https://pytorch.org/cppdocs/notes/inference_mode.html
struct GradMode {
  /// Whether operations are recorded.
  static bool is_enabled();
  /// Sets whether operations are recorded.
  static void set_enabled(OnlyBool enabled);
};

/// GradMode::set_enabled; for a scope there is AutoGradMode.
inline void set_grad_enabled(OnlyBool enabled) { GradMode::set_enabled(enabled); }

/// Sets the grad mode of this thread, and restores it at the end of the scope.
class AutoGradMode {
 public:
  /// Until the end of the scope.
  explicit AutoGradMode(OnlyBool enabled) : previous_(GradMode::is_enabled()) { GradMode::set_enabled(enabled); }
  ~AutoGradMode() { GradMode::set_enabled(previous_); }
  AutoGradMode(const AutoGradMode&) = delete;
  AutoGradMode& operator=(const AutoGradMode&) = delete;

 private:
  bool previous_;
};

/// Nothing is recorded in the scope of this guard.
struct NoGradGuard : AutoGradMode {
  NoGradGuard() : AutoGradMode(false) {}
};

/// Operations are recorded in the scope of this guard, inside a NoGradGuard as well.
struct EnableGradGuard : AutoGradMode {
  EnableGradGuard() : AutoGradMode(true) {}
};

/// Nothing is recorded in the scope of this guard, and tensors made in it never enter the graph: outside, saving one for a
/// backward pass, changing one in place or asking it for a gradient throws GraphError, so that results of inference cannot
/// slip into training. clone() gives an ordinary tensor. https://pytorch.org/cppdocs/notes/inference_mode.html
class InferenceMode {
 public:
  /// Until the end of the scope; with false, ordinary mode inside another guard.
  explicit InferenceMode(OnlyBool enabled = true);
  ~InferenceMode();
  InferenceMode(const InferenceMode&) = delete;
  InferenceMode& operator=(const InferenceMode&) = delete;

  /// Whether this thread is inside such a scope.
  static bool is_enabled();

 private:
  bool previous_;
  AutoGradMode grad_mode_;
};

}  // namespace xgrad
