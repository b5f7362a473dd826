/// Words and their tags, sentence by sentence.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/text/line_reader.h"

namespace xgrad::data {

/// The forms in which tagged sentences come.
enum class TaggedTextForm {
  Conll,     ///< a word in each line, columns by spaces or tabs, sentences by empty lines (CoNLL 2000, 2002, 2003)
  ConllU,    ///< ten columns by tabs (or by spaces, where no column has one), https://universaldependencies.org/format.html
  WordTags,  ///< a sentence in each line, word/TAG word/TAG
};

/// "CoNLL", "CoNLL-U" or "word/TAG".
std::string to_string(TaggedTextForm form);

/// What is not left to the reader: `{.column = "xpos"}`.
struct TaggedTextOptions {
  /// Of the tags: a number, counted from 0, or a name of CoNLL-U (upos, xpos, deprel, ...; without regard to case). By
  /// default upos in CoNLL-U, else the last one.
  std::string column = "";
  std::string word_column = "";                       ///< of the words, likewise; by default form in CoNLL-U, else the first
  std::optional<TaggedTextForm> form = std::nullopt;  ///< by default found
  Encoding encoding = Encoding::Utf8;                 ///< of the file
  char separator = '/';                               ///< of WordTags: the last one in a word counts
};

/// A sentence. There are as many tags as words.
struct TaggedSentence {
  std::vector<std::string> words;  ///< as they stand in the file
  std::vector<std::string> tags;   ///< one for each word
  std::uint64_t line = 0;          ///< of the file, where the sentence begins
};

/// What was read up to now, and what was passed over.
struct TaggedTextCounts {
  std::uint64_t sentences = 0;         ///< sentences that were given
  std::uint64_t words = 0;             ///< in them
  std::uint64_t comments = 0;          ///< lines that begin with "#" and are no word: in CoNLL-U all, else above sentences
  std::uint64_t multiword_tokens = 0;  ///< CoNLL-U's ranges (8-9): their words follow, and are given
  std::uint64_t empty_nodes = 0;       ///< CoNLL-U's words that are not in the text (8.1)
  std::uint64_t document_marks = 0;    ///< lines with -DOCSTART-
  std::uint64_t untagged = 0;          ///< CoNLL-U's words with "_" for a tag: they are given, with that tag

  /// In one line: "2001 sentences, 25149 words; passed over 4000 comments, ...".
  std::string describe() const;
};

/// Reads tagged sentences one after the other, in constant memory:
///
///   data::TaggedTextReader reader("en_ewt-ud-dev.conllu", {.column = "upos"});
///   for (data::TaggedSentence sentence; reader.next(sentence);) use(sentence.words, sentence.tags);
class TaggedTextReader {
 public:
  /// Looks at the file. Throws FileError where it cannot be read or is in none of the forms, ValueError for a column that
  /// the form does not have.
  explicit TaggedTextReader(const std::string& path, const TaggedTextOptions& options = {});
  ~TaggedTextReader();
  TaggedTextReader(TaggedTextReader&&) noexcept;
  TaggedTextReader& operator=(TaggedTextReader&&) noexcept;

  /// Reads the next sentence; false after the last one. Throws FileError that names file and line where a line has another
  /// number of columns, an id of CoNLL-U is none or out of order, or a word has no tag.
  bool next(TaggedSentence& sentence);
  /// What was read up to now.
  const TaggedTextCounts& counts() const;
  /// The form that was found.
  TaggedTextForm form() const;
  /// What was taken for what, for a person to read.
  std::string describe() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads all sentences of a file. Throws as TaggedTextReader, and FileError where there is none.
std::vector<TaggedSentence> read_tagged_text(const std::string& path, const TaggedTextOptions& options = {});

}  // namespace xgrad::data
