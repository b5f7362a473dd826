#include "data/text/tagged_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <deque>
#include <functional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/utf8.h"
#include "data/text/byte_reader.h"

namespace xgrad::data {

namespace {

using detail::counted;
using detail::quote_text;
using detail::trim;

constexpr std::array<std::string_view, 10> conllu_columns = {"id",    "form", "lemma",  "upos", "xpos",
                                                             "feats", "head", "deprel", "deps", "misc"};

bool parse_whole(std::string_view text, std::uint64_t& number) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && error == std::errc() && stop == text.data() + text.size();
}

/// Columns by tabs where there is one, else by spaces.
std::vector<std::string_view> split_columns(std::string_view line) {
  std::vector<std::string_view> columns;
  const bool tabs = line.find('\t') != std::string_view::npos;
  const char delimiter = tabs ? '\t' : ' ';
  while (true) {
    const std::size_t end = line.find(delimiter);
    const std::string_view column = line.substr(0, end);
    if (tabs || !column.empty()) columns.push_back(column);
    if (end == std::string_view::npos) return columns;
    line.remove_prefix(end + 1);
  }
}

/// A word of CoNLL-U (8), a range (8-9), an empty node (8.1), or none of them.
enum class TokenKind { None, Word, Range, EmptyNode };

TokenKind token_kind(std::string_view id, std::uint64_t& number) {
  if (parse_whole(id, number)) return TokenKind::Word;
  const std::size_t mark = id.find_first_of("-.");
  std::uint64_t second = 0;
  if (mark == std::string_view::npos || !parse_whole(id.substr(0, mark), number) ||
      !parse_whole(id.substr(mark + 1), second)) {
    return TokenKind::None;
  }
  return id[mark] == '-' ? TokenKind::Range : TokenKind::EmptyNode;
}

/// Ten columns, of which the fourth is a part of speech of CoNLL-U's, or missing.
bool has_universal_tag(const std::vector<std::string_view>& columns) {
  return columns[3] == "_" ||
         std::all_of(columns[3].begin(), columns[3].end(), [](char letter) { return letter >= 'A' && letter <= 'Z'; });
}

/// Whether each word has the separator within.
bool all_word_tags(std::string_view line, char separator) {
  const auto words = xgrad::detail::split_at_spaces(line);
  return !words.empty() && std::all_of(words.begin(), words.end(), [separator](std::string_view word) {
    const std::size_t place = word.rfind(separator);
    return place != std::string_view::npos && place > 0 && place + 1 < word.size();
  });
}

}  // namespace

std::string to_string(TaggedTextForm form) {
  switch (form) {
    case TaggedTextForm::Conll: return "CoNLL";
    case TaggedTextForm::ConllU: return "CoNLL-U";
    case TaggedTextForm::WordTags: return "word/TAG";
  }
  return "";
}

std::string TaggedTextCounts::describe() const {
  std::string text = fmt::format("{}, {}", counted(sentences, "sentence", "sentences"), counted(words, "word", "words"));
  auto add = [&text, begun = false](std::uint64_t count, const char* singular, const char* plural) mutable {
    if (count == 0) return;
    text += (std::exchange(begun, true) ? ", " : "; passed over ") + counted(count, singular, plural);
  };
  add(comments, "comment", "comments");
  add(multiword_tokens, "multiword token", "multiword tokens");
  add(empty_nodes, "empty node", "empty nodes");
  add(document_marks, "document mark", "document marks");
  if (untagged > 0) text += fmt::format("; {} without a tag", counted(untagged, "word", "words"));
  return text;
}

struct TaggedTextReader::State {
  struct Line {
    std::string text;
    std::uint64_t number;
  };

  State(const std::string& path, const TaggedTextOptions& given) : reader(path, given.encoding), options(given) {
    constexpr std::size_t most_lines = 200;
    for (std::string line; ahead.size() < most_lines && reader.next(line);) ahead.push_back({line, reader.line()});
    form = options.form ? *options.form : find_form();
    if (form == TaggedTextForm::WordTags) {
      check<ValueError>(options.column.empty() && options.word_column.empty(),
                        "{}: word/TAG lines have no columns to choose", reader.path());
      return;
    }
    width = form == TaggedTextForm::ConllU ? conllu_columns.size() : first_width();
    const bool universal = form == TaggedTextForm::ConllU;
    word_column = options.word_column.empty() ? (universal ? 1 : 0) : find_column(options.word_column);
    tag_column = options.column.empty() ? (universal ? 3 : width - 1) : find_column(options.column);
    for (const Line& line : ahead) {
      const auto columns = split_columns(line.text);
      if (columns.size() == width && !line.text.starts_with('#')) usual_tags.emplace(columns[tag_column]);
    }
  }

