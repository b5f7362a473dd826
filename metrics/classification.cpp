#include "metrics/classification.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "autograd/base/check.h"
#include "autograd/base/utf8.h"
#include "metrics/predictions.h"

namespace xgrad::metrics {

namespace {

double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void check_any(const char* metric, const ConfusionMatrix& matrix) {
  check<ValueError>(matrix.total() > 0, "{}: expected examples before compute()", metric);
}

std::int64_t correct(const ConfusionMatrix& matrix) {
  std::int64_t sum = 0;
  for (std::int64_t c = 0; c < matrix.classes(); ++c) sum += matrix.count(c, c);
  return sum;
}

std::vector<double> precisions(const ConfusionMatrix& matrix) {
  std::vector<double> result;
  for (std::int64_t c = 0; c < matrix.classes(); ++c)
    result.push_back(ratio(matrix.count(c, c), matrix.prediction_count(c)));
  return result;
}

std::vector<double> recalls(const ConfusionMatrix& matrix) {
  std::vector<double> result;
  for (std::int64_t c = 0; c < matrix.classes(); ++c) result.push_back(ratio(matrix.count(c, c), matrix.target_count(c)));
  return result;
}

std::vector<double> f1_scores(const ConfusionMatrix& matrix) {
  std::vector<double> result;
  for (std::int64_t c = 0; c < matrix.classes(); ++c) {
    result.push_back(ratio(2 * matrix.count(c, c), matrix.prediction_count(c) + matrix.target_count(c)));
  }
  return result;
}

double average_of(const char* metric, const ConfusionMatrix& matrix, const std::vector<double>& values, Average average) {
  check_any(metric, matrix);
  if (average == Average::Micro) return ratio(correct(matrix), matrix.total());
  double sum = 0;
  double weights = 0;
  for (std::int64_t c = 0; c < matrix.classes(); ++c) {
    const std::int64_t support = matrix.target_count(c);
    const bool occurs = support + matrix.prediction_count(c) > 0;
    const double weight = average == Average::Weighted ? static_cast<double>(support) : occurs ? 1 : 0;
    sum += weight * values[static_cast<std::size_t>(c)];
    weights += weight;
  }
  return sum / weights;
}

}  // namespace

void Accuracy::update(const Tensor& predictions, const Tensor& targets) {
  const detail::Classes examples("Accuracy", predictions, targets);
  for (std::size_t i = 0; i < examples.targets.size(); ++i) update(examples.predictions[i] == examples.targets[i]);
}

void Accuracy::update(bool correct) {
  correct_ += correct ? 1 : 0;
  ++total_;
}

double Accuracy::compute() const {
  check<ValueError>(total_ > 0, "Accuracy: expected examples before compute()");
  return ratio(correct_, total_);
}

void Accuracy::reset() { *this = Accuracy(); }

void Accuracy::merge(const Accuracy& other) {
  correct_ += other.correct_;
  total_ += other.total_;
}

double BalancedAccuracy::compute() const {
  check_any("BalancedAccuracy", matrix_);
  const std::vector<double> values = recalls(matrix_);
  double sum = 0;
  std::int64_t classes = 0;
  for (std::int64_t c = 0; c < matrix_.classes(); ++c) {
    if (matrix_.target_count(c) == 0) continue;
    sum += values[static_cast<std::size_t>(c)];
    ++classes;
  }
  return sum / static_cast<double>(classes);
}

double Precision::compute() const { return average_of("Precision", matrix_, per_class(), average_); }
std::vector<double> Precision::per_class() const { return precisions(matrix_); }

double Recall::compute() const { return average_of("Recall", matrix_, per_class(), average_); }
std::vector<double> Recall::per_class() const { return recalls(matrix_); }

double F1Score::compute() const { return average_of("F1Score", matrix_, per_class(), average_); }
std::vector<double> F1Score::per_class() const { return f1_scores(matrix_); }

std::string classification_report(const ConfusionMatrix& matrix, const std::vector<std::string>& names) {
  check<ValueError>(names.size() == static_cast<std::size_t>(matrix.classes()),
                    "classification_report: expected {} names, got {}", matrix.classes(), names.size());
  check_any("classification_report", matrix);
  std::size_t width = std::string_view("weighted mean").size();
  for (const std::string& name : names) width = std::max(width, xgrad::detail::count_code_points(name));
  const auto line = [width](const std::string& name, double precision, double recall, double f1, std::int64_t support) {
    const std::size_t characters = xgrad::detail::count_code_points(name);
    return fmt::format("{}{}  {:>9.3f}  {:>6.3f}  {:>5.3f}  {:>8}\n", std::string(width - characters, ' '), name, precision,
                       recall, f1, support);
  };
  std::string table = fmt::format("{:>{}}  precision  recall     F1  examples\n", "", width);
  const auto precision = precisions(matrix);
  const auto recall = recalls(matrix);
  const auto f1 = f1_scores(matrix);
  for (std::size_t c = 0; c < names.size(); ++c) {
    table += line(names[c], precision[c], recall[c], f1[c], matrix.target_count(static_cast<std::int64_t>(c)));
  }
  for (const Average average : {Average::Macro, Average::Weighted}) {
    const auto mean = [&](const std::vector<double>& values) {
      return average_of("classification_report", matrix, values, average);
    };
    table +=
        line(average == Average::Macro ? "mean" : "weighted mean", mean(precision), mean(recall), mean(f1), matrix.total());
  }
  table +=
      fmt::format("{:>{}}  {:>24.3f}  {:>8}\n", "accuracy", width, ratio(correct(matrix), matrix.total()), matrix.total());
  return table;
}

}  // namespace xgrad::metrics
