/// Recognises digits that are dialled by tones, in noise: convolutions over the samples, a recurrent layer, and CTC, which
/// needs no word on when a digit sounds.
#include <fmt/core.h>

#include "../support/program.h"
#include "../support/screen.h"
#include "../support/training.h"
#include "model.h"

namespace {

using namespace xgrad;
using namespace recognise;

struct Options {
  support::CommonOptions common{.epochs = 6};
  std::int64_t size = 2000;
  std::int64_t channels = 48;
  std::int64_t hidden = 48;
  std::int64_t batch_size = 16;
  double noise = 0.3;
  double learning_rate = 0.003;
};

void declare(support::OptionParser& parser, Options& options) {
  parser.add("--size", options.size, "Recordings to train with", support::Range::positive);
  parser.add("--noise", options.noise, "Deviation of the noise, where a tone's amplitude is about 1",
             support::Range::not_negative);
  parser.group("Model");
  parser.add("--channels", options.channels, "Channels of the convolutions", support::Range::positive);
  parser.add("--hidden", options.hidden, "Size of the recurrent layer's state, in each direction", support::Range::positive);
  parser.group("Training");
  parser.add("--batch-size", options.batch_size, "Recordings in a step", support::Range::positive);
  parser.add("--lr", options.learning_rate, "Learning rate of Adam", support::Range::positive);
  options.common.add_training_to(parser);
}

/// Digits that are wrong, missing or too many, of a hundred.
double digit_error_rate(Recogniser& model, const std::vector<Recording>& recordings) {
  const auto found = transcribe(model, recordings);
  std::int64_t errors = 0;
  std::int64_t digits = 0;
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    errors += metrics::edit_distance(found[i], recordings[i].digits);
    digits += static_cast<std::int64_t>(recordings[i].digits.size());
  }
  return 100 * static_cast<double>(errors) / static_cast<double>(digits);
}

/// When the model hears what: probabilities of the blank and of the digits over time.
support::Heatmap alignment(Recogniser& model, const Recording& recording) {
  const NoGradGuard no_grad;
  model->eval();
  const Batch batch = make_batch({recording});
  const Tensor probabilities = std::get<0>(model->forward(batch.samples, batch.lengths)).select(1, 0).exp();
  support::Heatmap map{.title = "what is heard when: " + text_of(recording.digits),
                       .x_label = "milliseconds",
                       .y_label = "",
                       .columns = {},
                       .rows = {"blank"},
                       .cells = {}};
  for (std::int64_t t = 0; t < probabilities.size(0); ++t) map.columns.push_back(t % 5 == 0 ? std::to_string(20 * t) : "");
  for (char digit = '0'; digit <= '9'; ++digit) map.rows.emplace_back(1, digit);
  for (std::int64_t row = 0; row < probabilities.size(1); ++row) {
    map.cells.push_back(probabilities.select(1, row).to_vector<double>());
  }
  return map;
}

int program(int argc, char** argv) {
  Options options;
  support::OptionParser parser(
      "Recognises digits that are dialled by tones, in noise, with a model trained by CTC on recordings that it makes up.",
      {"recognise --noise 0.5 --plot alignment.png"});
  declare(parser, options);
  if (const auto code = parser.parse(argc, argv)) return *code;
  options.common.apply();

  const auto train = make_recordings(options.common.seed, options.size, options.noise);
  const auto test = make_recordings(options.common.seed + 1, 300, options.noise);
  Recogniser model(options.channels, options.hidden);
  data::DataLoader<Recording, Batch> loader(
      train, {.batch_size = options.batch_size, .shuffle = true, .seed = options.common.seed}, make_batch);
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(options.learning_rate));
  support::print_heading("Model");
  support::print_model(nn::summary(model));
  support::print_heading("Training");
  support::Training training(options.common, "recognise", *model, optimizer);
  while (training.next_epoch(options.size, "recordings")) {
    for (const Batch& batch : training.batches(loader)) {
      optimizer.zero_grad();
      const auto [scores, steps] = model->forward(batch.samples, batch.lengths);
      const Tensor loss = nn::functional::ctc_loss(scores, batch.digits, steps, batch.digit_counts);
      loss.backward();
      nn::utils::clip_grad_norm_(model->parameters(), 5);
      optimizer.step();
      training.step(batch.samples.size(0), {{"loss", loss.item<double>()}});
    }
    training.end_epoch({{"test_error_rate", digit_error_rate(model, test)}});
  }
  training.take_best();

  support::print_heading("Some of the test");
  const std::vector<Recording> some(test.begin(), test.begin() + 5);
  const auto found = transcribe(model, some);
  for (std::size_t i = 0; i < some.size(); ++i) {
    fmt::print("  heard {}, dialled {}\n", text_of(found[i]), text_of(some[i].digits));
  }
  const support::Heatmap map = alignment(model, test[0]);
  if (!options.common.plot.empty()) support::plot(options.common.plot, training.curves(), &map);
  if (!options.common.plot.empty()) fmt::print("\npicture  {}\n", options.common.plot);
  support::print_result({{"error_rate", digit_error_rate(model, test)}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
