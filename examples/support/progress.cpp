#include "progress.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

#include "screen.h"

namespace support {

Progress::Progress(std::string title, std::int64_t total, std::string unit)
    : title_(std::move(title)), total_(total), unit_(std::move(unit)), terminal_(is_terminal()) {}

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
    constexpr std::int64_t width = 16;
    const std::int64_t filled = total_ > 0 ? std::min(width, width * done / total_) : width;
    const std::string line =
        fmt::format("{} [{}{}] {}/{} {}, {}", title_, std::string(static_cast<std::size_t>(filled), '='),
                    std::string(static_cast<std::size_t>(width - filled), ' '), done, total_, figures, rate(done));
    fmt::print("\r\x1b[K{}", shortened(line, screen_width - 1));
  }
  std::fflush(stdout);
}

void Progress::clear() const {
  if (terminal_) fmt::print("\r\x1b[K");
}

}  // namespace support
