/// Predicts the close of a trading day from what is known when the market opens.
#include <fmt/core.h>

#include <algorithm>

#include "../support/training.h"
#include "forecast.h"
#include "prices.h"

namespace forecast {

using namespace xgrad;

namespace {

/// An LSTM of two layers over the last days, and two linear layers: (batch, days, 37) -> (batch).
struct ForecasterImpl : nn::Module {
  Tensor forward(const Tensor& days) {
    const Tensor last = std::get<0>(lstm->forward(days)).select(1, -1);
    return output(relu(hidden(last))).squeeze(1);
  }
  nn::LSTM lstm = register_module("lstm", nn::LSTM(nn::LSTMOptions(feature_count, 16).num_layers(2).batch_first(true)));
  nn::Linear hidden = register_module("hidden", nn::Linear(16, 16));
  nn::Linear output = register_module("output", nn::Linear(16, 1));
};
XGRAD_MODULE(Forecaster);

/// What the net is to predict, and the price that this stands for.
///
/// Published: the close itself, in points. Ours: the day's change, close / open - 1, in standard deviations. A net that
/// never saw prices as high as today's has no idea of them, but changes are always of the same kind.
class Target {
 public:
  Target(const Prices& prices, std::int64_t train_end, bool published) : open_(prices.open), published_(published) {
    values_ = published ? prices.close : prices.close / prices.open - 1;
    if (!published) values_ = scaler_.fit(values_.slice(0, longest_past, train_end)).transform(values_);
  }
  /// (days)
  const Tensor& values() const { return values_; }
  /// Prices from predictions for the days from `first` on.
  Tensor prices(const Tensor& predictions, std::int64_t first) const {
    const Tensor wide = predictions.to(kFloat64);
    return published_ ? wide : (scaler_.inverse_transform(wide) + 1) * open_.slice(0, first, first + wide.size(0));
  }

 private:
  data::StandardScaler scaler_;
  Tensor open_;
  Tensor values_;
  bool published_;
};

/// The share of the variance that predictions explain.
double r2(const Tensor& predicted, const Tensor& truth) {
  return 1 - ((truth - predicted).square().sum() / (truth - truth.mean()).square().sum()).item<double>();
}

}  // namespace

int run_prices(const Options& given, bool epochs_given) {
  support::CommonOptions options = given.common;
  const bool published = given.recipe == "published";
  if (!epochs_given) options.epochs = published ? 1000 : 20;

  constexpr std::int64_t window = 5;
  const double test_date = parse_date(given.test_from);
  const Prices prices = given.data.empty() ? make_prices(options.seed) : read_prices(given.data);
  const auto days = static_cast<std::int64_t>(prices.dates.size());
  const std::int64_t train_end =
      std::lower_bound(prices.dates.begin(), prices.dates.end(), test_date) - prices.dates.begin();
  if (train_end < longest_past + window || days < train_end + window + 1) {
    throw ValueError(fmt::format("expected more than {} days before {} and {} after it, got {} and {}",
                                 longest_past + window, given.test_from, window, train_end, days - train_end));
  }
  // Scaled by what is known of the training days. Windows of the test lie wholly within the test, as published.
  const Tensor known = known_at_open(prices);
  const Tensor train_known = known.slice(0, longest_past, train_end);
  data::StandardScaler scaler;
  const Tensor features = scaler.fit(train_known).transform(known).to(kFloat32);
  const Target target(prices, train_end, published);
  const Tensor wanted = target.values().to(kFloat32);
  const auto windows = [&](std::int64_t first, std::int64_t last) {
    return data::WindowDataset(features.slice(0, first, last), wanted.slice(0, first, last),
                               {.length = window, .horizon = 0});
  };
  const data::WindowDataset train = windows(longest_past, train_end);
  data::DataLoader loader(train, {.batch_size = 128, .shuffle = true, .seed = options.seed});
  const data::WindowDataset test = windows(train_end, days);
  TensorList test_windows;
  for (std::size_t i = 0; i < test.size(); ++i) test_windows.push_back(test.get(i).first);
  const Tensor test_input = stack(test_windows);
  const std::int64_t first_test = train_end + window - 1;
  const Tensor truth = prices.close.slice(0, first_test);

  Forecaster model;
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(published ? 0.01 : 0.001));
  const auto predict = [&] {
    const NoGradGuard no_grad;
    return target.prices(model(test_input), first_test);
  };
  fmt::print("{} days to train with, {} to test with\n", train.size(), test.size());
  support::print_model(nn::summary(model, test_input.slice(0, 0, 1)));
  support::Training training(options, "forecast", *model, optimizer);
  while (training.next_epoch(static_cast<std::int64_t>(train.size()), "days")) {
    for (const auto& [x, y] : training.batches(loader)) {
      optimizer.zero_grad();
      const Tensor loss = nn::functional::mse_loss(model(x), y);
      loss.backward();
      optimizer.step();
      training.step(y.size(0), {{"loss", loss.item<double>()}});
    }
    training.end_epoch({{"test_r2", r2(predict(), truth)}});
  }

  const Tensor predicted = predict();
  if (!options.plot.empty()) {
    const std::vector<double> dates(prices.dates.begin() + first_test, prices.dates.end());
    std::vector<support::Panel> panels = training.curves();
    panels.insert(panels.begin(), {.title = "close: truth and prediction",
                                   .x_label = "",
                                   .y_label = "points",
                                   .series = {{"truth", dates, truth.to_vector<double>()},
                                              {"prediction", dates, predicted.to_vector<double>()}},
                                   .dates = true});
    support::plot(options.plot, panels);
  }
  // To beat: that the day ends where it began.
  support::print_result({{"test_r2", r2(predicted, truth)},
                         {"open_r2", r2(prices.open.slice(0, first_test), truth)},
                         {"seconds_per_epoch", training.seconds_per_epoch()}});
  return 0;
}

}  // namespace forecast
