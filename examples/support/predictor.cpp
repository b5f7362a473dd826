#include "predictor.h"

#include <fmt/core.h>
#include <xgrad/xgrad.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "options.h"
#include "program.h"
#include "screen.h"

namespace support {

namespace {

constexpr std::size_t lines_at_once = 64;

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
  for (const auto& [name, number] : answer.numbers) line += fmt::format(",{:.6g}", number);
  fmt::print("{}\n", line);
}

void print_json(const std::string& text, const Answer& answer) {
  std::string line = "{\"text\": " + json_text(text);
  for (const auto& [name, value] : answer.texts) line += fmt::format(", {}: {}", json_text(name), json_text(value));
  if (!answer.numbers.empty()) {
    std::string numbers;
    for (const auto& [name, number] : answer.numbers) {
      numbers += fmt::format("{}{}: {:.6g}", numbers.empty() ? "" : ", ", json_text(name), number);
    }
    line += ", \"probabilities\": {" + numbers + "}";
  }
  fmt::print("{}}}\n", line);
}

void predict_lines(std::istream& lines, const PredictOptions& options, const Predictor& predictor) {
  bool first = true;
  std::vector<std::string> texts;
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (first && texts.empty() && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    texts.push_back(line);
    // Waits for more lines only where some are there already.
    if (texts.size() < lines_at_once && lines.rdbuf()->in_avail() > 0) continue;
    const std::vector<Answer> answers = predictor(texts);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (first && options.format == "csv") print_csv_header(answers[i]);
      first = false;
      if (options.format == "csv") print_csv(texts[i], answers[i]);
      else print_json(texts[i], answers[i]);
    }
    std::fflush(stdout);
    texts.clear();
  }
}

}  // namespace

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

void predict(const PredictOptions& options, const Predictor& predictor) {
  if (options.predict == "-") {
    std::ios::sync_with_stdio(false);
    predict_lines(std::cin, options, predictor);
    return;
  }
  std::error_code ignored;
  if (std::filesystem::is_regular_file(options.predict, ignored)) {
    std::ifstream file(options.predict);
    if (!file) throw xgrad::FileError(options.predict + ": cannot be read");
    predict_lines(file, options, predictor);
    return;
  }
  const Answer answer = predictor({options.predict})[0];
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
