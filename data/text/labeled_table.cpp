// Labelled texts in tables and JSON lines.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/base/utf8.h"
#include "autograd/io/value.h"
#include "data/tabular/csv.h"
#include "data/tabular/csv_columns.h"
#include "data/tabular/csv_format.h"
#include "data/tabular/json_lines.h"
#include "data/text/byte_reader.h"
#include "data/text/labeled_source.h"
#include "data/text/labeled_text.h"
#include "data/text/line_reader.h"

namespace xgrad::data::detail {

namespace {

class TableSource : public LabeledTextReader::Source {
 public:
  TableSource(const std::string& path, const LabeledTextOptions& options)
      : Source(LabeledTextForm::Delimited), format_(detect_csv(path, options.csv)) {
    if (!options.text_column.empty()) text_ = format_.column(options.text_column);
    if (!options.label_column.empty()) label_ = format_.column(options.label_column);
    if (options.text_column.empty()) {
      const auto found = format_.text_column();
      const bool taken = found && !options.label_column.empty() && *found == label_;
      check<ValueError>(found && !taken, "{}: which column is the text? Name it (--text COLUMN):\n{}", path,
                        format_.describe());
      text_ = *found;
    }
    if (options.label_column.empty()) {
      const auto found = format_.label_column(text_);
      check<ValueError>(found.has_value(), "{}: which column is the class? Name it (--label COLUMN):\n{}", path,
                        format_.describe());
      label_ = *found;
    }
    check<ValueError>(text_ != label_, "{}: the text and the class cannot be the same column", path);
    reader_ = std::make_unique<CsvReader>(path, format_.options);
  }
  bool read(TextAndLabel& example) override {
    const bool any = reader_->next(row_);
    const CsvCounts& read = reader_->counts();
    counts().empty_lines = read.empty_lines;
    counts().comments = read.comments;
    counts().ragged_rows = read.filled + read.cut + read.passed_over;
    if (!any) return false;
    example.text = row_.text(text_);
    example.label = trim(row_.text(label_));
    return true;
  }
  std::string place() const override { return fmt::format("{}, line {}", format_.path, row_.line()); }
  LabeledTextOptions settle(LabeledTextOptions options) const override {
    options.text_column = format_.columns[text_].name;
    options.label_column = format_.columns[label_].name;
    options.csv.header = format_.options.header || format_.header_in_comment;
    return options;
  }
  std::string describe() const override {
    return format_.describe() + fmt::format("text from column {}, classes from column {}\n",
                                            quote_text(format_.columns[text_].name),
                                            quote_text(format_.columns[label_].name));
  }

 private:
  CsvFormat format_;
  std::size_t text_ = 0;
  std::size_t label_ = 0;
  std::unique_ptr<CsvReader> reader_;
  CsvRow row_;
};

/// A label as text; nothing for what is none.
std::optional<std::string> label_of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::string: return std::string(trim(value.to_string()));
    case Value::Kind::integer: return std::to_string(value.to_int());
    case Value::Kind::boolean: return value.to_bool() ? "true" : "false";
    case Value::Kind::real: {
      const double number = value.to_double();
      if (std::floor(number) == number && std::abs(number) < 1e15) return std::to_string(static_cast<std::int64_t>(number));
      return fmt::format("{}", number);
    }
    case Value::Kind::none: return "";
    default: return std::nullopt;
  }
}

void check_object(const Value& record, const std::string& place) {
  check<FileError>(record.kind() != Value::Kind::list, "{}: expected an object, {{...}}, in each line, got an array", place);
  check<FileError>(record.kind() == Value::Kind::dict, "{}: expected an object, {{...}}", place);
}

