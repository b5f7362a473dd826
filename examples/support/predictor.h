/// Trained models in use: lines of text in, CSV or JSON lines out.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace support {

class OptionParser;

/// What a model says about one line.
struct Answer {
  std::vector<std::pair<std::string, std::string>> texts;    ///< {{"label", "spam"}}
  std::vector<std::pair<std::string, double>> numbers = {};  ///< {{"ham", 0.01}, {"spam", 0.99}}; NaN stands for none
  std::string group = {};    ///< JSON has the numbers in an object of this name; empty: beside the texts
  std::string problem = {};  ///< why there is no answer: the line is refused
};

/// Answers some lines at once: as many answers as lines, or fewer where the last one has a problem. Every answer has the
/// same names.
using Predictor = std::function<std::vector<Answer>(const std::vector<std::string>&)>;

/// --load, --predict and --format.
struct PredictOptions {
  std::string load = {};
  std::string predict = {};
  std::string format = "csv";
  std::string encoding = "utf-8";  ///< of lines; programs that read data have the option already

  /// `text` says what a line is: "text", "sentence" ...
  void add_to(OptionParser& parser, const std::string& text);
  /// Whether the program is to predict, and nothing else.
  bool wanted() const { return !predict.empty() && !load.empty(); }
};

/// Whether --predict names lines: a file, or standard input. Throws FileError for a folder, and for what must be the name of
/// a file that is not there.
bool names_lines(const std::string& predict);

/// Answers --predict. A file's name stands for its lines, "-" for those of standard input, anything else for itself. One
/// text is answered by a few lines for people and "result: NAME=NUMBER ..."; many by CSV or JSON lines and nothing else,
/// some at a time, in memory that does not grow; those of standard input as soon as they come. Empty lines get answers as
/// well. Throws FileError for a file that cannot be read, and for a line that is refused, which it names.
void predict(const PredictOptions& options, const Predictor& predictor);

/// For programs whose --load and --predict go together: answers, and returns true, where both are given. `load` reads a
/// model. Throws ValueError where one is given without the other.
bool predict_instead(const PredictOptions& options, const std::function<Predictor(const std::string&)>& load);

/// A field of CSV: in quotes where it needs them.
std::string csv_field(const std::string& text);
/// A number of JSON: null where it is not finite.
std::string json_number(double value);

}  // namespace support
