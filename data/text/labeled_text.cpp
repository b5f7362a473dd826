#include "data/text/labeled_text.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "autograd/base/check.h"
#include "data/text/byte_reader.h"
#include "data/text/labeled_source.h"
#include "data/text/line_reader.h"

namespace xgrad::data {

namespace {

using detail::counted;

LabeledTextForm find_file_form(const std::string& path, Encoding encoding) {
  LineReader reader(path, encoding);
  std::string line;
  check<FileError>(reader.next_filled(line), "{}: the file is empty: expected texts and their classes", path);
  const std::string_view first = detail::trim(line);
  if (first.starts_with("__label__") && first.find_first_of(" \t") != std::string_view::npos)
    return LabeledTextForm::FastText;
  if (first.starts_with('{')) return LabeledTextForm::JsonLines;
  check<FileError>(first != "[" && !first.starts_with("[{"),
                   "{}: a JSON array; expected JSON lines: an object in each line, without [ ] and commas around", path);
  return LabeledTextForm::Delimited;
}

void add(const LabeledTextCounts& part, LabeledTextCounts& sum) {
  sum.examples += part.examples;
  sum.empty_lines += part.empty_lines;
  sum.comments += part.comments;
  sum.empty_texts += part.empty_texts;
  sum.ragged_rows += part.ragged_rows;
  sum.missing_labels += part.missing_labels;
  sum.further_labels += part.further_labels;
  sum.other_files += part.other_files;
}

bool read_labeled(LabeledTextReader::Source& source, TextAndLabel& example) {
  while (source.read(example)) {
    if (example.label.empty()) {
      ++source.counts().missing_labels;
      continue;
    }
    ++source.counts().examples;
    source.counts().empty_texts += detail::trim(example.text).empty() ? 1 : 0;
    return true;
  }
  return false;
}

std::vector<TextAndLabel> read_all(LabeledTextReader::Source& source) {
  std::vector<TextAndLabel> examples;
  for (TextAndLabel example; read_labeled(source, example);) examples.push_back(std::move(example));
  return examples;
}

LabeledTexts read_parts(const detail::LabeledPaths& paths, const LabeledTextOptions& options) {
  LabeledTexts result;
  const auto source = detail::open_labeled_source(paths.train, paths.class_file, options);
  std::vector<TextAndLabel> train = read_all(*source);
  result.description = source->describe();
  add(source->counts(), result.counts);
  check<FileError>(!train.empty(), "{}: expected texts with classes, got none", paths.train);
  if (!paths.class_file.empty()) {
    result.classes = detail::read_class_names(paths.class_file, options.csv.encoding);
  } else {
    for (const TextAndLabel& example : train) {
      if (result.classes.empty() || result.classes.back() != example.label) result.classes.push_back(example.label);
    }
    sort_classes(result.classes);
  }
  check<FileError>(result.classes.size() > 1, "{}: expected two classes or more, got {} alone:\n{}", paths.train,
                   detail::quote_text(train.front().label), result.description);
  std::unordered_map<std::string_view, std::int64_t> numbers;
  for (std::size_t i = 0; i < result.classes.size(); ++i) numbers.emplace(result.classes[i], static_cast<std::int64_t>(i));
  for (TextAndLabel& example : train) result.train.push_back({std::move(example.text), numbers.at(example.label)});
  if (paths.test.empty()) return result;
  const auto test = detail::open_labeled_source(paths.test, paths.class_file, source->settle(options));
  for (TextAndLabel example; read_labeled(*test, example);) {
    const auto number = numbers.find(example.label);
    check<FileError>(number != numbers.end(), "{}: the class {} does not occur in {}", test->place(),
                     detail::quote_text(example.label), paths.train);
    result.test.push_back({std::move(example.text), number->second});
  }
  add(test->counts(), result.counts);
  check<FileError>(!result.test.empty(), "{}: expected texts with classes, got none", paths.test);
  return result;
}

}  // namespace

std::string to_string(LabeledTextForm form) {
  switch (form) {
    case LabeledTextForm::Delimited: return "table";
    case LabeledTextForm::JsonLines: return "JSON lines";
    case LabeledTextForm::FastText: return "fastText";
    case LabeledTextForm::Folders: return "folder of classes";
    case LabeledTextForm::Numbered: return "numbered classes";
  }
  return "";
}

std::string LabeledTextCounts::describe() const {
  std::string text = counted(examples, "text", "texts");
  if (empty_texts > 0) text += fmt::format(", {} of them empty", empty_texts);
  if (ragged_rows > 0) text += fmt::format("; {} of another length than the others", counted(ragged_rows, "row", "rows"));
  bool begun = false;
  const auto add = [&](std::uint64_t count, const char* singular, const char* plural) {
    if (count == 0) return;
    text += (std::exchange(begun, true) ? ", " : "; passed over ") + counted(count, singular, plural);
  };
  add(empty_lines, "empty line", "empty lines");
  add(comments, "line that begins with #", "lines that begin with #");
  add(missing_labels, "text without a class", "texts without a class");
  add(further_labels, "further label", "further labels");
  add(other_files, "other file or folder", "other files or folders");
  return text;
}

std::unique_ptr<LabeledTextReader::Source> detail::open_labeled_source(const std::string& path,
                                                                       const std::string& class_file,
                                                                       const LabeledTextOptions& options) {
  std::error_code error;
  const bool folder = std::filesystem::is_directory(path, error);
  check<ValueError>(!folder || !options.form || *options.form == LabeledTextForm::Folders,
                    "{}: a folder cannot be read as {}", path, options.form ? to_string(*options.form) : "");
  if (folder) return open_folders(path, options);
  if (!class_file.empty() && (!options.form || *options.form == LabeledTextForm::Numbered)) {
    return open_numbered(path, class_file, options);
  }
  switch (options.form ? *options.form : find_file_form(path, options.csv.encoding)) {
    case LabeledTextForm::Delimited: return open_table(path, options);
    case LabeledTextForm::JsonLines: return open_json_lines(path, options);
    case LabeledTextForm::FastText: return open_fast_text(path, options);
    case LabeledTextForm::Folders: throw ValueError(fmt::format("{}: expected a folder of classes, got a file", path));
    case LabeledTextForm::Numbered: break;
  }
  throw ValueError(fmt::format("{}: numbered classes need a folder with train.txt and class.txt", path));
}

LabeledTextReader::LabeledTextReader(const std::string& path, const LabeledTextOptions& options) {
  const detail::LabeledPaths paths = detail::find_labeled_paths(path);
  source_ = detail::open_labeled_source(paths.train, paths.class_file, options);
}

LabeledTextReader::~LabeledTextReader() = default;
LabeledTextReader::LabeledTextReader(LabeledTextReader&&) noexcept = default;
LabeledTextReader& LabeledTextReader::operator=(LabeledTextReader&&) noexcept = default;

bool LabeledTextReader::next(TextAndLabel& example) { return read_labeled(*source_, example); }

std::string LabeledTextReader::place() const { return source_->place(); }

const LabeledTextCounts& LabeledTextReader::counts() const { return source_->counts(); }

LabeledTextForm LabeledTextReader::form() const { return source_->form(); }

std::string LabeledTextReader::describe() const { return source_->describe(); }

LabeledTexts read_labeled_texts(const std::string& path, const LabeledTextOptions& options) {
  return read_parts(detail::find_labeled_paths(path), options);
}

LabeledTexts read_labeled_texts(const std::string& train_path, const std::string& test_path,
                                const LabeledTextOptions& options) {
  detail::LabeledPaths paths = detail::find_labeled_paths(train_path);
  paths.test = test_path;
  return read_parts(paths, options);
}

void sort_classes(std::vector<std::string>& classes) {
  const bool numbers = std::all_of(classes.begin(), classes.end(), [](const std::string& name) {
    const auto number = detail::parse_number(name);
    return number && std::isfinite(*number);
  });
  std::sort(classes.begin(), classes.end(), [numbers](const std::string& a, const std::string& b) {
    if (!numbers) return a < b;
    return std::pair(*detail::parse_number(a), a) < std::pair(*detail::parse_number(b), b);
  });
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
}

}  // namespace xgrad::data