  [[noreturn]] void fail(std::uint64_t line, const std::string& problem) const {
    throw FileError(fmt::format("{}, line {}: {}", reader.path(), line, problem));
  }

  TaggedTextForm find_form() const {
    std::size_t filled = 0;
    std::size_t word_tags = 0;
    for (const Line& line : ahead) {
      if (trim(line.text).empty()) continue;
      const auto columns = split_columns(line.text);
      std::uint64_t number = 0;
      if (columns.size() == conllu_columns.size() && token_kind(columns[0], number) != TokenKind::None &&
          (line.text.find('\t') != std::string::npos || (number == 1 && has_universal_tag(columns)))) {
        return TaggedTextForm::ConllU;
      }
      if (line.text.starts_with('#') && !all_word_tags(line.text, options.separator)) continue;
      ++filled;
      word_tags += all_word_tags(line.text, options.separator) ? 1 : 0;
    }
    check<FileError>(filled > 0, "{}: expected tagged sentences, got none", reader.path());
    return word_tags * 2 > filled ? TaggedTextForm::WordTags : TaggedTextForm::Conll;
  }

  std::size_t first_width() const {
    for (const Line& line : ahead) {
      if (trim(line.text).empty() || line.text.starts_with("-DOCSTART-") || line.text.starts_with('#')) continue;
      const std::size_t columns = split_columns(line.text).size();
      if (columns < 2) {
        fail(line.number, fmt::format("expected a word and its tag in columns, or word{}TAG, got {}", options.separator,
                                      quote_text(line.text)));
      }
      return columns;
    }
    throw FileError(fmt::format("{}: expected tagged sentences, got none", reader.path()));
  }

  std::size_t find_column(const std::string& name) const {
    std::uint64_t number = 0;
    if (parse_whole(name, number) && number < width) return static_cast<std::size_t>(number);
    if (form == TaggedTextForm::ConllU) {
      const auto place = std::find(conllu_columns.begin(), conllu_columns.end(), xgrad::detail::lower_text(name));
      if (place != conllu_columns.end()) return static_cast<std::size_t>(place - conllu_columns.begin());
      throw ValueError(fmt::format("{}: there is no column {}: expected one of {}, or a number below {}", reader.path(),
                                   quote_text(name), fmt::join(conllu_columns, ", "), width));
    }
    throw ValueError(fmt::format("{}: there is no column {}: expected a number from 0 to {}", reader.path(),
                                 quote_text(name), width - 1));
  }

  bool next_line(Line& line) {
    if (!ahead.empty()) {
      line = std::move(ahead.front());
      ahead.pop_front();
      return true;
    }
    if (!reader.next(line.text)) return false;
    line.number = reader.line();
    return true;
  }

  /// Whether a line that begins with # is no word: above a sentence, unless it has columns like others, and, where a space
  /// follows, a tag.
  bool is_comment(const Line& line, const TaggedSentence& sentence) const {
    if (!line.text.starts_with('#')) return false;
    if (form == TaggedTextForm::ConllU) return true;
    if (form == TaggedTextForm::WordTags) return !all_word_tags(line.text, options.separator);
    if (!sentence.words.empty()) return false;
    const auto columns = split_columns(line.text);
    return columns.size() != width || (line.text.starts_with("# ") && !usual_tags.contains(columns[tag_column]));
  }

  bool is_document_mark(const Line& line) const {
    return form == TaggedTextForm::Conll && line.text.starts_with("-DOCSTART-");
  }

  void add_columns(const Line& line, TaggedSentence& sentence, std::uint64_t& last_id) {
    const bool universal = form == TaggedTextForm::ConllU;
    if (is_comment(line, sentence)) {
      ++counts.comments;
      return;
    }
    if (is_document_mark(line)) {
      ++counts.document_marks;
      return;
    }
    const auto columns = split_columns(line.text);
    if (columns.size() != width) fail(line.number, fmt::format("expected {} columns, got {}", width, columns.size()));
    if (universal) {
      std::uint64_t id = 0;
      switch (token_kind(columns[0], id)) {
        case TokenKind::None: fail(line.number, fmt::format("expected a number of a word, got {}", quote_text(columns[0])));
        case TokenKind::Range: ++counts.multiword_tokens; return;
        case TokenKind::EmptyNode: ++counts.empty_nodes; return;
        case TokenKind::Word: break;
      }
      if (id != last_id + 1) fail(line.number, fmt::format("expected word {}, got {}", last_id + 1, id));
      last_id = id;
      counts.untagged += columns[tag_column] == "_" ? 1 : 0;
    }
    add(line, columns[word_column], columns[tag_column], sentence);
  }

