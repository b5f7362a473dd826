#include "data/text/vocab.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

#include "autograd/base/atomic_file.h"
#include "autograd/base/check.h"
#include "data/text/text_file.h"

namespace xgrad::data {

namespace {

constexpr std::string_view signature = "xgrad-vocab 1";
constexpr std::uint64_t largest_file = std::uint64_t{1} << 30;

std::string escaped(std::string_view token) {
  std::string line;
  line.reserve(token.size());
  for (const char c : token) {
    switch (c) {
      case '\\': line += "\\\\"; break;
      case '\n': line += "\\n"; break;
      case '\r': line += "\\r"; break;
      default: line += c;
    }
  }
  return line;
}

/// Reads a vocabulary file line by line; its errors say where.
class VocabReader {
 public:
  explicit VocabReader(const std::string& path) : path_(path), text_(detail::read_text_file(path, largest_file)) {}

  bool at_end() const { return position_ == text_.size(); }

  std::string_view next_line() {
    ++line_;
    if (at_end()) fail("the file ends too early");
    const std::size_t end = text_.find('\n', position_);
    if (end == std::string::npos) fail("the line is cut off: expected a line end");
    const std::string_view line = std::string_view(text_).substr(position_, end - position_);
    position_ = end + 1;
    return line;
  }

  std::string next_token() {
    const std::string_view line = next_line();
    std::string token;
    token.reserve(line.size());
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\r') fail("a bare carriage return: expected \\r, or lines that end with a line feed only");
      if (line[i] != '\\') {
        token += line[i];
        continue;
      }
      const char escape = ++i < line.size() ? line[i] : ' ';
      if (escape != '\\' && escape != 'n' && escape != 'r') fail(R"(expected \\, \n or \r after the backslash)");
      token += escape == 'n' ? '\n' : escape == 'r' ? '\r' : '\\';
    }
    return token;
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw FileError(fmt::format("Vocab::load: {}, line {}: {}", path_, line_, problem));
  }

 private:
  std::string path_;
  std::string text_;
  std::size_t position_ = 0;
  std::size_t line_ = 0;
};

/// Takes " NUMBER" off the front of `text`.
std::optional<std::int64_t> take_number(std::string_view& text) {
  if (!text.starts_with(' ')) return std::nullopt;
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 1, end, number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return number;
}

}  // namespace

void count_tokens(const std::vector<std::string>& tokens, TokenCounts& counts) {
  for (const std::string& token : tokens) ++counts[token];
}

Vocab::Vocab(std::vector<std::string> tokens, std::optional<std::int64_t> default_index) : tokens_(std::move(tokens)) {
  indices_.reserve(tokens_.size());
  for (const std::string& token : tokens_) {
    const bool inserted = indices_.emplace(token, static_cast<std::int64_t>(indices_.size())).second;
    check<ValueError>(inserted, "Vocab: the token \"{}\" comes twice", token);
  }
  set_default_index(default_index);
}

bool Vocab::contains(std::string_view token) const { return indices_.find(token) != indices_.end(); }

std::int64_t Vocab::operator[](std::string_view token) const {
  const auto entry = indices_.find(token);
  if (entry != indices_.end()) return entry->second;
  check<IndexError>(default_index_.has_value(),
                    "Vocab: the token \"{}\" is not in the vocabulary, and it has no default index", token);
  return *default_index_;
}

std::vector<std::int64_t> Vocab::lookup_indices(const std::vector<std::string>& tokens) const {
  std::vector<std::int64_t> indices;
  indices.reserve(tokens.size());
  for (const std::string& token : tokens) indices.push_back((*this)[token]);
  return indices;
}

const std::string& Vocab::lookup_token(std::int64_t index) const {
  check<IndexError>(index >= 0 && static_cast<std::size_t>(index) < size(), "Vocab: index {} is out of range for {} tokens",
                    index, size());
  return tokens_[static_cast<std::size_t>(index)];
}

std::vector<std::string> Vocab::lookup_tokens(const std::vector<std::int64_t>& indices) const {
  std::vector<std::string> tokens;
  tokens.reserve(indices.size());
  for (const std::int64_t index : indices) tokens.push_back(lookup_token(index));
  return tokens;
}

void Vocab::set_default_index(std::optional<std::int64_t> index) {
  if (index) {
    check<IndexError>(*index >= 0 && static_cast<std::size_t>(*index) < size(),
                      "Vocab: default index {} is out of range for {} tokens", *index, size());
  }
  default_index_ = index;
}

void Vocab::save(const std::string& path) const {
  AtomicFile file(path);
  file.write(fmt::format("{} {} {}\n", signature, size(), default_index_ ? std::to_string(*default_index_) : "-"));
  for (const std::string& token : tokens_) file.write(escaped(token) + '\n');
  file.commit();
}

Vocab Vocab::load(const std::string& path) {
  VocabReader reader(path);
  std::string_view header = reader.next_line();
  if (!header.starts_with(signature))
    reader.fail(fmt::format("this is no vocabulary: expected \"{} SIZE DEFAULT\"", signature));
  header.remove_prefix(signature.size());
  const auto size = take_number(header);
  if (!size) reader.fail("expected the number of tokens after the signature");
  std::optional<std::int64_t> default_index;
  if (header != " -") {
    default_index = take_number(header);
    if (!default_index || !header.empty()) reader.fail("expected the default index, or -, after the number of tokens");
    if (*default_index >= *size)
      reader.fail(fmt::format("default index {} is out of range for {} tokens", *default_index, *size));
  }
  Vocab vocab;  // grows with the lines that are there, not with the number that the header claims
  for (std::int64_t i = 0; i < *size; ++i) {
    std::string token = reader.next_token();
    if (!vocab.indices_.emplace(token, i).second) reader.fail(fmt::format("the token \"{}\" comes twice", token));
    vocab.tokens_.push_back(std::move(token));
  }
  if (!reader.at_end()) {
    reader.next_line();
    reader.fail(fmt::format("expected the end of the file after {} tokens", *size));
  }
  vocab.default_index_ = default_index;
  return vocab;
}

Vocab build_vocab(const TokenCounts& counts, const VocabOptions& options) {
  check<ValueError>(options.min_frequency >= 1, "build_vocab: min_frequency must be at least 1, got {}",
                    options.min_frequency);
  const auto specials = static_cast<std::int64_t>(options.specials.size());
  check<ValueError>(!options.max_size || *options.max_size >= specials,
                    "build_vocab: max_size {} has no room for {} special tokens", options.max_size.value_or(0), specials);
  const std::unordered_set<std::string_view> special(options.specials.begin(), options.specials.end());
  std::vector<std::pair<std::int64_t, std::string_view>> ranking;  // minus the count, then the token: sorts as wanted
  for (const auto& [token, count] : counts) {
    if (count >= options.min_frequency && !special.contains(token)) ranking.emplace_back(-count, token);
  }
  std::sort(ranking.begin(), ranking.end());
  if (options.max_size) ranking.resize(std::min(ranking.size(), static_cast<std::size_t>(*options.max_size - specials)));
  std::vector<std::string> tokens = options.specials;
  tokens.reserve(tokens.size() + ranking.size());
  for (const auto& [count, token] : ranking) tokens.emplace_back(token);
  return Vocab(std::move(tokens), options.default_index);
}

Vocab build_vocab(const std::vector<std::vector<std::string>>& texts, const VocabOptions& options) {
  TokenCounts counts;
  for (const auto& tokens : texts) count_tokens(tokens, counts);
  return build_vocab(counts, options);
}

}  // namespace xgrad::data
