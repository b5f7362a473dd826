#include "predictor.h"

#include <fmt/core.h>
#include <xgrad/xgrad.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include "options.h"
#include "program.h"
#include "screen.h"

namespace support {

namespace {

std::string json_text(const std::string& text) {
  std::string result = "\"";
  // Bytes that are no UTF-8 are none in JSON either: the tokenizer replaces them.
  for (const std::string& character : xgrad::data::tokenize_characters(text)) {
    const auto code = static_cast<unsigned char>(character[0]);
    if (character == "\"" || character == "\\") result += '\\' + character;
    else if (code < 0x20) result += fmt::format("\\u{:04x}", code);
    else result += character;
  }
  return result + "\"";
}

void print_csv_header(const Answer& answer) {
  std::string line = "text";
  for (const auto& [name, text] : answer.texts) line += "," + csv_field(name);
  for (const auto& [name, number] : answer.numbers) line += "," + csv_field(name);
  fmt::print("{}\n", line);
}

void print_csv(const std::string& text, const Answer& answer) {
  std::string line = csv_field(text);
  for (const auto& [name, value] : answer.texts) line += "," + csv_field(value);
  for (const auto& [name, number] : answer.numbers) line += std::isnan(number) ? "," : fmt::format(",{:.9g}", number);
  fmt::print("{}\n", line);
}

void print_json(const std::string& text, const Answer& answer) {
  std::string line = "{\"text\": " + json_text(text);
  for (const auto& [name, value] : answer.texts) line += fmt::format(", {}: {}", json_text(name), json_text(value));
  std::string numbers;
  for (const auto& [name, number] : answer.numbers) {
    numbers += fmt::format("{}{}: {}", numbers.empty() ? "" : ", ", json_text(name), json_number(number));
  }
  if (!numbers.empty()) {
    line += answer.group.empty() ? ", " + numbers : fmt::format(", {}: {{{}}}", json_text(answer.group), numbers);
  }
  fmt::print("{}}}\n", line);
}

/// Prints what the predictor says of some lines, the first of which is line `first_line`.
void answer_lines(const std::string& path, std::uint64_t first_line, const std::vector<std::string>& texts,
                  const PredictOptions& options, const Predictor& predictor) {
  const std::vector<Answer> answers = predictor(texts);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::uint64_t line = first_line + i;
    if (!answers[i].problem.empty()) {
      throw xgrad::FileError(fmt::format("{}, line {}: {}", path, line, answers[i].problem));
    }
    if (line == 1 && options.format == "csv") print_csv_header(answers[i]);
    if (options.format == "csv") print_csv(texts[i], answers[i]);
    else print_json(texts[i], answers[i]);
  }
  std::fflush(stdout);
}

void predict_lines(const PredictOptions& options, const Predictor& predictor) {
  constexpr std::size_t lines_at_once = 64;
  constexpr std::size_t bytes_at_once = std::size_t{1} << 16;
  xgrad::data::LineReader reader(options.predict, xgrad::data::parse_encoding(options.encoding));
  std::vector<std::string> texts;
  std::size_t bytes = 0;
  for (std::string line; reader.next(line);) {
    bytes += line.size();
    texts.push_back(std::move(line));
    // Waits for more lines only where some are there already.
    if (texts.size() < lines_at_once && bytes < bytes_at_once && reader.ready()) continue;
    answer_lines(reader.path(), reader.line() - texts.size() + 1, texts, options, predictor);
    texts.clear();
    bytes = 0;
  }
}

/// Whether a text that is no file's name was surely meant for one.
bool looks_like_file(const std::string& text) {
  if (text.find_first_of(" \t\n") != std::string::npos) return false;
  for (const std::string_view begin : {"/", "./", "../", "~/"}) {
    if (text.starts_with(begin) && text.size() > begin.size()) return true;
  }
  for (const std::string_view end : {".txt", ".csv", ".tsv", ".json", ".jsonl", ".gz", ".conll", ".conllu"}) {
    if (text.ends_with(end)) return true;
  }
  return false;
}

}  // namespace

std::string json_number(double value) { return std::isfinite(value) ? fmt::format("{:.9g}", value) : "null"; }

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

void PredictOptions::add_to(OptionParser& parser, const std::string& text) {
  parser.group("Use a trained model");
  parser.add("--load", load, "A model that --save wrote");
  parser.add("--predict", predict,
             fmt::format("A {0}; or a file with a {0} in each line; or -, which reads standard input line by line", text));
  parser.add_choice("--format", format, {"csv", "json"}, "What is written about many lines");
}

bool names_lines(const std::string& predict) {
  if (predict == "-") return true;
  std::error_code ignored;
  if (std::filesystem::is_directory(predict, ignored)) {
    throw xgrad::FileError(predict + ": expected a file with a text in each line, got a folder");
  }
  if (std::filesystem::exists(predict, ignored)) return true;
  if (!looks_like_file(predict)) return false;
  throw xgrad::FileError(predict +
                         ": there is no such file (where it is itself the text, give it to --predict - by standard input)");
}

void predict(const PredictOptions& options, const Predictor& predictor) {
  if (names_lines(options.predict)) {
    predict_lines(options, predictor);
    return;
  }
  const Answer answer = predictor({options.predict})[0];
  if (!answer.problem.empty()) throw xgrad::ValueError(answer.problem);
  const auto unknown = [](const auto& figure) { return std::isnan(figure.second); };
  if (!answer.numbers.empty() && std::all_of(answer.numbers.begin(), answer.numbers.end(), unknown)) {
    throw xgrad::ValueError("--predict: '" + options.predict +
                            "' is not enough to answer from; give a file, or lines to --predict -");
  }
  for (const auto& [name, text] : answer.texts) fmt::print("{}: {}\n", name, strong(text));
  print_result(answer.numbers);
}

bool predict_instead(const PredictOptions& options, const std::function<Predictor(const std::string&)>& load) {
  if (options.wanted()) {
    predict(options, load(options.load));
    return true;
  }
  if (options.predict.empty() && options.load.empty()) return false;
  throw xgrad::ValueError("--load and --predict go together: a model, and a text, a file, or -");
}

}  // namespace support
