#include "progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace support {

Progress::Progress(std::string title, std::int64_t total, std::string unit)
    : title_(std::move(title)), total_(total), unit_(std::move(unit)), terminal_(isatty(STDOUT_FILENO) != 0) {}

double Progress::seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

std::string Progress::rate(std::int64_t done) const {
  const double per_second = static_cast<double>(done) / std::max(1e-9, seconds());
  const double left = static_cast<double>(total_ - done) / std::max(1e-9, per_second);
  const auto whole = static_cast<std::int64_t>(left);
  const std::string time = whole < 60 ? fmt::format("{:.0f} s", left) : fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{:.0f} {}/s, {} left", per_second, unit_, time);
}

void Progress::update(std::int64_t done, const std::string& figures) {
  const double now = seconds();
  if (now - last_shown_ < (terminal_ ? 0.1 : 10)) return;
  last_shown_ = now;
  if (!terminal_) {
    fmt::print("{} {}/{}: {}, {}\n", title_, done, total_, figures, rate(done));
  } else {
    constexpr std::int64_t width = 24;
    const std::int64_t filled = total_ > 0 ? std::min(width, width * done / total_) : width;
    fmt::print("\r\x1b[K{} [{}{}] {}/{} {}, {}", title_, std::string(static_cast<std::size_t>(filled), '='),
               std::string(static_cast<std::size_t>(width - filled), ' '), done, total_, figures, rate(done));
  }
  std::fflush(stdout);
}

void Progress::clear() const {
  if (terminal_) fmt::print("\r\x1b[K");
}

double Progress::finish(const std::string& figures) {
  const double elapsed = seconds();
  clear();
  fmt::print("{}: {}, {:.1f} s, {:.0f} {}/s\n", title_, figures, elapsed,
             static_cast<double>(total_) / std::max(1e-9, elapsed), unit_);
  std::fflush(stdout);
  return elapsed;
}

}  // namespace support
