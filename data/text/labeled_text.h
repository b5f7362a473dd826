/// Texts and their classes, in whatever form they come.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/tabular/csv_format.h"
#include "data/text/imdb.h"
#include "data/text/line_reader.h"

namespace xgrad::data {

/// The forms in which labelled texts come.
enum class LabeledTextForm {
  Delimited,  ///< a table: CSV, TSV and their relatives, with or without a header
  JsonLines,  ///< an object in each line: {"text": "...", "label": "..."}
  FastText,   ///< `__label__NAME text`, https://fasttext.cc/docs/en/supervised-tutorial.html
  Folders,    ///< a folder for each class, a file for each text; perhaps in folders `train` and `test` (aclImdb is one)
  Numbered,  ///< a folder with train.txt and test.txt (`text`, tab, number of the class) and class.txt (a name in each line)
};

/// "table", "JSON lines", "fastText", "folder of classes" or "numbered classes".
std::string to_string(LabeledTextForm form);

/// What is not left to the reader: `{.text_column = "review", .label_column = "stars"}`.
struct LabeledTextOptions {
  std::string text_column = "";   ///< of a table by name or number, of JSON lines by key; by default found
  std::string label_column = "";  ///< likewise
  std::optional<LabeledTextForm> form = std::nullopt;  ///< by default found
  CsvDetection csv = {};  ///< how a table is written; its encoding counts for the other forms as well
};

/// A text and the name of its class, as they stand in a file.
struct TextAndLabel {
  std::string text;
  std::string label;  ///< without the spaces around it
};

/// What was read up to now, and what was passed over.
struct LabeledTextCounts {
  std::uint64_t examples = 0;        ///< texts that were given
  std::uint64_t empty_lines = 0;     ///< lines without a character
  std::uint64_t comments = 0;        ///< lines of a table that begin with # and are no rows of it
  std::uint64_t empty_texts = 0;     ///< of the examples, those with no text but white space: they are given
  std::uint64_t ragged_rows = 0;     ///< rows with too few or too many fields, filled, cut or left out as was asked for
  std::uint64_t missing_labels = 0;  ///< examples without a label, which are passed over
  std::uint64_t further_labels = 0;  ///< fastText's labels behind the first one of a text, which are passed over
  std::uint64_t other_files = 0;     ///< files of a folder that are no text of a class, such as aclImdb's `unsup` and urls

  /// In one line: "5574 texts; passed over 2 empty lines".
  std::string describe() const;
};

/// Reads labelled texts one after the other, in constant memory:
///
///   data::LabeledTextReader reader("spam.tsv");
///   for (data::TextAndLabel example; reader.next(example);) use(example.text, example.label);
class LabeledTextReader {
 public:
  /// Looks at a file, or a folder. Throws FileError where it cannot be read or is in none of the forms, ValueError where
  /// there is no such column.
  explicit LabeledTextReader(const std::string& path, const LabeledTextOptions& options = {});
  ~LabeledTextReader();
  LabeledTextReader(LabeledTextReader&&) noexcept;
  LabeledTextReader& operator=(LabeledTextReader&&) noexcept;

  /// Reads the next example; false after the last one. Throws FileError that names file and line for what is in no form.
  bool next(TextAndLabel& example);
  /// Where the example that was read last stands: "FILE, line N", or "FILE".
  std::string place() const;
  /// What was read up to now.
  const LabeledTextCounts& counts() const;
  /// The form that was found.
  LabeledTextForm form() const;
  /// What was taken for what, in a few lines for a person to read.
  std::string describe() const;

  /// What is inside.
  class Source;

 private:
  std::unique_ptr<Source> source_;
};

/// Labelled texts in memory, as numbers of classes.
struct LabeledTexts {
  std::vector<LabeledText> train;    ///< all of them, but for the test's
  std::vector<LabeledText> test;     ///< where the data have a part for it; otherwise empty
  std::vector<std::string> classes;  ///< by number: in the order of class.txt, else as `sort_classes` sorts them
  LabeledTextCounts counts;          ///< of both parts
  std::string description;           ///< what was taken for what
};

/// Reads a file or a folder, with its part for testing where it has one: folders `train` and `test`, files train.txt and
/// test.txt. Throws as LabeledTextReader, and FileError where there is no text, or fewer than two classes.
LabeledTexts read_labeled_texts(const std::string& path, const LabeledTextOptions& options = {});

/// Reads two files or folders, one of them for testing. A class of which the training data have no text is an error that
/// names it. Throws as above.
LabeledTexts read_labeled_texts(const std::string& train_path, const std::string& test_path,
                                const LabeledTextOptions& options = {});

/// Sorts names of classes: by number where all of them are numbers, else by their bytes. Removes what comes twice.
void sort_classes(std::vector<std::string>& classes);

}  // namespace xgrad::data
