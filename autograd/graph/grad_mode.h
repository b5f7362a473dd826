/// Whether operations are recorded. Each thread has its own setting.
#pragma once

namespace xgrad {

/// https://pytorch.org/cppdocs/notes/inference_mode.html
struct GradMode {
  static bool is_enabled();
  static void set_enabled(bool enabled);
};

/// Sets the grad mode of this thread, and restores it at the end of the scope.
class AutoGradMode {
 public:
  explicit AutoGradMode(bool enabled) : previous_(GradMode::is_enabled()) { GradMode::set_enabled(enabled); }
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

struct EnableGradGuard : AutoGradMode {
  EnableGradGuard() : AutoGradMode(true) {}
};

}  // namespace xgrad
