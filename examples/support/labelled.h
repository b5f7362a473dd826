/// Texts with labels, from files as people have them: what classify and sentiment learn from.
#pragma once

#include <xgrad/xgrad.h>

#include <functional>
#include <string>
#include <vector>

#include "plot.h"
#include "predictor.h"
#include "program.h"
#include "text_coder.h"

namespace support {

/// Texts, and the number of the class of each.
struct Labelled {
  std::vector<std::string> texts = {};
  std::vector<std::int64_t> labels = {};
  std::size_t size() const { return texts.size(); }
};

struct LabelledCorpus {
  std::vector<std::string> classes = {};
  Labelled train = {};
  Labelled validation = {};  ///< decides which epoch is kept; empty: the last one is
  Labelled test = {};
};

struct LabelledOptions {
  std::string data = {};
  std::string test = {};
  std::string text = {};
  std::string label = {};
  std::string encoding = "utf-8";
  std::string ragged_rows = "refuse";
  SplitOptions split = {};

  /// `further` says what --data may be besides.
  void add_to(OptionParser& parser, const std::string& further);
};

/// Reads what the options name, and says what it took for what. Where there is no test file, a part is held out for it by
/// seed, and another one for validation, of each class the same share. Throws FileError with file and line.
LabelledCorpus read_labelled(const LabelledOptions& options, std::uint64_t seed);

/// Class counts, lengths, unknown words, duplicates between train and test; with warnings where a figure will mislead.
void print_report(const LabelledCorpus& corpus, const TextCoder& coder);

/// The probability of each class for each sequence of numbers: (sequences, classes).
using ProbabilitiesOf = std::function<xgrad::Tensor(const std::vector<std::vector<std::int64_t>>&)>;

/// How well labels are told.
struct ClassFigures {
  xgrad::metrics::ConfusionMatrix confusion;
  double loss = 0;  ///< mean negative logarithm of the right class's probability
  double accuracy = 0;
  double balanced_accuracy = 0;
  double macro_f1 = 0;
};

/// Asks for the probabilities of some sequences at a time.
ClassFigures evaluate(const ProbabilitiesOf& probabilities, const std::vector<std::vector<std::int64_t>>& sequences,
                      const std::vector<std::int64_t>& labels, std::size_t classes);

/// What a predictor says of texts, from their probabilities: the likeliest class, and all of them.
std::vector<Answer> label_answers(const xgrad::Tensor& probabilities, const std::vector<std::string>& classes);

/// The table at the end: the model beside the largest class, each class, and the confusion matrix.
void print_figures(const ClassFigures& figures, const std::vector<std::string>& classes);
/// For the last line of the program: test_accuracy first; F1 of each class where they are few.
Figures result_of(const ClassFigures& figures, const std::vector<std::string>& classes);

}  // namespace support
