/// F1 of spans in tagged sentences: names, chunks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace xgrad::metrics {

/// How tags mark spans.
enum class TagScheme {
  Iob1,   ///< I inside; B only where a span follows one of the same type (CoNLL 2003)
  Iob2,   ///< B begins every span, I goes on
  Bioes,  ///< B begins, I goes on, E ends; S is a span by itself
};

/// The scheme that the prefixes of tags speak for: BIOES where there is an E or S, IOB2 where every span begins with B, else
/// IOB1; nothing of the kind (part-of-speech tags) where a tag is neither "O" nor begins with one of B-, I-, E-, S-: then
/// false.
bool detect_tag_scheme(const std::vector<std::vector<std::string>>& sentences, TagScheme& scheme);

/// A span of words [begin, end) and its type.
struct Span {
  std::string type;       ///< what stands behind the prefix; "_" where there is nothing
  std::size_t begin = 0;  ///< its first word
  std::size_t end = 0;    ///< behind its last one
  bool operator==(const Span&) const = default;
};

/// The spans of a sentence as the CoNLL shared tasks count them (conlleval; seqeval's default): a span begins at B or S,
/// behind O, E or S, and where the type changes; what prefixes contradict still gives spans. Works for all schemes.
std::vector<Span> find_spans(const std::vector<std::string>& tags);
/// The spans of a sentence that are well-formed in a scheme (seqeval's mode "strict"): an I without a beginning belongs to
/// no span, nor does a BIOES span without an end.
std::vector<Span> find_spans(const std::vector<std::string>& tags, TagScheme scheme);

/// What was found of one type.
struct SpanScores {
  std::int64_t correct = 0;    ///< spans found with the right borders and type
  std::int64_t predicted = 0;  ///< spans found
  std::int64_t support = 0;    ///< spans that there are
  double precision = 0;        ///< correct / predicted, 0 where none was
  double recall = 0;           ///< correct / support, 0 where there is none
  double f1 = 0;               ///< their harmonic mean
};

/// Precision, recall and F1 of whole spans: a span counts where both its borders and its type are right.
///
///   metrics::SpanF1 f1;
///   f1.update({"B-PER", "I-PER", "O"}, {"B-PER", "O", "O"});  // predicted, right
///
/// https://github.com/chakki-works/seqeval; Ramshaw and Marcus, 1995; Tjong Kim Sang and Buchholz, 2000.
class SpanF1 {
 public:
  /// Counts spans as conlleval does, in any scheme.
  SpanF1() = default;
  /// Counts only spans that are well-formed in a scheme.
  explicit SpanF1(TagScheme scheme);

  /// Adds a sentence. Throws ShapeError where there are not as many predicted tags as right ones, ValueError for a tag that
  /// is neither "O" nor begins with a prefix of the scheme (B-, I-, E-, S-; the prefix alone will do).
  void update(const std::vector<std::string>& predictions, const std::vector<std::string>& targets);
  /// The F1 of all spans together (micro). 0 where nothing was found and nothing is there.
  double compute() const;
  /// Forgets all sentences.
  void reset();
  /// Adds the sentences of another one.
  void merge(const SpanF1& other);

  /// Of all spans together.
  SpanScores overall() const;
  /// Of each type, by its name.
  std::map<std::string, SpanScores> per_type() const;
  /// The mean F1 of the types.
  double macro_f1() const;
  /// A table of the types, then of all together.
  std::string report() const;

 private:
  struct Counts {
    std::int64_t correct = 0;
    std::int64_t predicted = 0;
    std::int64_t support = 0;
  };
  static SpanScores scores(const Counts& counts);
  std::vector<Span> spans(const std::vector<std::string>& tags) const;

  bool strict_ = false;
  TagScheme scheme_ = TagScheme::Iob2;
  std::map<std::string, Counts> counts_;
};

}  // namespace xgrad::metrics
