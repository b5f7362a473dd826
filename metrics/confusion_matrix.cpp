#include "metrics/confusion_matrix.h"

#include <algorithm>
#include <cstddef>

#include "autograd/base/check.h"
#include "autograd/base/utf8.h"
#include "autograd/tensor/creation.h"
#include "metrics/predictions.h"

namespace xgrad::metrics {

namespace {

/// The first `longest` characters, with spaces before them up to `width` characters.
std::string fit(const std::string& name, std::size_t longest, std::size_t width) {
  std::string cut;
  std::size_t characters = 0;
  for (std::size_t i = 0; i < name.size() && characters < longest; ++characters) {
    xgrad::detail::append_code_point(cut, xgrad::detail::next_code_point(name, i));
  }
  return std::string(width > characters ? width - characters : 0, ' ') + cut;
}

}  // namespace

ConfusionMatrix::ConfusionMatrix(std::int64_t classes) : classes_(classes) {
  constexpr std::int64_t most = 1 << 14;
  check<ValueError>(classes >= 1 && classes <= most, "ConfusionMatrix: expected 1 to {} classes, got {}", most, classes);
  counts_.resize(static_cast<std::size_t>(classes * classes));
}

void ConfusionMatrix::update(const Tensor& predictions, const Tensor& targets) {
  const detail::Classes examples("ConfusionMatrix", predictions, targets, classes_);
  const auto check_class = [this](const char* what, std::int64_t c) {
    check<IndexError>(c >= 0 && c < classes_, "ConfusionMatrix: expected {} below {}, got {}", what, classes_, c);
  };
  for (const std::int64_t c : examples.predictions) check_class("predictions", c);
  for (const std::int64_t c : examples.targets) check_class("targets", c);
  for (std::size_t i = 0; i < examples.targets.size(); ++i) update(examples.predictions[i], examples.targets[i]);
}

void ConfusionMatrix::update(std::int64_t prediction, std::int64_t target) {
  check<IndexError>(prediction >= 0 && prediction < classes_ && target >= 0 && target < classes_,
                    "ConfusionMatrix: expected classes below {}, got {} for {}", classes_, prediction, target);
  ++counts_[static_cast<std::size_t>(target * classes_ + prediction)];
  ++total_;
}

Tensor ConfusionMatrix::compute() const {
  Tensor matrix = empty({classes_, classes_}, kInt64);
  std::copy(counts_.begin(), counts_.end(), matrix.data_ptr<std::int64_t>());
  return matrix;
}

void ConfusionMatrix::reset() {
  std::fill(counts_.begin(), counts_.end(), 0);
  total_ = 0;
}

void ConfusionMatrix::merge(const ConfusionMatrix& other) {
  check<ValueError>(other.classes_ == classes_, "ConfusionMatrix: expected one of {} classes, got {}", classes_,
                    other.classes_);
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  total_ += other.total_;
}

std::int64_t ConfusionMatrix::count(std::int64_t target, std::int64_t prediction) const {
  check<IndexError>(prediction >= 0 && prediction < classes_ && target >= 0 && target < classes_,
                    "ConfusionMatrix: expected classes below {}, got {} for {}", classes_, prediction, target);
  return counts_[static_cast<std::size_t>(target * classes_ + prediction)];
}

std::int64_t ConfusionMatrix::target_count(std::int64_t c) const {
  std::int64_t sum = 0;
  for (std::int64_t other = 0; other < classes_; ++other) sum += count(c, other);
  return sum;
}

std::int64_t ConfusionMatrix::prediction_count(std::int64_t c) const {
  std::int64_t sum = 0;
  for (std::int64_t other = 0; other < classes_; ++other) sum += count(other, c);
  return sum;
}

std::string ConfusionMatrix::to_string(const std::vector<std::string>& names) const {
  check<ValueError>(names.size() == static_cast<std::size_t>(classes_), "ConfusionMatrix: expected {} names, got {}",
                    classes_, names.size());
  constexpr std::size_t longest = 12;
  std::size_t width = 5;
  for (const std::string& name : names) width = std::max(width, std::min(longest, xgrad::detail::count_code_points(name)));
  for (const std::int64_t count : counts_) width = std::max(width, std::to_string(count).size());
  std::string table = fit("", longest, width);
  for (const std::string& name : names) table += "  " + fit(name, longest, width);
  table += '\n';
  for (std::int64_t target = 0; target < classes_; ++target) {
    table += fit(names[static_cast<std::size_t>(target)], longest, width);
    for (std::int64_t prediction = 0; prediction < classes_; ++prediction) {
      table += fmt::format("  {:>{}}", count(target, prediction), width);
    }
    table += '\n';
  }
  return table;
}

}  // namespace xgrad::metrics