  void add_word_tags(const Line& line, TaggedSentence& sentence) {
    if (is_comment(line, sentence)) {
      ++counts.comments;
      return;
    }
    for (const std::string_view word : xgrad::detail::split_at_spaces(line.text)) {
      const std::size_t place = word.rfind(options.separator);
      if (place == std::string_view::npos) {
        fail(line.number, fmt::format("expected word{}TAG, got {}", options.separator, quote_text(word)));
      }
      add(line, word.substr(0, place), word.substr(place + 1), sentence);
    }
  }

  void add(const Line& line, std::string_view word, std::string_view tag, TaggedSentence& sentence) {
    if (trim(word).empty()) fail(line.number, "a tag without a word");
    if (trim(tag).empty()) fail(line.number, fmt::format("the word {} has no tag", quote_text(word)));
    constexpr std::size_t longest = std::size_t{1} << 16;
    if (sentence.words.size() == longest) {
      fail(line.number,
           fmt::format("a sentence of more than {} words: expected an empty line behind each sentence", longest));
    }
    if (sentence.words.empty()) sentence.line = line.number;
    sentence.words.emplace_back(word);
    sentence.tags.emplace_back(tag);
  }

  LineReader reader;
  TaggedTextOptions options;
  TaggedTextForm form = TaggedTextForm::Conll;
  std::size_t width = 0;
  std::size_t word_column = 0;
  std::size_t tag_column = 0;
  std::deque<Line> ahead;                         ///< lines that were read to find the form
  std::set<std::string, std::less<>> usual_tags;  ///< in them
  TaggedTextCounts counts;
};

TaggedTextReader::TaggedTextReader(const std::string& path, const TaggedTextOptions& options)
    : state_(std::make_unique<State>(path, options)) {}

TaggedTextReader::~TaggedTextReader() = default;
TaggedTextReader::TaggedTextReader(TaggedTextReader&&) noexcept = default;
TaggedTextReader& TaggedTextReader::operator=(TaggedTextReader&&) noexcept = default;

bool TaggedTextReader::next(TaggedSentence& sentence) {
  sentence = TaggedSentence();
  std::uint64_t last_id = 0;
  for (State::Line line; state_->next_line(line);) {
    const bool empty = trim(line.text).empty();
    if (!empty && state_->form == TaggedTextForm::WordTags) state_->add_word_tags(line, sentence);
    else if (!empty) state_->add_columns(line, sentence, last_id);
    const bool ended = empty || state_->form == TaggedTextForm::WordTags || state_->is_document_mark(line);
    if (!ended) continue;
    if (!sentence.words.empty()) break;
    last_id = 0;
  }
  if (sentence.words.empty()) return false;
  ++state_->counts.sentences;
  state_->counts.words += sentence.words.size();
  return true;
}

const TaggedTextCounts& TaggedTextReader::counts() const { return state_->counts; }

TaggedTextForm TaggedTextReader::form() const { return state_->form; }

std::string TaggedTextReader::describe() const {
  std::string text = to_string(state_->form);
  if (state_->form == TaggedTextForm::WordTags) return text + " lines";
  const auto name = [this](std::size_t column) {
    return state_->form == TaggedTextForm::ConllU ? std::string(conllu_columns[column]) : std::to_string(column);
  };
  return text + fmt::format(", {} columns: words from column {}, tags from column {}", state_->width,
                            name(state_->word_column), name(state_->tag_column));
}

std::vector<TaggedSentence> read_tagged_text(const std::string& path, const TaggedTextOptions& options) {
  TaggedTextReader reader(path, options);
  std::vector<TaggedSentence> sentences;
  for (TaggedSentence sentence; reader.next(sentence);) sentences.push_back(sentence);
  check<FileError>(!sentences.empty(), "{}: expected tagged sentences, got none", path);
  return sentences;
}

}  // namespace xgrad::data
