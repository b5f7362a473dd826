/// Forecasts a column of a table from its past.
#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "../support/screen.h"
#include "../support/training.h"
#include "forecast.h"
#include "model.h"

namespace forecast {

using namespace xgrad;

namespace {

/// The rows of a series, oldest first: for training, for choosing the epoch, for the test.
struct Parts {
  std::int64_t rows;
  std::int64_t train_end;
  std::int64_t test_begin;
};

/// Asked for in blocks of `horizon` steps, each from all rows before it.
using Method = std::function<Tensor(const Tensor& past, const Tensor& features, std::int64_t steps)>;

Tensor over_test(const data::Series& series, const Parts& parts, std::int64_t horizon, const Method& method) {
  TensorList blocks;
  for (std::int64_t row = parts.test_begin; row < parts.rows; row += horizon) {
    blocks.push_back(
        method(series.target.slice(0, 0, row), series.features.slice(0, 0, row), std::min(horizon, parts.rows - row)));
  }
  return cat(blocks);
}

/// What was `season` rows ago comes again.
Tensor seasonal_naive(const Tensor& past, std::int64_t season, std::int64_t steps) {
  TensorList values;
  for (std::int64_t i = 0; i < steps; ++i) values.push_back(past[past.size(0) - season + i % season]);
  return stack(values);
}

bool suits_logarithm(const Tensor& target) {
  const double least = target.min().item<double>();
  return least > 0 && target.max().item<double>() >= 2 * least;
}

struct Errors {
  double mae, rmse, mase, r2;
};

Errors errors_of(const Tensor& forecast, const Tensor& truth, const Tensor& train, std::int64_t season) {
  metrics::MeanAbsoluteError mae;
  metrics::RootMeanSquaredError rmse;
  mae.update(forecast, truth);
  rmse.update(forecast, truth);
  double scaled = std::numeric_limits<double>::quiet_NaN();  // of a series that repeats itself there is no scale
  if (!equal(train.slice(0, season), train.slice(0, 0, -season))) {
    metrics::MeanAbsoluteScaledError mase(train, season);
    mase.update(forecast, truth);
    scaled = mase.compute();
  }
  double explained = std::numeric_limits<double>::quiet_NaN();  // of one value nothing can be
  if (truth.numel() > 1) {
    metrics::R2Score r2;
    r2.update(forecast, truth);
    explained = r2.compute();
  }
  return {mae.compute(), rmse.compute(), scaled, explained};
}

data::Series read(const Options& options) {
  data::SeriesOptions format = format_of(options);
  format.target = options.target;
  format.features = options.features;
  data::Series series;
  try {
    series = data::read_series(options.data, format);
  } catch (const FileError& error) {
    const std::string message = error.what();
    const bool missing = message.find("is missing in column") != std::string::npos;
    throw FileError(missing ? message + "; here: --missing drop, or --missing interpolate" : message);
  }
  support::print_heading("Data");
  support::print_lines(series.describe() + "\n");
  const data::CsvOptions& written = series.format.options;
  if (options.numbers == "auto" && (written.decimal_comma || written.thousands != '\0')) {
    support::print_paragraph(fmt::format("Numbers are read as 1{}234{}5 is; --numbers takes another way.",
                                         written.thousands != '\0' ? std::string(1, written.thousands) : "",
                                         written.decimal_comma ? ',' : '.'));
  }
  if (const auto numbers = series.format.number_columns(); options.target.empty() && numbers.size() > 1) {
    std::string others;
    for (std::size_t i = 0; i + 1 < numbers.size(); ++i) {
      others += (i == 0 ? "" : ", ") + series.format.columns[numbers[i]].name;
    }
    support::print_paragraph(fmt::format("Of {} columns of numbers the last one is forecast; --target takes another: {}",
                                         numbers.size(), others));
  }
  return series;
}

/// The end of the series, the forecast of the test beside it, and what comes next.
support::Panel picture(const data::Series& series, const Parts& parts, const Tensor& tested, const Tensor& beyond) {
  const bool dated = series.frequency != data::Frequency::None;
  const auto when = [&](std::int64_t row) {
    if (!dated) return static_cast<double>(row);
    const data::Moment time =
        row < parts.rows ? series.times[static_cast<std::size_t>(row)] : series.time_after(row - parts.rows + 1);
    return static_cast<double>(time.time_since_epoch().count());
  };
  const auto curve = [&](const std::string& title, std::int64_t first, const Tensor& values) {
    support::Series result{title, {}, values.to_vector<double>()};
    for (std::int64_t i = 0; i < values.numel(); ++i) result.x.push_back(when(first + i));
    return result;
  };
  const std::int64_t first = std::max<std::int64_t>(0, parts.test_begin - 4 * (parts.rows - parts.test_begin));
  return {.title = series.target_name,
          .x_label = dated ? "" : "row",
          .y_label = "",
          .series = {curve("truth", first, series.target.slice(0, first)), curve("forecast", parts.test_begin, tested),
                     curve("beyond the end", parts.rows, beyond)},
          .dates = dated};
}

}  // namespace

data::SeriesOptions format_of(const Options& options) {
  data::SeriesOptions format{.date = options.date};
  format.missing_values = options.missing == "drop"          ? data::MissingValues::Drop
                          : options.missing == "interpolate" ? data::MissingValues::Interpolate
                                                             : data::MissingValues::Refuse;
  format.csv.encoding = data::parse_encoding(options.encoding);
  format.csv.ragged_rows = support::parse_ragged_rows(options.ragged_rows);
  if (options.numbers != "auto") {
    format.csv.thousands = options.numbers[1] == '2' ? '\0' : options.numbers[1];
    format.csv.decimal_comma = options.numbers[options.numbers.size() - 2] == ',';
  }
  return format;
}

int run_series(Options options, bool epochs_given) {
  if (!epochs_given) options.common.epochs = 300;
  const data::Series series = read(options);
  const std::int64_t season = options.season.value_or(series.season());
  const std::int64_t horizon = options.horizon.value_or(season);
  const std::int64_t window = options.window.value_or(std::clamp<std::int64_t>(season, 8, 48));
  const std::int64_t rows = series.size();
  const std::int64_t held_out = std::max({options.test_rows.value_or(std::max(season, rows * 8 / 100)), std::int64_t{1}});
  const Parts parts{rows, rows - held_out - std::max(horizon, held_out), rows - held_out};
  const ModelOptions model_options{
      .window = window,
      .horizon = horizon,
      .lag = season,
      .features = static_cast<std::int64_t>(series.feature_names.size()),
      .hidden = options.hidden,
      .logarithm = options.scale == "log" || (options.scale == "auto" && suits_logarithm(series.target))};
  const std::int64_t windows = parts.train_end - season - window - horizon + 1;
  if (windows < 1) {
    throw ValueError(
        fmt::format("{}: expected {} rows at least for windows of {}, {} steps ahead, a season of {} and {} rows to "
                    "test on, got {}; choose smaller ones of --window, --horizon, --season, --test-rows",
                    options.data, rows + 1 - windows, window, horizon, season, held_out, rows));
  }
  if (model_options.logarithm && !(series.target.min().item<double>() > 0)) {
    throw ValueError("--scale log: expected values above 0 only, got " +
                     fmt::format("{}", series.target.min().item<double>()));
  }

  const SeriesForecaster forecaster(model_options, series.target, series.features, parts.train_end);
  const SeriesNet& net = forecaster.net();
  const Tensor inputs = forecaster.inputs(series.target, series.features);  // its first row is row `season` of the series
  // Windows all of whose steps ahead lie between two rows.
  const auto examples = [&](std::int64_t first_target, std::int64_t end) {
    std::vector<std::pair<Tensor, Tensor>> result;
    for (std::int64_t row = first_target - season; row + horizon <= end - season; ++row) {
      result.emplace_back(inputs.slice(0, row - window, row), inputs.slice(0, row, row + horizon).select(1, 0));
    }
    return result;
  };
  const auto train = examples(season + window, parts.train_end);
  const auto [judge_input, judge_target] = data::default_collate(examples(parts.train_end, parts.test_begin));
  const std::int64_t batch_size = options.batch_size.value_or(train.size() < 1000 ? 16 : train.size() < 20'000 ? 64 : 256);
  support::print_paragraph(fmt::format(
      "{} rows: {} to train with ({} windows), {} to choose the epoch, the last {} to test on. Season {}, {} rows are looked at, "
      "{} steps ahead; changes are {} since {} rows ago.",
      rows, parts.train_end, train.size(), parts.test_begin - parts.train_end, held_out, season, window, horizon,
      model_options.logarithm ? "ratios" : "differences", season));

  data::DataLoader loader(train, {.batch_size = batch_size, .shuffle = true, .seed = options.common.seed});
  optim::Adam optimizer(net->parameters(), optim::AdamOptions(options.learning_rate));
  support::print_heading("Model");
  support::print_model(nn::summary(net, train[0].first.unsqueeze(0)));
  support::print_paragraph(
      fmt::format("Settings: --epochs {} --patience {} --batch-size {} --lr {} --hidden {} --window {} "
                  "--horizon {} --season {} --seed {}",
                  options.common.epochs, options.patience, batch_size, options.learning_rate, options.hidden, window,
                  horizon, season, options.common.seed));
  support::print_heading("Training");
  support::Training training(options.common, "forecast", *net, optimizer);
  training.keep_best("validation_loss", false, options.patience);
  while (training.next_epoch(static_cast<std::int64_t>(train.size()), "windows")) {
    for (const auto& [x, y] : training.batches(loader)) {
      optimizer.zero_grad();
      const Tensor loss = nn::functional::mse_loss(net(x), y);
      loss.backward();
      nn::utils::clip_grad_norm_(net->parameters(), 1);
      optimizer.step();
      training.step(y.size(0), {{"loss", loss.item<double>()}});
    }
    const NoGradGuard no_grad;
    training.end_epoch({{"validation_loss", nn::functional::mse_loss(net(judge_input), judge_target).item<double>()}});
  }
  training.take_best();

  const Tensor truth = series.target.slice(0, parts.test_begin);
  const Tensor past = series.target.slice(0, 0, parts.test_begin);
  const Tensor direct =
      over_test(series, parts, horizon, [&](const Tensor& target, const Tensor& features, std::int64_t steps) {
        return forecaster.forecast(target, features, steps, false);
      });
  const Tensor recursive =
      over_test(series, parts, horizon, [&](const Tensor& target, const Tensor& features, std::int64_t steps) {
        return forecaster.forecast(target, features, steps, true);
      });
  const auto naive = [&](std::int64_t lag) {
    return over_test(series, parts, horizon, [&](const Tensor& target, const Tensor&, std::int64_t steps) {
      return seasonal_naive(target, lag, steps);
    });
  };
  support::print_heading(
      fmt::format("On the last {} rows, {} steps at a time from the rows before them", held_out, horizon));
  support::TextTable table({"", "MAE", "RMSE", "MASE", "R2"});
  const auto add = [&](const std::string& name, const Tensor& forecast) {
    const Errors errors = errors_of(forecast, truth, past, season);
    const auto number = [](double value) { return fmt::format("{:.4g}", value); };
    table.add({name, number(errors.mae), number(errors.rmse), number(errors.mase), number(errors.r2)});
    return errors;
  };
  const Errors ours = add("this model, all steps at once", direct);
  const Errors step_by_step = add("this model, step by step", recursive);
  const Errors last = add("naive: the last value stays", naive(1));
  const Errors seasonal = season > 1 ? add("seasonal naive: the last season again", naive(season)) : last;
  table.print();

  const Tensor beyond = forecaster.forecast(series.target, series.features, horizon, false);
  support::print_heading("Beyond the end of the file");
  for (std::int64_t i = 0; i < std::min<std::int64_t>(horizon, 24); ++i) {
    const std::string when = series.frequency != data::Frequency::None ? data::to_iso_string(series.time_after(i + 1))
                                                                       : fmt::format("step {}", i + 1);
    fmt::print("  {}  {:.6g}\n", when, beyond[i].item<double>());
  }
  if (!options.common.plot.empty()) {
    std::vector<support::Panel> panels = training.curves();
    panels.insert(panels.begin(), picture(series, parts, direct, beyond));
    support::plot(options.common.plot, panels);
  }
  if (!options.save.empty()) forecaster.save(options.save, series.target_name, series.feature_names);
  support::print_end("forecast", options.save, options.common.plot, options.data);
  support::print_result({{"rmse", ours.rmse},
                         {"recursive_rmse", step_by_step.rmse},
                         {"naive_rmse", last.rmse},
                         {"seasonal_naive_rmse", seasonal.rmse},
                         {"mae", ours.mae},
                         {"mase", ours.mase},
                         {"r2", ours.r2},
                         {"seconds_per_epoch", training.seconds_per_epoch()}});
  return 0;
}

}  // namespace forecast
