/// What the two halves of the program share: any series (series_recipe.cpp), and prices (price_recipe.cpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <xgrad/xgrad.h>

#include "../support/program.h"

namespace forecast {

struct Options {
  support::CommonOptions common{.epochs = 20};
  std::string data;
  std::string save;

  // Of any series.
  std::string target;
  std::vector<std::string> features;
  std::string date;
  std::string missing = "refuse";
  std::string encoding = "utf-8";
  std::string ragged_rows = "refuse";
  std::string numbers = "auto";
  std::string scale = "auto";
  std::optional<std::int64_t> window;
  std::optional<std::int64_t> horizon;
  std::optional<std::int64_t> season;
  std::optional<std::int64_t> test_rows;
  std::optional<std::int64_t> batch_size;
  std::int64_t hidden = 32;
  std::int64_t patience = 30;
  double learning_rate = 0.003;

  // Of prices.
  std::string recipe = "ours";
  std::string test_from = "2023-01-01";
};

/// Predicts the close of a trading day.
int run_prices(const Options& options, bool epochs_given);

/// How the table is written, as --encoding, --ragged-rows, --numbers, --missing and --date say.
xgrad::data::SeriesOptions format_of(const Options& options);

/// Forecasts a column of a table.
int run_series(Options options, bool epochs_given);

}  // namespace forecast
