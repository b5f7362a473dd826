#include "data/text/labeled_source.h"

#include <algorithm>
#include <charconv>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "autograd/base/check.h"
#include "data/tabular/csv_format.h"
#include "data/text/byte_reader.h"
#include "data/text/folder.h"
#include "data/text/plain_text.h"
#include "data/text/text_stream.h"

namespace xgrad::data::detail {

namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

/// A file NAME.ENDING, perhaps compressed.
std::string find_named(const std::vector<fs::path>& entries, std::string_view name) {
  for (const fs::path& entry : entries) {
    const std::string file = entry.filename().string();
    if (!is_file(entry) || !file.starts_with(name) || file.size() == name.size() || file[name.size()] != '.') continue;
    for (const std::string_view ending : {".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".tab", ".gz"}) {
      if (file.ends_with(ending)) return entry.string();
    }
  }
  return "";
}

/// Names that begin with numbers go by them, as aclImdb's 0_9.txt, before all others.
bool natural_less(const fs::path& a, const fs::path& b) {
  const auto number_of = [](const std::string& name) -> std::pair<bool, std::uint64_t> {
    std::uint64_t number = 0;
    const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    return {error != std::errc(), number};
  };
  const std::string first = a.filename().string();
  const std::string second = b.filename().string();
  return std::pair(number_of(first), first) < std::pair(number_of(second), second);
}

class FastTextSource : public LabeledTextReader::Source {
 public:
  FastTextSource(const std::string& path, Encoding encoding) : Source(LabeledTextForm::FastText), reader_(path, encoding) {}
  bool read(TextAndLabel& example) override {
    const bool any = reader_.next_filled(line_);
    counts().empty_lines = reader_.empty_lines();
    if (!any) return false;
    example.label.clear();
    constexpr std::string_view prefix = "__label__";
    std::string_view rest = trim(line_);
    bool labeled = false;
    while (rest.starts_with(prefix)) {
      const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
      if (labeled) ++counts().further_labels;
      else example.label = rest.substr(prefix.size(), end - prefix.size());
      labeled = true;
      rest = trim(rest.substr(end));
    }
    check<FileError>(labeled, "{}: expected a line that begins with __label__, got {}", place(), quote_text(line_));
    example.text = rest;
    return true;
  }
  std::string place() const override { return fmt::format("{}, line {}", reader_.path(), reader_.line()); }
  std::string describe() const override { return "fastText lines: __label__ and the class, then the text\n"; }

 private:
  LineReader reader_;
  std::string line_;
};

class NumberedSource : public LabeledTextReader::Source {
 public:
  NumberedSource(const std::string& path, const std::string& class_file, Encoding encoding)
      : Source(LabeledTextForm::Numbered), reader_(path, encoding), names_(read_class_names(class_file, encoding)) {}
  bool read(TextAndLabel& example) override {
    const bool any = reader_.next_filled(line_);
    counts().empty_lines = reader_.empty_lines();
    if (!any) return false;
    const std::size_t tab = line_.rfind('\t');
    check<FileError>(tab != std::string::npos, "{}: expected a text, a tab and the number of its class, got {}", place(),
                     quote_text(line_));
    const std::string_view digits = trim(std::string_view(line_).substr(tab + 1));
    std::size_t number = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    check<FileError>(
        !digits.empty() && error == std::errc() && stop == digits.data() + digits.size() && number < names_.size(),
        "{}: expected the number of a class below {}, got {}", place(), names_.size(), quote_text(digits));
    example.text = line_.substr(0, tab);
    example.label = names_[number];
    return true;
  }
  std::string place() const override { return fmt::format("{}, line {}", reader_.path(), reader_.line()); }
  std::string describe() const override {
    return fmt::format("lines of a text, a tab and the number of one of {} classes\n", names_.size());
  }

 private:
  LineReader reader_;
  std::vector<std::string> names_;
  std::string line_;
};

class FolderSource : public LabeledTextReader::Source {
 public:
  FolderSource(const std::string& path, Encoding encoding)
      : Source(LabeledTextForm::Folders), path_(path), encoding_(encoding) {
    for (const fs::path& entry : visible_entries(path)) {
      // aclImdb's reviews of no class.
      if (is_folder(entry) && entry.filename() != "unsup") classes_.push_back(entry);
      else ++counts().other_files;
    }
    check<FileError>(
        classes_.size() > 1,
        "{}: expected a folder for each of two classes or more with a file for each text, or files train and test", path);
  }
  bool read(TextAndLabel& example) override {
    while (next_file_ == files_.size()) {
      if (next_class_ == classes_.size()) return false;
      files_.clear();
      next_file_ = 0;
      for (const fs::path& entry : visible_entries(classes_[next_class_++])) {
        if (is_folder(entry)) ++counts().other_files;
        else files_.push_back(entry);
      }
      std::sort(files_.begin(), files_.end(), natural_less);
    }
    file_ = files_[next_file_++].string();
    TextStream stream(file_, encoding_);
    example.text.clear();
    for (std::string_view text = stream.buffered(); !text.empty(); text = stream.buffered()) {
      check<FileError>(example.text.size() + text.size() <= longest_text, "{}: expected a text of at most {} bytes", file_,
                       longest_text);
      example.text += text;
      stream.consume(text.size());
    }
    example.label = classes_[next_class_ - 1].filename().string();
    return true;
  }
  std::string place() const override { return file_; }
  std::string describe() const override {
    return fmt::format("a folder for each of {} classes, a file for each text\n", classes_.size());
  }

 private:
  static constexpr std::size_t longest_text = std::size_t{1} << 24;

  std::string path_;
  Encoding encoding_;
  std::vector<fs::path> classes_;
  std::size_t next_class_ = 0;
  std::vector<fs::path> files_;
  std::size_t next_file_ = 0;
  std::string file_;
};

}  // namespace

LabeledPaths find_labeled_paths(const std::string& path) {
  if (!is_folder(path)) return {path, "", ""};
  fs::path root = path;
  if (!is_folder(root / "train") && is_folder(root / "aclImdb")) root /= "aclImdb";
  if (is_folder(root / "train")) {
    return {(root / "train").string(), is_folder(root / "test") ? (root / "test").string() : "", ""};
  }
  const std::vector<fs::path> entries = visible_entries(root);
  std::string train = find_named(entries, "train");
  if (train.empty()) return {root.string(), "", ""};
  const fs::path classes = root / "class.txt";
  return {std::move(train), find_named(entries, "test"), is_file(classes) ? classes.string() : ""};
}

std::vector<std::string> read_class_names(const std::string& path, Encoding encoding) {
  std::vector<std::string> names;
  LineReader reader(path, encoding);
  std::uint64_t empty_line = 0;
  for (std::string line; reader.next(line);) {
    std::string name(trim(line));
    if (name.empty()) {
      if (empty_line == 0) empty_line = reader.line();
      continue;
    }
    // The numbers of classes are those of lines.
    check<FileError>(empty_line == 0, "{}, line {}: expected the name of a class, got an empty line", path, empty_line);
    check<FileError>(std::find(names.begin(), names.end(), name) == names.end(), "{}, line {}: the class {} comes twice",
                     path, reader.line(), quote_text(name));
    names.push_back(std::move(name));
  }
  check<FileError>(!names.empty(), "{}: expected names of classes, got none", path);
  return names;
}

std::unique_ptr<LabeledTextReader::Source> open_fast_text(const std::string& path, const LabeledTextOptions& options) {
  return std::make_unique<FastTextSource>(path, options.csv.encoding);
}

std::unique_ptr<LabeledTextReader::Source> open_folders(const std::string& path, const LabeledTextOptions& options) {
  return std::make_unique<FolderSource>(path, options.csv.encoding);
}

std::unique_ptr<LabeledTextReader::Source> open_numbered(const std::string& path, const std::string& class_file,
                                                         const LabeledTextOptions& options) {
  return std::make_unique<NumberedSource>(path, class_file, options.csv.encoding);
}

}  // namespace xgrad::data::detail
