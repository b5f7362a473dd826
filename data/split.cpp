#include "data/split.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "autograd/base/check.h"
#include "data/dataset.h"
#include "data/random_order.h"

namespace xgrad::data {

namespace {

void check_fraction(double fraction) {
  check<ValueError>(fraction > 0 && fraction < 1, "split: expected a fraction between 0 and 1, got {}", fraction);
}

/// How many of `size` are held out: one at least where something is left besides, and never all.
std::size_t share(std::size_t size, double fraction) {
  if (size < 2) return 0;
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::llround(fraction * static_cast<double>(size))), 1, size - 1);
}

template <class Label>
HoldoutSplit split_by_class(const std::vector<Label>& labels, double fraction, const Generator& generator) {
  check_fraction(fraction);
  std::unordered_map<Label, std::size_t> left;
  for (const Label& label : labels) ++left[label];
  for (auto& [label, count] : left) count = share(count, fraction);
  HoldoutSplit split;
  for (const std::size_t i : detail::random_order(labels.size(), generator)) {
    std::size_t& wanted = left[labels[i]];
    (wanted > 0 ? split.test : split.train).push_back(i);
    wanted -= wanted > 0 ? 1 : 0;
  }
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.test.begin(), split.test.end());
  return split;
}

}  // namespace

HoldoutSplit holdout_split(std::size_t size, double fraction, const Generator& generator) {
  return split_by_class(detail::zeros_of_size<std::int64_t>(size), fraction, generator);
}

HoldoutSplit stratified_split(const std::vector<std::int64_t>& labels, double fraction, const Generator& generator) {
  return split_by_class(labels, fraction, generator);
}

HoldoutSplit stratified_split(const std::vector<std::string>& labels, double fraction, const Generator& generator) {
  return split_by_class(labels, fraction, generator);
}

std::string DuplicateCounts::describe() const {
  return fmt::format("duplicates: {} within train, {} within test; {} of the test {} in train", within_train, within_test,
                     test_in_train, test_in_train == 1 ? "is" : "are");
}

DuplicateCounts count_duplicates(const std::vector<std::string>& train, const std::vector<std::string>& test) {
  DuplicateCounts counts;
  std::unordered_set<std::string_view> train_texts;
  for (const std::string& text : train) counts.within_train += train_texts.insert(text).second ? 0 : 1;
  std::unordered_set<std::string_view> test_texts;
  for (const std::string& text : test) {
    counts.within_test += test_texts.insert(text).second ? 0 : 1;
    counts.test_in_train += train_texts.contains(text) ? 1 : 0;
  }
  return counts;
}

double ClassCounts::majority_share() const {
  return total == 0 ? 0 : static_cast<double>(counts[static_cast<std::size_t>(majority)]) / static_cast<double>(total);
}

std::string ClassCounts::describe(const std::vector<std::string>& names) const {
  check<ValueError>(names.size() == counts.size(), "ClassCounts: expected {} names, got {}", counts.size(), names.size());
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double percent = total == 0 ? 0 : 100 * static_cast<double>(counts[i]) / static_cast<double>(total);
    text += fmt::format("{}{} {} ({:.1f} %)", i == 0 ? "" : ", ", names[i], counts[i], percent);
  }
  return text;
}

ClassCounts count_classes(const std::vector<std::int64_t>& labels, std::int64_t classes) {
  check<ValueError>(classes >= 0, "count_classes: expected a number of classes, got {}", classes);
  ClassCounts result;
  result.counts.resize(static_cast<std::size_t>(classes));
  for (const std::int64_t label : labels) {
    check<IndexError>(label >= 0 && label < classes, "count_classes: expected classes below {}, got {}", classes, label);
    ++result.counts[static_cast<std::size_t>(label)];
  }
  result.total = static_cast<std::int64_t>(labels.size());
  result.majority = std::max_element(result.counts.begin(), result.counts.end()) - result.counts.begin();
  if (classes == 0) result.majority = 0;
  return result;
}

std::string LengthSummary::describe() const {
  return fmt::format("{} to {}, mean {:.1f}, median {}, 95 % up to {}", min, max, mean, median, percentile_95);
}

LengthSummary summarize_lengths(std::vector<std::int64_t> lengths) {
  LengthSummary summary;
  if (lengths.empty()) return summary;
  std::sort(lengths.begin(), lengths.end());
  const std::size_t size = lengths.size();
  double sum = 0;
  for (const std::int64_t length : lengths) sum += static_cast<double>(length);
  summary.count = size;
  summary.min = lengths.front();
  summary.max = lengths.back();
  summary.mean = sum / static_cast<double>(size);
  summary.median = lengths[(size + 1) / 2 - 1];
  summary.percentile_95 = lengths[(size * 95 + 99) / 100 - 1];
  return summary;
}

}  // namespace xgrad::data
