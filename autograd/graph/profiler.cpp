#include "autograd/graph/profiler.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "autograd/base/atomic_file.h"
#include "autograd/base/check.h"
#include "autograd/base/json.h"
#include "autograd/graph/node.h"

namespace xgrad::autograd::profiler {

namespace detail {
std::atomic<bool> recording{false};
}

namespace {

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// What the running profile has gathered, of all threads.
struct Recording {
  std::mutex mutex;
  std::vector<Event> events;
  std::int64_t start = 0;
};

Recording& the_recording() {
  static Recording recording;
  return recording;
}

std::uint32_t thread_number() {
  static std::atomic<std::uint32_t> threads{0};
  thread_local const std::uint32_t number = threads++;
  return number;
}

thread_local RecordFunction* innermost = nullptr;

}  // namespace

void RecordFunction::begin(const char* name, bool backward) {
  name_ = name;
  backward_ = backward;
  parent_ = innermost;
  innermost = this;
  start_ = now();
}

void RecordFunction::end() {
  const std::int64_t duration = now() - start_;
  innermost = parent_;
  if (parent_ != nullptr) parent_->inside_ += duration;
  Recording& recording = the_recording();
  const std::lock_guard lock(recording.mutex);
  // Scopes that outlive the profile, or began before it, are not part of it.
  if (!detail::recording.load(std::memory_order_relaxed) || start_ < recording.start) return;
  recording.events.push_back({backward_ ? node_name(name_) + "Backward" : std::string(name_), backward_, thread_number(),
                              start_ - recording.start, duration, duration - inside_});
}

Profile::Profile() {
  Recording& recording = the_recording();
  const std::lock_guard lock(recording.mutex);
  check<GraphError>(!detail::recording.load(), "Profile: another profile is recording; stop it first");
  recording.events.clear();
  recording.start = now();
  detail::recording.store(true);
}

Profile::~Profile() { stop(); }

void Profile::stop() {
  if (stopped_) return;
  stopped_ = true;
  Recording& recording = the_recording();
  const std::lock_guard lock(recording.mutex);
  detail::recording.store(false);
  length_ = now() - recording.start;
  events_ = std::move(recording.events);
  recording.events.clear();
}

const std::vector<Event>& Profile::events() {
  stop();
  return events_;
}

std::vector<EventAverage> Profile::key_averages() {
  std::map<std::string, EventAverage> by_name;
  for (const Event& event : events()) {
    EventAverage& average = by_name[event.name];
    average.name = event.name;
    average.count += 1;
    average.total += event.duration;
    average.self_total += event.self_duration;
  }
  std::vector<EventAverage> averages;
  averages.reserve(by_name.size());
  for (auto& [name, average] : by_name) averages.push_back(std::move(average));
  return averages;
}

std::string Profile::table(const std::string& sort_by, std::size_t rows) {
  check<ValueError>(sort_by == "total" || sort_by == "self" || sort_by == "count",
                    R"(table: expected the order "total", "self" or "count", got "{}")", sort_by);
  std::multimap<std::int64_t, EventAverage, std::greater<>> averages;
  std::int64_t whole = 0;
  std::size_t width = 4;
  for (EventAverage& average : key_averages()) {
    whole += average.self_total;
    width = std::max(width, average.name.size());
    const std::int64_t key = sort_by == "total" ? average.total : sort_by == "self" ? average.self_total : average.count;
    averages.emplace(key, std::move(average));
  }

  const auto milliseconds = [](std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-6; };
  std::string text = fmt::format("{:<{}}  {:>8}  {:>12}  {:>12}  {:>7}  {:>12}\n", "name", width, "calls", "total ms",
                                 "self ms", "self %", "mean us");
  for (std::size_t row = 0; const auto& [key, average] : averages) {
    if (row++ == rows) break;
    text += fmt::format("{:<{}}  {:>8}  {:>12.3f}  {:>12.3f}  {:>7.1f}  {:>12.3f}\n", average.name, width, average.count,
                        milliseconds(average.total), milliseconds(average.self_total),
                        whole > 0 ? 100.0 * static_cast<double>(average.self_total) / static_cast<double>(whole) : 0.0,
                        static_cast<double>(average.total) * 1e-3 / static_cast<double>(average.count));
  }
  if (rows < averages.size()) text += fmt::format("and {} more\n", averages.size() - rows);
  text += fmt::format("{:.3f} ms in operations, of {:.3f} ms\n", milliseconds(whole), milliseconds(length_));
  return text;
}

void Profile::export_chrome_trace(const std::string& path) {
  const int process = ::getpid();
  std::string text = R"({"displayTimeUnit":"ms","traceEvents":[)";
  const char* separator = "";
  std::uint32_t threads = 0;
  for (const Event& event : events()) {
    threads = std::max(threads, event.thread + 1);
    text += fmt::format(R"({}{{"name":{},"cat":"{}","ph":"X","ts":{:.3f},"dur":{:.3f},"pid":{},"tid":{}}})", separator,
                        xgrad::detail::quote_json(event.name, xgrad::detail::NotUtf8::replace),
                        event.backward ? "backward" : "forward", static_cast<double>(event.start) * 1e-3,
                        static_cast<double>(event.duration) * 1e-3, process, event.thread);
    separator = ",\n";
  }
  for (std::uint32_t thread = 0; thread < threads; ++thread) {
    text += fmt::format(R"({}{{"name":"thread_name","ph":"M","pid":{},"tid":{},"args":{{"name":"thread {}"}}}})", separator,
                        process, thread, thread);
    separator = ",\n";
  }
  text += "]}";
  AtomicFile file(path);
  file.write(text.data(), text.size());
  file.commit();
}

}  // namespace xgrad::autograd::profiler
