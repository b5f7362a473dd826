/// Word vectors: pretrained embeddings in word2vec's formats, as gensim reads and writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "data/text/vocab.h"

namespace xgrad::data {

/// How `WordVectors::load` reads a file: `{.binary = true, .limit = 100000}`.
struct WordVectorsOptions {
  bool binary = true;       ///< word2vec's binary format; false: its text format
  bool header = true;       ///< the file begins with "WORDS DIMENSIONS"; text files in GloVe's format do not
  std::int64_t limit = -1;  ///< reads at most so many words, the first ones; -1: all
};

/// Words and their vectors: row i of `vectors()` belongs to word i of `vocab()`.
///
///   const auto pretrained = data::WordVectors::load("vectors.bin", {.binary = true});
///   auto embedding = nn::Embedding::from_pretrained(pretrained.vectors());
///   auto indices = pretrained.vocab().lookup_indices(words);
///
/// Mikolov et al., 2013, https://code.google.com/archive/p/word2vec/;
/// https://radimrehurek.com/gensim/models/keyedvectors.html
class WordVectors {
 public:
  /// Throws ShapeError unless `vectors` is [vocab.size(), dimensions], TypeError unless it is float32 or float64.
  WordVectors(Vocab vocab, Tensor vectors);

  /// Reads a file; elements are float32. Of a word that comes twice, the first vector counts, as in gensim. Words are kept
  /// byte by byte: the format demands no UTF-8. What follows the last word is ignored, as in gensim.
  ///
  /// Throws FileError that names the file, and the position (binary) or line (text), where the file ends too early, a vector
  /// has the wrong number of elements, or an element is no number; ValueError for a limit below -1, and for a binary file
  /// without a header.
  static WordVectors load(const std::string& path, const WordVectorsOptions& options = {});

  /// Writes what `load` and gensim's `load_word2vec_format` read, elements as float32. The old file is replaced in one step.
  /// Throws FileError, and ValueError for a word that the format cannot hold: with a space or a line end in it.
  void save(const std::string& path, const WordVectorsOptions& options = {}) const;

  /// The words, by row. Set its default index to look up unknown words as one of the known.
  const Vocab& vocab() const { return vocab_; }
  /// As above, to change the default index.
  Vocab& vocab() { return vocab_; }
  /// [words, dimensions].
  const Tensor& vectors() const { return vectors_; }
  /// The number of words.
  std::size_t size() const { return vocab_.size(); }
  /// The number of elements of a vector.
  std::int64_t dimensions() const { return vectors_.sizes()[1]; }
  /// Whether there is a vector for the word itself.
  bool contains(std::string_view word) const { return vocab_.contains(word); }

  /// The vector of a word: [dimensions], a view. Throws IndexError for an unknown word, unless the vocabulary has a default
  /// index.
  Tensor operator[](std::string_view word) const;

  /// The vectors of words: [words, dimensions]. For an unknown word the lower-case form counts where `lower_case_backup` is
  /// set, then the vocabulary's default index, then `fallback` ([dimensions]), and then zeros. With another vocabulary's
  /// tokens, this is the weight of an embedding for it. Throws ShapeError for a fallback of another shape.
  /// https://pytorch.org/text/0.14.0/vocab.html#torchtext.vocab.Vectors.get_vecs_by_tokens
  Tensor get_vecs_by_tokens(const std::vector<std::string>& words, OnlyBool lower_case_backup = false,
                            const Tensor& fallback = Tensor()) const;

 private:
  Vocab vocab_;
  Tensor vectors_;
};

}  // namespace xgrad::data
