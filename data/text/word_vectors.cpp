#include "data/text/word_vectors.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <unordered_set>
#include <utility>

#include "autograd/base/atomic_file.h"
#include "autograd/base/check.h"
#include "autograd/base/utf8.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "data/text/byte_reader.h"

namespace xgrad::data {

namespace {

using detail::ByteReader;
using detail::quote_text;

static_assert(std::endian::native == std::endian::little, "word2vec's binary format is read as the machine has it");

/// Words and their vectors while they are read: of words that come twice, the first counts.
class Gathered {
 public:
  /// Room for a vector; the caller fills it, then calls `add`.
  std::span<float> next(std::size_t dimensions) {
    elements_.resize(tokens_.size() * dimensions + dimensions);
    return std::span(elements_).last(dimensions);
  }
  void add(std::string word) {
    if (seen_.insert(word).second) tokens_.push_back(std::move(word));
  }
  std::size_t size() const { return tokens_.size(); }
  void reserve(std::size_t words, std::size_t dimensions) { elements_.reserve(words * dimensions); }

  WordVectors finish(std::size_t dimensions) && {
    const std::vector<std::int64_t> shape = {static_cast<std::int64_t>(tokens_.size()),
                                             static_cast<std::int64_t>(dimensions)};
    Tensor vectors = empty(shape, kFloat32);
    std::copy_n(elements_.begin(), tokens_.size() * dimensions, vectors.data_ptr<float>());
    return {Vocab(std::move(tokens_)), std::move(vectors)};
  }

