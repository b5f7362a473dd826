/// Parallel text: sentences and their translations.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/text/line_reader.h"

namespace xgrad::data {

/// A sentence and its translation.
struct TextPair {
  std::string source;  ///< without the spaces around it
  std::string target;  ///< likewise
};

/// What was read up to now, and what was passed over.
struct ParallelTextCounts {
  std::uint64_t pairs = 0;            ///< pairs that were given
  std::uint64_t empty_lines = 0;      ///< empty lines of a file of pairs, and of two files where both are empty
  std::uint64_t half_empty = 0;       ///< pairs with one empty side, which are passed over
  std::uint64_t further_columns = 0;  ///< lines with more than two columns: the others are not read

  /// In one line: "5000 pairs; passed over the columns behind the second one of 5000 lines".
  std::string describe() const;
};

/// Reads pairs one after the other, in constant memory:
///
///   data::ParallelTextReader reader("eng_fra.tsv");
///   for (data::TextPair pair; reader.next(pair);) use(pair.source, pair.target);
class ParallelTextReader {
 public:
  /// One file with a pair in each line: source, tab, target, and perhaps further columns, which are ignored. Throws
  /// FileError where it cannot be read.
  explicit ParallelTextReader(const std::string& path, Encoding encoding = Encoding::Utf8);
  /// Two files, with a sentence in each line. Throws FileError where one of them cannot be read.
  ParallelTextReader(const std::string& source_path, const std::string& target_path, Encoding encoding = Encoding::Utf8);
  ~ParallelTextReader();
  ParallelTextReader(ParallelTextReader&&) noexcept;
  ParallelTextReader& operator=(ParallelTextReader&&) noexcept;

  /// Reads the next pair; false after the last one. Throws FileError that names file and line where a line has no tab, and
  /// where one of two files ends before the other.
  bool next(TextPair& pair);
  /// The line of the pair that was read last, counted from 1.
  std::uint64_t line() const;
  /// What was read up to now.
  const ParallelTextCounts& counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// All pairs of a file, or of two. Throws as ParallelTextReader, and FileError where there is none.
std::vector<TextPair> read_parallel_text(const std::string& path, Encoding encoding = Encoding::Utf8);
/// As above, of two files.
std::vector<TextPair> read_parallel_text(const std::string& source_path, const std::string& target_path,
                                         Encoding encoding = Encoding::Utf8);

}  // namespace xgrad::data
