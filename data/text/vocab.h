/// Vocab: tokens and their numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace xgrad::data {

namespace detail {
/// Lets tables with string keys be searched by std::string_view.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
}  // namespace detail

/// How often each token was seen.
using TokenCounts = std::unordered_map<std::string, std::int64_t, detail::StringHash, std::equal_to<>>;

/// Adds the tokens of a text to `counts`.
void count_tokens(const std::vector<std::string>& tokens, TokenCounts& counts);

/// Which tokens make a vocabulary: `{.min_frequency = 5, .specials = {"<pad>", "<unk>"}, .default_index = 1}`.
struct VocabOptions {
  std::int64_t min_frequency = 1;                            ///< rarer tokens are left out
  std::optional<std::int64_t> max_size = std::nullopt;       ///< at most so many tokens, the specials included
  std::vector<std::string> specials = {};                    ///< come first, whether they occur or not
  std::optional<std::int64_t> default_index = std::nullopt;  ///< the index of tokens that are not in the vocabulary
};

/// Tokens numbered from 0. https://pytorch.org/text/0.14.0/vocab.html
class Vocab {
 public:
  Vocab() = default;
  /// Numbers tokens in the given order. Throws ValueError for a token that comes twice, IndexError for a default index
  /// outside the vocabulary.
  explicit Vocab(std::vector<std::string> tokens, std::optional<std::int64_t> default_index = std::nullopt);

  std::size_t size() const { return tokens_.size(); }
  bool contains(std::string_view token) const;
  /// The index of a token. Throws IndexError for one that is not in the vocabulary, unless there is a default index.
  std::int64_t operator[](std::string_view token) const;
  /// The indices of tokens. Throws IndexError as operator[].
  std::vector<std::int64_t> lookup_indices(const std::vector<std::string>& tokens) const;
  /// Throws IndexError for an index out of range.
  const std::string& lookup_token(std::int64_t index) const;
  /// The tokens of indices. Throws IndexError for an index out of range.
  std::vector<std::string> lookup_tokens(const std::vector<std::int64_t>& indices) const;
  /// All tokens, by index.
  const std::vector<std::string>& tokens() const { return tokens_; }

  /// The index of tokens that are not in the vocabulary; without one, they are an error.
  std::optional<std::int64_t> default_index() const { return default_index_; }
  /// Throws IndexError for an index outside the vocabulary.
  void set_default_index(std::optional<std::int64_t> index);

  /// Writes a text file: a header with the number of tokens and the default index, then a line for each token, in which
  /// `\\`, `\n` and `\r` stand for a backslash and line ends. An old file is replaced in one step. Throws FileError.
  void save(const std::string& path) const;
  /// Reads what `save` wrote. Throws FileError that names the file and the line where something else stands.
  static Vocab load(const std::string& path);

 private:
  std::vector<std::string> tokens_;
  std::unordered_map<std::string, std::int64_t, detail::StringHash, std::equal_to<>> indices_;
  std::optional<std::int64_t> default_index_;
};

/// A vocabulary of the specials, then of the counted tokens, the most frequent first and equally frequent ones in
/// alphabetical order (of their bytes).
///
/// Throws ValueError where min_frequency is below 1, max_size has no room for the specials, or a special comes twice,
/// IndexError for a default index outside the vocabulary.
/// https://pytorch.org/text/0.14.0/vocab.html#torchtext.vocab.build_vocab_from_iterator
Vocab build_vocab(const TokenCounts& counts, const VocabOptions& options = {});
/// The same for tokenized texts.
Vocab build_vocab(const std::vector<std::vector<std::string>>& texts, const VocabOptions& options = {});

}  // namespace xgrad::data