class JsonLinesSource : public LabeledTextReader::Source {
 public:
  JsonLinesSource(const std::string& path, const LabeledTextOptions& options)
      : Source(LabeledTextForm::JsonLines), path_(path), text_(options.text_column), label_(options.label_column) {
    if (text_.empty() || label_.empty()) find_keys(options.csv.encoding);
    check<ValueError>(text_ != label_, "{}: the text and the class cannot stand under the same key", path);
    reader_ = std::make_unique<JsonLinesReader>(path, options.csv.encoding);
  }
  bool read(TextAndLabel& example) override {
    const bool any = reader_->next(record_);
    counts().empty_lines = reader_->empty_lines();
    if (!any) return false;
    check_object(record_, place());
    const Value::Dict& fields = record_.dict();
    const Value* text = fields.find(text_);
    check<FileError>(text != nullptr && text->kind() == Value::Kind::string, "{}: expected a text under the key {}", place(),
                     quote_text(text_));
    example.text = text->to_string();
    const Value* label = fields.find(label_);
    const auto name = label != nullptr ? label_of(*label) : std::optional<std::string>("");
    check<FileError>(name.has_value(), "{}: expected a name or a number under the key {}", place(), quote_text(label_));
    example.label = *name;
    return true;
  }
  std::string place() const override { return fmt::format("{}, line {}", path_, reader_->line()); }
  LabeledTextOptions settle(LabeledTextOptions options) const override {
    options.text_column = text_;
    options.label_column = label_;
    return options;
  }
  std::string describe() const override {
    return fmt::format("JSON lines: text under the key {}, classes under the key {}\n", quote_text(text_),
                       quote_text(label_));
  }

 private:
  /// Takes the keys of the first records as the columns of a table.
  void find_keys(Encoding encoding) {
    constexpr std::size_t most_records = 1000;
    std::vector<std::string> keys;
    std::map<std::string, std::vector<std::string>> values;
    std::size_t records = 0;
    JsonLinesReader reader(path_, encoding);
    for (Value record; records < most_records && reader.next(record); ++records) {
      check_object(record, fmt::format("{}, line {}", path_, reader.line()));
      for (const auto& [key, value] : record.dict()) {
        const auto text = label_of(value);
        if (!text) continue;
        const std::string& name = key.string();
        if (!values.contains(name)) keys.push_back(name);
        values[name].push_back(*text);
      }
    }
    check<FileError>(records > 0, "{}: expected records with a text and a class, got none", path_);
    CsvFormat format;
    format.path = path_;
    format.rows = records;
    format.whole_file = records < most_records;
    for (const std::string& key : keys) {
      std::vector<std::vector<std::string>> rows;
      for (std::string& value : values[key]) rows.push_back({std::move(value)});
      format.columns.push_back(describe_column(rows, 0, {}));
      format.columns.back().name = key;
    }
    const auto find = [&](const std::string& key) {
      return static_cast<std::size_t>(std::find(keys.begin(), keys.end(), key) - keys.begin());
    };
    if (text_.empty()) {
      const auto found = format.text_column();
      check<ValueError>(found && keys[*found] != label_, "{}: which key is the text? Name it (--text KEY): {}", path_,
                        fmt::join(keys, ", "));
      text_ = keys[*found];
    }
    if (label_.empty()) {
      const auto found = format.label_column(find(text_));
      check<ValueError>(found.has_value(), "{}: which key is the class? Name it (--label KEY): {}", path_,
                        fmt::join(keys, ", "));
      label_ = keys[*found];
    }
  }

  std::string path_;
  std::string text_;
  std::string label_;
  std::unique_ptr<JsonLinesReader> reader_;
  Value record_;
};

}  // namespace

std::unique_ptr<LabeledTextReader::Source> open_table(const std::string& path, const LabeledTextOptions& options) {
  return std::make_unique<TableSource>(path, options);
}

std::unique_ptr<LabeledTextReader::Source> open_json_lines(const std::string& path, const LabeledTextOptions& options) {
  return std::make_unique<JsonLinesSource>(path, options);
}

}  // namespace xgrad::data::detail
