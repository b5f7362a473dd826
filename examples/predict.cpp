/// Deployment: loads a saved model, runs it, and says what that costs: bytes on disk, time to start, time for a sequence.
///
/// The model is an embedding, an LSTM and a linear layer; its sizes are those of the tensors in the file, which may be one
/// that Python wrote: `torch.save(model.state_dict(), "model.pt")` of a module with `embedding`, `lstm` and `linear`. Or it
/// is one that another program here saved: then it answers texts.
#include <fmt/core.h>
#include <link.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "classify/model.h"
#include "forecast/model.h"
#include "sentiment/model.h"
#include "support/model_info.h"
#include "support/predictor.h"
#include "support/program.h"
#include "tag/model.h"
#include "translate/model.h"
#include "write/model.h"

extern char** environ;  // NOLINT: POSIX has it so

namespace {

using namespace xgrad;
using Clock = std::chrono::steady_clock;

struct PredictorImpl : nn::Module {
  PredictorImpl(std::int64_t words, std::int64_t features, std::int64_t hidden, std::int64_t layers, std::int64_t classes)
      : embedding(register_module("embedding", nn::Embedding(words, features))),
        lstm(register_module("lstm", nn::LSTM(nn::LSTMOptions(features, hidden).num_layers(layers).batch_first(true)))),
        linear(register_module("linear", nn::Linear(hidden, classes))) {}

  /// The probability of each class: (batch, classes), from word numbers (batch, time).
  Tensor forward(const Tensor& words) {
    const auto [output, state] = lstm->forward(embedding->forward(words));
    return softmax(linear->forward(output.select(1, -1)), 1);
  }

