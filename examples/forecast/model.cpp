#include "model.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <deque>
#include <limits>
#include <memory>

#include "../support/model_info.h"

namespace forecast {

using namespace xgrad;

SeriesNetImpl::SeriesNetImpl(const ModelOptions& options)
    : lstm(register_module("lstm", nn::LSTM(nn::LSTMOptions(1 + options.features, options.hidden).batch_first(true)))),
      output(register_module("output", nn::Linear(options.hidden, options.horizon))) {}

Tensor SeriesNetImpl::forward(const Tensor& window) { return output(std::get<0>(lstm(window)).select(1, -1)); }

SeriesForecaster::SeriesForecaster(const ModelOptions& options, const Tensor& target, const Tensor& features,
                                   std::int64_t rows)
    : SeriesForecaster(options) {
  data::StandardScaler scaler;
  const Tensor values = scaled(target.slice(0, 0, rows));
  scaler.fit(values.slice(0, options.lag) - values.slice(0, 0, rows - options.lag));
  mean_ = scaler.mean().item<double>();
  deviation_ = scaler.scale().item<double>();
  if (options.features == 0) return;
  scaler.fit(features.slice(0, 0, rows));
  feature_means_ = scaler.mean();
  feature_deviations_ = scaler.scale();
}

void SeriesForecaster::save(const std::string& path, const std::string& target_name,
                            const std::vector<std::string>& feature_names) const {
  support::ModelInfo info("forecast");
  info.set("window", options_.window);
  info.set("horizon", options_.horizon);
  info.set("lag", options_.lag);
  info.set("hidden", options_.hidden);
  info.set("logarithm", options_.logarithm);
  info.set("mean", mean_);
  info.set("deviation", deviation_);
  info.set("target", target_name);
  info.set("features", feature_names);
  std::vector<std::string> means;
  std::vector<std::string> deviations;
  for (std::int64_t i = 0; i < options_.features; ++i) {
    means.push_back(fmt::format("{}", feature_means_[i].item<double>()));
    deviations.push_back(fmt::format("{}", feature_deviations_[i].item<double>()));
  }
  info.set("feature_means", means);
  info.set("feature_deviations", deviations);
  xgrad::save(net_, path, info.entries());
}

namespace {

/// The finite number that the whole text is; NaN for anything else.
double number_of(std::string text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.pop_back();
  while (!text.empty() && text.front() == ' ') text.erase(0, 1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value)
             ? value
             : std::numeric_limits<double>::quiet_NaN();
}

/// Numbers with commas between them.
std::vector<double> row_of(const std::string& text) {
  std::vector<double> row;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    row.push_back(number_of(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return row;
}

Tensor numbers_of(const std::vector<std::string>& texts) {
  std::vector<double> numbers;
  for (const std::string& text : texts) numbers.push_back(number_of(text));
  return tensor(numbers, kFloat64);
}

}  // namespace

SeriesForecaster SeriesForecaster::load(const std::string& path) {
  const auto info = support::ModelInfo::load(path);
  info.check_program({"forecast"});
  const ModelOptions options{.window = info.integer("window"),
                             .horizon = info.integer("horizon"),
                             .lag = info.integer("lag"),
                             .features = static_cast<std::int64_t>(info.list("features").size()),
                             .hidden = info.integer("hidden"),
                             .logarithm = info.flag("logarithm")};
  if (options.window < 1 || options.horizon < 1 || options.lag < 1) throw FileError(path + ": expected sizes above 0");
  SeriesForecaster result(options);
  result.mean_ = info.number("mean");
  result.deviation_ = info.number("deviation");
  result.feature_means_ = numbers_of(info.list("feature_means"));
  result.feature_deviations_ = numbers_of(info.list("feature_deviations"));
  if (result.feature_means_.numel() != options.features || result.feature_deviations_.numel() != options.features) {
    throw FileError(path + ": expected a mean and a deviation for each feature");
  }
  xgrad::load(result.net_, path);
  return result;
}

Tensor SeriesForecaster::scaled(const Tensor& target) const { return options_.logarithm ? target.log() : target; }

Tensor SeriesForecaster::inputs(const Tensor& target, const Tensor& features) const {
  const Tensor values = scaled(target);
  const std::int64_t rows = values.size(0);
  Tensor changes =
      ((values.slice(0, options_.lag) - values.slice(0, 0, rows - options_.lag) - mean_) / deviation_).unsqueeze(1);
  if (options_.features > 0) {
    changes = cat({changes, (features.slice(0, options_.lag) - feature_means_) / feature_deviations_}, 1);
  }
  return changes.to(kFloat32);
}

Tensor SeriesForecaster::forecast(const Tensor& target, const Tensor& features, std::int64_t steps, bool recursive) const {
  const NoGradGuard no_grad;
  Tensor values = target.slice(0, target.size(0) - needed_rows());
  Tensor known = options_.features > 0 ? features.slice(0, features.size(0) - needed_rows()) : features;
  const std::int64_t given = values.size(0);
  while (values.size(0) < given + steps) {
    const std::int64_t rows = values.size(0);
    const Tensor window = inputs(values, known).slice(0, -options_.window);
    const Tensor changes = net_(window.unsqueeze(0))[0].to(kFloat64) * deviation_ + mean_;
    // One step after the other: what a step is a change of may itself be forecast.
    const std::int64_t count = recursive ? 1 : std::min(options_.horizon, given + steps - rows);
    for (std::int64_t i = 0; i < count; ++i) {
      const Tensor next = scaled(values[rows + i - options_.lag]) + changes[i];
      values = cat({values, (options_.logarithm ? next.exp() : next).unsqueeze(0)});
      if (options_.features > 0) known = cat({known, known.slice(0, -1)});
    }
  }
  return values.slice(0, given);
}

namespace {

constexpr const char* above_zero = "expected a value above 0, since the model works on logarithms";

/// Throws a FileError that names the line of the latest value that has no logarithm, where there is one among the `rows`
/// last.
void check_logarithms(const data::Series& series, std::int64_t rows) {
  if (series.target.slice(0, series.size() - rows).min().item<double>() > 0) return;
  data::CsvReader reader(series.format.path, series.format.options);
  std::uint64_t line = 0;
  double value = 0;
  for (data::CsvRow row; reader.next(row);) {
    const double number = row.number(series.target_name);
    if (!(number <= 0) || (series.reversed && line != 0)) continue;
    line = row.line();
    value = number;
  }
  throw FileError(fmt::format("{}, line {}: {}, got {}", series.format.path, line, above_zero, value));
}

std::string csv_number(double value) { return std::isfinite(value) ? fmt::format("{:.9g}", value) : ""; }

}  // namespace

support::Predictor load_predictor(const std::string& path) {
  const auto forecaster = std::make_shared<const SeriesForecaster>(SeriesForecaster::load(path));
  const auto rows = std::make_shared<std::deque<std::vector<double>>>();
  const auto line = std::make_shared<std::int64_t>(0);
  return [forecaster, rows, line](const std::vector<std::string>& lines) {
    const ModelOptions& options = forecaster->options();
    std::vector<support::Answer> answers;
    for (const std::string& text : lines) {
      ++*line;
      const std::vector<double> row = row_of(text);
      const bool numbers = std::none_of(row.begin(), row.end(), [](double value) { return std::isnan(value); });
      const bool empty = text.find_first_not_of(" \t") == std::string::npos;
      if (!numbers && *line > 1 && !empty) {
        answers.push_back({{}, {}, {}, fmt::format("expected numbers with commas between them, got '{}'", text)});
        break;
      }
      if (numbers && static_cast<std::int64_t>(row.size()) != 1 + options.features) {
        answers.push_back(
            {{}, {}, {}, fmt::format("expected the target and {} features, got {} numbers", options.features, row.size())});
        break;
      }
      if (numbers && options.logarithm && !(row[0] > 0)) {
        answers.push_back({{}, {}, {}, fmt::format("{}, got {}", above_zero, row[0])});
        break;
      }
      if (numbers) rows->push_back(row);
      if (static_cast<std::int64_t>(rows->size()) > forecaster->needed_rows()) rows->pop_front();
      support::Answer& answer = answers.emplace_back();
      const bool enough = numbers && static_cast<std::int64_t>(rows->size()) == forecaster->needed_rows();
      Tensor found;
      if (enough) {
        TensorList all;
        for (const std::vector<double>& known : *rows) all.push_back(tensor(known, kFloat64));
        const Tensor table = stack(all);
        found = forecaster->forecast(table.select(1, 0), table.slice(1, 1), options.horizon, false);
      }
      for (std::int64_t i = 0; i < options.horizon; ++i) {
        answer.numbers.emplace_back(fmt::format("step_{}", i + 1),
                                    enough ? found[i].item<double>() : std::numeric_limits<double>::quiet_NaN());
      }
    }
    return answers;
  };
}

bool forecast_file(const support::PredictOptions& options, data::SeriesOptions format) {
  if (options.predict == "-" || !support::names_lines(options.predict)) return false;
  const auto info = support::ModelInfo::load(options.load);
  const SeriesForecaster forecaster = SeriesForecaster::load(options.load);
  format.target = info.text("target");
  format.features = info.list("features");
  format.csv.encoding = data::parse_encoding(options.encoding);
  const data::Series series = data::read_series(options.predict, format);
  if (series.size() < forecaster.needed_rows()) {
    throw FileError(fmt::format("{}: expected {} rows at least to forecast from, got {}", options.predict,
                                forecaster.needed_rows(), series.size()));
  }
  if (forecaster.options().logarithm) check_logarithms(series, forecaster.needed_rows());
  const std::int64_t steps = forecaster.options().horizon;
  const Tensor found = forecaster.forecast(series.target, series.features, steps, false);
  const bool dated = series.frequency != data::Frequency::None;
  if (options.format == "csv") fmt::print("{},forecast\n", dated ? "date" : "step");
  for (std::int64_t i = 0; i < steps; ++i) {
    const std::string when = dated ? data::to_iso_string(series.time_after(i + 1)) : std::to_string(i + 1);
    const auto value = found[i].item<double>();
    if (options.format == "csv") fmt::print("{},{}\n", when, csv_number(value));
    else fmt::print("{{\"{}\": \"{}\", \"forecast\": {}}}\n", dated ? "date" : "step", when, support::json_number(value));
  }
  return true;
}

}  // namespace forecast
