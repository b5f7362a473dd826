/// Where labelled texts come from: one class for each form. For .cpp files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/text/labeled_text.h"
#include "data/text/line_reader.h"

namespace xgrad::data {

/// Reads one form.
class LabeledTextReader::Source {
 public:
  explicit Source(LabeledTextForm form) : form_(form) {}
  virtual ~Source() = default;
  /// The next example, its label without spaces around it, whether it has one or not; false at the end.
  virtual bool read(TextAndLabel& example) = 0;
  virtual std::string place() const = 0;
  virtual std::string describe() const = 0;
  /// The options with what was found, for a second file that goes with this one.
  virtual LabeledTextOptions settle(LabeledTextOptions options) const { return options; }

  LabeledTextForm form() const { return form_; }
  LabeledTextCounts& counts() { return counts_; }

 private:
  LabeledTextForm form_;
  LabeledTextCounts counts_;
};

namespace detail {

/// What a path stands for.
struct LabeledPaths {
  std::string train;       ///< a file or a folder of classes
  std::string test;        ///< likewise; empty where there is none
  std::string class_file;  ///< names of numbered classes; empty where there are none
};

/// Looks into a folder; a file stands for itself.
LabeledPaths find_labeled_paths(const std::string& path);

/// The source for a file or a folder of classes, with the names of numbered classes where `class_file` is not empty.
std::unique_ptr<LabeledTextReader::Source> open_labeled_source(const std::string& path, const std::string& class_file,
                                                               const LabeledTextOptions& options);

/// The source for one form of file each.
std::unique_ptr<LabeledTextReader::Source> open_table(const std::string& path, const LabeledTextOptions& options);
std::unique_ptr<LabeledTextReader::Source> open_json_lines(const std::string& path, const LabeledTextOptions& options);
std::unique_ptr<LabeledTextReader::Source> open_fast_text(const std::string& path, const LabeledTextOptions& options);
std::unique_ptr<LabeledTextReader::Source> open_folders(const std::string& path, const LabeledTextOptions& options);
std::unique_ptr<LabeledTextReader::Source> open_numbered(const std::string& path, const std::string& class_file,
                                                         const LabeledTextOptions& options);

/// The names in class.txt, one in each line.
std::vector<std::string> read_class_names(const std::string& path, Encoding encoding);

}  // namespace detail

}  // namespace xgrad::data