 private:
  std::vector<std::string> tokens_;
  std::unordered_set<std::string> seen_;
  std::vector<float> elements_;
};

std::vector<std::string_view> split_fields(std::string_view line) {
  std::vector<std::string_view> fields;
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
  while (true) {
    const std::size_t end = line.find(' ');
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || stop != end) return std::nullopt;
  return count;
}

struct Header {
  std::uint64_t words;
  std::uint64_t dimensions;
};

/// Reads the header, and checks that the rest of the file has room for what it promises.
Header read_header(ByteReader& reader, std::uint64_t bytes_an_element) {
  std::string line;
  // A binary file that has no header can be one long line.
  while (reader.peek() != ByteReader::end_of_file && reader.peek() != '\n' && line.size() < 64) {
    line += static_cast<char>(reader.get());
  }
  const bool ends = reader.get() == '\n';
  if (line.ends_with('\r')) line.pop_back();
  const auto fields = split_fields(line);
  const auto words = fields.size() == 2 ? parse_count(fields[0]) : std::nullopt;
  const auto dimensions = fields.size() == 2 ? parse_count(fields[1]) : std::nullopt;
  constexpr std::uint64_t most_dimensions = std::uint64_t{1} << 31;
  check<FileError>(ends && words && dimensions && *dimensions > 0 && *dimensions <= most_dimensions,
                   "WordVectors::load: {}, line 1: expected the number of words and of dimensions, got {}", reader.path(),
                   quote_text(line));
  const std::uint64_t left = reader.bytes_left();
  // Compared by division: the header's numbers may be anything.
  check<FileError>(*dimensions <= left / bytes_an_element || *words == 0,
                   "WordVectors::load: {}: {} bytes after the header are too few for a vector of {} elements", reader.path(),
                   left, *dimensions);
  return {*words, *dimensions};
}

WordVectors load_binary(ByteReader& reader, std::uint64_t limit) {
  const Header head = read_header(reader, sizeof(float));
  const std::uint64_t dimensions = head.dimensions;
  const std::uint64_t words = std::min(head.words, limit);
  const std::uint64_t vector_bytes = dimensions * sizeof(float);
  Gathered gathered;
  gathered.reserve(std::min(words, reader.bytes_left() / vector_bytes), dimensions);
  const auto truncated = [&](std::uint64_t word, const std::string& expected) {
    throw FileError(fmt::format("WordVectors::load: {}: ends at byte {}, in word {} of {}: expected {}", reader.path(),
                                reader.position(), word + 1, head.words, expected));
  };
  for (std::uint64_t i = 0; i < words; ++i) {
    std::string word;
    while (reader.peek() == '\n') reader.get();  // the C program ends each vector with a line end, gensim does not
    while (reader.peek() != ' ') {
      const int byte = reader.get();
      if (byte == ByteReader::end_of_file) truncated(i, "a word and a space");
      check<FileError>(word.size() < ByteReader::longest_line, "WordVectors::load: {}: word {} is longer than {} bytes",
                       reader.path(), i + 1, ByteReader::longest_line);
      word += static_cast<char>(byte);
    }
    reader.get();
    if (reader.bytes_left() < vector_bytes) {
      truncated(i, fmt::format("{} bytes from byte {} on, got {}", vector_bytes, reader.position(), reader.bytes_left()));
    }
    reader.read(gathered.next(dimensions).data(), vector_bytes);
    gathered.add(std::move(word));
  }
  return std::move(gathered).finish(dimensions);
}

WordVectors load_text(ByteReader& reader, bool header, std::uint64_t limit) {
  std::uint64_t promised = ~std::uint64_t{0};
  std::uint64_t dimensions = 0;
  std::uint64_t line_number = 0;
  Gathered gathered;
  reader.skip_byte_order_mark();
  if (header) {
    const Header head = read_header(reader, 2);  // a space and a digit
    promised = head.words;
    dimensions = head.dimensions;
    ++line_number;
  }
  std::string line;
  std::uint64_t words = 0;
  for (; words < std::min(promised, limit) && reader.read_line(line); ++words) {
    ++line_number;
    const auto fields = split_fields(line);
    if (dimensions == 0) dimensions = fields.size() - 1;
    check<FileError>(dimensions > 0 && fields.size() == dimensions + 1,
                     "WordVectors::load: {}, line {}: expected a word and {} numbers, got {} fields", reader.path(),
                     line_number, dimensions, fields.size());
    const std::span<float> vector = gathered.next(dimensions);
    for (std::size_t i = 0; i < vector.size(); ++i) {
      const auto number = detail::parse_number(fields[i + 1]);
      if (!number) {
        throw FileError(fmt::format("WordVectors::load: {}, line {}: expected a number as element {}, got {}", reader.path(),
                                    line_number, i + 1, quote_text(fields[i + 1])));
      }
      vector[i] = static_cast<float>(*number);
      check<FileError>(std::isfinite(vector[i]) || !std::isfinite(*number),
                       "WordVectors::load: {}, line {}: element {} is too large for float32: {}", reader.path(), line_number,
                       i + 1, fields[i + 1]);
    }
    gathered.add(std::string(fields[0]));
  }
  check<FileError>(!header || words == std::min(promised, limit),
                   "WordVectors::load: {}, line {}: the file ends after {} words, expected {}", reader.path(),
                   line_number + 1, words, promised);
  check<FileError>(dimensions > 0, "WordVectors::load: {}: there is no vector in the file", reader.path());
  return std::move(gathered).finish(dimensions);
}

}  // namespace

WordVectors::WordVectors(Vocab vocab, Tensor vectors) : vocab_(std::move(vocab)), vectors_(std::move(vectors)) {
  check<ShapeError>(vectors_.dim() == 2 && vectors_.sizes()[0] == static_cast<std::int64_t>(vocab_.size()),
                    "WordVectors: expected a vector for each of {} words, got {}", vocab_.size(), vectors_.sizes());
  check<TypeError>(vectors_.is_floating_point(), "WordVectors: expected float32 or float64, got {}", vectors_.dtype());
}

WordVectors WordVectors::load(const std::string& path, const WordVectorsOptions& options) {
  check<ValueError>(options.limit >= -1, "WordVectors::load: limit must be at least 0, or -1, got {}", options.limit);
  check<ValueError>(options.header || !options.binary, "WordVectors::load: a binary file has a header");
  const InputFile file(path);
  ByteReader reader(file);
  const auto limit = static_cast<std::uint64_t>(options.limit);  // -1: no limit
  return options.binary ? load_binary(reader, limit) : load_text(reader, options.header, limit);
}

void WordVectors::save(const std::string& path, const WordVectorsOptions& options) const {
  for (const std::string& word : vocab_.tokens()) {
    if (word.find_first_of(" \n\r") != std::string::npos) {
      throw ValueError(fmt::format("WordVectors::save: {} has a space or a line end: word2vec's format cannot hold it",
                                   quote_text(word)));
    }
  }
  const auto words = options.limit < 0 ? size() : std::min(size(), static_cast<std::size_t>(options.limit));
  const auto length = static_cast<std::size_t>(dimensions());
  const Tensor elements = vectors_.detach().to(kFloat32).contiguous();
  const float* next = elements.data_ptr<float>();
  AtomicFile file(path);
  if (options.header) file.write(fmt::format("{} {}\n", words, length));
  for (std::size_t i = 0; i < words; ++i, next += length) {
    file.write(vocab_.tokens()[i]);
    if (options.binary) {
      file.write(" ");
      file.write(next, length * sizeof(float));
    } else {
      for (std::size_t j = 0; j < length; ++j) file.write(fmt::format(" {}", next[j]));
      file.write("\n");
    }
  }
  file.commit();
}

Tensor WordVectors::operator[](std::string_view word) const { return select(vectors_, 0, vocab_[word]); }

Tensor WordVectors::get_vecs_by_tokens(const std::vector<std::string>& words, OnlyBool lower_case_backup,
                                       const Tensor& fallback) const {
  check<ShapeError>(!fallback.defined() || (fallback.dim() == 1 && fallback.sizes()[0] == dimensions()),
                    "WordVectors: expected a fallback of {} elements, got {}", dimensions(),
                    fallback.defined() ? fallback.sizes() : IntArrayRef());
  const Tensor known = vectors_.detach();
  Tensor result = zeros({static_cast<std::int64_t>(words.size()), dimensions()}, vectors_.dtype());
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string word = words[i];
    if (lower_case_backup && !contains(word)) word = xgrad::detail::lower_text(word);
    Tensor row = select(result, 0, static_cast<std::int64_t>(i));
    if (contains(word) || vocab_.default_index()) row.copy_(select(known, 0, vocab_[word]));
    else if (fallback.defined()) row.copy_(fallback.detach());
  }
  return result;
}

}  // namespace xgrad::data
