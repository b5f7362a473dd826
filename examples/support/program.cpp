#include "program.h"

#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <set>
#include <sstream>

#include "plot.h"
#include "screen.h"

namespace support {

std::string to_string(const Figures& figures) {
  std::string text;
  for (const auto& [name, value] : figures) text += fmt::format("{}{} {:.4g}", text.empty() ? "" : " ", name, value);
  return text;
}

void CommonOptions::add_to(OptionParser& parser, const std::string& epochs_help) {
  parser.group("Run");
  parser.add("--seed", seed, "Seed of all random numbers");
  parser.add("--threads", threads, "Threads; 0 takes one for each core", Range::not_negative);
  parser.add("--epochs", epochs, epochs_help, Range::positive);
}

void CommonOptions::add_training_to(OptionParser& parser, const std::string& epochs_help) {
  add_to(parser, epochs_help);
  parser.group("What a run leaves behind");
  parser.add_output("--plot", plot, "Draw the curves into this file, .svg or .png (needs gnuplot)");
  parser.add("--log", log, "Write metrics.csv and TensorBoard's event file to this folder");
  parser.add("--checkpoint", checkpoint, "Save the state of training to this folder after epochs");
  parser.add_flag("--resume", resume, "Go on where the checkpoint ends");
}

void CommonOptions::apply() const {
  xgrad::manual_seed(seed);
  if (threads > 0) xgrad::set_num_threads(threads);
  if (!plot.empty()) check_plot(plot);
}

void SplitOptions::add_to(OptionParser& parser, const std::string& what) {
  parser.add("--test-share", test_share, "Share of the " + what + " that is held out to test with", Range::share);
  parser.add("--validation-share", validation_share, "Share of the rest that decides which epoch is kept", Range::share);
}

void add_encoding(OptionParser& parser, std::string& encoding) {
  parser.add_choice("--encoding", encoding, {"utf-8", "latin-1"}, "Of the files");
}

void add_ragged_rows(OptionParser& parser, std::string& ragged_rows) {
  parser.add_choice("--ragged-rows", ragged_rows, {"refuse", "fill", "pass-over"},
                    "What is done with rows of too few or too many fields");
}

xgrad::data::RaggedRows parse_ragged_rows(const std::string& name) {
  if (name == "fill") return xgrad::data::RaggedRows::Fill;
  return name == "pass-over" ? xgrad::data::RaggedRows::PassOver : xgrad::data::RaggedRows::Refuse;
}

void add_patience(OptionParser& parser, std::int64_t& patience) {
  parser.add("--patience", patience, "Stop after so many epochs without a better one on what is held out; 0: never",
             Range::not_negative);
}

void add_save(OptionParser& parser, std::string& path) {
  parser.add_output("--save", path, "Write the trained model to this file (safetensors)");
}

void print_model(const xgrad::nn::ModelSummary& summary) {
  std::ostringstream text;
  text << summary;
  fmt::print("{}\n", text.str());
}

void print_end(const std::string& program, const std::string& saved, const std::string& picture,
               const std::string& example) {
  fmt::print("\n");
  if (!saved.empty()) fmt::print("model    {}\n", strong(saved));
  if (!picture.empty()) fmt::print("picture  {}\n", strong(picture));
  if (saved.empty()) {
    fmt::print("next     add --save {}.safetensors to keep the model{}\n", program,
               picture.empty() ? fmt::format(",\n         --plot {}.png to see it", program) : "");
  } else {
    fmt::print("next     ./examples/run.sh {} --load {} --predict {}\n", program, saved, example);
  }
}

namespace {

/// A name that programs which read the line can tell from what stands around it.
std::string plain(std::string name) {
  for (char& letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte <= ' ' || byte == '=' || byte == 0x7F) letter = '_';
  }
  return name.empty() ? "_" : name;
}

}  // namespace

void print_result(const Figures& figures) {
  fmt::print("result:");
  std::set<std::string> taken;
  for (const auto& [given, value] : figures) {
    const std::string first = plain(given);
    std::string name = first;
    for (int number = 2; !taken.insert(name).second; ++number) name = fmt::format("{}_{}", first, number);
    fmt::print(" {}={:.6g}", name, value);
  }
  fmt::print("\n");
}

int run(int argc, char** argv, int (*program)(int, char**)) {
  try {
    const int code = program(argc, argv);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      throw xgrad::FileError("the standard output could not be written");
    }
    return code;
  } catch (const Interrupted& interrupted) {
    fmt::print(stderr, "{}\n", interrupted.what());
    return 130;
  } catch (const RanksFailed& failed) {
    std::fflush(stdout);
    fmt::print(stderr, "error: {}\n", failed.what());
    constexpr int start_again = 75;  // EX_TEMPFAIL of sysexits.h
    return start_again;
  } catch (const std::exception& error) {
    std::fflush(stdout);
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

}  // namespace support
