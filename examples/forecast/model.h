/// The model of a series: what it looks at, what it says, and how both become numbers of about 1.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

#include "../support/predictor.h"

namespace forecast {

struct ModelOptions {
  std::int64_t window = 0;    ///< rows that are looked at
  std::int64_t horizon = 0;   ///< steps that are forecast at once
  std::int64_t lag = 1;       ///< changes are since so many rows ago: a season, or 1
  std::int64_t features = 0;  ///< columns besides the target
  std::int64_t hidden = 32;
  bool logarithm = false;  ///< changes are ratios
};

/// An LSTM over the window, and a linear layer for all steps ahead: (batch, window, 1 + features) -> (batch, horizon).
struct SeriesNetImpl : xgrad::nn::Module {
  explicit SeriesNetImpl(const ModelOptions& options);
  xgrad::Tensor forward(const xgrad::Tensor& window);
  xgrad::nn::LSTM lstm;
  xgrad::nn::Linear output;
};
XGRAD_MODULE(SeriesNet);

/// A model with all that is needed to use it. The net is given, and says, changes of the target since `lag` rows ago,
/// scaled: a net that never saw values as high as today's has no idea of them, but changes are always of the same kind.
class SeriesForecaster {
 public:
  /// Learns the scales from the first `rows` rows of `target` (time) and `features` (time, columns).
  SeriesForecaster(const ModelOptions& options, const xgrad::Tensor& target, const xgrad::Tensor& features,
                   std::int64_t rows);
  static SeriesForecaster load(const std::string& path);
  void save(const std::string& path, const std::string& target_name, const std::vector<std::string>& feature_names) const;

  /// What the net is given at each row from `lag` on: (rows - lag, 1 + features), float32. It says the first column, too.
  xgrad::Tensor inputs(const xgrad::Tensor& target, const xgrad::Tensor& features) const;
  /// How many rows a forecast needs.
  std::int64_t needed_rows() const { return options_.window + options_.lag; }
  /// The next `steps` values, from the last needed_rows() rows. Direct: `horizon` steps at a time are what the net says at
  /// once. Recursive: each step is the net's first one, and a part of what it is given for the next; features stay as they
  /// are.
  xgrad::Tensor forecast(const xgrad::Tensor& target, const xgrad::Tensor& features, std::int64_t steps,
                         bool recursive) const;

  const ModelOptions& options() const { return options_; }
  const SeriesNet& net() const { return net_; }

 private:
  explicit SeriesForecaster(const ModelOptions& options) : options_(options), net_(options) {}
  xgrad::Tensor scaled(const xgrad::Tensor& target) const;

  ModelOptions options_;
  SeriesNet net_;
  double mean_ = 0;       ///< of the changes
  double deviation_ = 1;  ///< likewise
  xgrad::Tensor feature_means_, feature_deviations_;
};

/// Answers rows of the target and its features, with commas between them, with the forecast from them and those before; NaN
/// until there are enough. A first row that is no number names the columns.
support::Predictor load_predictor(const std::string& path);

/// Where --predict names a table, forecasts beyond its end, as CSV or JSON lines; false for anything else. `format` says how
/// the table is written; target and features are the model's.
bool forecast_file(const support::PredictOptions& options, xgrad::data::SeriesOptions format = {});

}  // namespace forecast
