#include "confusion.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "screen.h"

namespace support {

using xgrad::metrics::ConfusionMatrix;

namespace {

void print_most_frequent(const ConfusionMatrix& confusion, const std::vector<std::string>& names) {
  constexpr std::size_t most = 10;
  struct Confusion {
    std::int64_t target, prediction, count;
  };
  std::vector<Confusion> found;
  for (std::int64_t target = 0; target < confusion.classes(); ++target) {
    for (std::int64_t prediction = 0; prediction < confusion.classes(); ++prediction) {
      const std::int64_t count = confusion.count(target, prediction);
      if (count > 0 && prediction != target) found.push_back({target, prediction, count});
    }
  }
  if (found.empty()) return;
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  fmt::print("\n");
  TextTable table({"is", "was taken for", "times", "share"});
  for (std::size_t i = 0; i < std::min(most, found.size()); ++i) {
    const auto& [target, prediction, count] = found[i];
    table.add(
        {names[static_cast<std::size_t>(target)], names[static_cast<std::size_t>(prediction)],
         grouped(static_cast<std::size_t>(count)),
         fmt::format("{:.1f} %", 100 * static_cast<double>(count) / static_cast<double>(confusion.target_count(target)))});
  }
  table.print();
}

}  // namespace

void print_confusion(const ConfusionMatrix& confusion, const std::vector<std::string>& names) {
  if (names.size() <= few_classes) {
    const std::string matrix = confusion.to_string(names);
    if (display_width(matrix.substr(0, matrix.find('\n'))) <= screen_width) {
      fmt::print("\n{} (rows: is; columns: was taken for)\n{}", faint("confusion"), matrix);
      return;
    }
  }
  print_most_frequent(confusion, names);
}

Heatmap confusion_map(const ConfusionMatrix& confusion, const std::vector<std::string>& names) {
  constexpr std::size_t most = 40;
  std::vector<std::int64_t> shown(names.size());
  std::iota(shown.begin(), shown.end(), 0);
  if (shown.size() > most) {
    std::stable_sort(shown.begin(), shown.end(),
                     [&](std::int64_t a, std::int64_t b) { return confusion.target_count(a) > confusion.target_count(b); });
    shown.resize(most);
  }
  Heatmap map{.title = "confusion: share of each class",
              .x_label = "told as",
              .y_label = "is",
              .columns = {},
              .rows = {},
              .cells = {}};
  for (const std::int64_t target : shown) {
    map.rows.push_back(names[static_cast<std::size_t>(target)]);
    auto& row = map.cells.emplace_back();
    const auto sum = static_cast<double>(std::max<std::int64_t>(1, confusion.target_count(target)));
    for (const std::int64_t prediction : shown) {
      row.push_back(static_cast<double>(confusion.count(target, prediction)) / sum);
    }
  }
  map.columns = map.rows;
  return map;
}

}  // namespace support
