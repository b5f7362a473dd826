/// Forecasts a series: a column of any table; or, with no file or one of prices, the close of a trading day.
#include "../support/predictor.h"
#include "forecast.h"
#include "model.h"
#include "prices.h"

namespace {

using namespace forecast;

void declare(support::OptionParser& parser, Options& options, support::PredictOptions& predict) {
  parser.group("Data");
  parser.add(
      "--data", options.data,
      "A table with a column of numbers, one row for each moment; one with the columns Date, Open, High, Low, Close and "
      "Volume is taken for prices unless there is a --target; without it, made-up prices");
  parser.add("--target", options.target, "The column to forecast: a name or a number; the last one of numbers if not given");
  parser.add("--features", options.features, "Further columns of numbers to forecast from");
  parser.add("--date", options.date, "The column of dates; found where not given");
  parser.add_choice("--missing", options.missing, {"refuse", "drop", "interpolate"},
                    "What is done with rows without a value");
  support::add_encoding(parser, options.encoding);
  support::add_ragged_rows(parser, options.ragged_rows);
  parser.add_choice("--numbers", options.numbers,
                    {"auto", "1234.5", "1,234.5", "1 234.5", "1'234.5", "1234,5", "1.234,5", "1 234,5", "1'234,5"},
                    "How numbers are written; auto: found");
  parser.add("--test-rows", options.test_rows, "The last rows to test on; a season or 8 % of all where not given",
             support::Range::positive);
  parser.group("Forecast");
  parser.add("--horizon", options.horizon, "Steps ahead; a season where not given", support::Range::positive);
  parser.add("--season", options.season, "Rows of a season; by the dates where not given, 1: none",
             support::Range::positive);
  parser.add("--window", options.window, "Rows that are looked at; by the season where not given", support::Range::positive);
  parser.add_choice(
      "--scale", options.scale, {"auto", "log", "plain"},
      "Whether changes are ratios (log) or differences (plain); auto: ratios where all values are above 0, and "
      "the greatest is twice the least");
  parser.group("Prices");
  parser.add_choice("--recipe", options.recipe, {"ours", "published"},
                    "ours: predict the change of the day, scaled; published: predict the price");
  parser.add("--test-from", options.test_from, "The first day to test on; all before it train");
  parser.group("Training");
  parser.add("--hidden", options.hidden, "Size of the LSTM", support::Range::positive);
  parser.add("--batch-size", options.batch_size, "Windows in a step; by the data where not given", support::Range::positive);
  parser.add("--lr", options.learning_rate, "Learning rate of Adam", support::Range::positive);
  support::add_patience(parser, options.patience);
  options.common.add_training_to(parser,
                                 "Passes over the training data; where not given, 300 for series at most, 20 for "
                                 "prices, 1000 for --recipe published");
  support::add_save(parser, options.save);
  predict.add_to(parser, "row: the target, and the features behind it, with commas between them");
}

int program(int argc, char** argv) {
  Options options;
  support::PredictOptions predict;
  support::OptionParser parser(
      "Forecasts a series from its past, several steps ahead: LSTM over a window, linear layer. Prices: the close of a day from "
      "37 numbers known at its open.",
      {"forecast --data passengers.csv --horizon 12 --plot forecast.png --save forecast.safetensors",
       "forecast --load forecast.safetensors --predict passengers.csv"});
  declare(parser, options, predict);
  if (const auto code = parser.parse(argc, argv)) return *code;
  options.common.apply();
  predict.encoding = options.encoding;
  if (predict.wanted() && forecast_file(predict, format_of(options))) return 0;
  if (support::predict_instead(predict, load_predictor)) return 0;
  const bool prices = options.data.empty() || (options.target.empty() && is_prices(options.data));
  if (prices && !options.save.empty()) {
    throw xgrad::ValueError("--save: the recipe for prices keeps no model; with --target, a series of one's own makes one");
  }
  return prices ? run_prices(options, parser.given("--epochs")) : run_series(options, parser.given("--epochs"));
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
