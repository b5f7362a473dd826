/// RecordFunction: marks a stretch of work for the profiler. It costs one comparison where no profiler runs.
#pragma once

#include <atomic>
#include <cstdint>

namespace xgrad::autograd::profiler {

namespace detail {
/// Whether a Profile is recording.
extern std::atomic<bool> recording;
}  // namespace detail

/// Times its own scope: operations open one, and so can programs, to see their own stages in the profile.
///
///   const autograd::profiler::RecordFunction stage("decode");
///
/// The name must outlive the scope. https://pytorch.org/docs/1.13/autograd.html#profiler
class RecordFunction {
 public:
  explicit RecordFunction(const char* name) {
    if (detail::recording.load(std::memory_order_relaxed)) [[unlikely]]
      begin(name, false);
  }
  ~RecordFunction() {
    if (name_ != nullptr) [[unlikely]]
      end();
  }
  RecordFunction(const RecordFunction&) = delete;
  RecordFunction& operator=(const RecordFunction&) = delete;

 private:
  friend class BackwardScope;
  RecordFunction(const char* name, bool backward) {
    if (detail::recording.load(std::memory_order_relaxed)) begin(name, backward);
  }
  void begin(const char* name, bool backward);
  void end();

  const char* name_ = nullptr;  ///< nullptr where nothing is recorded
  bool backward_ = false;
  RecordFunction* parent_ = nullptr;
  std::int64_t start_ = 0;
  std::int64_t inside_ = 0;  ///< nanoseconds spent in scopes within this one
};

/// The scope of one node of the graph while it computes its gradients: "Mul" appears as "MulBackward".
class BackwardScope {
 public:
  explicit BackwardScope(const char* node_name) : scope_(node_name, true) {}

 private:
  RecordFunction scope_;
};

}  // namespace xgrad::autograd::profiler
