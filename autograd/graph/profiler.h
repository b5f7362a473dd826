/// The profiler: where a program spends its time, operation by operation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "autograd/graph/record_function.h"

namespace xgrad::autograd::profiler {

/// One scope that ended while the profiler ran.
struct Event {
  std::string name;            ///< of the operation or scope
  bool backward;               ///< a node of the graph computing gradients
  std::uint32_t thread;        ///< numbered in the order in which threads appeared
  std::int64_t start;          ///< nanoseconds since the profile began
  std::int64_t duration;       ///< nanoseconds
  std::int64_t self_duration;  ///< without the scopes within it
};

/// All events of one name.
struct EventAverage {
  std::string name;  ///< of the operation or scope
  std::int64_t count = 0;
  std::int64_t total = 0;       ///< nanoseconds; a scope within one of the same name counts twice
  std::int64_t self_total = 0;  ///< nanoseconds, without the scopes within
};

/// Records every operation, forward and backward, of all threads, from its construction until stop().
///
///   autograd::profiler::Profile profile;
///   model->forward(x).sum().backward();
///   std::cout << profile.table();                 // stops, and prints what took longest first
///   profile.export_chrome_trace("trace.json");    // open it in ui.perfetto.dev or chrome://tracing
///
/// One at a time: a second one throws GraphError. Recording costs about a tenth of a microsecond for each operation.
/// https://pytorch.org/docs/1.13/autograd.html#torch.autograd.profiler.profile
class Profile {
 public:
  /// Begins to record. Throws GraphError where another profile is recording.
  Profile();
  ~Profile();
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  /// Ends the recording; what was recorded stays. The functions below call it.
  void stop();
  /// What was recorded, by the time at which it ended.
  const std::vector<Event>& events();
  /// Added up by name.
  std::vector<EventAverage> key_averages();
  /// A table of key_averages(), the largest first. `sort_by`: "total", "self" or "count"; `rows`: no more than these. Throws
  /// ValueError for another order.
  std::string table(const std::string& sort_by = "total", std::size_t rows = 50);
  /// Writes the events as a Chrome trace. Throws FileError.
  void export_chrome_trace(const std::string& path);

 private:
  bool stopped_ = false;
  std::int64_t length_ = 0;  ///< nanoseconds
  std::vector<Event> events_;
};

}  // namespace xgrad::autograd::profiler
