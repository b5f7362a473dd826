/// JSON lines: a record on each line. https://jsonlines.org
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "autograd/io/value.h"
#include "data/dataset.h"
#include "data/text/line_reader.h"

namespace xgrad::data {

/// Reads records of a file of any size, one after the other:
///
///   data::JsonLinesReader reader("reviews.jsonl");
///   for (Value review; reader.next(review);) use(review.at("text").to_string(), review.at("label").to_int());
///
/// A record is any JSON value in UTF-8, most often an object, which becomes a dictionary. Numbers without a point are
/// integers where they fit into int64. Empty lines are passed over, as is a byte order mark. A file that gzip compressed is
/// decompressed, and the path "-" is the standard input.
class JsonLinesReader {
 public:
  /// Throws FileError where the file cannot be read.
  explicit JsonLinesReader(const std::string& path, Encoding encoding = Encoding::Utf8);
  ~JsonLinesReader();
  JsonLinesReader(const JsonLinesReader&) = delete;
  JsonLinesReader& operator=(const JsonLinesReader&) = delete;

  /// Reads the next record; false after the last one. Throws FileError that names file and line where a line is no JSON, or
  /// nested deeper than 100 levels.
  bool next(io::Value& record);
  /// The line of the record that was read last, counted from 1.
  std::uint64_t line() const;
  /// How many empty lines were passed over.
  std::uint64_t empty_lines() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Records of a file that are read when they are asked for: only their places are kept, 16 bytes each. The file must not
/// change while the dataset is in use. Copies share the file.
class JsonLinesDataset : public Dataset<io::Value> {
 public:
  /// Goes through the file once, for the places of its lines. Throws FileError where it cannot be read, or a
  /// line is longer than 64 MiB.
  explicit JsonLinesDataset(const std::string& path);

  /// Throws FileError as JsonLinesReader does.
  io::Value get(std::size_t index) const override;
  std::size_t size() const override;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace xgrad::data
