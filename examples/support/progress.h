#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace support {

/// Progress towards a total: a bar that redraws itself on a terminal, a line now and then elsewhere.
class Progress {
 public:
  Progress(std::string title, std::int64_t total, std::string unit);
  /// `done` of `total` so far; `figures` such as "loss 0.31 accuracy 0.87".
  void update(std::int64_t done, const std::string& figures);
  /// Takes the bar away, so that something else can be printed.
  void clear() const;

 private:
  double seconds() const;
  std::string rate(std::int64_t done) const;

  std::string title_;
  std::int64_t total_;
  std::string unit_;
  bool terminal_;
  double last_shown_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace support