  nn::Embedding embedding;
  nn::LSTM lstm;
  nn::Linear linear;
};
XGRAD_MODULE(Predictor);

Predictor load_predictor(const std::string& path) {
  const std::map<std::string, Tensor> state = load_tensors(path);
  const auto size = [&](const std::string& name, std::int64_t dim) {
    const auto found = state.find(name);
    if (found == state.end() || found->second.dim() != 2) {
      throw FileError(path + ": expected a model of embedding, lstm and linear: there is no matrix '" + name + "' in it");
    }
    return found->second.size(dim);
  };
  std::int64_t layers = 1;
  while (state.contains("lstm.weight_hh_l" + std::to_string(layers))) ++layers;
  Predictor model(size("embedding.weight", 0), size("embedding.weight", 1), size("lstm.weight_hh_l0", 1), layers,
                  size("linear.weight", 0));
  nn::load_state_dict(*model, state);
  model->eval();
  return model;
}

/// The model that the program made up, while it runs.
struct MadeUpFile {
  ~MadeUpFile() {
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove(path, ignored);
  }
  std::string path;
};

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

/// The value that a share of all values does not exceed.
double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// Bytes of this program with all shared libraries that it loads, and of xgrad's alone (0 where it is linked in).
std::pair<std::uintmax_t, std::uintmax_t> program_bytes() {
  std::pair<std::uintmax_t, std::uintmax_t> bytes{std::filesystem::file_size("/proc/self/exe"), 0};
  dl_iterate_phdr(
      [](dl_phdr_info* library, std::size_t /*size*/, void* result) {
        std::error_code error;
        const std::uintmax_t size = std::filesystem::file_size(library->dlpi_name, error);
        if (error) return 0;
        auto& [all, own] = *static_cast<std::pair<std::uintmax_t, std::uintmax_t>*>(result);
        all += size;
        if (std::string(library->dlpi_name).find("libxgrad") != std::string::npos) own = size;
        return 0;
      },
      &bytes);
  return bytes;
}

/// The time from starting this program until it has loaded the model, run it once and ended; the fastest of some.
double start_up_seconds(const std::string& model) {
  std::vector<std::string> words{"/proc/self/exe", "--once", "--model", model};
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  double fastest = 1e9;
  for (int i = 0; i < 5; ++i) {
    const auto begin = Clock::now();
    pid_t process = 0;
    int status = 0;
    if (::posix_spawn(&process, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0 ||
        ::waitpid(process, &status, 0) != process || status != 0) {
      throw Error("cannot start " + program);
    }
    fastest = std::min(fastest, seconds_since(begin));
  }
  return fastest;
}

/// The model that a program here saved.
support::Predictor load_bundled(const std::string& path) {
  const std::string program = support::ModelInfo::load(path).text("program");
  if (program == "classify") return classify::load_predictor(path);
  if (program == "sentiment") return sentiment::load_predictor(path);
  if (program == "tag") return tagging::load_predictor(path);
  if (program == "translate") return translate::load_predictor(path);
  if (program == "write") return writing::load_predictor(path);
  if (program == "forecast") return forecast::load_predictor(path);
  throw FileError(path + ": it was saved by '" + program + "', which this program does not know");
}

/// Answers texts; of a single one, says as well how long that takes.
int answer_texts(const std::string& path, const support::PredictOptions& options, std::int64_t repeats) {
  if (support::ModelInfo::load(path).text("program") == "forecast" && forecast::forecast_file(options)) return 0;
  const auto load_begin = Clock::now();
  const support::Predictor predictor = load_bundled(path);
  const double load_seconds = seconds_since(load_begin);
  if (support::names_lines(options.predict)) {
    support::predict(options, predictor);
    return 0;
  }
  std::vector<double> latencies;
  for (std::int64_t i = 0; i < repeats; ++i) {
    const auto begin = Clock::now();
    predictor({options.predict});
    latencies.push_back(seconds_since(begin) * 1e6);
  }
  fmt::print("model       {:.2f} MB on disk, loaded in {:.1f} ms\n",
             static_cast<double>(std::filesystem::file_size(path)) / 1e6, load_seconds * 1e3);
  fmt::print("latency     {:.0f} us (p50), {:.0f} us (p99) for the text\n", percentile(latencies, 0.5),
             percentile(latencies, 0.99));
  support::predict(options, load_bundled(path));  // which knows nothing of the runs that were timed
  return 0;
}

int program(int argc, char** argv) {
  support::CommonOptions common;
  std::string path;
  std::vector<std::int64_t> words;
  std::int64_t length = 40;
  std::int64_t repeats = 2000;
  bool once = false;
  support::PredictOptions answers;
  support::OptionParser parser(
      "Loads a model of embedding, LSTM and linear layer and runs it: size on disk, start-up time, latency. Or answers texts with a "
      "model that another program here saved.",
      {"predict --model model.pt", "predict --model spam.safetensors --predict new.txt --format json"});
  parser.add("--seed", common.seed, "Of the made-up model and sequence");
  parser.add("--threads", common.threads, "Threads; 0: as many as there are cores", support::Range::not_negative);
  parser.add("--model", path, "A file of PyTorch (.pt) or safetensors; without it, the program makes one up");
  parser.add("--words", words, "The sequence as word numbers; without it, the program makes one up");
  parser.add("--length", length, "Words of the made-up sequence", support::Range::positive);
  parser.add("--repeats", repeats, "How often the sequence is run for the latency", support::Range::positive);
  parser.add("--predict", answers.predict,
             "For a model that another program here saved: a text, a file of texts, or - for standard input");
  parser.add_choice("--format", answers.format, {"csv", "json"}, "What is written about many texts");
  support::add_encoding(parser, answers.encoding);
  parser.add_flag("--once", once, "Load, run once, and stop: what start-up time measures");
  if (const auto code = parser.parse(argc, argv)) return *code;
  common.apply();
  if (!answers.predict.empty()) {
    if (path.empty()) throw ValueError("--predict needs a model: give it with --model");
    answers.load = path;
    return answer_texts(path, answers, repeats);
  }

  MadeUpFile made_up;
  if (path.empty()) {
    made_up.path = (std::filesystem::temp_directory_path() / fmt::format("xgrad-predict-{}.pt", ::getpid())).string();
    save(Predictor(10'000, 32, 50, 1, 2), made_up.path);
    path = made_up.path;
  }
  const auto load_begin = Clock::now();
  const Predictor model = load_predictor(path);
  const double load_seconds = seconds_since(load_begin);

  const InferenceMode inference;
  const std::int64_t vocabulary = model->embedding->weight.size(0);
  const Tensor sequence = words.empty() ? randint(vocabulary, {1, length}) : tensor(words).unsqueeze(0);
  const Tensor probabilities = model->forward(sequence);
  if (once) return 0;

  std::vector<double> latencies;
  for (std::int64_t i = 0; i < repeats; ++i) {
    const auto begin = Clock::now();
    model->forward(sequence);
    latencies.push_back(seconds_since(begin) * 1e6);
  }
  const double model_bytes = static_cast<double>(std::filesystem::file_size(path));
  const auto [all_bytes, own_bytes] = program_bytes();
  const double start_up = start_up_seconds(path);

  constexpr double mega = 1e6;
  fmt::print("model       {:.2f} MB on disk, loaded in {:.1f} ms\n", model_bytes / mega, load_seconds * 1e3);
  fmt::print("program     {:.1f} MB on disk with all its libraries, {:.1f} MB of them libxgrad\n",
             static_cast<double>(all_bytes) / mega, static_cast<double>(own_bytes) / mega);
  fmt::print("start-up    {:.0f} ms from the start of the process to the first result and its end\n", start_up * 1e3);
  fmt::print("latency     {:.0f} us (p50), {:.0f} us (p99) for {} words\n", percentile(latencies, 0.5),
             percentile(latencies, 0.99), sequence.numel());
  fmt::print("prediction ");
  for (const double probability : probabilities.to_vector<double>()) fmt::print(" {:.4f}", probability);
  fmt::print("\n");
  support::print_result({{"model_mb", model_bytes / mega},
                         {"program_mb", static_cast<double>(all_bytes) / mega},
                         {"start_up_ms", start_up * 1e3},
                         {"p50_us", percentile(latencies, 0.5)},
                         {"p99_us", percentile(latencies, 0.99)}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
