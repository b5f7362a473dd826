/// One to many: describes in words what a vector of measurements says.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <array>

#include "support/program.h"
#include "support/training.h"

namespace {

using namespace xgrad;

/// What a camera might report about some things on a table, and what a person would say: "two small red cubes at the left".
struct Scene {
  std::vector<float> measurements;  ///< red, green, blue, corners, size, x, y, count: all with noise
  std::vector<std::string> caption;
};
constexpr std::int64_t measurement_count = 8;

class Camera {
 public:
  explicit Camera(std::uint64_t seed) : generator_(seed) {}

  Scene scene() {
    struct Color {
      const char* name;
      float red, green, blue;
    };
    struct Thing {
      const char* name;
      float corners;
    };
    struct Place {
      std::vector<std::string> words;
      float x, y;
    };
    static const std::array colors{Color{"red", 1, 0, 0}, Color{"green", 0, 1, 0}, Color{"blue", 0, 0, 1},
                                   Color{"yellow", 1, 1, 0}, Color{"white", 1, 1, 1}};
    static const std::array things{Thing{"ball", 0}, Thing{"pyramid", 0.5}, Thing{"cube", 1}};
    static const std::array places{Place{{"at", "the", "left"}, -1, 0}, Place{{"at", "the", "right"}, 1, 0},
                                   Place{{"in", "front"}, 0, -1}, Place{{"at", "the", "back"}, 0, 1},
                                   Place{{"in", "the", "middle"}, 0, 0}};
    const Color& color = pick(colors);
    const Thing& thing = pick(things);
    const Place& place = pick(places);
    const bool large = generator_.random() % 2 == 0;
    const std::uint32_t count = generator_.random() % 3;
    Scene result;
    result.measurements = {color.red,         color.green, color.blue, thing.corners,
                           large ? 1.F : 0.F, place.x,     place.y,    static_cast<float>(count) / 2};
    for (float& value : result.measurements) value += 0.05F * static_cast<float>(generator_.normal());
    result.caption = {std::array{"a", "two", "three"}[count], large ? "large" : "small", color.name,
                      std::string(thing.name) + (count > 0 ? "s" : "")};
    result.caption.insert(result.caption.end(), place.words.begin(), place.words.end());
    return result;
  }

 private:
  template <class T, std::size_t n>
  const T& pick(const std::array<T, n>& choices) {
    return choices[generator_.random() % n];
  }
  Generator generator_;
};

/// Measurements (batch, 8), and captions (batch, time) that begin with <start> and are filled up with <end>.
struct Batch {
  Tensor measurements;
  Tensor captions;
};
constexpr std::int64_t start = 0;
constexpr std::int64_t end = 1;

/// The vector becomes the first state of a GRU, which is given each word and scores the next.
struct CaptionerImpl : nn::Module {
  explicit CaptionerImpl(std::int64_t words)
      : state_(register_module("state", nn::Linear(measurement_count, 64))),
        embedding_(register_module("embedding", nn::Embedding(words, 16))),
        gru_(register_module("gru", nn::GRU(nn::GRUOptions(16, 64).batch_first(true)))),
        output_(register_module("output", nn::Linear(64, words))) {}
  /// The scores of the word after each of the given ones: (batch, time, words).
  Tensor forward(const Tensor& measurements, const Tensor& words) {
    const Tensor first = tanh(state_(measurements)).unsqueeze(0);
    return output_(std::get<0>(gru_->forward(embedding_(words), first)));
  }
  /// The likeliest word at each step, given to the next step: (batch, steps).
  Tensor describe(const Tensor& measurements, std::int64_t steps) {
    const NoGradGuard no_grad;
    Tensor state = tanh(state_(measurements)).unsqueeze(0);
    Tensor word = full({measurements.size(0), 1}, start, kInt64);
    TensorList words;
    for (std::int64_t step = 0; step < steps; ++step) {
      Tensor hidden;
      std::tie(hidden, state) = gru_->forward(embedding_(word), state);
      words.push_back(word = output_(hidden).argmax(2));
    }
    return cat(words, 1);
  }
  nn::Linear state_;
  nn::Embedding embedding_;
  nn::GRU gru_;
  nn::Linear output_;
};
XGRAD_MODULE(Captioner);

/// The share of captions that are right to the last word.
double exact_match(const Captioner& model, const Batch& batch) {
  const Tensor expected = batch.captions.slice(1, 1);
  const Tensor right = model->describe(batch.measurements, expected.size(1)).eq(expected).to(kFloat64);
  return std::get<0>(right.min(1)).mean().item<double>();
}

std::vector<Scene> make_scenes(std::uint64_t seed, std::int64_t count) {
  Camera camera(seed);
  std::vector<Scene> scenes;
  for (std::int64_t i = 0; i < count; ++i) scenes.push_back(camera.scene());
  return scenes;
}

int program(int argc, char** argv) {
  support::CommonOptions options{.epochs = 15};
  std::int64_t size = 4000;
  support::OptionParser parser(
      "Describes made-up measurements in words: the vector is the first state of a GRU that writes the caption.");
  options.add_training_to(parser);
  parser.group("Data");
  parser.add("--size", size, "Scenes to train with", support::Range::positive);
  if (const auto code = parser.parse(argc, argv)) return *code;
  options.apply();

  const std::vector<Scene> train = make_scenes(options.seed, size);
  const std::vector<Scene> test = make_scenes(options.seed + 1, 1000);
  data::TokenCounts counts;
  for (const Scene& scene : train) data::count_tokens(scene.caption, counts);
  const data::Vocab vocabulary = data::build_vocab(counts, {.specials = {"<start>", "<end>", "<unk>"}, .default_index = 2});
  const auto collate = [&](const std::vector<Scene>& scenes) {
    TensorList measurements;
    TensorList captions;
    for (const Scene& scene : scenes) {
      measurements.push_back(tensor(scene.measurements));
      std::vector<std::int64_t> words = vocabulary.lookup_indices(scene.caption);
      words.insert(words.begin(), start);
      words.push_back(end);
      captions.push_back(tensor(words));
    }
    return Batch{stack(measurements), nn::utils::rnn::pad_sequence(captions, true, end)};
  };
  data::DataLoader<Scene, Batch> loader(train, {.batch_size = 50, .shuffle = true, .seed = options.seed}, collate);
  const Batch test_batch = collate(test);

  Captioner model(static_cast<std::int64_t>(vocabulary.size()));
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(0.005));
  support::print_model(nn::summary(model));
  support::Training training(options, "caption", *model, optimizer);
  while (training.next_epoch(size, "scenes")) {
    for (const Batch& batch : training.batches(loader)) {
      optimizer.zero_grad();
      const Tensor scores = model(batch.measurements, batch.captions.slice(1, 0, -1));
      const Tensor loss = nn::functional::cross_entropy(scores.flatten(0, 1), batch.captions.slice(1, 1).flatten());
      loss.backward();
      optimizer.step();
      training.step(batch.captions.size(0), {{"loss", loss.item<double>()}});
    }
    training.end_epoch({{"test_exact_match", exact_match(model, test_batch)}});
  }
  training.finish();

  for (std::size_t i = 0; i < 3; ++i) {
    std::vector<std::int64_t> words = model->describe(collate({test[i]}).measurements, 8)[0].to_vector<std::int64_t>();
    words.erase(std::find(words.begin(), words.end(), end), words.end());
    fmt::print("  ({:.2f}) -> {}\n", fmt::join(test[i].measurements, " "), fmt::join(vocabulary.lookup_tokens(words), " "));
  }
  support::print_result({{"exact_match", exact_match(model, test_batch)}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
