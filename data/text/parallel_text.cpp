#include "data/text/parallel_text.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "autograd/base/check.h"
#include "data/text/byte_reader.h"

namespace xgrad::data {

using detail::counted;

std::string ParallelTextCounts::describe() const {
  std::string text = counted(pairs, "pair", "pairs");
  if (empty_lines > 0) text += fmt::format("; passed over {}", counted(empty_lines, "empty line", "empty lines"));
  if (half_empty > 0) text += fmt::format("; passed over {} with an empty side", counted(half_empty, "pair", "pairs"));
  if (further_columns > 0) {
    text +=
        fmt::format("; passed over what stands behind the second column of {}", counted(further_columns, "line", "lines"));
  }
  return text;
}

struct ParallelTextReader::State {
  State(const std::string& path, Encoding encoding) : source(path, encoding) {}
  State(const std::string& source_path, const std::string& target_path, Encoding encoding)
      : source(source_path, encoding), target(std::in_place, target_path, encoding) {}

  /// Both sides of the next line; false at the end.
  bool read(std::string& source_text, std::string& target_text) {
    if (!target) {
      if (!source.next(line)) return false;
      const std::size_t tab = line.find('\t');
      if (tab == std::string::npos) {
        check<FileError>(detail::trim(line).empty(), "{}, line {}: expected a sentence, a tab and its translation, got {}",
                         source.path(), source.line(), detail::quote_text(line));
        source_text.clear();
        target_text.clear();
        return true;
      }
      const std::size_t end = line.find('\t', tab + 1);
      counts.further_columns += end == std::string::npos ? 0 : 1;
      source_text = detail::trim(std::string_view(line).substr(0, tab));
      target_text = detail::trim(std::string_view(line).substr(tab + 1, end == std::string::npos ? end : end - tab - 1));
      return true;
    }
    const bool has_source = source.next(line);
    const bool has_target = target->next(target_line);
    if (has_source != has_target) {
      const LineReader& longer = has_source ? source : *target;
      const LineReader& shorter = has_source ? *target : source;
      throw FileError(fmt::format("{}, line {}: {} has no such line: expected as many lines in both files", longer.path(),
                                  longer.line(), shorter.path()));
    }
    source_text = detail::trim(line);
    target_text = detail::trim(target_line);
    return has_source;
  }

  LineReader source;
  std::optional<LineReader> target;
  std::string line;
  std::string target_line;
  ParallelTextCounts counts;
};

ParallelTextReader::ParallelTextReader(const std::string& path, Encoding encoding)
    : state_(std::make_unique<State>(path, encoding)) {}

ParallelTextReader::ParallelTextReader(const std::string& source_path, const std::string& target_path, Encoding encoding)
    : state_(std::make_unique<State>(source_path, target_path, encoding)) {}

ParallelTextReader::~ParallelTextReader() = default;
ParallelTextReader::ParallelTextReader(ParallelTextReader&&) noexcept = default;
ParallelTextReader& ParallelTextReader::operator=(ParallelTextReader&&) noexcept = default;

bool ParallelTextReader::next(TextPair& pair) {
  while (state_->read(pair.source, pair.target)) {
    if (!pair.source.empty() && !pair.target.empty()) {
      ++state_->counts.pairs;
      return true;
    }
    ++(pair.source.empty() && pair.target.empty() ? state_->counts.empty_lines : state_->counts.half_empty);
  }
  return false;
}

std::uint64_t ParallelTextReader::line() const { return state_->source.line(); }

const ParallelTextCounts& ParallelTextReader::counts() const { return state_->counts; }

namespace {

std::vector<TextPair> read_all(ParallelTextReader reader, const std::string& path) {
  std::vector<TextPair> pairs;
  for (TextPair pair; reader.next(pair);) pairs.push_back(pair);
  check<FileError>(!pairs.empty(), "{}: expected pairs of sentences, got none", path);
  return pairs;
}

}  // namespace

std::vector<TextPair> read_parallel_text(const std::string& path, Encoding encoding) {
  return read_all(ParallelTextReader(path, encoding), path);
}

std::vector<TextPair> read_parallel_text(const std::string& source_path, const std::string& target_path, Encoding encoding) {
  return read_all(ParallelTextReader(source_path, target_path, encoding), source_path);
}

}  // namespace xgrad::data
